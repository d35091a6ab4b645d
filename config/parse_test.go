package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

var inTree = []string{"sqlite", "postgres", "postgresql", "mysql", "mariadb"}

// TestProblems parses the archives of testdata/problems: want is all that is wrong
// with duro.yaml.
func TestProblems(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/problems/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatal(err, "no archives")
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			_, err = Parse("duro.yaml", archive.Files[0].Data, inTree...)
			if _, ok := errors.AsType[Problems](err); !ok {
				t.Fatalf("got %v, want problems", err)
			}
			got := err.Error() + "\n"
			if strings.Contains(got, "secret") {
				t.Errorf("a value is quoted: %s", got)
			}
			if *update {
				archive.Files[1].Data = []byte(got)
				if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(archive.Files[1].Data), got); diff != "" {
				t.Errorf("run go test ./config -run TestProblems -update (-want +got):\n%s", diff)
			}
		})
	}
}

// parse parses a configuration that is right, in /etc/duro.
func parse(t *testing.T, text string) *File {
	t.Helper()
	f, err := Parse("/etc/duro/duro.yaml", []byte(text), inTree...)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestTheNormalForm(t *testing.T) {
	t.Parallel()
	full, err := os.ReadFile("testdata/full.yaml")
	if err != nil {
		t.Fatal(err)
	}
	f := parse(t, string(full))
	want := &File{
		Version: 1, Backend: "main", PluginDir: "/etc/duro/plugins",
		Backends: map[string]Backend{
			"main": {
				Kind: "postgres", DSNFile: "/etc/duro/pg.dsn",
				Options: map[string]any{"max_conns": "20", "schema": "duro", "loud": "true"},
			},
			"dev":     {Kind: "sqlite", DSN: "sqlite:dev.db"},
			"env":     {Kind: "mysql", DSNEnv: "MYSQL_DSN"},
			"command": {Kind: "mariadb", DSNCommand: []string{"pass", "show", "duro"}},
			"child": {Plugin: "acme", Options: map[string]any{
				"region": "eu", "sizes": []any{uint64(1), uint64(2)}, "deep": map[string]any{"er": true},
			}},
			"away": {Plugin: "remote"}, "found": {Plugin: "bare"},
		},
		Plugins: map[string]Plugin{
			"acme": {
				Command: "duro-backend-acme", SHA256: strings.Repeat("0123456789abcdef", 4), Args: []string{"--loud"},
				Env: map[string]string{"REGION": "eu"}, StartTimeout: Duration(10e9),
			},
			"remote": {
				Address: "unix:/run/acme.sock", TokenFile: "/etc/duro/acme.token", TLS: &TLS{
					CA: "/etc/duro/ca.pem", Cert: "/etc/duro/cert.pem", Key: "/etc/duro/key.pem", ServerName: "acme.example",
				},
			},
			"bare": {Unverified: true},
		},
	}
	if diff := cmp.Diff(want, f, ignoreSource); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRelativeCommandsAreBesideTheFile(t *testing.T) {
	t.Parallel()
	f := parse(t, "version: 1\nbackends:\n  a: {kind: sqlite, dsn_command: [./get, ./x]}\n")
	if diff := cmp.Diff([]string{"/etc/duro/get", "./x"}, f.Backends["a"].DSNCommand); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

var ignoreSource = cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".src" }, cmp.Ignore())

// FuzzParse makes sure that no input breaks the parser, that problems have their
// place, and that what is written means what was read.
func FuzzParse(f *testing.F) {
	for _, pattern := range []string{"testdata/*.yaml", "../examples/config/*.yaml"} {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, path := range paths {
			data, err := os.ReadFile(path)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	paths, err := filepath.Glob("testdata/problems/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(archive.Files[0].Data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Parse("/etc/duro/duro.yaml", data, inTree...)
		if err != nil {
			problems, ok := errors.AsType[Problems](err)
			for _, p := range problems {
				if p.Line < 1 || p.Column < 1 || p.Message == "" {
					t.Errorf("a problem without a place: %+v", p)
				}
			}
			if !ok || len(problems) == 0 {
				t.Errorf("no problems: %v", err)
			}
			return
		}
		text, err := file.YAML()
		if err != nil {
			t.Fatal(err)
		}
		again, err := Parse("/etc/duro/duro.yaml", text, inTree...)
		if err != nil {
			t.Fatalf("%v, in what was written:\n%s", err, text)
		}
		if diff := cmp.Diff(file, again, ignoreSource); diff != "" {
			t.Errorf("read again (-want +got):\n%s\n%s", diff, text)
		}
		if _, err := file.Shown().YAML(); err != nil {
			t.Error(err)
		}
	})
}
