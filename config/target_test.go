package config

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var plugins = Setting{"/usr/lib/duro", originDefault}

// The short form of a backend and the long one are the same thing.
func TestURLsResolveToTheLongForm(t *testing.T) {
	t.Parallel()
	const entries = "plugins:\n  acme: {sha256: " + sum + ", args: [-v]}\n  near: {address: unix:/run/x.sock}\n" +
		"  far: {address: 'tcp://h:1'}\n  safe: {address: 'tcp:h:2', token_file: /t, tls: {ca: /ca}}\n" +
		"  plain: {address: 'tcp:h:3', tls: {}}\n"
	for url, long := range map[string]string{
		"sqlite:a/b.db":                        "{kind: sqlite, dsn: a/b.db}",
		"sqlite::memory:":                      "{kind: sqlite, dsn: ':memory:'}",
		"sqlite:C:/a.db":                       "{kind: sqlite, dsn: 'C:/a.db'}",
		"sqlite:a.db?cache=1MiB&prefix=x_":     "{kind: sqlite, dsn: sqlite:a.db, options: {prefix: x_, cache: 1MiB}}",
		"sqlite:a.db?prefix=x_&cache=1MiB":     "{kind: sqlite, dsn: 'sqlite:a.db?cache=1MiB', options: {prefix: x_}}",
		"sqlite:a.db?cache=0&loud=true":        "{kind: sqlite, dsn: a.db, options: {cache: 0, loud: true}}",
		"sqlite:a.db?x=1.5&y=-1&z=":            "{kind: sqlite, dsn: a.db, options: {x: 1.5, y: -1, z: ''}}",
		"sqlite:a.db?x=a+b%26c":                "{kind: sqlite, dsn: a.db, options: {x: a b&c}}",
		"postgres://u:p%40@h:5/d?schema=duro":  "{kind: postgres, dsn: '//u:p%40@h:5/d', options: {schema: duro}}",
		"postgres://u@h/d":                     "{kind: postgres, dsn: 'postgresql://u@h/d'}",
		"postgresql://u@h/d?max_conns=2":       "{kind: postgresql, dsn: 'postgres://u@h/d', options: {max_conns: 2}}",
		"mysql://u:p@h/d":                      "{kind: mysql, dsn: 'mysql://u:p@h/d'}",
		"plugin+acme:":                         "{plugin: acme}",
		"plugin+acme:?region=eu&n=5&on=true":   "{plugin: acme, options: {region: eu, n: 5, on: true}}",
		`plugin+acme:?n="5"&x=[1]&y=a:+b`:      "{plugin: acme, options: {n: '5', x: '[1]', y: 'a: b'}}",
		"plugin+acme:x://h/d?region=eu":        "{plugin: acme, dsn: 'x://h/d', options: {region: eu}}",
		"unix:/run/x.sock?store=a":             "{plugin: near, options: {store: a}}",
		"unix:///run/x.sock":                   "{plugin: near}",
		"tcp://h:1?store=2":                    "{plugin: far, options: {store: 2}}",
		"tcp:h:1":                              "{plugin: far}",
		"tcp:h:2?token_file=/t&tls_ca=/ca&a=5": "{plugin: safe, options: {a: 5}}",
		"tcp:h:3?tls=true":                     "{plugin: plain}",
	} {
		f := parse(t, "version: 1\nbackends:\n  long: "+long+"\n"+entries)
		want, err := f.Target("long", plugins)
		if err != nil {
			t.Fatal(err)
		}
		got, err := f.Target(url, plugins)
		if err != nil {
			t.Errorf("%s: %v", url, err)
			continue
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s is not %s (-long +URL):\n%s", url, long, diff)
		}
	}
}

const sum = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

