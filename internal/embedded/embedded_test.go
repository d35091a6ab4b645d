package embedded

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/core/engine"
)

func network(path string) (string, error) { return "nfs", nil }

func TestNetworkFileSystemsAreRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	d := Database{Dialect: engine.Dialect{Name: "test"}, networkKind: network}
	_, err := d.connect(Config{Path: path}, &d.Dialect)
	if !errors.Is(err, core.ErrInvalidArgument) || !strings.Contains(err.Error(), "network file system (nfs)") ||
		!strings.Contains(err.Error(), "allow_network_fs=1") {
		t.Errorf("got %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
	db, err := d.connect(Config{Path: path, AllowNetworkFS: true}, &d.Dialect)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
	d.networkKind = func(string) (string, error) { return "", os.ErrPermission }
	if _, err := d.connect(Config{Path: path}, &d.Dialect); !errors.Is(err, core.ErrInvalidArgument) {
		t.Errorf("a file system that cannot be asked about: %v", err)
	}
}

func TestResolveFindsTheOnePath(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(dir, "real")
	want := filepath.Join(folder, "store.db")
	err = errors.Join(os.Mkdir(folder, 0o700), os.WriteFile(want, nil, 0o600),
		os.Symlink(folder, filepath.Join(dir, "folder")), os.Symlink(want, filepath.Join(dir, "file")))
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(folder)
	for _, path := range []string{want, "store.db", "../real/./store.db", filepath.Join(dir, "folder", "store.db"), filepath.Join(dir, "file")} {
		if got, err := resolve(path, nil); got != want || err != nil {
			t.Errorf("%s: %s, %v; want %s", path, got, err, want)
		}
	}
	if got, err := resolve(filepath.Join(dir, "folder", "new.db"), nil); got != filepath.Join(folder, "new.db") || err != nil {
		t.Errorf("a new file: %s, %v", got, err)
	}
}

func TestResolveWhileTheFileAppears(t *testing.T) {
	for range 50 {
		path := filepath.Join(t.TempDir(), "store.db")
		var wg sync.WaitGroup
		wg.Go(func() {
			if err := os.WriteFile(path, nil, 0o600); err != nil {
				t.Error(err)
			}
		})
		for range 20 {
			if _, err := resolve(path, nil); err != nil {
				t.Error(err)
			}
		}
		wg.Wait()
	}
}

func TestURI(t *testing.T) {
	for path, want := range map[string]string{
		"/a/b c.db": "file:///a/b%20c.db", "/a?b#c%d": "file:///a%3Fb%23c%25d",
	} {
		if got := uri(path); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}

func TestParseURL(t *testing.T) {
	d := Database{Dialect: engine.Dialect{Name: "test"}}
	c, err := d.ParseURL("test::memory:?prefix=x_")
	if err != nil || !c.Memory || c.Prefix != "x_" {
		t.Errorf("got %+v, %v", c, err)
	}
	c, err = d.ParseURL("test:a.db?allow_network_fs=1")
	if err != nil || c.Path != "a.db" || !c.AllowNetworkFS {
		t.Errorf("got %+v, %v", c, err)
	}
}
