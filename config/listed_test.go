package config

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPluginsAreListedWithoutRunningThem(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := func(plugin, version string) string {
		ending := fmt.Sprintf("_x1_%s_%s", runtime.GOOS, runtime.GOARCH)
		if runtime.GOOS == "windows" {
			ending += ".exe"
		}
		return "duro-backend-" + plugin + "_v" + version + ending
	}
	for _, name := range []string{file("acme", "1.2.0"), file("acme", "1.10.0"), file("spare", "0.1.0")} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, FileName)
	text := `{version: 1, plugin_dir: ., plugins: {acme: {}, far: {address: "tcp:h:1"}, lost: {}, named: {command: here}},
backends: {b: {plugin: acme}, a: {plugin: acme}, c: {plugin: far}, d: {kind: sqlite, dsn: x}}}`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	read, err := ReadFile(Request{Config: path, LookupEnv: func(string) (string, bool) { return "", false }})
	if err != nil {
		t.Fatal(err)
	}
	all, err := read.Plugins()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range all {
		where := strings.TrimPrefix(l.Target.Program()+l.Target.Address, dir+string(filepath.Separator))
		got = append(got, fmt.Sprintf("%s %q %v %v %s %v", l.Name, l.Version, l.Configured, l.Backends, where, l.Missing != nil))
	}
	want := []string{
		`acme "1.10.0" true [a b] ` + file("acme", "1.10.0") + " false",
		`far "" true [c] tcp:h:1 false`,
		`lost "" true []  true`,
		`named "" true [] here false`,
		`spare "0.1.0" false [] ` + file("spare", "0.1.0") + " false",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if _, err := read.Plugin("acmee"); err == nil || !strings.Contains(err.Error(), `did you mean "acme"?`) {
		t.Errorf("got %v", err)
	}
}
