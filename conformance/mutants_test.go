package conformance_test

import (
	"context"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/durokit/duro/conformance"
	"github.com/durokit/duro/core"
)

// mutant is the reference with one fault, as somebody could make it, and the cases
// that must fail on it.
type mutant struct {
	fault  string
	wrap   func(core.Provider) tampered // a handle; the provider goes without saying
	caught []string
}

// always is the wrapper of a fault that remembers nothing.
func always(p tampered) func(core.Provider) tampered {
	return func(core.Provider) tampered { return p }
}

// inAdmin is the wrapper of a fault in the admin half.
func inAdmin(a tamperedAdmin) func(core.Provider) tampered {
	return always(tampered{admin: func(p core.ProviderAdmin) core.ProviderAdmin {
		a := a
		a.ProviderAdmin = p
		return &a
	}})
}

// mutants are all there are.
var mutants = slices.Concat(turnMutants, lockMutants, waitingMutants, workMutants, stateMutants, adminMutants)

// named matches exactly these cases.
func named(ids ...string) string { return "^(" + strings.Join(ids, "|") + ")$" }

// What catches a mutant must pass where only the fault is missing, or it is the wrapper
// or the harness that was caught.
func TestWhatIsNotBrokenIsNotCaught(t *testing.T) {
	t.Parallel()
	var ids []string
	for _, m := range mutants {
		ids = append(ids, m.caught...)
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	sound := mutant{wrap: inAdmin(tamperedAdmin{})}
	results := sound.run(t, named(ids...))
	if len(results) != len(ids) {
		t.Errorf("%d cases ran, want %d", len(results), len(ids))
	}
	for _, r := range results {
		if r.Status == conformance.StatusFail { // hundreds at once on a busy machine may miss a deadline
			r = sound.run(t, named(r.Case.ID))[0]
		}
		if r.Status != conformance.StatusPass {
			t.Errorf("%s: %s\n%s", r.Case.ID, r.Status, r.Explain())
		}
	}
}

// A suite is only worth what it catches.
func TestBrokenProvidersAreCaught(t *testing.T) {
	t.Parallel()
	for _, m := range mutants {
		t.Run(m.fault, func(t *testing.T) {
			t.Parallel()
			if full() {
				m.whole(t)
			}
			results := m.run(t, named(m.caught...))
			if len(results) != len(m.caught) {
				t.Errorf("%d cases ran, want %d: an id in the list does not exist", len(results), len(m.caught))
			}
			m.isCaught(t, results)
		})
	}
}

// full says that there is time to run the whole suite on every mutant.
func full() bool { return os.Getenv("DURO_TEST_FULL") != "" }

// whole runs the whole suite, which the mutant must nearly pass: a fault that
// breaks everything proves nothing about the cases that are there for it.
func (m mutant) whole(t *testing.T) {
	t.Helper()
	results := m.run(t, "")
	var failed []string
	for _, r := range results {
		if r.Status == conformance.StatusFail {
			failed = append(failed, r.Case.ID)
		}
	}
	t.Logf("%d of %d cases fail: %s", len(failed), len(results), strings.Join(failed, " "))
	if 10*len(failed) > len(results) {
		t.Errorf("%d of %d cases fail: the fault is no subtle one", len(failed), len(results))
	}
}

// isCaught demands that the cases named have failed.
func (m mutant) isCaught(t *testing.T, results []conformance.Result) {
	t.Helper()
	if len(m.caught) == 0 {
		t.Error("no case is named that catches it")
	}
	for _, r := range results {
		if r.Status != conformance.StatusFail && slices.Contains(m.caught, r.Case.ID) {
			t.Errorf("%s did not catch it: %s %s", r.Case.ID, r.Status, r.Reason)
		}
	}
}

func (m mutant) run(t *testing.T, match string) []conformance.Result {
	t.Helper()
	return judge(t, func(p core.Provider) core.Provider {
		w := m.wrap(p)
		if w.Provider == nil {
			w.Provider = p
		}
		return &w
	}, match)
}

// judge runs cases on a wrapped reference: those that match, or all but the slow
// ones, which would take hours on so many providers.
func judge(t *testing.T, wrap func(core.Provider) core.Provider, match string) []conformance.Result {
	t.Helper()
	rep := conformance.Run(t.Context(), conformance.FactoryFunc(func(ctx context.Context, name string) (*conformance.Harness, error) {
		h, err := newReference(ctx, name)
		open := h.Open
		h.Provider = wrap(h.Provider)
		h.Open = func(ctx context.Context) (core.Provider, error) {
			p, err := open(ctx)
			return wrap(p), err
		}
		h.Unopened = nil                         // its handles would be unbroken
		h.Timing.Prompt = 300 * time.Millisecond // they will be waited for in vain
		return h, err
	}), conformance.Options{Match: regexp.MustCompile(match), SkipSlow: match == "", KeepGoroutines: true, Limit: 10 * time.Second})
	return rep.Results
}

func pause(d time.Duration) { <-time.NewTimer(d).C }