func TestTargets(t *testing.T) {
	t.Parallel()
	f := parse(t, `
version: 1
backends:
  file: {kind: postgres, dsn_file: pg}
  child: {plugin: acme}
  path: {plugin: path}
plugins:
  acme: {command: acme, sha256: `+sum+`, args: [a], env: {A: b}, start_timeout: 2s}
  path: {command: /opt/acme}
  far: {address: tcp:h:1, token: t, tls: {ca: ca.pem}}
`)
	for name, want := range map[string]Target{
		"file": {Kind: "postgres", DSN: DSN{File: "/etc/duro/pg"}},
		"child": {Plugin: &PluginTarget{
			Name: "acme", Command: "acme", Dir: "/usr/lib/duro", SHA256: sum, Args: []string{"a"},
			Env: map[string]string{"A": "b"}, StartTimeout: 2 * time.Second,
		}},
		"path":           {Plugin: &PluginTarget{Name: "path", Command: "/opt/acme"}},
		"plugin+bare:":   {Plugin: &PluginTarget{Name: "bare", Dir: "/usr/lib/duro"}},
		"plugin+far:":    {Plugin: &PluginTarget{Address: "tcp:h:1", Token: "t", TLS: &TLS{CA: "/etc/duro/ca.pem"}}},
		"sqlite:x?a=b&c": {Kind: "sqlite", DSN: DSN{Text: "sqlite:x"}, Options: map[string]any{"a": "b", "c": ""}},
	} {
		got, err := f.Target(name, plugins)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	// A folder that was asked for holds even what is named by its whole path.
	got, err := f.Target("path", Setting{"/usr/lib/duro", "$" + EnvPluginDir})
	if err != nil || got.Plugin.Dir != "/usr/lib/duro" {
		t.Errorf("got %+v, %v", got.Plugin, err)
	}
}

func TestURLsThatAreRefused(t *testing.T) {
	t.Parallel()
	f := parse(t, "version: 1\nbackends: {main: {kind: sqlite, dsn: a}}\n")
	for url, words := range map[string]string{
		"mian":                    `is called "mian"; did you mean "main"?`,
		":x":                      "begins with a scheme",
		"plugin+:x":               "plugin+NAME",
		"plugin+A_b:x":            "plugin+NAME",
		"sqlite:a?x=1&x=2":        `gives "x" 2 times`,
		"sqlite:a?=1":             "has no name",
		"sqlite:a?x=%zz":          "are not written as",
		"unix:":                   "unix:PATH",
		"tcp://u:secret@h:1":      "tcp:HOST:PORT",
		"tcp:h":                   "tcp:HOST:PORT",
		"tcp:h:1?tokenfile=a":     `has no parameter "tokenfile"; did you mean "token_file"?`,
		"tcp:h:1?token=secret":    `has no parameter "token"`,
		"tcp:h:1?tls=secret":      "tls is true or false",
		"tcp:h:1?tls_cert=a":      "tls_cert and tls_key, or neither",
		"tcp:h:secret":            "tcp:HOST:PORT",
		"plugin+a:?x=secret%zz&y": "are not written as",
	} {
		_, err := f.Target(url, plugins)
		if err == nil || !strings.Contains(err.Error(), words) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v; want %q", url, err, words)
		}
	}
}

func TestAQuestionMarkInAPasswordBeginsNoParameters(t *testing.T) {
	t.Parallel()
	got, err := (&File{}).Target("postgres://u:who?@h/d", plugins)
	if err != nil || got.DSN.Text != "postgres://u:who?@h/d" || got.Options != nil {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestAddressesHaveAShortForm(t *testing.T) {
	t.Parallel()
	for _, url := range []string{
		"unix:/run/x.sock", "unix:x.sock?token_file=t", "tcp:h:1?tls=true", "tcp:h:1?tls=true&tls_ca=a&tls_cert=b&tls_key=c&tls_server_name=d",
	} {
		target, err := (&File{}).Target(url, plugins)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := target.AddressURL(); !ok || got != url {
			t.Errorf("%s: %s, %v", url, got, ok)
		}
	}
	for _, url := range []string{"sqlite:x", "plugin+acme:", "unix:/run/x.sock?store=a"} {
		target, err := (&File{}).Target(url, plugins)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := target.AddressURL(); ok {
			t.Errorf("%s: %s", url, got)
		}
	}
}
