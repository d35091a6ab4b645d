// Package othermodule makes modules for tests that use this one from outside.
package othermodule

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

var moduleLine = regexp.MustCompile(`(?m)^module .*`)

// New makes an empty module that requires this one, whose folder is root, and
// everything it requires, so that no network is needed.
func New(t *testing.T, root string) (dir string) {
	t.Helper()
	root, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	ours, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	theirs := moduleLine.ReplaceAll(ours, []byte("module example.org/elsewhere"))
	theirs = fmt.Appendf(theirs, "\nrequire github.com/durokit/duro v0.0.0\n\nreplace github.com/durokit/duro => %s\n", root)
	dir = t.TempDir()
	for file, text := range map[string][]byte{"go.mod": theirs, "go.sum": sums} {
		if err := os.WriteFile(filepath.Join(dir, file), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
