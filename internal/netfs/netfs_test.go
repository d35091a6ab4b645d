package netfs

import (
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"testing"
)

func TestKindAsksAboutTheNearestDirectoryThatExists(t *testing.T) {
	var asked []string
	kind, err := nearest(filepath.FromSlash("/mnt/share/new/store.db"), func(path string) (string, error) {
		asked = append(asked, filepath.ToSlash(path))
		if len(asked) < 3 {
			return "", &fs.PathError{Op: "statfs", Path: path, Err: fs.ErrNotExist}
		}
		return "nfs", nil
	})
	want := []string{"/mnt/share/new/store.db", "/mnt/share/new", "/mnt/share"}
	if kind != "nfs" || err != nil || !slices.Equal(asked, want) {
		t.Fatalf("got %q, %v after asking %v", kind, err, asked)
	}
}

func TestKindReportsOtherErrors(t *testing.T) {
	if _, err := nearest("x", func(string) (string, error) { return "", fs.ErrPermission }); !errors.Is(err, fs.ErrPermission) {
		t.Fatalf("got %v", err)
	}
}

func TestTemporaryDirectoryIsLocal(t *testing.T) {
	kind, err := Kind(filepath.Join(t.TempDir(), "none", "yet"))
	if kind != "" || err != nil {
		t.Fatalf("got %q, %v", kind, err)
	}
}
