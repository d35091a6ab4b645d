package config

import (
	"errors"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/internal/pluginfile"
	"github.com/durokit/duro/internal/strictyaml"
)

// Listed is a plugin that can be had: one of the configuration, or a program that lies
// in the folder of plugins.
type Listed struct {
	// Name is the plugin's.
	Name string
	// Version is what the program's file says, or "".
	Version string
	// Configured tells whether the configuration has an entry of this name.
	Configured bool
	// Backends are those of the configuration that use it.
	Backends []string
	// Target is how it is reached.
	Target PluginTarget
	// Missing tells why no program was found, or is nil.
	Missing error
}

// Plugins lists the plugins of the configuration and of the folder of plugins, by name.
// Nothing is run, and no address called.
func (c *Choice) Plugins() ([]Listed, error) {
	files, err := pluginfile.In(c.PluginDir.Value)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, core.Wrap("Open", core.ErrInvalidArgument, err, "look into the folder of plugins")
	}
	names := slices.Collect(maps.Keys(c.File.Plugins))
	for _, f := range files {
		names = append(names, f.Plugin)
	}
	slices.Sort(names)
	var out []Listed
	for _, name := range slices.Compact(names) {
		out = append(out, c.listed(name))
	}
	return out, nil
}

// Plugin finds one plugin by name, as Plugins does.
func (c *Choice) Plugin(name string) (Listed, error) {
	all, err := c.Plugins()
	if err != nil {
		return Listed{}, err
	}
	if i := slices.IndexFunc(all, func(l Listed) bool { return l.Name == name }); i >= 0 {
		return all[i], nil
	}
	if len(all) == 0 {
		return Listed{}, invalid("no plugin is called %q: neither the configuration nor %s has any", name, c.PluginDir.Value)
	}
	names := make([]string, len(all))
	for i, l := range all {
		names[i] = l.Name
	}
	return Listed{}, invalid("no plugin of the configuration or in %s is called %q%s",
		c.PluginDir.Value, name, strictyaml.DidYouMean(name, names))
}

func (c *Choice) listed(name string) Listed {
	_, configured := c.File.Plugins[name]
	l := Listed{Name: name, Configured: configured, Target: *c.File.pluginTarget(name, nil, c.PluginDir)}
	for backend, b := range c.File.Backends {
		if b.Plugin == name {
			l.Backends = append(l.Backends, backend)
		}
	}
	slices.Sort(l.Backends)
	if l.Target.Address != "" {
		return l
	}
	l.Missing = l.Target.complete()
	if f, ok := pluginfile.Parse(l.Target.Command); ok {
		l.Version = f.Version
	}
	return l
}

// complete finds the program of a plugin that has neither command nor address.
func (p *PluginTarget) complete() (err error) {
	if p.Address == "" && p.Command == "" {
		p.Command, err = program(p.Dir, p.Name)
	}
	return err
}

// Program is the path of the plugin's program, "" at an address or when there is none.
func (p PluginTarget) Program() string {
	if p.Command == "" || filepath.IsAbs(p.Command) {
		return p.Command
	}
	return filepath.Join(p.Dir, p.Command)
}
