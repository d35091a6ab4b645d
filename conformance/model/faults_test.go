package model_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/durokit/duro/conformance/model"
	"github.com/durokit/duro/core"
)

func TestMain(m *testing.M) {
	flag.Parse()
	steps := "10" // short sequences are enough for faults that are meant to be found
	if testing.Short() {
		steps = "20" // of which rapid takes half
	}
	for name, value := range map[string]string{
		"nofailfile": "true", "steps": steps, "checks": "20000", "shrinktime": shrinking.String(),
	} {
		if err := flag.Set("rapid."+name, value); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// witness hears how a check fails, without failing the test.
type witness struct {
	rapid.TB

	failed bool
	heard  string
}

// Errorf implements rapid.TB. The first words are rapid's verdict on the shortest
// sequence; what follows says it again.
func (w *witness) Errorf(format string, args ...any) {
	if !w.failed {
		w.heard = fmt.Sprintf(format, args...)
	}
	w.failed = true
}

// Fatalf implements rapid.TB.
func (w *witness) Fatalf(format string, args ...any) {
	w.Errorf(format, args...)
	w.FailNow()
}

// FailNow implements rapid.TB.
func (w *witness) FailNow() {
	w.failed = true
	runtime.Goexit()
}

// Failed implements rapid.TB.
func (w *witness) Failed() bool { return w.failed }

// Log implements rapid.TB.
func (*witness) Log(...any) {}

// Logf implements rapid.TB.
func (*witness) Logf(string, ...any) {}

// verdict checks a provider and returns what is said of it, "" for nothing.
func verdict(t *testing.T, wrap func(core.Provider) core.Provider) string {
	t.Helper()
	w := &witness{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		model.Check(w, newReference(wrap))
	}()
	<-done
	if !w.failed {
		return ""
	}
	return w.heard
}

// most is how many steps may be left of a sequence when rapid is done with it. It
// leaves less than half as many as a rule, within some seconds; when shrinking is over
// before, as under the race detector, what is left is not judged.
const (
	most      = 10
	shrinking = 15 * time.Second
)

// A check is only worth what it catches. Each of these providers is the reference
// with one fault. What is said of it must be short, and tell.
func TestFaultsAreCaughtInAFewSteps(t *testing.T) {
	t.Parallel()
	for _, f := range []struct {
		fault string
		wrap  func(core.Provider) core.Provider
		tells string // is in what is said
	}{
		{"locks expire early", func(p core.Provider) core.Provider { return early{base{p}} }, "orchestrator_locked:1"},
		{"attempts are not counted", func(p core.Provider) core.Provider { return forgetful{base{p}} }, "attempt 2"},
		{"histories lose their last event", func(p core.Provider) core.Provider { return truncating{base{p}} }, "the history of i1"},
		{"delays are ignored", func(p core.Provider) core.Provider { return hasty{base{p}} }, "delay 1h"},
		{"acks do not check the token", func(p core.Provider) core.Provider { return unchecked{base{p}} }, "want error lock_lost"},
		{"a failed ack leaves its work behind", func(p core.Provider) core.Provider { return torn{base{p}} }, "worker_queue:0"},
		{"tags are ignored", func(p core.Provider) core.Provider { return tagless{base{p}} }, "want none"},
		{"abandoned deliveries count", func(p core.Provider) core.Provider { return counting{base{p}} }, "attempt 1"},
		{"the worker queue is a stack", func(p core.Provider) core.Provider { return stacked{base{p}} }, "fetch work"},
	} {
		t.Run(f.fault, func(t *testing.T) {
			t.Parallel()
			begin := time.Now()
			said := verdict(t, f.wrap)
			done := time.Since(begin) < shrinking
			_, steps, _ := strings.Cut(said, "after these steps:\n")
			steps, _, _ = strings.Cut(steps, "\nTo reproduce")
			if n := strings.Count(steps, "\n") + 1; steps == "" || done && (n > most || !strings.Contains(said, f.tells)) {
				t.Errorf("%d steps, want at most %d and %q in:\n%s", n, most, f.tells, said)
			}
		})
	}
}

// base is a provider whose admin half is that of the one it wraps.
type base struct{ core.Provider }

func (p base) ProviderAdmin() (core.ProviderAdmin, bool) { return core.Admin(p.Provider) }

type early struct{ base }

func (p early) FetchOrchestrationItem(ctx context.Context, q core.FetchOrchestrationParams) (*core.FetchedOrchestration, error) {
	q.LockTimeout /= 2
	return p.base.FetchOrchestrationItem(ctx, q)
}

type forgetful struct{ base }

func (p forgetful) FetchWorkItem(ctx context.Context, q core.FetchWorkParams) (*core.FetchedWork, error) {
	f, err := p.base.FetchWorkItem(ctx, q)
	if f != nil {
		f.AttemptCount = 1
	}
	return f, err
}

type truncating struct{ base }

func (p truncating) Read(ctx context.Context, id string) ([]core.Event, error) {
	es, err := p.base.Read(ctx, id)
	return es[:max(0, len(es)-1)], err
}

type hasty struct{ base }

func (p hasty) EnqueueForOrchestrator(ctx context.Context, it core.WorkItem, _ time.Duration) error {
	return p.base.EnqueueForOrchestrator(ctx, it, 0)
}

type unchecked struct{ base }

func (p unchecked) AckOrchestrationItem(ctx context.Context, q core.AckOrchestrationParams) error {
	if err := p.base.AckOrchestrationItem(ctx, q); core.CodeOf(err) != core.ErrLockLost {
		return err
	}
	return nil
}

type torn struct{ base }

func (p torn) AckOrchestrationItem(ctx context.Context, q core.AckOrchestrationParams) error {
	for _, it := range q.WorkerItems {
		if err := p.EnqueueForWorker(ctx, it); err != nil {
			return err
		}
	}
	q.WorkerItems = nil
	return p.base.AckOrchestrationItem(ctx, q)
}

type tagless struct{ base }

func (p tagless) FetchWorkItem(ctx context.Context, q core.FetchWorkParams) (*core.FetchedWork, error) {
	q.Tags = core.TagFilter{Mode: core.TagsAny}
	return p.base.FetchWorkItem(ctx, q)
}

type counting struct{ base }

func (p counting) AbandonOrchestrationItem(ctx context.Context, q core.AbandonParams) error {
	q.IgnoreAttempt = false
	return p.base.AbandonOrchestrationItem(ctx, q)
}

// stacked gives back all but the youngest activity.
type stacked struct{ base }

func (p stacked) FetchWorkItem(ctx context.Context, q core.FetchWorkParams) (f *core.FetchedWork, err error) {
	for {
		next, err := p.base.FetchWorkItem(ctx, q)
		if next == nil || err != nil || q.LockTimeout == 0 {
			return f, err
		}
		if f != nil {
			if err := p.AbandonWorkItem(ctx, core.AbandonParams{LockToken: f.LockToken, IgnoreAttempt: true}); err != nil {
				return nil, err
			}
			return next, nil
		}
		f = next
	}
}
