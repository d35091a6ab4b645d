package report

import (
	"cmp"
	"fmt"
	"regexp"
	"runtime"
	"slices"
	"time"

	"github.com/durokit/duro/conformance"
)

// Report is a run's results and what its readers want to know beside them.
type Report struct {
	Run *conformance.Report
	// Backend names what was judged, without its password.
	Backend string
	// Way is how the provider was reached, for example "child process".
	Way string
	// Server is the version of the database server, if known.
	Server string
	// KnownFailing are ids of cases that are expected to fail: their failures are
	// not the run's, and that one of them passes is.
	KnownFailing []string
	// Command begins the command that repeats a case. Default: DefaultCommand.
	Command string
	// Machine is where the suite ran. The zero value stands for this program's.
	Machine Machine
}

// DefaultCommand begins the command that repeats a case.
const DefaultCommand = "duro conformance run"

// Machine is where the suite ran.
type Machine struct {
	Go   string `json:"go"`
	OS   string `json:"os"`
	Arch string `json:"arch"`
}

func (r *Report) machine() Machine {
	return cmp.Or(r.Machine, Machine{runtime.Version(), runtime.GOOS, runtime.GOARCH})
}

// Outcome is what a result means for the run.
type Outcome string

// The outcomes, the worst first.
const (
	// Failed: the case failed or could not be run, and nobody expected that.
	Failed Outcome = "failed"
	// UnexpectedPass: the case is known to fail and passed in every round.
	UnexpectedPass Outcome = "unexpected pass"
	// KnownFailure: the case failed, as expected.
	KnownFailure Outcome = "known failure"
	Skipped      Outcome = "skipped"
	// Inapplicable: the case is about another kind of provider.
	Inapplicable Outcome = "inapplicable"
	Passed       Outcome = "passed"
)

// outcomes are all of them, in the order in which a reader wants to see them.
var outcomes = []Outcome{Failed, UnexpectedPass, KnownFailure, Skipped, Inapplicable, Passed}

// Outcome judges one of the run's results.
func (r *Report) Outcome(res conformance.Result) Outcome {
	known := slices.Contains(r.KnownFailing, res.Case.ID)
	switch {
	case failed(res) && known:
		return KnownFailure
	case failed(res):
		return Failed
	case res.Status == conformance.StatusSkip:
		return Skipped
	case res.Status == conformance.StatusInapplicable:
		return Inapplicable
	case known && r.alwaysPassed(res.Case.ID):
		return UnexpectedPass
	}
	return Passed
}

func failed(res conformance.Result) bool {
	return res.Status == conformance.StatusFail || res.Status == conformance.StatusError
}

// alwaysPassed tells a case that is mended from one that fails now and then.
func (r *Report) alwaysPassed(id string) bool {
	return !slices.ContainsFunc(r.Run.Results, func(res conformance.Result) bool {
		return res.Case.ID == id && res.Status != conformance.StatusPass
	})
}

// Count returns how many results have the outcome.
func (r *Report) Count(o Outcome) int { return len(r.with(o)) }

// OK reports whether everything came as expected.
func (r *Report) OK() bool {
	return !r.Run.Interrupted && r.Count(Failed) == 0 && r.Count(UnexpectedPass) == 0 && len(r.Run.Leaks) == 0
}

func (r *Report) with(o Outcome) []conformance.Result {
	var out []conformance.Result
	for _, res := range r.Run.Results {
		if r.Outcome(res) == o {
			out = append(out, res)
		}
	}
	return out
}

// slowestShown is how many of the slowest cases a report names.
const slowestShown = 10

func (r *Report) slowest() []conformance.Result {
	ran := slices.DeleteFunc(slices.Clone(r.Run.Results), func(res conformance.Result) bool {
		return res.Status == conformance.StatusSkip || res.Status == conformance.StatusInapplicable
	})
	slices.SortStableFunc(ran, func(a, b conformance.Result) int { return cmp.Compare(b.Duration, a.Duration) })
	return ran[:min(len(ran), slowestShown)]
}

// Scrub passes everything that came from the store through hide, which takes
// secrets out of a text.
func (r *Report) Scrub(hide func(string) string) {
	all := func(texts []string) []string {
		out := slices.Clone(texts)
		for i, s := range out {
			out[i] = hide(s)
		}
		return out
	}
	r.Backend, r.Server = hide(r.Backend), hide(r.Server)
	for i := range r.Run.Results {
		res := &r.Run.Results[i]
		res.Reason = hide(res.Reason)
		res.Failures, res.Steps = all(res.Failures), all(res.Steps)
	}
	r.Run.Leaks = all(r.Run.Leaks)
}

// Repeat is the command that runs a result's case again, with its choices.
func (r *Report) Repeat(res conformance.Result) string {
	command := cmp.Or(r.Command, DefaultCommand)
	if r.Backend != "" {
		command += " --backend " + quote(r.Backend)
	}
	return fmt.Sprintf("%s --run %s --seed %d", command, quote("^"+res.Case.ID+"$"), res.Seed)
}

var plainWord = regexp.MustCompile(`^[A-Za-z0-9_@%+:,./-]+$`)

// quote makes a text one word of a shell.
func quote(s string) string {
	if plainWord.MatchString(s) {
		return s
	}
	return "'" + regexp.MustCompile(`'`).ReplaceAllLiteralString(s, `'\''`) + "'"
}

// round shortens a duration to what can be read.
func round(d time.Duration) time.Duration {
	if d >= time.Second {
		return d.Round(10 * time.Millisecond)
	}
	return d.Round(10 * time.Microsecond)
}
