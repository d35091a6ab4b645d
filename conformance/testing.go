package conformance

import (
	"testing"
)

// Test runs the cases as parallel subtests of t. It prints the seed; set
// Options.Seed to repeat a run.
func Test(t *testing.T, f Factory, opts ...Options) { //nolint:tparallel // the caller decides about its own test
	t.Helper()
	var o Options
	if len(opts) > 0 {
		o = opts[0]
	}
	o = o.withDefaults()
	t.Logf("conformance: seed %d", o.Seed)
	before := goroutines()
	t.Cleanup(func() { // runs when all subtests have ended
		if o.KeepGoroutines {
			return
		}
		for _, stack := range leaked(before) {
			t.Errorf("a goroutine outlived the suite:\n%s", stack)
		}
	})
	jobs := o.jobs()
	for _, i := range o.order(len(jobs)) {
		j := jobs[i]
		t.Run(j.c.ID, func(t *testing.T) {
			t.Parallel()
			res := j.run(t.Context(), f, o)
			t.Attr("conformance.status", string(res.Status))
			switch {
			case res.Status == StatusSkip || res.Status == StatusInapplicable:
				t.Skip(res.Reason)
			case res.Status != StatusPass:
				t.Error(res.Explain())
			case res.OverBudget:
				t.Logf("over its budget of %v: took %v", j.c.Allowance(), res.Duration)
			}
		})
	}
}
