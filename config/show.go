package config

import (
	"cmp"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/durokit/duro/internal/redact"
	"github.com/durokit/duro/internal/strictyaml"
)

// urlBackend is what the backend of a URL is called in the long form.
const urlBackend = "url"

// Long is the choice in full: its file, and the long form of its backend when a URL
// names that.
func (c *Choice) Long() (*File, error) {
	f := *c.File
	f.PluginDir = c.PluginDir.Value
	f.Backends, f.Plugins = maps.Clone(f.Backends), maps.Clone(f.Plugins)
	f.Backend = c.Backend.Value
	if !isURL(f.Backend) {
		return &f, nil
	}
	b, p, err := expand(f.Backend)
	if err != nil {
		return nil, err
	}
	if f.Backends == nil {
		f.Backends = map[string]Backend{}
	}
	if f.Plugins == nil {
		f.Plugins = map[string]Plugin{}
	}
	if p != nil {
		b.Plugin = unused(b.Plugin, f.Plugins)
		f.Plugins[b.Plugin] = p.at(absolute)
	} else if _, there := f.Plugins[b.Plugin]; b.Plugin != "" && !there {
		f.Plugins[b.Plugin] = Plugin{}
	}
	f.Backend = unused(urlBackend, f.Backends)
	f.Backends[f.Backend] = b
	return &f, nil
}

// absolute is a path that means the same in any folder.
func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil && path != "" {
		return abs
	}
	return path
}

// unused is a name that is not taken.
func unused[V any](name string, taken map[string]V) string {
	for n, free := 2, name; ; n++ {
		if _, there := taken[free]; !there {
			return free
		}
		free = fmt.Sprintf("%s-%d", name, n)
	}
}

// YAML writes a configuration as a file that says the same.
func (f *File) YAML() ([]byte, error) {
	return yaml.MarshalWithOptions(f, yaml.Indent(2), yaml.IndentSequence(true))
}

// Shown is the configuration without its secrets: passwords, tokens, what has such a
// name, and all that plugins get as their environment.
func (f *File) Shown() *File {
	out := *f
	out.Backend = redact.Of(f.Backend).Shown
	out.Backends, out.Plugins = maps.Clone(f.Backends), maps.Clone(f.Plugins)
	for name, b := range out.Backends {
		b.DSN = shownDSN(b)
		b.DSNCommand = shownArgs(b.DSNCommand)
		b.Options, _ = shownValue("", b.Options).(map[string]any)
		out.Backends[name] = b
	}
	for name, p := range out.Plugins {
		p.Args = shownArgs(p.Args)
		p.Env = maps.Clone(p.Env)
		for variable := range p.Env {
			p.Env[variable] = redact.Hidden
		}
		if p.Token != "" {
			p.Token = redact.Hidden
		}
		out.Plugins[name] = p
	}
	return &out
}

// shownDSN hides all of a DSN whose form only the plugin knows.
func shownDSN(b Backend) string {
	if b.DSN != "" && b.Kind == "" && !strings.Contains(b.DSN, "://") {
		return redact.Hidden
	}
	return redact.Of(b.DSN).Shown
}

// shownValue is an option's value as it may be shown beside its name.
func shownValue(name string, v any) any {
	switch v := v.(type) {
	case map[string]any:
		var out map[string]any
		for key, item := range v {
			if out == nil {
				out = map[string]any{}
			}
			out[key] = shownValue(name+" "+key, item)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = shownValue(name, item)
		}
		return out
	default:
		if shown := redact.Named(name, fmt.Sprint(v)); shown != fmt.Sprint(v) {
			return shown
		}
		return v
	}
}

// flagOf is the name of the flag an argument is, with its sign.
var flagOf = regexp.MustCompile(`^--?([\w-]+)(=?)`)

// shownArgs hides the values of flags that are named like secrets.
func shownArgs(args []string) []string {
	out := slices.Clone(args)
	before := ""
	for i, arg := range args {
		m := flagOf.FindStringSubmatch(arg)
		switch {
		case m == nil:
			out[i] = redact.Named(before, arg)
			before = ""
		case m[2] == "=":
			out[i] = m[0] + redact.Named(m[1], strings.TrimPrefix(arg, m[0]))
			before = ""
		default:
			before = m[1]
		}
	}
	return out
}

// Settings lists every value of the choice with its origin, without secrets. A
// backend that a URL names has the URL's origin.
func (c *Choice) Settings() ([]NamedSetting, error) {
	long, err := c.Long()
	if err != nil {
		return nil, err
	}
	var list []NamedSetting
	if c.Path.Value != "" {
		list = append(list, NamedSetting{"config", c.Path})
	}
	values := leaves(long.Shown())
	for _, path := range slices.Sorted(maps.Keys(values)) {
		list = append(list, NamedSetting{path, Setting{values[path], c.originOf(path)}})
	}
	return list, nil
}

// NamedSetting is a setting and its path in the file.
type NamedSetting struct {
	Path string
	Setting
}

// originOf finds who gave the value at a path of the long form.
func (c *Choice) originOf(path string) string {
	switch path {
	case "version":
		return cmp.Or(c.File.Origin(path), originDefault)
	case "backend":
		return c.Backend.Origin
	case "plugin_dir":
		return c.PluginDir.Origin
	}
	for p := path; p != ""; p = parent(p) {
		if origin := c.File.Origin(p); origin != "" && p != "backends" && p != "plugins" {
			return origin
		}
	}
	return c.Backend.Origin
}

func parent(path string) string {
	i := strings.LastIndexAny(path, ".[")
	return path[:max(i, 0)]
}

// leaves are the single values of a configuration, by their paths.
func leaves(f *File) map[string]string {
	out := map[string]string{}
	put := func(path string, v any) {
		if text := fmt.Sprint(v); text != "" {
			out[path] = text
		}
	}
	put("version", f.Version)
	put("backend", f.Backend)
	put("plugin_dir", f.PluginDir)
	for name, b := range f.Backends {
		at := strictyaml.Join("backends", name)
		put(at+".kind", b.Kind)
		put(at+".plugin", b.Plugin)
		put(at+".dsn", b.DSN)
		put(at+".dsn_file", b.DSNFile)
		put(at+".dsn_env", b.DSNEnv)
		put(at+".dsn_command", strings.Join(b.DSNCommand, " "))
		for option, v := range b.Options {
			put(at+".options."+option, v)
		}
	}
	for name, p := range f.Plugins {
		at := strictyaml.Join("plugins", name)
		put(at+".command", p.Command)
		put(at+".address", p.Address)
		put(at+".sha256", p.SHA256)
		if p.Unverified {
			put(at+".unverified", true)
		}
		put(at+".args", strings.Join(p.Args, " "))
		for variable, v := range p.Env {
			put(at+".env."+variable, v)
		}
		if p.StartTimeout > 0 {
			put(at+".start_timeout", p.StartTimeout)
		}
		put(at+".token", p.Token)
		put(at+".token_file", p.TokenFile)
		if p.TLS != nil {
			put(at+".tls.ca", p.TLS.CA)
			put(at+".tls.cert", p.TLS.Cert)
			put(at+".tls.key", p.TLS.Key)
			put(at+".tls.server_name", p.TLS.ServerName)
		}
	}
	return out
}
