package spec

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/durokit/duro/internal/diag"
)

// load loads a description from files in memory, with a small model.
func load(t *testing.T, files map[string]string, path string) (*Description, error) {
	t.Helper()
	return Loader{
		Statements: []string{"claims.ensure", "claims.lock", "work.claim"},
		Tables:     []string{"claims", "work"},
		ReadFile: func(name string) ([]byte, error) {
			data, ok := files[filepath.ToSlash(name)]
			if !ok {
				return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
			}
			return []byte(data), nil
		},
	}.Load(path)
}

// TestDiagnostics loads the txtar archives of testdata/diagnostics: d.yaml is the
// description, want its diagnostics. base.yaml is there to be extended.
func TestDiagnostics(t *testing.T) {
	paths, err := filepath.Glob("testdata/diagnostics/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatal(err, "no archives")
	}
	base, err := os.ReadFile("testdata/base.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			files := map[string]string{"base.yaml": string(base)}
			for _, f := range archive.Files {
				files[f.Name] = string(f.Data)
			}
			_, err = load(t, files, "d.yaml")
			if _, ok := errors.AsType[diag.Error](err); !ok {
				t.Fatalf("got %v, want diagnostics", err)
			}
			got := err.Error() + "\n"
			if *update {
				for i := range archive.Files {
					if archive.Files[i].Name == "want" {
						archive.Files[i].Data = []byte(got)
					}
				}
				if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(files["want"], got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestHeirWins(t *testing.T) {
	base, err := Loader{}.Load("testdata/base.yaml")
	if err != nil {
		t.Fatal(err)
	}
	got, err := Loader{}.Load("testdata/heir.yaml")
	if err != nil {
		t.Fatal(err)
	}

	want := *base.Dialect
	want.Name, want.Package, want.Extends = "heir", "heir", "base.yaml"
	want.Types.Token = "BINARY(16)"
	want.TableOptions = map[string]string{"*": "WITHOUT ROWID"}
	want.PartialIndexes = false // the base has them: a capability turned off
	want.Flags.Notify = true    // and one turned on
	want.Errors = []ErrorRow{
		{Codes: []string{"5"}, Name: "somebody else writes", Outcome: "replay_transaction", Code: "conflict"},
		base.Errors[1],
		{Codes: []string{"6", "7"}, Name: "locked in the heir's own way", Outcome: "next_candidate", Code: "conflict"},
	}
	want.Overrides = []Override{{
		Statement: "claims.ensure",
		Reason:    "the heir has no conflict clause",
		SQL:       "INSERT IGNORE INTO claims VALUES (?, ?)",
	}}
	if diff := cmp.Diff(&want, got.Dialect); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestHeirOfAnHeirInAnotherFolder(t *testing.T) {
	base, err := os.ReadFile("testdata/base.yaml")
	if err != nil {
		t.Fatal(err)
	}
	head := "version: 1\nname: %[1]s\npackage: %[1]s\nextends: %s\n"
	got, err := load(t, map[string]string{
		"b/base/dialect.yaml":  string(base),
		"b/child/dialect.yaml": fmt.Sprintf(head, "child", "../base/dialect.yaml") + "greatest: GREATEST\ntable_options: {claims: A, work: B}\n",
		"b/grand/dialect.yaml": fmt.Sprintf(head, "grand", "../child/dialect.yaml") + "quote: X\ntable_options: {work: C}\n",
	}, "b/grand/dialect.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if got.Greatest != "GREATEST" || got.Quote != "X" || got.Name != "grand" {
		t.Errorf("got %q, %q, %q", got.Greatest, got.Quote, got.Name)
	}
	if diff := cmp.Diff(map[string]string{"claims": "A", "work": "C"}, got.TableOptions); diff != "" {
		t.Errorf("table options (-want +got):\n%s", diff)
	}
}

func TestBlame(t *testing.T) {
	base, err := os.ReadFile("testdata/base.yaml")
	if err != nil {
		t.Fatal(err)
	}
	heir := "version: 1\nname: heir\npackage: heir\nextends: base.yaml\n"
	override := "overrides:\n  - {statement: work.claim, reason: because, sql: SELECT 1}\n"
	got, err := load(t, map[string]string{"base.yaml": string(base) + override, "heir.yaml": heir}, "heir.yaml")
	if err != nil {
		t.Fatal(err)
	}
	why := errors.New("no such column")
	if d := got.Blame("work.claim", why); d.String() != "base.yaml:39:17: no such column" {
		t.Errorf("of an inherited override: %s", d)
	}
	if d := got.Blame("claims.lock", why); d.String() != "heir.yaml: no such column" {
		t.Errorf("of a rendered statement: %s", d)
	}
}

func TestAMissingFileIsNotADiagnostic(t *testing.T) {
	_, err := load(t, nil, "d.yaml")
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want fs.ErrNotExist", err)
	}
}

// The loader takes whatever an editor leaves behind: it never panics, and what
// it refuses it refuses with a place inside the file.
func FuzzLoad(f *testing.F) {
	for _, path := range []string{"testdata/base.yaml", "testdata/heir.yaml"} {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(data))
	}
	archives, err := filepath.Glob("testdata/diagnostics/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range archives {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(archive.Files[0].Data))
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := load(t, map[string]string{"d.yaml": text, "base.yaml": text}, "d.yaml")
		if err == nil {
			if d.Package == "" || d.Name == "" || d.Version != Version {
				t.Errorf("accepted an incomplete description: %+v", d)
			}
			return
		}
		list, ok := errors.AsType[diag.Error](err)
		if !ok || len(list) == 0 {
			t.Fatalf("not a list of diagnostics: %v", err)
		}
		for _, e := range list {
			if e.Line < 1 || e.Column < 1 || e.Message == "" {
				t.Errorf("a diagnostic without a place: %+v", e)
			}
		}
	})
}
