package sqlgen

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/durokit/duro/sqlgen/emit"
	"github.com/durokit/duro/sqlgen/spec"
)

// Kind is how a file differs from what the description asks for.
type Kind string

// The kinds.
const (
	// Changed: the file's bytes are others.
	Changed Kind = "changed"
	// Missing: the file is not there.
	Missing Kind = "missing"
	// Orphaned: the file was generated once and is no longer.
	Orphaned Kind = "orphaned"
)

// Change is one file that differs.
type Change struct {
	Kind Kind
	Path string
	// Old is what is there, New what should be.
	Old, New []byte
}

// Plan compares the generated files in a backend's folder with what its
// description asks for, and returns the differences by path. It writes nothing.
func Plan(dir string) ([]Change, error) {
	in, err := Resolve(filepath.Join(dir, spec.FileName))
	if err != nil {
		return nil, err
	}
	files, err := emit.Files(in)
	if err != nil {
		return nil, err
	}
	changes, err := orphans(dir, files)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		path := filepath.Join(dir, f.Name)
		old, err := os.ReadFile(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			changes = append(changes, Change{Kind: Missing, Path: path, New: f.Data})
		case err != nil:
			return nil, err
		case !bytes.Equal(old, f.Data):
			changes = append(changes, Change{Kind: Changed, Path: path, Old: old, New: f.Data})
		}
	}
	slices.SortFunc(changes, func(a, b Change) int { return strings.Compare(a.Path, b.Path) })
	return changes, nil
}

// orphans finds files that carry durogen's header and are no longer produced.
func orphans(dir string, produced []emit.File) ([]Change, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var out []Change
	for _, e := range entries {
		ours := slices.ContainsFunc(produced, func(f emit.File) bool { return f.Name == e.Name() })
		if ours || e.IsDir() || filepath.Ext(e.Name()) != ".go" {
			continue
		}
		path := filepath.Join(dir, e.Name())
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		if emit.IsGenerated(data) {
			out = append(out, Change{Kind: Orphaned, Path: path, Old: data})
		}
	}
	return out, nil
}
