package ordeal

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/durokit/duro/backends/sqlite"
	"github.com/durokit/duro/conformance/fault"
	"github.com/durokit/duro/core"
	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/internal/faultproxy"
	"github.com/durokit/duro/internal/stress"
)

// rounds are the seeds that a test is run with, and how many instances each time.
func rounds() (seeds []uint64, instances int) {
	if full() {
		return []uint64{1, 2, 3}, 500
	}
	return []uint64{1}, 60
}

// workload is a run of instances whose locks are short: what a fault takes away from
// its holder stays locked until then.
func workload(w stress.Workload, instances int, locks time.Duration) stress.Config {
	cfg := stress.DefaultConfig(w)
	cfg.RunID, cfg.Duration, cfg.Count = "r", 0, instances
	cfg.Runtime.OrchestrationLockTimeout, cfg.Runtime.WorkerLockTimeout = locks, locks
	cfg.Runtime.OrchestrationRenewalBuffer, cfg.Runtime.WorkerRenewalBuffer = locks/2, locks/2
	cfg.Logger = slog.New(slog.DiscardHandler) // what the runtime could not do meanwhile
	return cfg
}

// Calls that fail before or after they were carried out, come late, or are cancelled.
func TestTheWorkloadGetsThroughFaultyCalls(t *testing.T) {
	t.Parallel()
	seeds, instances := rounds()
	withChildren := workload(stress.LargePayload, instances/10, time.Second)
	withChildren.Payloads.Activities = 2 // they run one after the other, and each may have to wait for a lock's end
	for _, seed := range seeds {
		for _, cfg := range []stress.Config{workload(stress.Fanout, instances, time.Second), withChildren} {
			t.Run(fmt.Sprintf("%s, seed %d", cfg.Workload, seed), func(t *testing.T) {
				t.Parallel()
				worksFaulty(t, seed, cfg)
			})
		}
	}
}

func worksFaulty(t *testing.T, seed uint64, cfg stress.Config) {
	t.Helper()
	p, err := sqlite.OpenURL(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "store.db"))
	if err != nil {
		t.Fatal(err)
	}
	e := p.(*engine.Engine)
	var met kindsMet
	rates := fault.Rates{FailBefore: 0.04, FailAfter: 0.04, Delay: 0.04, Cancel: 0.04, Longest: 20 * time.Millisecond}
	endsWhole(t, fault.Wrap(e, met.by(fault.Seeded(seed, rates))), e, cfg)
	met.expectEach(t)
	if err := e.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

// kindsMet counts the faults of an injector, by kind.
type kindsMet [fault.Cancel + 1]atomic.Int64

func (m *kindsMet) by(decide fault.Injector) fault.Injector {
	return func(c fault.Call) fault.Fault {
		f := decide(c)
		m[f.Kind].Add(1)
		return f
	}
}

func (m *kindsMet) expectEach(t *testing.T) {
	t.Helper()
	for kind := range m {
		if m[kind].Load() == 0 {
			t.Errorf("no call met %q", fault.Kind(kind))
		}
	}
}

// Connections that end before, at and after COMMITs, and COMMITs that come late.
func TestTheWorkloadGetsThroughCutConnections(t *testing.T) {
	onServers(t, func(a *arena) {
		seeds, instances := rounds()
		for _, seed := range seeds {
			a.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) { a.on(t).worksCutOff(seed, instances) })
		}
	})
}

func (a *arena) worksCutOff(seed uint64, instances int) {
	a.Helper()
	var armed atomic.Bool
	decide := faultproxy.Seeded(seed, 8, 20*time.Millisecond)
	proxy, through := a.behind(func(n uint64) faultproxy.Strike {
		if !armed.Load() {
			return faultproxy.Strike{}
		}
		return decide(n)
	})
	direct := a.open("", nil)
	a.place = through
	cut := a.open(a.plain, nil)
	armed.Store(true)
	endsWhole(a.T, cut, direct, workload(stress.Fanout, instances, 2*time.Second))
	armed.Store(false)
	for _, c := range []faultproxy.Cut{faultproxy.Before, faultproxy.Unanswered, faultproxy.Answered} {
		if proxy.Cuts(c) == 0 {
			a.Errorf("no COMMIT met cut %d", c)
		}
	}
}

// endsWhole runs a workload on a store by a way that fails, and looks at what it has
// left by one that does not: every instance is complete, its history has no gaps and
// one answer to each activity, and no message and no lock is left.
func endsWhole(t *testing.T, failing core.Provider, e *engine.Engine, cfg stress.Config) {
	t.Helper()
	cfg.OrchestrationConcurrency, cfg.WorkerConcurrency = 8, 8 // many of them rest after a fault
	cfg.SkipCheck = true
	ran, err := stress.Run(t.Context(), failing, cfg, nil)
	if err != nil || ran.Completed != cfg.Count {
		t.Fatalf("%v, %+v", err, ran)
	}
	cfg.SkipCheck = false
	looked, err := stress.Resume(t.Context(), e, cfg, nil)
	if err != nil || looked.FinishedEarlier != cfg.Count || !looked.OK() {
		t.Fatalf("%v, %+v, check %+v", err, looked, looked.Check)
	}
	expectFree(t, e)
	if broken, err := e.CheckInvariants(t.Context()); err != nil || len(broken) > 0 {
		t.Errorf("invariants: %v, %q", err, broken)
	}
}

// expectFree demands that every instance can be had: nobody holds a lock that does not
// end.
func expectFree(t *testing.T, e *engine.Engine) {
	t.Helper()
	instances, err := e.ListInstances(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, instance := range instances {
		if err := e.EnqueueForOrchestrator(t.Context(), poke(instance), 0); err != nil {
			t.Fatal(err)
		}
	}
	var all sync.WaitGroup
	defer all.Wait()
	for range instances {
		all.Go(func() {
			f, err := e.FetchOrchestrationItem(t.Context(), core.FetchOrchestrationParams{LockTimeout: lock, PollTimeout: patience})
			if err == nil && f != nil {
				err = e.AckOrchestrationItem(t.Context(), core.AckOrchestrationParams{LockToken: f.LockToken, ExecutionID: f.Item.ExecutionID})
			}
			if err != nil || f == nil {
				t.Errorf("%v, %v; want one instance for each fetch", f, err)
			}
		})
	}
}
