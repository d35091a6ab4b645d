package conformance_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/durokit/duro/conformance"
)

func TestCasesAreComplete(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	id := regexp.MustCompile(`^[a-z]+/[A-Z][A-Za-z0-9]+$`)
	for _, c := range conformance.Cases() {
		switch {
		case seen[c.ID]:
			t.Errorf("%s is there twice", c.ID)
		case !id.MatchString(c.ID):
			t.Errorf("%q is no case id: want area/Behaviour", c.ID)
		case c.Rule == "" || c.Why == "" || c.Section == "" || c.Run == nil:
			t.Errorf("%s lacks a rule, a reason, a section or a function", c.ID)
		case strings.HasSuffix(c.Rule, ".") || strings.HasSuffix(c.Why, "."):
			t.Errorf("%s: rule and reason are printed in the middle of a line; leave the full stop out", c.ID)
		}
		seen[c.ID] = true
	}
	for _, d := range conformance.Deferred() {
		if seen[d.ID] {
			t.Errorf("%s is both here and deferred", d.ID)
		}
		if d.Reason == "" {
			t.Errorf("%s is deferred without a reason", d.ID)
		}
	}
}

// announcement is a case as docs/contract.md section 3 announces it.
type announcement struct {
	id, level string
	numbers   []string
}

// contract is docs/contract.md.
func contract(t *testing.T) string {
	t.Helper()
	raw, err := os.ReadFile("../docs/contract.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// announced lists the cases that docs/contract.md announces, in its order.
func announced(t *testing.T) []announcement {
	t.Helper()
	line := regexp.MustCompile("(?m)^- \\*\\*`([^`]+)`\\*\\* · (contract|duro)(.*)$")
	number := regexp.MustCompile(`\b[CA]-\d+a?\b`)
	var all []announcement
	for _, m := range line.FindAllStringSubmatch(contract(t), -1) {
		numbers, _, _ := strings.Cut(m[3], "`") // upstream's test name may look like a number
		all = append(all, announcement{m[1], m[2], number.FindAllString(numbers, -1)})
	}
	if len(all) == 0 {
		t.Fatal("docs/contract.md announces no cases: has the form of section 3 changed?")
	}
	return all
}

// TestCasesMatchTheContract compares the suite with docs/contract.md: every case
// announced there is here or deferred, at its level and with its numbers, and
// there is no other.
func TestCasesMatchTheContract(t *testing.T) {
	t.Parallel()
	headings := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^#+ (A?\d+(?:\.\d+)?)`).FindAllStringSubmatch(contract(t), -1) {
		headings[m[1]] = true
	}
	want := map[string]announcement{}
	for _, a := range announced(t) {
		slices.Sort(a.numbers)
		want[a.id] = a
	}
	got := map[string]announcement{}
	for _, c := range conformance.Cases() {
		numbers := slices.Clone(c.Numbers)
		slices.Sort(numbers)
		got[c.ID] = announcement{c.ID, c.Level.String(), numbers}
		if !headings[c.Section] {
			t.Errorf("%s: docs/contract.md has no section %q", c.ID, c.Section)
		}
	}
	for _, d := range conformance.Deferred() {
		area, all := strings.CutSuffix(d.ID, "*")
		known := false
		for id, a := range want {
			if id == d.ID || all && strings.HasPrefix(id, area) {
				known, got[id] = true, a
			}
		}
		if !known {
			t.Errorf("%s is deferred but not announced", d.ID)
		}
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(announcement{})); diff != "" {
		t.Errorf("docs/contract.md and the suite differ (-document +suite):\n%s", diff)
	}
}
