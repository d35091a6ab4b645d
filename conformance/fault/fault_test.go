package fault_test

import (
	"context"
	"errors"
	"log/slog"
	"reflect"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/durokit/duro/conformance"
	"github.com/durokit/duro/conformance/fault"
	"github.com/durokit/duro/conformance/reference"
	"github.com/durokit/duro/core"
	"github.com/durokit/duro/internal/stress"
)

// always lets every call meet the same fault.
func always(f fault.Fault) fault.Injector { return func(fault.Call) fault.Fault { return f } }

func TestEveryCallOfBothHalvesMeetsItsFault(t *testing.T) {
	t.Parallel()
	var asked []string
	p := fault.Wrap(reference.New(reference.Options{}), func(c fault.Call) fault.Fault {
		asked = append(asked, c.Op)
		return fault.Fault{Kind: fault.FailBefore}
	})
	admin, ok := core.Admin(p)
	if !ok {
		t.Fatal("the admin half is gone")
	}
	want := callAll(t, reflect.TypeFor[core.Provider](), p, "Name", "Version", "Close")
	want = append(want, callAll(t, reflect.TypeFor[core.ProviderAdmin](), admin)...)
	if diff := cmp.Diff(want, asked); diff != "" {
		t.Errorf("methods that the injector was asked about (-want +got):\n%s", diff)
	}
}

// callAll calls the methods of an interface with zero values, demands that each fails
// as a store that cannot be reached, and returns their names.
func callAll(t *testing.T, of reflect.Type, p any, except ...string) (names []string) {
	t.Helper()
	for m := range of.Methods() {
		if slices.Contains(except, m.Name) {
			continue
		}
		names = append(names, m.Name)
		args := []reflect.Value{reflect.ValueOf(t.Context())}
		for i := 1; i < m.Type.NumIn(); i++ {
			args = append(args, reflect.Zero(m.Type.In(i)))
		}
		results := reflect.ValueOf(p).MethodByName(m.Name).Call(args)
		err, _ := reflect.TypeAssert[error](results[len(results)-1])
		pe, ok := errors.AsType[*core.ProviderError](err)
		if !ok || pe.Op != m.Name || pe.Code != core.ErrUnavailable || !pe.Retryable || pe.MayHaveHappened {
			t.Errorf("%s: %+v", m.Name, err)
		}
	}
	return names
}

func start(instance string) core.WorkItem {
	return core.NewWorkItem(core.StartOrchestration{Instance: instance, Orchestration: "o", Input: "{}", ExecutionID: 1})
}

func TestWhatFailsAfterwardsHasHappened(t *testing.T) {
	t.Parallel()
	store := reference.New(reference.Options{})
	p := fault.Wrap(store, always(fault.Fault{Kind: fault.FailAfter}))
	err := p.EnqueueForOrchestrator(t.Context(), start("i"), 0)
	if pe, ok := errors.AsType[*core.ProviderError](err); !ok || pe.Code != core.ErrUnavailable || !pe.MayHaveHappened {
		t.Errorf("enqueue: %v, want one that may have happened", err)
	}
	f, err := p.FetchOrchestrationItem(t.Context(), core.FetchOrchestrationParams{LockTimeout: time.Hour})
	if f != nil || !errors.Is(err, core.ErrUnavailable) {
		t.Errorf("fetch: %v, %v; want nothing but an error", f, err)
	}
	if depths, err := store.GetQueueDepths(t.Context()); err != nil || depths.OrchestratorLocked != 1 {
		t.Errorf("%+v, %v; want the message there, and locked", depths, err)
	}
	_, err = p.Read(t.Context(), "i")
	if pe, ok := errors.AsType[*core.ProviderError](err); !ok || pe.MayHaveHappened {
		t.Errorf("read: %v, want an error of something that cannot happen", err)
	}
	if err := p.AckWorkItem(t.Context(), "none", nil); !errors.Is(err, core.ErrLockLost) {
		t.Errorf("ack: %v, want the refusal of the provider", err)
	}
}

func TestDelaysAndCancelsStrikeInTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := reference.New(reference.Options{})
		delayed := fault.Wrap(store, always(fault.Fault{Kind: fault.Delay, After: 3 * time.Second}))
		began := time.Now()
		if err := delayed.EnqueueForWorker(t.Context(), core.NewWorkItem(core.ActivityExecute{Instance: "i", ExecutionID: 1, ID: 1})); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took != 3*time.Second {
			t.Errorf("the delay took %v", took)
		}
		cancelled := fault.Wrap(store, always(fault.Fault{Kind: fault.Cancel, After: 2 * time.Second}))
		began = time.Now()
		_, err := cancelled.FetchOrchestrationItem(t.Context(), core.FetchOrchestrationParams{PollTimeout: time.Hour})
		if took := time.Since(began); !errors.Is(err, core.ErrCanceled) || took != 2*time.Second || t.Context().Err() != nil {
			t.Errorf("fetch: %v after %v, want it cancelled in the middle", err, took)
		}
		if w, err := cancelled.FetchWorkItem(t.Context(), core.FetchWorkParams{}); err != nil || w == nil {
			t.Errorf("fetch work: %v, %v; want what was there before the context ended", w, err)
		}
	})
}

