package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/durokit/duro/internal/othermodule"
	"github.com/durokit/duro/sqlgen/spec"
	"github.com/durokit/duro/sqlgen/vet"
)

// durogen runs a command line that is to exit with a code.
func durogen(t *testing.T, want int, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, complaints bytes.Buffer
	if got := run(args, &out, &complaints); got != want {
		t.Fatalf("durogen %s exits with %d, not %d\n%s%s", strings.Join(args, " "), got, want, out.String(), complaints.String())
	}
	return out.String(), complaints.String()
}

// A dialect of another module is made, claims too much, and is put right.
func TestADialectIsMadeElsewhere(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(othermodule.New(t, "../.."), "mine")
	url := "mine:" + filepath.Join(t.TempDir(), "mine.db")
	out, _ := durogen(t, exitOK, "new", "mine", "--extends", "../../backends/sqlite", "--out", dir)
	if !strings.Contains(out, "mine/doc.go") || !strings.Contains(out, "durogen vet") {
		t.Errorf("the files and the next steps are not named:\n%s", out)
	}
	out, progress := durogen(t, exitOK, "vet", dir, "--url", url)
	if !strings.Contains(out, "0 failed") || !strings.Contains(progress, "migrating up") {
		t.Errorf("report:\n%s\nprogress:\n%s", out, progress)
	}

	description := filepath.Join(dir, spec.FileName)
	text, err := os.ReadFile(description)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(description, append(text, "\nflags:\n  notify: true\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	_, complaint := durogen(t, exitError, "vet", dir, "--url", url)
	if !strings.Contains(complaint, "run durogen generate") {
		t.Errorf("stale code: %s", complaint)
	}
	durogen(t, exitOK, "generate", dir)
	out, _ = durogen(t, exitFindings, "vet", dir, "--url", url, "--json")
	var report vet.Report
	if err := json.Unmarshal([]byte(out), &report); err != nil || report.Failures() != 1 {
		t.Errorf("%v, %d failures in\n%s", err, report.Failures(), out)
	}
}

func TestVetTellsNoPassword(t *testing.T) {
	t.Parallel()
	for _, url := range []string{
		"mariadb://me:se%63ret@127.0.0.1:1/db", "mariadb://me:secret@127.0.0.1:no/db",
	} {
		out, complaint := durogen(t, exitError, "vet", "../../backends/mariadb", "--url", url)
		if strings.Contains(out+complaint, "ret@") || strings.Contains(out+complaint, "secret") {
			t.Errorf("%s:\n%s%s", url, out, complaint)
		}
	}
}
