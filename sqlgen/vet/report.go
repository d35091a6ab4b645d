package vet

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// Verdict is what became of a claim.
type Verdict string

// The verdicts. A Hint refutes nothing: it names what the description leaves unused,
// or a limit of the server's settings.
const (
	OK     Verdict = "ok"
	Failed Verdict = "FAILED"
	Hint   Verdict = "hint"
)

// Finding is one claim, what the server did about it, and the verdict.
type Finding struct {
	Claim   string  `json:"claim"`
	Saw     string  `json:"saw"`
	Verdict Verdict `json:"verdict"`
}

// Report is all findings, in the order in which they were made.
type Report struct {
	Findings []Finding `json:"findings"`
}

// Failures counts the claims that do not hold.
func (r Report) Failures() (n int) {
	for _, f := range r.Findings {
		if f.Verdict == Failed {
			n++
		}
	}
	return n
}

// JSON prints the report for other programs.
func (r Report) JSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(r)
}

// Text prints the report as a table.
func (r Report) Text(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "\tclaim\twhat the server did")
	for _, f := range r.Findings {
		fmt.Fprintf(t, "%s\t%s\t%s\n", f.Verdict, f.Claim, strings.Join(strings.Fields(f.Saw), " "))
	}
	fmt.Fprintf(t, "\n%d claims, %d failed\n", len(r.Findings), r.Failures())
	return t.Flush()
}

func (s *subject) addf(v Verdict, claim, format string, args ...any) {
	s.report.Findings = append(s.report.Findings, Finding{claim, fmt.Sprintf(format, args...), v})
}

// judge adds a finding: what was seen, unless there is an error.
func (s *subject) judge(claim, saw string, err error) {
	if err != nil {
		s.addf(Failed, claim, "%v", err)
		return
	}
	s.addf(OK, claim, "%s", saw)
}