func TestTheSeedDecidesEachCallByItself(t *testing.T) {
	t.Parallel()
	rates := fault.Rates{FailBefore: 0.1, FailAfter: 0.1, Delay: 0.2, Cancel: 0.3, Longest: time.Second}
	one, again, other := fault.Seeded(1, rates), fault.Seeded(1, rates), fault.Seeded(2, rates)
	const n = 10_000
	count := map[fault.Kind]int{}
	same := 0
	for i := range uint64(n) {
		c := fault.Call{Op: "Read", N: i + 1}
		f := one(c)
		again(fault.Call{Op: "AckWorkItem", N: i})
		if got := again(c); got != f {
			t.Fatalf("call %d: %v and %v from one seed", i, f, got)
		}
		if other(c).Kind == f.Kind {
			same++
		}
		if timed := f.Kind == fault.Delay || f.Kind == fault.Cancel; timed != (f.After > 0) || f.After >= rates.Longest {
			t.Errorf("%v after %v", f.Kind, f.After)
		}
		count[f.Kind]++
	}
	for kind, rate := range map[fault.Kind]float64{fault.Pass: 0.3, fault.FailBefore: 0.1, fault.FailAfter: 0.1, fault.Delay: 0.2, fault.Cancel: 0.3} {
		if got := float64(count[kind]) / n; got < rate-0.02 || got > rate+0.02 {
			t.Errorf("%v: %v of all calls, want %v", kind, got, rate)
		}
	}
	if same > n/2 {
		t.Errorf("another seed decides %d of %d calls alike", same, n)
	}
}

func TestWithoutFaultsAProviderIsWhatItWas(t *testing.T) {
	t.Parallel()
	conformance.Test(t, conformance.FactoryFunc(func(context.Context, string) (*conformance.Harness, error) {
		p := reference.New(reference.Options{StoppedAt: time.Now()})
		return &conformance.Harness{
			Provider: fault.Wrap(p, fault.Seeded(1, fault.Rates{})),
			Hooks:    p.Hooks(),
			Timing:   conformance.Timing{ClockStandsStill: true},
		}, nil
	}), conformance.Options{SkipSlow: true, KeepGoroutines: true})
}

// The workload takes place in virtual time, so that many seeds can be tried.
func TestARuntimeGetsThroughFaults(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		synctest.Test(t, func(t *testing.T) {
			store := reference.New(reference.Options{})
			cfg := stress.DefaultConfig(stress.Fanout)
			cfg.RunID, cfg.Count, cfg.Duration, cfg.SkipCheck = "r", 20, 0, true
			cfg.WaitTimeout, cfg.Logger = time.Hour, slog.New(slog.DiscardHandler)
			met := &tally{}
			decide := fault.Seeded(seed, fault.Rates{FailBefore: 0.05, FailAfter: 0.05, Delay: 0.1, Cancel: 0.05, Longest: time.Second})
			result, err := stress.Run(t.Context(), fault.Wrap(store, met.of(decide)), cfg, nil)
			if err != nil || !result.OK() {
				t.Fatalf("seed %d: %v, %+v", seed, err, result)
			}
			met.expectAll(t)
			cfg.SkipCheck = false
			looked, err := stress.Resume(t.Context(), store, cfg, nil)
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			if looked.FinishedEarlier != cfg.Count || len(looked.Check.Problems) > 0 {
				t.Errorf("seed %d: %+v, check %+v", seed, looked, looked.Check)
			}
		})
	}
}

// tally counts what an injector decided.
type tally struct {
	mu    sync.Mutex
	count map[fault.Kind]int
}

func (c *tally) of(decide fault.Injector) fault.Injector {
	c.count = map[fault.Kind]int{}
	return func(call fault.Call) fault.Fault {
		f := decide(call)
		c.mu.Lock()
		defer c.mu.Unlock()
		c.count[f.Kind]++
		return f
	}
}

func (c *tally) expectAll(t *testing.T) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	for kind := fault.Pass; kind <= fault.Cancel; kind++ {
		if c.count[kind] == 0 {
			t.Errorf("no call met %q: %v", kind, c.count)
		}
	}
}
