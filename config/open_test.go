package config

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/durokit/duro"
	"github.com/durokit/duro/core"
)

// TestMain can be the command that prints a DSN.
func TestMain(m *testing.M) {
	switch os.Getenv("CONFIG_TEST_COMMAND") {
	case "":
	case "print":
		fmt.Fprintln(os.Stdout, os.Args[1])
		os.Exit(0)
	case "flood":
		fmt.Fprint(os.Stdout, strings.Repeat("secret", maxDSN))
		os.Exit(0)
	case "fail":
		fmt.Fprintln(os.Stderr, "the secret is secret")
		os.Exit(3)
	}
	duro.Register("fake", func(_ context.Context, url string) (core.Provider, error) { return opened{url: url}, nil })
	os.Exit(m.Run())
}

// opened is a provider that only knows what opened it.
type opened struct {
	core.Provider

	url    string
	plugin PluginTarget
}

func TestKindsAreOpenedByURL(t *testing.T) {
	t.Parallel()
	dir := write(t, map[string]string{"dsn": "fake://u:s@h/d?b=2\n", "duro.yaml": `
version: 1
backend: file
backends:
  text: {kind: fake, dsn: a, options: {y: "a b&c", x: 1}}
  file: {kind: fake, dsn_file: dsn, options: {a: 1}}
  env: {kind: fake, dsn_env: MY_DSN}
`})
	for backend, want := range map[string]string{
		"":           "fake://u:s@h/d?a=1&b=2",
		"text":       "fake:a?x=1&y=a%20b%26c",
		"env":        "fake:from/env",
		"fake:b?z=1": "fake:b?z=1",
	} {
		p, err := Open(t.Context(), Request{
			Config: dir + "/duro.yaml", Backend: backend, LookupEnv: vars(map[string]string{"MY_DSN": "from/env"}),
		})
		if err != nil {
			t.Errorf("%s: %v", backend, err)
			continue
		}
		if got := p.(opened).url; got != want {
			t.Errorf("%q opens %s, want %s", backend, got, want)
		}
	}
}

func TestACommandPrintsTheDSN(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	target := Target{Kind: "fake", DSN: DSN{Command: []string{self, "x?a=1"}}}
	t.Setenv("CONFIG_TEST_COMMAND", "print")
	if got, err := (Opener{}).URL(t.Context(), target); err != nil || got != "fake:x?a=1" {
		t.Errorf("got %q, %v", got, err)
	}
	target.DSN.Command[1] = ""
	refused(t, target, "is empty", core.ErrInvalidArgument)
	target.DSN.Command[1] = "a\nsecret"
	refused(t, target, "more than one line", core.ErrInvalidArgument)
	t.Setenv("CONFIG_TEST_COMMAND", "flood")
	refused(t, target, "more than one line", core.ErrInvalidArgument)
	t.Setenv("CONFIG_TEST_COMMAND", "fail")
	refused(t, target, "exit status 3; run it by itself", core.ErrUnavailable)
	target.DSN.Command[0] = "no-such-program-anywhere"
	refused(t, target, "run the dsn_command", core.ErrInvalidArgument)
}

func TestDSNsThatCannotBeHad(t *testing.T) {
	t.Parallel()
	dir := write(t, map[string]string{"empty": " \n", "lines": "secret\nsecret\n", "other": "mysql://u:secret@h/d", "dup": "fake:secret?a=1"})
	for words, dsn := range map[string]DSN{
		"no such file":                {File: dir + "/none"},
		"empty of dsn_file is empty":  {File: dir + "/empty"},
		"holds more than one line":    {File: dir + "/lines"},
		"the URL of something else":   {File: dir + "/other"},
		"a parameter of the DSN":      {File: dir + "/dup"},
		"the variable NOT_SET of dsn": {Env: "NOT_SET"},
	} {
		refused(t, Target{Kind: "fake", DSN: dsn, Options: map[string]any{"a": "b"}}, words, core.ErrInvalidArgument)
	}
}

