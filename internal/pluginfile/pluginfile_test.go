package pluginfile_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/durokit/duro/internal/pluginfile"
)

func name(plugin, version string) string {
	n := fmt.Sprintf("duro-backend-%s_v%s_x1_%s_%s", plugin, version, runtime.GOOS, runtime.GOARCH)
	if runtime.GOOS == "windows" {
		n += ".exe"
	}
	return n
}

func TestParse(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]pluginfile.File{
		name("acme", "1.2.0"):                        {Name: name("acme", "1.2.0"), Plugin: "acme", Version: "1.2.0"},
		filepath.Join("a", name("acme-2", "0.10.0")): {Name: name("acme-2", "0.10.0"), Plugin: "acme-2", Version: "0.10.0"},
		name("Acme", "1.2.0"):                        {},
		name("acme", "1.2"):                          {},
		name("acme", "1.2.0-rc.1"):                   {},
		name("acme", "1.2.0") + ".old":               {},
		"x" + name("acme", "1.2.0"):                  {},
		"duro-backend-acme_v1.2.0_x1_plan9_mips":     {},
		"duro-backend-acme_v1.2.0_x2_linux_amd64":    {},
		"": {},
	} {
		got, ok := pluginfile.Parse(path)
		if got != want || ok != (want.Name != "") {
			t.Errorf("Parse(%q) = %v, %v", path, got, ok)
		}
	}
}

func TestInListsTheNewestFirst(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for _, file := range []string{name("b", "1.9.0"), name("b", "1.10.0"), name("a", "0.1.0"), "README", name("a", "2.0.0") + "~"} {
		if err := os.WriteFile(filepath.Join(folder, file), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(folder, name("c", "1.0.0")), 0o700); err != nil {
		t.Fatal(err)
	}
	files, err := pluginfile.In(folder)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range files {
		got = append(got, f.Plugin+" "+f.Version)
	}
	if diff := cmp.Diff([]string{"a 0.1.0", "b 1.10.0", "b 1.9.0"}, got); diff != "" {
		t.Error(diff)
	}
}
