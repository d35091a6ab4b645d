package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/durokit/duro/core"
)

// write writes files below a new folder.
func write(t *testing.T, files map[string]string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func vars(of map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) { v, ok := of[name]; return v, ok }
}

const twoBackends = "version: 1\nbackend: a\nbackends:\n  a: {kind: sqlite, dsn: a.db}\n  b: {kind: sqlite, dsn: b.db}\n"

func TestPrecedence(t *testing.T) {
	t.Parallel()
	dir := write(t, map[string]string{
		"named.yaml":            twoBackends + "plugin_dir: named\n",
		"env.yaml":              "version: 1\nbackend: c\nbackends:\n  c: {kind: sqlite, dsn: c.db}\n",
		"user/duro/" + FileName: "version: 1\nbackend: sqlite:user.db\n",
	})
	named, env := filepath.Join(dir, "named.yaml"), filepath.Join(dir, "env.yaml")
	users := filepath.Join(dir, "user/duro", FileName)
	home := map[string]string{"XDG_CONFIG_HOME": filepath.Join(dir, "user"), "HOME": "/home/me"}
	for name, c := range map[string]struct {
		request                  Request
		env                      map[string]string
		path, backend, pluginDir Setting
		dsn                      string
	}{
		"the defaults": {
			request: Request{Default: "sqlite:d.db"}, env: map[string]string{},
			backend: Setting{"sqlite:d.db", "default"}, dsn: "sqlite:d.db",
		},
		"the user's file": {
			request: Request{Default: "sqlite:d.db"}, env: home,
			path: Setting{users, "default"}, backend: Setting{"sqlite:user.db", users + ":2:10"}, dsn: "sqlite:user.db",
			pluginDir: Setting{"/home/me/.local/share/duro/plugins", "default"},
		},
		"a variable names the file": {
			env:  map[string]string{"DURO_CONFIG": env, "XDG_CONFIG_HOME": filepath.Join(dir, "user")},
			path: Setting{env, "$DURO_CONFIG"}, backend: Setting{"c", env + ":2:10"}, dsn: "sqlite:c.db",
		},
		"a flag names the file": {
			request: Request{Config: named}, env: map[string]string{"DURO_CONFIG": env, "XDG_DATA_HOME": "/data"},
			path: Setting{named, "--config"}, backend: Setting{"a", named + ":2:10"}, dsn: "sqlite:a.db",
			pluginDir: Setting{filepath.Join(dir, "named"), named + ":6:13"},
		},
		"a variable names the backend": {
			request: Request{Config: named}, env: map[string]string{"DURO_BACKEND": "b", "DURO_PLUGIN_DIR": "/p"},
			path: Setting{named, "--config"}, backend: Setting{"b", "$DURO_BACKEND"}, dsn: "sqlite:b.db",
			pluginDir: Setting{"/p", "$DURO_PLUGIN_DIR"},
		},
		"a flag names the backend": {
			request: Request{Config: named, Backend: "sqlite:x"}, env: map[string]string{"DURO_BACKEND": "b", "XDG_DATA_HOME": "/data"},
			path: Setting{named, "--config"}, backend: Setting{"sqlite:x", "--backend"}, dsn: "sqlite:x",
			pluginDir: Setting{filepath.Join(dir, "named"), named + ":6:13"},
		},
		"empty variables say nothing": {
			request: Request{Default: "sqlite:d.db"}, env: map[string]string{"DURO_BACKEND": "", "DURO_CONFIG": "", "XDG_DATA_HOME": "/data"},
			backend: Setting{"sqlite:d.db", "default"}, dsn: "sqlite:d.db", pluginDir: Setting{"/data/duro/plugins", "default"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.request.LookupEnv = vars(c.env)
			got, err := Choose(c.request)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]Setting{c.path, c.backend}, []Setting{got.Path, got.Backend}); diff != "" {
				t.Errorf("file and backend (-want +got):\n%s", diff)
			}
			if c.pluginDir != (Setting{}) && got.PluginDir != c.pluginDir {
				t.Errorf("plugins are in %v, want %v", got.PluginDir, c.pluginDir)
			}
			if got.Target.DSN.Text != c.dsn {
				t.Errorf("the DSN is %q, want %q", got.Target.DSN.Text, c.dsn)
			}
		})
	}
}

// A file that lies in the working directory is nobody's choice.
func TestTheWorkingDirectoryIsNotLookedAt(t *testing.T) {
	t.Chdir(write(t, map[string]string{FileName: twoBackends}))
	if got, err := Choose(Request{LookupEnv: vars(nil)}); !errors.Is(err, core.ErrInvalidArgument) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestWhatCannotBeChosen(t *testing.T) {
	t.Parallel()
	dir := write(t, map[string]string{"two.yaml": twoBackends, "bad.yaml": "version: 1\nbackedn: a\n", "user/duro/duro.yaml": "version: 9\n"})
	for name, c := range map[string]struct {
		request Request
		env     map[string]string
		words   string
	}{
		"nothing":         {Request{}, nil, "nothing names a backend: neither --backend nor DURO_BACKEND"},
		"no such file":    {Request{Config: filepath.Join(dir, "none.yaml")}, nil, "the configuration that --config names"},
		"a wrong file":    {Request{Config: filepath.Join(dir, "bad.yaml"), Backend: "sqlite:x"}, nil, `bad.yaml:2:1: unknown key "backedn"`},
		"the user's file": {Request{Backend: "sqlite:x"}, map[string]string{"XDG_CONFIG_HOME": filepath.Join(dir, "user")}, "version 9 is unknown"},
		"no such backend": {Request{Config: filepath.Join(dir, "two.yaml")}, map[string]string{"DURO_BACKEND": "c"}, "c ($DURO_BACKEND): no backend of "},
		"no backends":     {Request{Backend: "main"}, nil, "there is no configuration; a URL has a scheme"},
		"a wrong URL":     {Request{Backend: "tcp://u:secret@h:1"}, nil, "tcp:HOST:PORT"},
	} {
		c.request.LookupEnv = vars(c.env)
		_, err := Choose(c.request)
		if err == nil || !strings.Contains(err.Error(), c.words) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v; want %q", name, err, c.words)
		}
		c.request.Default = ""
		if _, err := Open(t.Context(), c.request); !errors.Is(err, core.ErrInvalidArgument) {
			t.Errorf("%s: opening it gives %v", name, err)
		}
	}
}
