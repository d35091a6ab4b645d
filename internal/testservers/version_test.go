package testservers

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestServersMakeRuns(t *testing.T) {
	for list, want := range map[string]string{
		"":      "[[postgres mysql mariadb]]",
		"every": "[[postgres:15 mysql:9.7 mariadb:10.11] [postgres:17 mariadb:11.8] [postgres:18]]",
		"postgres:17, mariadb:11.8, postgres:12, mysql": "[[postgres:17 mariadb:11.8 mysql] [postgres:12]]",
	} {
		t.Setenv(ServersEnv, list)
		t.Setenv(RequireEnv, "")
		runs, err := Runs()
		if got := fmt.Sprint(runs); got != want || err != nil {
			t.Errorf("%q: %s, %v; want %s", list, got, err, want)
		}
	}
}

func TestAServerThatNoRunHasIsRefused(t *testing.T) {
	for _, c := range []struct{ servers, required, want string }{
		{"oracle:7", "", `no test server is called "oracle"`},
		{"", "oracle", "oracle, which is no test server of this run"},
		{"postgres", "mysql", "mysql, which"},
		{"postgres:17", "postgres:18", "postgres:18, which"},
	} {
		t.Setenv(ServersEnv, c.servers)
		t.Setenv(RequireEnv, c.required)
		_, err := Runs()
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: error %v", c, err)
		}
	}
}

func TestAVersionSaysWhereItComesFrom(t *testing.T) {
	t.Parallel()
	type origin struct{ Image, Suite, Package string }
	for name, c := range map[string]struct {
		kind Kind
		want origin
	}{
		"a release":     {mariadbKind().at("11.8"), origin{"mariadb:11.8", "trixie", "mariadb-server-core"}},
		"another":       {postgresKind().at("18"), origin{"postgres:18", "sid", "postgresql-18"}},
		"Debian has no": {postgresKind().at("12"), origin{"postgres:12", "", ""}},
	} {
		got := origin{c.kind.Image, c.kind.Suite, c.kind.Package}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestOnlyProgramsOfTheWantedVersionAreFound(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for version, says := range map[string]string{"17": "postgres (PostgreSQL) 17.2 (Debian 17.2-1)", "18": "postgres (PostgreSQL) 18beta1"} {
		bin := filepath.Join(root, "usr/lib/postgresql", version, "bin")
		if err := os.MkdirAll(bin, 0o755); err != nil {
			t.Fatal(err)
		}
		for _, program := range postgresKind().Programs {
			script := fmt.Sprintf("#!/bin/sh\necho '%s'\n", says)
			if err := os.WriteFile(filepath.Join(bin, program), []byte(script), 0o755); err != nil {
				t.Fatal(err)
			}
		}
	}
	for wanted, version := range map[string]string{"": "18", "17": "17", "17.2": "17", "18": "18", "1": "", "17.21": ""} {
		got, err := findPrograms(postgresKind().at(wanted).installed(t.Context()), root)
		want := ""
		if version != "" {
			want = filepath.Join(root, "usr/lib/postgresql", version, "bin")
		}
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: found %q, %v; want %q", wanted, got, err, want)
		}
	}
}
