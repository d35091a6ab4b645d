package report

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"github.com/durokit/duro/conformance"
)

// fact is a line at the head of a report.
type fact struct{ Name, Value string }

// facts are the head of a report; what is not known is left out.
func (r *Report) facts() []fact {
	m := r.machine()
	all := []fact{
		{"backend", r.Backend},
		{"reached", r.Way},
		{"provider", strings.TrimSpace(r.Run.Provider + " " + r.Run.Version)},
		{"server", r.Server},
		{"seed", strconv.FormatUint(r.Run.Seed, 10)},
		{"machine", fmt.Sprintf("%s, %s/%s", m.Go, m.OS, m.Arch)},
		{"started", r.Run.Started.UTC().Format(time.RFC3339)},
		{"duration", round(r.Run.Duration).String()},
		{"cases", r.Summary()},
	}
	var out []fact
	for _, f := range all {
		if f.Value != "" {
			out = append(out, f)
		}
	}
	return out
}

// Summary counts the outcomes: "3 passed, 1 failed".
func (r *Report) Summary() string {
	parts := []string{fmt.Sprintf("%d %s", r.Count(Passed), Passed), fmt.Sprintf("%d %s", r.Count(Failed), Failed)}
	for _, o := range []Outcome{UnexpectedPass, KnownFailure, Skipped, Inapplicable} {
		if n := r.Count(o); n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, o))
		}
	}
	switch n := len(r.Run.Leaks); n {
	case 0:
	case 1:
		parts = append(parts, "1 goroutine left over")
	default:
		parts = append(parts, fmt.Sprintf("%d goroutines left over", n))
	}
	if r.Run.Interrupted {
		parts = append(parts, "interrupted")
	}
	return strings.Join(parts, ", ")
}

// writeText puts what is read first at the end, where a terminal stands when all
// is printed: the failures, then the counts.
func (r *Report) writeText(w io.Writer) error {
	var b strings.Builder
	for _, res := range r.with(Skipped) {
		fmt.Fprintf(&b, "skipped  %s: %s\n", title(res), res.Reason)
	}
	for _, res := range r.with(Inapplicable) {
		fmt.Fprintf(&b, "inapplicable  %s: %s\n", title(res), res.Reason)
	}
	for _, res := range r.with(KnownFailure) {
		fmt.Fprintf(&b, "known failure  %s\n", title(res))
	}
	for _, res := range r.with(UnexpectedPass) {
		fmt.Fprintf(&b, "unexpected pass  %s: take it off the list of those known to fail\n", title(res))
	}
	for _, stack := range r.Run.Leaks {
		fmt.Fprintf(&b, "\na goroutine outlived the run:\n%s", indent(stack))
	}
	for _, res := range r.with(Failed) {
		fmt.Fprintf(&b, "\nFAILED  %s\n%s", title(res), indent(r.explain(res)))
	}
	if b.Len() > 0 {
		b.WriteString("\n")
	}
	t := tabwriter.NewWriter(&b, 0, 8, 2, ' ', 0)
	for _, f := range r.facts() {
		fmt.Fprintf(t, "%s\t%s\n", f.Name, f.Value)
	}
	for i, res := range r.slowest() {
		name := ""
		if i == 0 {
			name = "slowest"
		}
		fmt.Fprintf(t, "%s\t%s  %s%s\n", name, round(res.Duration), title(res), over(res))
	}
	_ = t.Flush() // a builder takes every write
	_, err := io.WriteString(w, harmless(b.String()))
	return err
}

// explain is what the result says for itself, and how to see it again.
func (r *Report) explain(res conformance.Result) string {
	return strings.TrimRight(res.Explain(), "\n") + "\nrepeat: " + r.Repeat(res) + "\n"
}

// title is a result's id, with the round where there are several.
func title(res conformance.Result) string {
	if res.Round == 0 {
		return res.Case.ID
	}
	return fmt.Sprintf("%s (round %d)", res.Case.ID, res.Round+1)
}

func over(res conformance.Result) string {
	if !res.OverBudget {
		return ""
	}
	return fmt.Sprintf(", over its budget of %v", res.Case.Allowance())
}

func indent(s string) string {
	var b strings.Builder
	for line := range strings.Lines(strings.TrimRight(s, "\n") + "\n") {
		b.WriteString(strings.TrimRight("  "+line, " \n") + "\n")
	}
	return b.String()
}

// harmless replaces what would move a terminal's cursor: a failure may quote
// anything that a store holds.
func harmless(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, s)
}
