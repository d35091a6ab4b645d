package conformance_test

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/durokit/duro/conformance"
	"github.com/durokit/duro/conformance/reference"
	"github.com/durokit/duro/core"
)

// newReference makes a store of the reference provider whose clock stands still.
func newReference(context.Context, string) (*conformance.Harness, error) {
	p := reference.New(reference.Options{StoppedAt: time.Now()})
	return &conformance.Harness{
		Provider: p,
		Open:     func(context.Context) (core.Provider, error) { return p.Open(), nil },
		Hooks:    p.Hooks(),
		Unopened: func(context.Context) (*conformance.Harness, error) {
			fresh := reference.New(reference.Options{})
			return &conformance.Harness{Open: func(context.Context) (core.Provider, error) { return fresh.Open(), nil }}, nil
		},
		Timing: conformance.Timing{ClockStandsStill: true},
	}, nil
}

// TestReferenceWithoutHooks runs the suite as it runs against a store that
// offers nothing beyond the contract: waiting is real, and white-box cases are
// skipped with their reason.
func TestReferenceWithoutHooks(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("waits for real locks to expire")
	}
	f := conformance.FactoryFunc(func(context.Context, string) (*conformance.Harness, error) {
		return &conformance.Harness{Provider: reference.New(reference.Options{})}, nil
	})
	rep := conformance.Run(t.Context(), f, conformance.Options{Parallel: 100, SkipSlow: true, KeepGoroutines: true})
	inapplicable := map[string]bool{"polling/ShortPollReturnsImmediately": true, "polling/ShortPollWorkReturnsImmediately": true}
	for _, r := range rep.Results {
		if r.Status == conformance.StatusFail { // a hundred at once on a busy machine may miss a deadline
			alone := regexp.MustCompile("^" + r.Case.ID + "$")
			r = conformance.Run(t.Context(), f, conformance.Options{Match: alone, KeepGoroutines: true}).Results[0]
		}
		switch {
		case (r.Status == conformance.StatusInapplicable) != inapplicable[r.Case.ID]:
			t.Errorf("%s: %s", r.Case.ID, r.Explain())
		case inapplicable[r.Case.ID]:
		case r.Status == conformance.StatusSkip && !strings.HasPrefix(r.Reason, "needs "):
			t.Errorf("%s was skipped for the reason %q: want a need", r.Case.ID, r.Reason)
		case r.Status != conformance.StatusPass && r.Status != conformance.StatusSkip:
			t.Errorf("%s:\n%s", r.Case.ID, r.Explain())
		}
	}
	t.Logf("%d passed, %d were skipped, in %v", rep.Count(conformance.StatusPass), rep.Count(conformance.StatusSkip), rep.Duration)
}

// TestReferenceWithRunningClock runs the suite on a clock that goes on between
// jumps, as a server's does.
func TestReferenceWithRunningClock(t *testing.T) {
	t.Parallel()
	conformance.Test(t, conformance.FactoryFunc(func(context.Context, string) (*conformance.Harness, error) {
		p := reference.New(reference.Options{})
		return &conformance.Harness{
			Provider: p, Hooks: p.Hooks(),
			Open: func(context.Context) (core.Provider, error) { return p.Open(), nil },
		}, nil
	}), conformance.Options{SkipSlow: true, KeepGoroutines: true})
}

// hurried polls short: it ignores poll timeouts.
type hurried struct{ base }

func (p hurried) FetchOrchestrationItem(ctx context.Context, q core.FetchOrchestrationParams) (*core.FetchedOrchestration, error) {
	q.PollTimeout = 0
	return p.Provider.FetchOrchestrationItem(ctx, q)
}

func (p hurried) FetchWorkItem(ctx context.Context, q core.FetchWorkParams) (*core.FetchedWork, error) {
	q.PollTimeout = 0
	return p.Provider.FetchWorkItem(ctx, q)
}

func TestShortPollingReference(t *testing.T) {
	t.Parallel()
	conformance.Test(t, conformance.FactoryFunc(func(ctx context.Context, name string) (*conformance.Harness, error) {
		h, err := newReference(ctx, name)
		h.Provider = hurried{base{h.Provider}}
		h.Timing.ShortPolling = true
		return h, err
	}), conformance.Options{Match: regexp.MustCompile("^(polling|queue|robustness)/"), KeepGoroutines: true})
}

func TestReference(t *testing.T) {
	conformance.Test(t, conformance.FactoryFunc(newReference))
}
