package config

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"time"

	"github.com/durokit/duro/internal/strictyaml"
)

// Target is a backend with all that opens it, whether a URL named it or a file. The
// secrets that are elsewhere have not been fetched.
type Target struct {
	// Kind is the scheme of a backend that the program has in it, else "".
	Kind string
	// Plugin is how the plugin is reached, nil for a kind.
	Plugin *PluginTarget
	// DSN says where the DSN is found.
	DSN DSN
	// Options are a kind's parameters, all texts, or the plugin's own.
	Options map[string]any
}

// DSN is where a DSN is found; at most one field is set.
type DSN struct {
	Text, File, Env string
	Command         []string
}

// PluginTarget is a plugin with all that reaches it: a program to run, or an address.
type PluginTarget struct {
	// Name is what the plugin must say it is called; "" at an address.
	Name string
	// Command is the program's path, relative to Dir. It is "" until a program was found
	// by the plugin's name.
	Command string
	// Dir is the folder that the program must be in, "" for any.
	Dir string
	// SHA256 is the program's checksum, 64 digits, or "".
	SHA256 string
	// Unverified runs the program without a checksum.
	Unverified bool
	// Args and Env are what the program gets.
	Args []string
	Env  map[string]string
	// StartTimeout is how long the program may take to start; 0 is the host's default.
	StartTimeout time.Duration
	// Address is unix:PATH or tcp:HOST:PORT, or "".
	Address string
	// Token is what the server at the address asks for. It is read from TokenFile when
	// the plugin is opened, if there is one.
	Token, TokenFile string
	// TLS secures the connection, nil leaves it plain.
	TLS *TLS
	// Config is a JSON object that opens the store: the options, and the DSN as "url".
	// It is set when the plugin is opened.
	Config []byte
}

// Target resolves a URL or the name of a backend. pluginDir is where plugins'
// programs must be.
func (f *File) Target(nameOrURL string, pluginDir Setting) (Target, error) {
	b, p, err := f.find(nameOrURL)
	if err != nil {
		return Target{}, err
	}
	t := Target{
		Kind: b.Kind, Options: b.Options,
		DSN: DSN{Text: b.DSN, File: b.DSNFile, Env: b.DSNEnv, Command: b.DSNCommand},
	}
	if b.Kind == "" {
		t.Plugin = f.pluginTarget(b.Plugin, p, pluginDir)
	}
	return t, nil
}

// find returns the long form of a URL, or the backend of a name. The plugin is the
// URL's own, nil for one of the file.
func (f *File) find(nameOrURL string) (Backend, *Plugin, error) {
	if isURL(nameOrURL) {
		return expand(nameOrURL)
	}
	if b, ok := f.Backends[nameOrURL]; ok {
		return b, nil, nil
	}
	if len(f.Backends) == 0 && f.src == nil {
		return Backend{}, nil, fmt.Errorf("no backend is called %q: there is no configuration; a URL has a scheme, as in sqlite:duro.db", nameOrURL)
	}
	if len(f.Backends) == 0 {
		return Backend{}, nil, fmt.Errorf("no backend is called %q: %s has none", nameOrURL, f.src.Name)
	}
	return Backend{}, nil, fmt.Errorf("no backend of %s is called %q%s", f.src.Name, nameOrURL,
		strictyaml.DidYouMean(nameOrURL, slices.Collect(maps.Keys(f.Backends))))
}

// pluginTarget says how a plugin is reached: by its entry in the file, by an entry
// of its own, or by its name alone.
func (f *File) pluginTarget(name string, own *Plugin, pluginDir Setting) *PluginTarget {
	p := f.Plugins[name]
	if own != nil {
		p = *own
	}
	if p.Address != "" {
		return &PluginTarget{Address: p.Address, Token: p.Token, TokenFile: p.TokenFile, TLS: p.TLS}
	}
	dir := pluginDir.Value
	if filepath.IsAbs(p.Command) && pluginDir.Origin == originDefault {
		dir = "" // who names a program by its whole path, and no folder, means that path
	}
	return &PluginTarget{
		Name: name, Command: p.Command, Dir: dir, SHA256: p.SHA256, Unverified: p.Unverified,
		Args: p.Args, Env: p.Env, StartTimeout: time.Duration(p.StartTimeout),
	}
}
