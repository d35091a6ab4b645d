package conformance

import (
	"fmt"
	"strings"
	"time"
)

// Status is how a case ended.
type Status string

// The statuses, from good to bad.
const (
	StatusPass Status = "pass"
	// StatusInapplicable: the rule is about another kind of provider, as the contract
	// allows it, too. Nothing is left unchecked.
	StatusInapplicable Status = "inapplicable"
	// StatusSkip: something is missing that the case cannot do without.
	StatusSkip Status = "skip"
	StatusFail Status = "fail"
	// StatusError: the case could not be run, for example for want of a store.
	StatusError Status = "error"
)

// Result is how one case ended.
type Result struct {
	Case     Case
	Status   Status
	Duration time.Duration
	// OverBudget: it passed, and took longer than its budget.
	OverBudget bool
	// Reason says why it was skipped or could not be run.
	Reason string
	// Failures say what was expected and what came instead.
	Failures []string
	// Steps say what was done last, in order, and StepsBefore how many steps came
	// before those.
	Steps       []string
	StepsBefore int
	// Round is 0, or counts the times the case was run before: see Options.Repeat.
	Round int
	// Seed is the round's; Options.Seed repeats its choices, also for a case alone.
	Seed uint64

	provider, version string
	cut               bool // the run's context ended before the case did
}

func (r Result) ended(s Status, reason string) Result {
	r.Status, r.Reason = s, reason
	return r
}

// judge takes over what the case left behind.
func (r Result) judge(rec *record, took time.Duration) Result {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	r.Failures, r.Steps, r.StepsBefore = rec.failures, rec.steps, rec.forgot
	if n := len(r.Steps) - stepsShown; n > 0 {
		r.Steps, r.StepsBefore = r.Steps[n:], r.StepsBefore+n
	}
	switch {
	case len(rec.failures) > 0:
		return r.ended(StatusFail, "")
	case rec.inapplicable != "":
		return r.ended(StatusInapplicable, rec.inapplicable)
	case rec.skipped != "":
		return r.ended(StatusSkip, rec.skipped)
	}
	r.OverBudget = took > r.Case.Allowance()
	return r.ended(StatusPass, "")
}

// stepsShown is how many of the latest steps a result keeps.
const stepsShown = 40

// Explain says which rule was broken, what came instead, and what had been done,
// in a form that is enough to look for the fault.
func (r Result) Explain() string {
	if r.Status == StatusSkip || r.Status == StatusInapplicable || r.Status == StatusError {
		return fmt.Sprintf("%s: %s", r.Status, r.Reason)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "rule: %s (docs/contract.md %s)\n", r.Case.Rule, r.Case.Section)
	fmt.Fprintf(&b, "why:  %s\n", r.Case.Why)
	for _, f := range r.Failures {
		fmt.Fprintf(&b, "FAILED: %s\n", f)
	}
	b.WriteString("steps")
	if r.StepsBefore > 0 {
		fmt.Fprintf(&b, ", after %d others", r.StepsBefore)
	}
	b.WriteString(":\n")
	for i, s := range r.Steps {
		fmt.Fprintf(&b, "  %2d. %s\n", r.StepsBefore+i+1, s)
	}
	fmt.Fprintf(&b, "seed: %d\n", r.Seed)
	return b.String()
}
