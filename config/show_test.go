package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const withSecrets = `version: 1
backend: main
backends:
  main:
    kind: postgres
    dsn: postgres://u:s3cret@h/d?sslpassword=s3cret&schema=duro
  command: {kind: mysql, dsn_command: [get, --token, s3cret, --password=s3cret, duro]}
  plain: {plugin: acme, dsn: "u:s3cret@h"}
  deep: {plugin: acme, options: {auth: {token: s3cret, secrets: [s3cret]}, at: "x://u:s3cret@h", region: eu}}
plugins:
  acme: {command: acme, env: {ANY: s3cret}, args: [--api-key=s3cret]}
  far: {address: "tcp:h:1", token: s3cret}
`

func choose(t *testing.T, text, backend string) *Choice {
	t.Helper()
	path := filepath.Join(write(t, map[string]string{FileName: text}), FileName)
	c, err := Choose(Request{Config: path, Backend: backend, LookupEnv: vars(map[string]string{"XDG_DATA_HOME": "/data"})})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// long is what is shown of a choice.
func long(t *testing.T, c *Choice) string {
	t.Helper()
	f, err := c.Long()
	if err != nil {
		t.Fatal(err)
	}
	text, err := f.Shown().YAML()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestShownWithoutSecrets(t *testing.T) {
	t.Parallel()
	c := choose(t, withSecrets, "")
	got := long(t, c)
	want, err := os.ReadFile("testdata/shown.yaml")
	if err != nil && !*update {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("testdata/shown.yaml", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		want = []byte(got)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("run go test ./config -run TestShown -update (-want +got):\n%s", diff)
	}
	if strings.Contains(got, "s3cret") {
		t.Error("a secret is shown")
	}
	if _, err := Parse("/etc/duro/duro.yaml", []byte(got), inTree...); err != nil {
		t.Errorf("what is shown is no configuration: %v", err)
	}
	settings, err := c.Settings()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range settings {
		if strings.Contains(s.Value, "s3cret") || s.Value == "" || s.Origin == "" {
			t.Errorf("a setting is %+v", s)
		}
	}
	if c.File.Plugins["far"].Token != "s3cret" {
		t.Error("showing a configuration has changed it")
	}
}

// The long form of a URL opens the same target.
func TestTheLongFormOfAURL(t *testing.T) {
	t.Parallel()
	for _, url := range []string{
		"sqlite:a.db?cache=1MiB", "postgres://u:p@h/d", "plugin+acme:x?region=eu&n=5", "plugin+new:", "unix:/run/x?store=a", "tcp://h:1",
		"tcp://h:1?tls=true", "tcp://h:1?tls_ca=/a&token_file=/t&n=1",
	} {
		c := choose(t, "version: 1\nbackends:\n  url: {kind: sqlite, dsn: a}\nplugins:\n  acme: {command: a}\n  remote: {command: b}\n", url)
		f, err := c.Long()
		if err != nil {
			t.Fatal(err)
		}
		text, err := f.YAML()
		if err != nil {
			t.Fatal(err)
		}
		read := parse(t, string(text))
		got, err := read.Target(read.Backend, c.PluginDir)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.Target, got); diff != "" {
			t.Errorf("%s (-URL +long):\n%s\n%s", url, diff, text)
		}
	}
}

func TestOrigins(t *testing.T) {
	t.Parallel()
	c := choose(t, "version: 1\nbackends:\n  a:\n    kind: sqlite\n    dsn: a.db?x=1\n    options: {y: 2}\n", "sqlite:b.db?z=3")
	c.Path.Value, c.File.src.Name = FileName, FileName
	got, err := c.Settings()
	if err != nil {
		t.Fatal(err)
	}
	want := []NamedSetting{
		{"config", Setting{"duro.yaml", "--config"}},
		{"backend", Setting{"url", "--backend"}},
		{"backends.a.dsn", Setting{"sqlite:a.db", "duro.yaml:5:10"}},
		{"backends.a.kind", Setting{"sqlite", "duro.yaml:4:11"}},
		{"backends.a.options.x", Setting{"1", "duro.yaml:6:14"}},
		{"backends.a.options.y", Setting{"2", "duro.yaml:6:18"}},
		{"backends.url.dsn", Setting{"sqlite:b.db", "--backend"}},
		{"backends.url.kind", Setting{"sqlite", "--backend"}},
		{"backends.url.options.z", Setting{"3", "--backend"}},
		{"plugin_dir", Setting{"/data/duro/plugins", "default"}},
		{"version", Setting{"1", "duro.yaml:1:10"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
