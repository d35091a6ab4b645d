package conformance_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/durokit/duro/conformance"
)

var update = flag.Bool("update", false, "write the generated parts of the documents in docs")

// TestDocumentsAreCurrent compares the parts of the documents that are written
// from the suite with the suite. A part stands between two comments:
//
//	<!-- generated: NAME -->
//	<!-- end -->
func TestDocumentsAreCurrent(t *testing.T) {
	t.Parallel()
	for _, d := range []struct {
		path  string
		parts map[string]string
	}{
		{"../docs/conformance.md", map[string]string{"cases": caseTables(t), "deferred": deferredTable(), "numbers": numberTable(t)}},
		{"../docs/migrating.md", map[string]string{"checklist": checklist()}},
	} {
		raw, err := os.ReadFile(d.path)
		if err != nil {
			t.Fatal(err)
		}
		want, err := withParts(string(raw), d.parts)
		if err != nil {
			t.Fatalf("%s: %v", d.path, err)
		}
		if *update {
			if err := os.WriteFile(d.path, []byte(want), 0o600); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if diff := cmp.Diff(string(raw), want); diff != "" {
			t.Errorf("%s is not current; go test ./conformance -run Documents -update writes it (-document +suite):\n%s", d.path, diff)
		}
	}
}

func TestDocumentsNameCasesThatAreThere(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, a := range announced(t) {
		known[a.id] = true
	}
	paths, err := filepath.Glob("../docs/*.md")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no documents: %v", err)
	}
	id := regexp.MustCompile("`([a-z]+/[A-Z][A-Za-z0-9]+)`")
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range id.FindAllStringSubmatch(string(raw), -1) {
			if !known[m[1]] {
				t.Errorf("%s names the case %s, which there is not", path, m[1])
			}
		}
	}
}

var generatedPart = regexp.MustCompile(`(?s)<!-- generated: (\w+) -->\n.*?<!-- end -->\n`)

// withParts puts the generated parts into a document. Each must have its place,
// and each place its part.
func withParts(text string, parts map[string]string) (string, error) {
	var places []string
	for _, m := range generatedPart.FindAllStringSubmatch(text, -1) {
		places = append(places, m[1])
	}
	slices.Sort(places)
	if have := slices.Sorted(maps.Keys(parts)); !slices.Equal(places, have) {
		return "", fmt.Errorf("there are places for the parts %v, and parts %v", places, have)
	}
	return generatedPart.ReplaceAllStringFunc(text, func(place string) string {
		name := generatedPart.FindStringSubmatch(place)[1]
		return "<!-- generated: " + name + " -->\n" + parts[name] + "<!-- end -->\n"
	}), nil
}

// caseTables lists the cases, a table for each area.
func caseTables(t *testing.T) string {
	t.Helper()
	headings := areaHeadings(t)
	var b strings.Builder
	area := ""
	for _, c := range conformance.Cases() {
		if c.Area() != area {
			area = c.Area()
			fmt.Fprintf(&b, "\n### %s\n\n[Step by step](contract.md#%s).\n\n", area, headings[area])
			b.WriteString("| case | rule | contract | level | budget | needs |\n|---|---|---|---|---|---|\n")
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | %s |\n", c.ID, cell(c.Rule), c.Section, c.Level, budget(c), needed(c))
	}
	return b.String() + "\n"
}

// areaHeadings are the anchors of the sections in which docs/contract.md
// describes the areas, by area.
func areaHeadings(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, m := range regexp.MustCompile("(?m)^## 3\\.(\\d+) (.*) \\(`(\\w+)`\\)$").FindAllStringSubmatch(contract(t), -1) {
		words := strings.ToLower(strings.NewReplacer(" ", "-", ",", "", "`", "").Replace(m[2]))
		found[m[3]] = "3" + m[1] + "-" + words + "-" + m[3]
	}
	return found
}

// cell is text in a table.
func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }

// budget is how long a case may take, where that is not what most may.
func budget(c conformance.Case) string {
	switch {
	case c.Slow:
		return "slow: " + c.Allowance().String()
	case c.Allowance() != conformance.DefaultBudget:
		return c.Allowance().String()
	}
	return ""
}

func needed(c conformance.Case) string {
	var needs []string
	for _, n := range c.Needs {
		needs = append(needs, cell(string(n)))
	}
	return strings.Join(needs, "; ")
}

func deferredTable() string {
	var b strings.Builder
	b.WriteString("\n| case | why it is not here |\n|---|---|\n")
	for _, d := range conformance.Deferred() {
		fmt.Fprintf(&b, "| `%s` | %s |\n", d.ID, cell(d.Reason))
	}
	return b.String() + "\n"
}

// numberTable says which cases judge what each number stood for.
func numberTable(t *testing.T) string {
	t.Helper()
	judges := judgesByNumber(t)
	var b strings.Builder
	b.WriteString("\n| number | cases |\n|---|---|\n")
	for _, n := range contractNumbers() {
		fmt.Fprintf(&b, "| %s | `%s` |\n", n, strings.Join(judges[n], "`, `"))
	}
	return b.String() + "\n"
}

func TestEveryNumberHasItsCase(t *testing.T) {
	t.Parallel()
	judges := judgesByNumber(t)
	for _, n := range contractNumbers() {
		if len(judges[n]) == 0 {
			t.Errorf("no case judges %s", n)
		}
		delete(judges, n)
	}
	for n, ids := range judges {
		t.Errorf("%v say that they judge %s, which there is not", ids, n)
	}
}

// contractNumbers are the numbers under which the two halves of the contract once
// listed what a provider is judged by, in their order.
func contractNumbers() []string {
	var all []string
	for n := range 306 {
		all = append(all, fmt.Sprintf("C-%03d", n+1))
	}
	for n := range 209 {
		all = append(all, fmt.Sprintf("A-%d", n+1))
		if n+1 == 85 {
			all = append(all, "A-85a")
		}
	}
	return all
}

// judgesByNumber are the announced cases, here or deferred, by their numbers.
func judgesByNumber(t *testing.T) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	for _, a := range announced(t) {
		for _, n := range a.numbers {
			found[n] = append(found[n], a.id)
		}
	}
	return found
}

// checklist is the migration guide's, line by line, a table for each topic.
func checklist() string {
	var b strings.Builder
	topic := ""
	for _, s := range conformance.MigrationSteps() {
		if s.Topic != topic {
			topic = s.Topic
			fmt.Fprintf(&b, "\n### %s\n\n| the guide | in Go | proven by |\n|---|---|---|\n", topic)
		}
		proof := s.Proof
		if len(s.Cases) > 0 {
			proof = "`" + strings.Join(s.Cases, "`, `") + "`"
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", s.Line, s.Go, proof)
	}
	return b.String() + "\n"
}
