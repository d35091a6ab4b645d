package sqlgen

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/durokit/duro/sqlgen/emit"
	"github.com/durokit/duro/sqlgen/spec"
)

// Every description of the repository gives the same bytes each time, though
// maps are read anew.
func TestResolvingTwiceGivesTheSameBytes(t *testing.T) {
	descriptions, err := filepath.Glob("../backends/*/" + spec.FileName)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range descriptions {
		files := func() []emit.File {
			in, err := Resolve(path)
			if err != nil {
				t.Fatal(err)
			}
			out, err := emit.Files(in)
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		first := files()
		for range 5 {
			for i, f := range files() {
				if f.Name != first[i].Name || !bytes.Equal(f.Data, first[i].Data) {
					t.Fatalf("%s: %s is not what it was before", path, f.Name)
				}
			}
		}
	}
}

// A file whose bytes are right keeps its time of change, so that nothing is
// built again; one that changes is replaced, readable by all.
func TestApplyTouchesOnlyWhatChanges(t *testing.T) {
	dir := t.TempDir()
	keep, change, orphan := filepath.Join(dir, "keep.go"), filepath.Join(dir, "change.go"), filepath.Join(dir, "orphan.go")
	for _, path := range []string{keep, change, orphan} {
		if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	before, err := os.Stat(keep)
	if err != nil {
		t.Fatal(err)
	}
	err = Apply([]Change{
		{Kind: Changed, Path: change, New: []byte("new")},
		{Kind: Missing, Path: filepath.Join(dir, "missing.go"), New: []byte("new")},
		{Kind: Orphaned, Path: orphan},
	})
	if err != nil {
		t.Fatal(err)
	}

	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if diff := cmp.Diff([]string{"change.go", "keep.go", "missing.go"}, names); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	after, err := os.Stat(keep)
	if err != nil {
		t.Fatal(err)
	}
	if !os.SameFile(before, after) || !before.ModTime().Equal(after.ModTime()) {
		t.Error("a file that did not change was written")
	}
	info, err := os.Stat(change)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o644 {
		t.Errorf("mode %v, want 0644", info.Mode())
	}
}

func TestApplySaysWhatItCouldNotWrite(t *testing.T) {
	err := Apply([]Change{{Kind: Missing, Path: filepath.Join(t.TempDir(), "no", "such", "file.go")}})
	if err == nil {
		t.Error("no error for a folder that does not exist")
	}
}
