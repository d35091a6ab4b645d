package emit

import (
	"flag"
	"fmt"
	"go/format"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/sqlgen/spec"
)

var update = flag.Bool("update", false, "rewrite golden files")

// golden is a package of its own: the go command leaves testdata alone, but
// compiles it when it is named.
const golden = "testdata/tiny"

func tiny() Input {
	d := &spec.Dialect{
		Version: 1, Name: "Tiny", Package: "tiny",
		TableOptions: map[string]string{"a": "1", "b": "2", "c": "3", "d": "4", "*": "5"},
		Flags:        spec.Flags{SingleWriter: true},
		Errors: []spec.ErrorRow{
			{Codes: []string{"40001", "40P01"}, Name: "deadlock", Outcome: "replay_transaction", Code: "conflict"},
			{Codes: []string{"55P03"}, Name: "row is locked", Outcome: "next_candidate", Code: "conflict"},
			{Codes: []string{"08006"}, Name: "connection lost", Outcome: "retry_statement", Code: "unavailable"},
		},
	}
	// Every code of the contract must have a Go name.
	for _, c := range core.Codes() {
		d.Errors = append(d.Errors, spec.ErrorRow{
			Codes: []string{fmt.Sprintf("X%02d", c)}, Name: "told as " + c.String(), Outcome: "tell", Code: c.String(),
			NotProvoked: "the tiny dialect has no server that could be made to fail in this way, and never will have one",
		})
	}
	return Input{
		Dialect: d,
		Statements: []Statement{
			{Field: "ClaimsEnsure", Purpose: "creates missing claim rows, which carry no token and are never due until a message makes them so.",
				Rendered: engine.Statement{
					Name: "claims.ensure",
					Columns: []engine.Column{
						{Name: "instance", Type: engine.Text},
						{Name: "incarnation", Type: engine.Int},
					},
					Forms: []engine.Form{
						{Rows: 16, SQL: "INSERT INTO claims (instance, incarnation)\nVALUES (?, ?)", Args: slices.Collect(count(32))},
						{Rows: 1, SQL: "INSERT INTO claims (instance, incarnation)\nVALUES (?, ?)"},
					},
				}},
			{Field: "ClaimsLock", Purpose: "locks claim rows.", Rendered: engine.Statement{
				Name: "claims.lock", Columns: []engine.Column{{Name: "instance", Type: engine.Text}},
				Forms: []engine.Form{{Rows: 1, SQL: "SELECT instance"}},
			}},
			{Field: "ClaimsExtend", Purpose: "moves deadlines.", Rendered: engine.Statement{
				Name: "claims.extend", Scalars: []string{"now"},
				Columns: []engine.Column{{Name: "instance", Type: engine.Text}, {Name: "due", Type: engine.Int}},
				Forms:   spelled(extend, 16, 4, 1),
			}},
			{Field: "ClaimMark", Purpose: "marks due rows.", Rendered: engine.Statement{
				Name: "claim.mark", Scalars: []string{"now", "nonce"}, Output: []string{"instance"},
				Columns: []engine.Column{{Name: "class", Type: engine.Int}, {Name: "token", Type: engine.Bytes}},
				Forms:   []engine.Form{{Pack: engine.PackJSON, SQL: "UPDATE `claims`\nSET due = ?1", Args: []int{0, 1, 2}}},
			}},
			{Field: "Metrics", Purpose: "counts everything.", Rendered: engine.Statement{
				Name: "metrics", Output: []string{"instances"}, Forms: []engine.Form{{SQL: "SELECT count(*)\nFROM instances"}},
			}},
		},
		Up:   []string{"CREATE TABLE claims (\n  instance TEXT PRIMARY KEY\n)", "CREATE TABLE `work` (id INTEGER)"},
		Down: []string{"DROP TABLE claims"},
	}
}

// extend is a statement whose forms differ in nothing but their rows. The twos
// in the row are there to be mistaken for its number.
var extend = engine.Form{
	Most: 16,
	SQL:  "SELECT 22\nFROM (\n    SELECT 2, 1 AS ord, ?, ?\n    … UNION ALL SELECT 2, #, ?, ?\n) AS r\nWHERE due > ?",
	Args: []int{1, 2, 0},
}

