package sqlite

import (
	"path/filepath"
	"testing"
)

func TestSmoke(t *testing.T) {
	for _, u := range []string{"sqlite::memory:", "sqlite:" + filepath.Join(t.TempDir(), "a b?.db")} {
		_ = u
	}
	p, err := OpenURL(t.Context(), "sqlite::memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Log(p.Name(), p.Version())
	if err := p.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	p, err = Open(t.Context(), Config{Path: filepath.Join(t.TempDir(), "a b?.db")})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}
