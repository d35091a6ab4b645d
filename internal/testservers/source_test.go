package testservers

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSourcesAreTriedInTheGivenOrder(t *testing.T) {
	t.Parallel()
	for list, want := range map[string][]string{
		"":               {"env", "local", "docker", "debian"},
		"debian":         {"debian"},
		"docker, local,": {"docker", "local"},
	} {
		chosen, err := chosenSources(list)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range chosen {
			got = append(got, s.name)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", list, diff)
		}
	}
	_, err := chosenSources("local,homebrew")
	if err == nil || !strings.Contains(err.Error(), `"homebrew"`) {
		t.Errorf("an unknown source gives %v, want an error that names it", err)
	}
}

func TestAnAddressThatDoesNotAnswerIsFinal(t *testing.T) {
	kind := postgresKind()
	t.Setenv(kind.Env, "postgres://127.0.0.1:1/none")
	_, err := fromEnv(t.Context(), nil, kind)
	if err == nil || errors.Is(err, errNone) {
		t.Errorf("error %v, want one that keeps other sources from being tried", err)
	}
	t.Setenv(kind.Env, "")
	_, err = fromEnv(t.Context(), nil, kind)
	if !errors.Is(err, errNone) {
		t.Errorf("error %v, want one that lets other sources be tried", err)
	}
}

func TestTheNewestCompleteInstallationIsFound(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for _, path := range []string{"9/bin/postgres", "9/bin/initdb", "15/bin/postgres", "15/bin/initdb", "18/bin/initdb"} {
		path = filepath.Join(root, "usr/lib/postgresql", path)
		err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, nil, 0o755))
		if err != nil {
			t.Fatal(err)
		}
	}
	got, err := findPrograms(postgresKind(), root)
	if want := filepath.Join(root, "usr/lib/postgresql/15/bin"); got != want || err != nil {
		t.Errorf("found %q, %v; want %q", got, err, want)
	}
	_, err = findPrograms(postgresKind(), t.TempDir())
	if !errors.Is(err, errNone) {
		t.Errorf("an empty root gives %v, want errNone", err)
	}
}

func TestOfTheClosureOnlyWhatAServerNeedsIsUnpacked(t *testing.T) {
	t.Parallel()
	plan := strings.Join([]string{
		"NOTE: This is only a simulation!",
		"Inst libc6 (2.36-9+deb12u14 Debian:12.15/oldstable [amd64]) []",
		"Inst perl (5.36.0-7+deb12u4 Debian:12.15/oldstable [amd64])",
		"Inst libjson-perl (4.10000-1 Debian:12.15/oldstable [all])",
		"Inst libllvm14 (1:14.0.6-12 Debian:12.15/oldstable [amd64])",
		"Inst zlib1g (1:1.2.13.dfsg-1 Debian:12.15/oldstable [amd64])",
		"Inst postgresql-common (248+deb12u2 Debian:12.15/oldstable [all])",
		"Inst postgresql-15 (15.20-0+deb12u1 Debian:12.15/oldstable [amd64])",
		"Conf libc6 (2.36-9+deb12u14 Debian:12.15/oldstable [amd64])",
	}, "\n")
	want := []string{"libc6=2.36-9+deb12u14", "zlib1g=1:1.2.13.dfsg-1", "postgresql-15=15.20-0+deb12u1"}
	for _, kind := range []Kind{postgresKind(), postgresKind().at("15")} {
		got, err := selectPackages(plan, kind)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", kind, err, diff)
		}
	}
	got, err := selectPackages("Inst mariadb-server-core (1:11.8.6-0+deb13u1 Debian:13.2/stable [amd64])", mariadbKind().at("10.11"))
	if err == nil {
		t.Errorf("another version's packages %v are unpacked", got)
	}
}

func TestUnpackedProgramsUseTheUnpackedLibraries(t *testing.T) {
	t.Parallel()
	tree, root := filepath.Join(t.TempDir(), "tree"), "/the/root"
	bin := filepath.Join(tree, "usr/lib/postgresql/15/bin")
	for path, content := range map[string]string{
		"lib/x86_64-linux-gnu/ld-linux-x86-64.so.2": "\x7fELF",
		"usr/lib/x86_64-linux-gnu/libpq.so":         "\x7fELF",
		"usr/lib/postgresql/15/bin/postgres":        "\x7fELF program",
		"usr/lib/postgresql/15/bin/script":          "#!/bin/sh\n",
	} {
		path = filepath.Join(tree, path)
		err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(content), 0o755))
		if err != nil {
			t.Fatal(err)
		}
	}
	err := makeRunnable(tree, bin, root)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"postgres": "#!/bin/sh\nexec '/the/root/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2'" +
			" --library-path '/the/root/usr/lib/x86_64-linux-gnu:/the/root/lib/x86_64-linux-gnu'" +
			" '/the/root/usr/lib/postgresql/15/bin/postgres.elf' \"$@\"\n",
		"postgres.elf": "\x7fELF program",
		"script":       "#!/bin/sh\n",
	}
	got := map[string]string{}
	entries, err := os.ReadDir(bin)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		content, err := os.ReadFile(filepath.Join(bin, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		got[entry.Name()] = string(content)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestOnlyARequiredServerIsMissed(t *testing.T) {
	t.Parallel()
	kinds := []Kind{postgresKind().at("18"), mysqlKind()}
	set := Set{kinds: kinds, Missing: map[string]error{"postgres:18": errNone}}
	for names, wantError := range map[string]string{
		"":                  "",
		"postgres":          "names postgres:18, which cannot be had",
		"mysql,postgres:18": "names postgres:18, which cannot be had",
		"mysql,postgres:17": "",
	} {
		err := set.requireAll(splitList(names))
		if got := fmt.Sprint(err); err == nil && wantError != "" || err != nil && !strings.Contains(got, wantError) {
			t.Errorf("%q: error %v, want %q", names, err, wantError)
		}
	}
	if got, want := strings.Join(set.Summary(), "\n"), "no postgres:18; its tests are skipped:\n  nothing to offer"; got != want {
		t.Errorf("summary %q, want %q", got, want)
	}
}

// outcome is a TB that notes what became of the test.
type outcome struct{ said string }

func (o *outcome) Helper()                          {}
func (o *outcome) Skipf(format string, args ...any) { o.said = "skip: " + fmt.Sprintf(format, args...) }
func (o *outcome) Fatalf(format string, args ...any) {
	o.said = "fail: " + fmt.Sprintf(format, args...)
}

func TestATestWithoutItsServerIsSkippedUnlessItIsRequired(t *testing.T) {
	for _, c := range []struct{ address, required, servers, want string }{
		{"postgres://here", "postgres", "", `^$`},
		{"", "", "", `^skip: no PostgreSQL: set DURO_TEST_POSTGRES`},
		{"", "mysql", "", `^skip: `},
		{"", "mysql,postgres", "", `^fail: `},
		{"", "postgres:17", "postgres:18", `^skip: `},
		{"", "postgres:18", "postgres:18", `^fail: `},
		{"postgres://here", "mysql", "mysql", `^skip: DURO_TEST_SERVERS leaves out PostgreSQL`},
	} {
		t.Setenv("DURO_TEST_POSTGRES", c.address)
		t.Setenv(RequireEnv, c.required)
		t.Setenv(ServersEnv, c.servers)
		var o outcome
		got := URL(&o, Postgres)
		if got != c.address || !regexp.MustCompile(c.want).MatchString(o.said) {
			t.Errorf("%+v: URL %q, said %q", c, got, o.said)
		}
	}
}