// spelled are forms of some sizes of a statement with one scalar.
func spelled(f engine.Form, sizes ...int) []engine.Form {
	s := engine.Statement{Scalars: []string{"now"}}
	forms := make([]engine.Form, len(sizes))
	for i, n := range sizes {
		forms[i] = s.Spell(f, n)
	}
	return forms
}

func count(n int) func(func(int) bool) {
	return func(yield func(int) bool) {
		for i := range n {
			if !yield(i) {
				return
			}
		}
	}
}

// The digest changes with every field that descriptions get; the golden files
// are about everything else.
var digestText = regexp.MustCompile(`Digest = "[0-9a-f]{16}"`)

func TestGolden(t *testing.T) {
	files, err := Files(tiny())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range files {
		names = append(names, f.Name)
		f.Data = digestText.ReplaceAll(f.Data, []byte(`Digest = "golden"`))
		path := filepath.Join(golden, f.Name)
		if *update {
			if err := os.MkdirAll(golden, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, f.Data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(f.Data)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", f.Name, diff)
		}
	}
	if !slices.IsSorted(names) {
		t.Errorf("files are not sorted: %v", names)
	}
}

// The golden files are not only equal to something: they compile, pass vet, and
// the classifier's generated test passes.
func TestGoldenCompiles(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the go command")
	}
	for _, verb := range []string{"vet", "test"} {
		if out, err := exec.Command("go", verb, "./"+golden).CombinedOutput(); err != nil {
			t.Errorf("go %s: %v\n%s", verb, err, out)
		}
	}
}

func TestEveryFileIsFormattedAndMarked(t *testing.T) {
	files, err := Files(tiny())
	if err != nil {
		t.Fatal(err)
	}
	mark := regexp.MustCompile(`^// Code generated .* DO NOT EDIT\.$`) // as go help generate says
	for _, f := range files {
		first, _, _ := strings.Cut(string(f.Data), "\n")
		if !mark.MatchString(first) || !IsGenerated(f.Data) {
			t.Errorf("%s starts with %q", f.Name, first)
		}
		formatted, err := format.Source(f.Data)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(formatted), string(f.Data)); diff != "" {
			t.Errorf("%s is not formatted (-gofmt +got):\n%s", f.Name, diff)
		}
	}
}

// Maps are built anew in another order each time; the bytes stay the same.
func TestSameInputSameBytes(t *testing.T) {
	want, err := Files(tiny())
	if err != nil {
		t.Fatal(err)
	}
	for range 50 {
		in := tiny()
		keys := slices.Collect(maps.Keys(in.Dialect.TableOptions))
		rand.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
		shuffled := map[string]string{}
		for _, k := range keys {
			shuffled[k] = in.Dialect.TableOptions[k]
		}
		in.Dialect.TableOptions = shuffled
		got, err := Files(in)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("(-first +now):\n%s", diff)
		}
	}
}

func TestDigestSeesDescriptionAndModel(t *testing.T) {
	digest := func(change func(*Input)) string {
		in := tiny()
		change(&in)
		d, err := Digest(in)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	base := digest(func(*Input) {})
	for name, change := range map[string]func(*Input){
		"a capability": func(in *Input) { in.Dialect.PartialIndexes = true },
		"an SQL text":  func(in *Input) { in.Statements[4].Rendered.Forms[0].SQL += " " },
		"the schema":   func(in *Input) { in.Up[0] += " " },
	} {
		if digest(change) == base {
			t.Errorf("the digest does not see %s", name)
		}
	}
}

func TestIsGenerated(t *testing.T) {
	for text, want := range map[string]bool{
		header + "\npackage x\n":                                    true,
		header + "\r\npackage x\r\n":                                true,
		"// Code generated by protoc-gen-go. DO NOT EDIT.\n":        false,
		"package x\n\n" + header + "\n":                             false,
		"// Code generated by durogen is what this file is about\n": false,
	} {
		if IsGenerated([]byte(text)) != want {
			t.Errorf("IsGenerated(%q) = %t", text, !want)
		}
	}
}
