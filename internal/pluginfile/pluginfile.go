// Package pluginfile reads what the names of plugins' programs say, so that one can be
// chosen, and listed, without running any:
//
//	duro-backend-NAME_vX.Y.Z_x1_OS_ARCH
//
// x1 is the major version of the protocol.
package pluginfile

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"

	"golang.org/x/mod/semver"
)

// File is a plugin's program.
type File struct {
	// Name is the file's.
	Name string
	// Plugin is what the plugin is called, and Version its version without "v".
	Plugin, Version string
}

// ending is how the programs for this machine end.
var ending = func() string {
	e := fmt.Sprintf("_x1_%s_%s", runtime.GOOS, runtime.GOARCH)
	if runtime.GOOS == "windows" {
		e += ".exe"
	}
	return e
}()

var form = regexp.MustCompile(`^duro-backend-([a-z][a-z0-9-]{0,62})_v(\d{1,9}\.\d{1,9}\.\d{1,9})` + regexp.QuoteMeta(ending) + `$`)

// Pattern is the form of a plugin's files, for messages.
func Pattern(plugin string) string { return "duro-backend-" + plugin + "_vX.Y.Z" + ending }

// Parse reads the name of a file, or a path. ok is false for files that are called
// otherwise, or are for another system or protocol.
func Parse(path string) (f File, ok bool) {
	m := form.FindStringSubmatch(filepath.Base(path))
	if m == nil {
		return File{}, false
	}
	return File{Name: m[0], Plugin: m[1], Version: m[2]}, true
}

// In lists the programs in a folder by plugin, the newest of each first.
func In(folder string) ([]File, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var out []File
	for _, entry := range entries {
		if f, ok := Parse(entry.Name()); ok && !entry.IsDir() {
			out = append(out, f)
		}
	}
	slices.SortFunc(out, func(a, b File) int {
		return cmp.Or(cmp.Compare(a.Plugin, b.Plugin), semver.Compare("v"+b.Version, "v"+a.Version))
	})
	return out, nil
}
