package config

import (
	"slices"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/internal/pluginfile"
)

// program finds the program of a plugin in the folder of plugins by the name that such
// programs have, the newest version of it. It runs nothing.
func program(dir, plugin string) (string, error) {
	pattern := pluginfile.Pattern(plugin)
	if dir == "" {
		return "", invalid("the plugin %s has no command, and there is no plugin_dir to look for %s in", plugin, pattern)
	}
	files, err := pluginfile.In(dir)
	if err != nil {
		return "", core.Wrap("Open", core.ErrInvalidArgument, err, "look for "+pattern)
	}
	newest := slices.IndexFunc(files, func(f pluginfile.File) bool { return f.Plugin == plugin })
	if newest < 0 {
		return "", invalid("the plugin %s has no command, and %s holds no %s", plugin, dir, pattern)
	}
	return files[newest].Name, nil
}