// refused opens a target that cannot be, and looks for secrets in the error.
func refused(t *testing.T, target Target, words string, code core.Code) {
	t.Helper()
	_, err := Opener{}.Open(t.Context(), target)
	if !errors.Is(err, code) || !strings.Contains(err.Error(), words) || strings.Contains(fmt.Sprintf("%+v", err), "secret") {
		t.Errorf("%+v: %v; want %v with %q", target.DSN, err, code, words)
	}
}

func TestPluginsAreOpenedByTheCaller(t *testing.T) {
	t.Parallel()
	program := func(version, ending string) string {
		exe := ""
		if runtime.GOOS == "windows" {
			exe = ".exe"
		}
		return fmt.Sprintf("plugins/duro-backend-acme_v%s_x1_%s_%s%s%s", version, runtime.GOOS, runtime.GOARCH, exe, ending)
	}
	dir := write(t, map[string]string{
		"token": "t0ken\n", "duro.yaml": `
version: 1
backends:
  far: {plugin: far, dsn: "x:y", options: {n: 5, deep: {on: true}}}
  child: {plugin: acme}
plugin_dir: plugins
plugins:
  far: {address: "tcp:h:1", token_file: token}
  acme: {sha256: ` + sum + `}
`,
		program("1.9.0", ""): "", program("1.10.0", ""): "", program("1.2.0", ""): "", program("2.0.0", ".old"): "",
		"plugins/duro-backend-acme_v3.0.0_x1_plan9_mips":        "",
		"plugins/duro-backend-acmeplus_v4.0.0_x1_linux_amd64":   "",
		"plugins/duro-backend-acme_v5.0.0-rc.1_x1_linux_amd64":  "",
		"plugins/duro-backend-acme_v6.0.0_x2_linux_amd64":       "",
		"plugins/old-duro-backend-acme_v7.0.0_x1_linux_amd64":   "",
		"plugins/duro-backend-acme_v8.0.0_x1_linux_amd64/a/dir": "",
	})
	opener := Opener{Plugin: func(_ context.Context, p PluginTarget) (core.Provider, error) { return opened{plugin: p}, nil }}
	for name, want := range map[string]PluginTarget{
		"far": {
			Address: "tcp:h:1", Token: "t0ken", TokenFile: dir + "/token", Config: []byte(`{"deep":{"on":true},"n":5,"url":"x:y"}`),
		},
		"child": {
			Name: "acme", Command: program("1.10.0", "")[len("plugins/"):], Dir: dir + "/plugins", SHA256: sum, Config: []byte("{}"),
		},
	} {
		c, err := Choose(Request{Config: dir + "/duro.yaml", Backend: name, LookupEnv: vars(nil)})
		if err != nil {
			t.Fatal(err)
		}
		p, err := opener.Open(t.Context(), c.Target)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(want, p.(opened).plugin); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if _, err := (Opener{}).Open(t.Context(), c.Target); !errors.Is(err, core.ErrUnsupported) {
			t.Errorf("%s: without an opener: %v", name, err)
		}
	}
}

func TestPluginsThatCannotBeOpened(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for words, target := range map[string]Target{
		"holds no duro-backend-acme_vX.Y.Z_x1_": {Plugin: &PluginTarget{Name: "acme", Dir: dir}},
		"there is no plugin_dir":                {Plugin: &PluginTarget{Name: "acme"}},
		"look for duro-backend-acme":            {Plugin: &PluginTarget{Name: "acme", Dir: dir + "/none"}},
		"read what token_file names":            {Plugin: &PluginTarget{Address: "unix:/a", TokenFile: dir + "/none"}},
		"option url": {
			Plugin: &PluginTarget{Address: "unix:/a"}, DSN: DSN{Text: "secret"}, Options: map[string]any{"url": "secret"},
		},
	} {
		refused(t, target, words, core.ErrInvalidArgument)
	}
}
