package config

import (
	"cmp"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strconv"

	"github.com/durokit/duro/core"
)

// program finds the program of a plugin in the folder of plugins by the name that such
// programs have, the newest version of it. It runs nothing.
func program(dir, plugin string) (string, error) {
	ending := fmt.Sprintf("_x1_%s_%s", runtime.GOOS, runtime.GOARCH)
	if runtime.GOOS == "windows" {
		ending += ".exe"
	}
	pattern := "duro-backend-" + plugin + "_vX.Y.Z" + ending
	if dir == "" {
		return "", invalid("the plugin %s has no command, and there is no plugin_dir to look for %s in", plugin, pattern)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", core.Wrap("Open", core.ErrInvalidArgument, err, "look for "+pattern)
	}
	form := regexp.MustCompile(`^duro-backend-` + regexp.QuoteMeta(plugin) + `_v(\d{1,9})\.(\d{1,9})\.(\d{1,9})` +
		regexp.QuoteMeta(ending) + `$`)
	var newest []string
	for _, entry := range entries {
		m := form.FindStringSubmatch(entry.Name())
		if m != nil && !entry.IsDir() && (newest == nil || compareVersions(m, newest) > 0) {
			newest = m
		}
	}
	if newest == nil {
		return "", invalid("the plugin %s has no command, and %s holds no %s", plugin, dir, pattern)
	}
	return newest[0], nil
}

// compareVersions compares what stands behind the first element.
func compareVersions(a, b []string) int {
	return slices.CompareFunc(a[1:], b[1:], func(x, y string) int {
		m, _ := strconv.Atoi(x)
		n, _ := strconv.Atoi(y)
		return cmp.Compare(m, n)
	})
}
