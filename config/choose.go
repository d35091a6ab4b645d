package config

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/internal/redact"
)

// The environment variables that win over a file.
const (
	EnvBackend   = "DURO_BACKEND"    // a URL, or the name of a backend in the file
	EnvConfig    = "DURO_CONFIG"     // the path of the file
	EnvPluginDir = "DURO_PLUGIN_DIR" // the folder of plugins' programs
)

// Request is what a program and its command line say. The zero value leaves all to
// the environment, the file and the defaults.
type Request struct {
	// Config is the path of the file, and Backend a URL or the name of a backend; ""
	// says nothing.
	Config, Backend string
	// PluginDir is the folder of plugins' programs, "" says nothing.
	PluginDir string
	// ConfigFlag and BackendFlag are what people know these two as, for messages.
	// Default: --config and --backend.
	ConfigFlag, BackendFlag string
	// Default is the URL of the backend that is used when nothing names one; "" is an
	// error then.
	Default string
	// Kinds are the kinds of backends that there are; none checks nothing.
	Kinds []string
	// LookupEnv looks up environment variables. Default: os.LookupEnv.
	LookupEnv func(name string) (string, bool)
	// Plugin opens plugins, for Open: see config/plugins. Without it they are refused.
	Plugin PluginOpener
}

// Choice is what a request comes to.
type Choice struct {
	// File is the configuration. One without any backends stands for none.
	File *File
	// Path is the configuration's, "" when there is none.
	Path Setting
	// Backend is what names the backend: a URL, or a name.
	Backend Setting
	// PluginDir is the folder of plugins' programs.
	PluginDir Setting
	// Target is the backend.
	Target Target
}

// Setting is a value and who gave it: a flag, a variable, a place in a file, or
// "default".
type Setting struct{ Value, Origin string }

// originDefault is the origin of what nobody has said.
const originDefault = "default"

// Choose finds out what a request comes to: what it says itself wins over the
// environment, which wins over the file, which wins over the defaults. The file is the
// one that is named, else duro/duro.yaml in the user's folder of configurations, and
// never one that merely lies about. An error is a Problems when the file is wrong.
func Choose(r Request) (*Choice, error) {
	c, err := ReadFile(r)
	if err != nil {
		return nil, err
	}
	c.Backend = first(Setting{r.Backend, r.backendFlag()}, r.env(EnvBackend), c.fromFile("backend", c.File.Backend),
		Setting{r.Default, originDefault})
	if c.Backend.Value == "" {
		return nil, invalid("nothing names a backend: neither %s nor %s nor a configuration", r.backendFlag(), EnvBackend)
	}
	if err := c.resolve(); err != nil {
		return nil, err
	}
	return c, nil
}

// ReadFile is the first part of Choose: it reads the file, and chooses no backend.
func ReadFile(r Request) (*Choice, error) {
	c := &Choice{File: &File{Version: Version}}
	c.Path = first(Setting{r.Config, r.configFlag()}, r.env(EnvConfig))
	var err error
	if c.Path.Value == "" {
		err = c.readUsers(r)
	} else {
		c.File, err = Load(c.Path.Value, r.Kinds...)
	}
	if err != nil {
		return nil, c.unread(err)
	}
	c.PluginDir = first(Setting{r.PluginDir, "--plugin-dir"}, r.env(EnvPluginDir), c.fromFile("plugin_dir", c.File.PluginDir),
		Setting{r.home("XDG_DATA_HOME", ".local/share", "duro", "plugins"), originDefault})
	if c.PluginDir.Value != "" {
		c.PluginDir.Value, err = filepath.Abs(c.PluginDir.Value)
	}
	return c, err
}

// Use chooses another backend of the same configuration.
func (c *Choice) Use(backend Setting) (*Choice, error) {
	other := *c
	other.Backend = backend
	if err := other.resolve(); err != nil {
		return nil, err
	}
	return &other, nil
}

func (c *Choice) resolve() (err error) {
	c.Target, err = c.File.Target(c.Backend.Value, c.PluginDir)
	if err != nil {
		return invalid("%s (%s): %v", redact.Of(c.Backend.Value).Shown, c.Backend.Origin, err)
	}
	return nil
}

// readUsers reads the file in the user's folder of configurations, if there is one.
func (c *Choice) readUsers(r Request) error {
	path := r.home("XDG_CONFIG_HOME", ".config", "duro", FileName)
	if path == "" {
		return nil
	}
	file, err := Load(path, r.Kinds...)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	c.Path = Setting{path, originDefault}
	if err == nil {
		c.File = file
	}
	return err
}

// unread tells a file that is wrong from one that cannot be read.
func (c *Choice) unread(err error) error {
	if _, wrong := errors.AsType[Problems](err); wrong {
		return err
	}
	return core.Wrap("Open", core.ErrInvalidArgument, err, fmt.Sprintf("the configuration that %s names", c.Path.Origin))
}

// fromFile is a value of the file and its place.
func (c *Choice) fromFile(path, value string) Setting {
	return Setting{value, c.File.Origin(path)}
}

// Origin is the place of a value in the file, as "file:line:column", or "" when it is
// not there.
func (f *File) Origin(path string) string {
	if f.src == nil {
		return ""
	}
	at, ok := f.src.Given[path]
	if !ok {
		return ""
	}
	return fmt.Sprintf("%s:%d:%d", f.src.Name, at.Line, at.Column)
}

// first returns the first setting that says something.
func first(settings ...Setting) Setting {
	for _, s := range settings {
		if s.Value != "" {
			return s
		}
	}
	return Setting{}
}

func (r Request) env(name string) Setting {
	value, _ := r.lookup(name)
	return Setting{value, "$" + name}
}

func (r Request) lookup(name string) (string, bool) {
	if r.LookupEnv != nil {
		return r.LookupEnv(name)
	}
	return os.LookupEnv(name)
}

// home is a path in one of the user's folders: the one that a variable names, else
// the one that is usual below the home folder.
func (r Request) home(variable, usual string, below ...string) string {
	base, _ := r.lookup(variable)
	if !filepath.IsAbs(base) { // as the XDG specification has it
		home, _ := r.lookup("HOME")
		if home == "" {
			home, _ = r.lookup("USERPROFILE")
		}
		if !filepath.IsAbs(home) {
			return ""
		}
		base = filepath.Join(home, usual)
	}
	return filepath.Join(append([]string{base}, below...)...)
}

func (r Request) backendFlag() string { return cmp.Or(r.BackendFlag, "--backend") }
func (r Request) configFlag() string  { return cmp.Or(r.ConfigFlag, "--config") }

func invalid(format string, args ...any) error {
	return core.Errorf("Open", core.ErrInvalidArgument, format, args...)
}
