package sqlite

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/core/engine/migrate"
)

// refused asserts that opening c fails with the code and the words, as a
// *core.ProviderError.
func refused(t *testing.T, c Config, code core.Code, words string) {
	t.Helper()
	p, err := Open(t.Context(), c)
	if err == nil {
		_ = p.Close(context.Background())
		t.Fatalf("%+v was opened", c)
	}
	pe, ok := errors.AsType[*core.ProviderError](err)
	if !ok || pe.Code != code || pe.Op != "Open" || !strings.Contains(err.Error(), words) {
		t.Errorf("got %v; want %v with %q", err, code, words)
	}
}

func TestFilesThatCannotBeAStore(t *testing.T) {
	dir := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	refused(t, Config{}, core.ErrInvalidArgument, "no path")
	refused(t, Config{Path: dir}, core.ErrInvalidArgument, "is a folder")
	refused(t, Config{Path: filepath.Join(dir, "missing", "x.db")}, core.ErrInvalidArgument, "create it first")
	refused(t, Config{Path: filepath.Join(file("plain", ""), "x.db")}, core.ErrInvalidArgument, "")
	refused(t, Config{Path: file("garbage", strings.Repeat("garbage ", 1000))}, core.ErrCorrupt, "not a database")
	refused(t, Config{Memory: true, Prefix: "Bad"}, core.ErrInvalidArgument, "prefix")
	link := filepath.Join(dir, "link")
	if err := os.Symlink(filepath.Join(dir, "nothing"), link); err != nil {
		t.Fatal(err)
	}
	refused(t, Config{Path: link}, core.ErrInvalidArgument, "a link that leads nowhere")
	if _, err := os.Stat(os.DevNull); err == nil {
		refused(t, Config{Path: os.DevNull}, core.ErrInvalidArgument, "no regular file")
	}
}

func TestDamagedPages(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	p := open(t, Config{Path: path})
	enqueue(t, p, "x")
	if err := p.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := 100; i < len(content); i++ { // the header stays
		content[i] = 0xa5
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	refused(t, Config{Path: path}, core.ErrCorrupt, "malformed")
}

func TestNewerSchemaIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	p := open(t, Config{Path: path})
	enqueue(t, p, "x")
	sql(t, path, "INSERT INTO duro_migrations VALUES (99, 'from the future', 0)")
	refused(t, Config{Path: path}, core.ErrSchemaMismatch, "version 99, newer than version")
	refused(t, Config{Path: path, Migrate: migrate.Verify}, core.ErrSchemaMismatch, "version 99, newer than version")
}

func TestVerifyModeMakesNoTables(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	refused(t, Config{Path: path, Migrate: migrate.Verify}, core.ErrSchemaMismatch, "duro migrate up")
	err := seam(t, Config{Path: path}).Session(t.Context(), func(s migrate.Session) error {
		rows, err := s.Query(t.Context(), "SELECT name FROM sqlite_master")
		if len(rows) > 0 {
			t.Errorf("found %v", rows)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	open(t, Config{Path: path})
	open(t, Config{Path: path, Migrate: migrate.Verify})
}

// sql runs one statement on the file.
func sql(t *testing.T, path, text string) {
	t.Helper()
	err := seam(t, Config{Path: path}).Session(t.Context(), func(s migrate.Session) error { return s.Exec(t.Context(), text) })
	if err != nil {
		t.Fatal(err)
	}
}

func TestURLs(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for url, file := range map[string]string{
		"sqlite:relative.db":                             "relative.db",
		"sqlite://" + dir + "/absolute.db?prefix=a_":     "absolute.db",
		"sqlite:odd%20name%3f%23%25.db?cache=0&poll=1s":  "odd name?#%.db",
		"sqlite:m.db?migrate=auto&allow_network_fs=true": "m.db",
	} {
		p, err := OpenURL(t.Context(), url)
		if err != nil {
			t.Fatalf("%s: %v", url, err)
		}
		if err := p.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(filepath.Join(dir, file)); err != nil {
			t.Errorf("%s: %v", url, err)
		}
	}
	p, err := OpenURL(t.Context(), "sqlite::memory:?prefix=x_")
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	for url, words := range map[string]string{
		"sqlite:":                      "names no file",
		"sqlite:x?migrat=auto":         `did you mean "migrate"?`,
		"sqlite:x?mode=memory":         "has no parameter",
		"sqlite://host/x":              "host",
		"postgres://x":                 `begins with "sqlite:"`,
		"sqlite:x?allow_network_fs=ja": "allow_network_fs",
	} {
		_, err := OpenURL(t.Context(), url)
		if !errors.Is(err, core.ErrInvalidArgument) || !strings.Contains(err.Error(), words) {
			t.Errorf("%s: %v; want %q", url, err, words)
		}
	}
}
