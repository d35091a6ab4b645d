package sqlite_test

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/durokit/duro/backends/sqlite"
	"github.com/durokit/duro/conformance"
	"github.com/durokit/duro/core"
	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/core/engine/sqlstore"
)

// mutant is the engine with one fault, made where it meets its database or its
// clock, and the cases that must fail on it.
type mutant struct {
	fault  string
	around around
	clock  func(c *engine.ManualClock, handle int) engine.Clock
	caught []string
}

// around runs a transaction's calls, or what it makes of them.
type around func(s *engine.Statements, calls []engine.Call, run func(...engine.Call) ([]engine.Result, error)) ([]engine.Result, error)

var mutants = []mutant{
	{fault: "coalescer: a batch goes again after its answer", around: again,
		caught: []string{"locking/BatchOrderIsEnqueueOrder", "queue/WorkItemsRoundTrip", "deletion/ExactCounts"}},
	{fault: "coalescer: the last of several members is forgotten", around: forgets,
		caught: []string{"robustness/ConcurrentEnqueues"}},
	{fault: "history cache: it is believed although somebody else took a turn", around: believes,
		caught: []string{"robustness/HandlesTakeTurns"}},
	{fault: "history cache: what it lacks is read without the first event", around: skips,
		caught: []string{"robustness/HandlesTakeTurns"}},
	{fault: "claim row: what comes during a turn does not make it due", around: strands,
		caught: []string{"locking/AckOnlyAffectsLockedMessages", "queue/CrossInstanceItems", "expiration/AckReleasesLock"}},
	{fault: "claim row: a renewal moves its end by a second", around: stingy,
		caught: []string{"expiration/OrchestrationRenewalExtends"}},
	{fault: "clock: every process goes by its own", clock: func(c *engine.ManualClock, handle int) engine.Clock {
		return engine.SkewedClock{Clock: c, By: time.Duration(handle) * time.Hour}
	}, caught: []string{"robustness/CrashBetweenFetchAndAck"}},
	{fault: "clock: it goes twice as fast", clock: func(c *engine.ManualClock, _ int) engine.Clock { return fast{c} },
		caught: []string{"expiration/LockBoundary", "expiration/OrchestrationRenewalExtends"}},
}

// again sends what enqueues a second time.
func again(s *engine.Statements, calls []engine.Call, run func(...engine.Call) ([]engine.Result, error)) ([]engine.Result, error) {
	if has(calls, &s.MessagesInsert) {
		if _, err := run(calls...); err != nil {
			return nil, err
		}
	}
	return run(calls...)
}

// forgets leaves out the last of several messages.
func forgets(s *engine.Statements, calls []engine.Call, run func(...engine.Call) ([]engine.Result, error)) ([]engine.Result, error) {
	return run(with(calls, &s.MessagesInsert, func(c *engine.Call) {
		if n := len(c.Rows); n > 1 {
			c.Rows = c.Rows[:n-1]
		}
	})...)
}

// believes finds no history for what was held by somebody else meanwhile.
func believes(s *engine.Statements, calls []engine.Call, run func(...engine.Call) ([]engine.Result, error)) ([]engine.Result, error) {
	results, err := run(calls...)
	for i := range results {
		if calls[i].Stmt == &s.ClaimHistory {
			results[i].Rows = nil
		}
	}
	return results, err
}

// skips loses the first of the events that a claim reads.
func skips(s *engine.Statements, calls []engine.Call, run func(...engine.Call) ([]engine.Result, error)) ([]engine.Result, error) {
	results, err := run(calls...)
	for i := range results {
		if calls[i].Stmt == &s.ClaimHistory && len(results[i].Rows) > 1 {
			results[i].Rows = results[i].Rows[1:]
		}
	}
	return results, err
}

// strands does not look at the queue when a turn ends.
func strands(s *engine.Statements, calls []engine.Call, run func(...engine.Call) ([]engine.Result, error)) ([]engine.Result, error) {
	if has(calls, &s.AckRelease) {
		calls = with(calls, &s.ClaimsSettle, func(c *engine.Call) { c.Rows = [][]any{{"nobody", nil}} })
	}
	return run(calls...)
}

// stingy renews locks for a second, whatever is asked.
func stingy(s *engine.Statements, calls []engine.Call, run func(...engine.Call) ([]engine.Result, error)) ([]engine.Result, error) {
	return run(with(calls, &s.ClaimsExtend, func(c *engine.Call) {
		c.Rows = slices.Clone(c.Rows)
		for i, row := range c.Rows {
			c.Rows[i] = []any{row[0], row[1], c.Scalars[0].(int64) + 1000}
		}
	})...)
}

func has(calls []engine.Call, stmt *engine.Statement) bool {
	return slices.ContainsFunc(calls, func(c engine.Call) bool { return c.Stmt == stmt })
}

// with changes the calls of one statement.
func with(calls []engine.Call, stmt *engine.Statement, change func(*engine.Call)) []engine.Call {
	calls = slices.Clone(calls)
	for i := range calls {
		if calls[i].Stmt == stmt {
			change(&calls[i])
		}
	}
	return calls
}

// fast is a clock for which twice as much time passes.
type fast struct{ *engine.ManualClock }

func (c fast) NowMillis() int64 { return c.ManualClock.NowMillis() + c.Ahead() }

// tampered is a database with something around it.
type tampered struct {
	sqlstore.Database
	s      *engine.Statements
	around around
}

func (d tampered) Write(ctx context.Context, calls []engine.Call) ([]engine.Result, error) {
	return d.around(d.s, calls, func(calls ...engine.Call) ([]engine.Result, error) { return d.Database.Write(ctx, calls) })
}

func (d tampered) Claim(ctx context.Context, calls []engine.Call) ([]engine.Result, error) {
	return d.around(d.s, calls, func(calls ...engine.Call) ([]engine.Result, error) { return d.Database.Claim(ctx, calls) })
}

// factory makes stores of the mutant, in files.
func (m mutant) factory(t *testing.T) conformance.Factory {
	t.Helper()
	return conformance.FactoryFunc(func(ctx context.Context, _ string) (*conformance.Harness, error) {
		store := sqlite.Config{Path: filepath.Join(t.TempDir(), "store.db")}.Store()
		clock, handles := &engine.ManualClock{}, 0
		store.Engine.Clock = clock
		if m.around != nil {
			connect := store.Connect
			store.Connect = func(d *engine.Dialect) (sqlstore.Database, error) {
				db, err := connect(d)
				return tampered{db, &d.Statements, m.around}, err
			}
		}
		open := func(ctx context.Context) (core.Provider, error) {
			if m.clock != nil {
				store.Engine.Clock = m.clock(clock, handles)
				handles++
			}
			return store.Open(ctx)
		}
		p, err := open(ctx)
		if err != nil {
			return nil, err
		}
		return &conformance.Harness{Provider: p, Hooks: hooks{p.(*engine.Engine).Hooks(), clock}, Open: open}, nil
	})
}

// hooks have a clock of their own.
type hooks struct {
	engine.Hooks
	clock *engine.ManualClock
}

// AdvanceClock implements conformance.Hooks.
func (h hooks) AdvanceClock(_ context.Context, d time.Duration) error {
	h.clock.Advance(d)
	return nil
}

// named matches exactly these cases.
func named(ids ...string) *regexp.Regexp {
	return regexp.MustCompile("^(" + strings.Join(ids, "|") + ")$")
}

// What catches a mutant must pass where only the fault is missing, or it is the harness
// that was caught.
func TestAnEngineThatIsNotBrokenIsNotCaught(t *testing.T) {
	t.Parallel()
	var ids []string
	for _, m := range mutants {
		ids = append(ids, m.caught...)
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	sound := mutant{
		around: func(_ *engine.Statements, calls []engine.Call, run func(...engine.Call) ([]engine.Result, error)) ([]engine.Result, error) {
			return run(calls...)
		},
		clock: func(c *engine.ManualClock, _ int) engine.Clock { return c },
	}
	rep := conformance.Run(t.Context(), sound.factory(t), conformance.Options{KeepGoroutines: true, Limit: 20 * time.Second, Match: named(ids...)})
	if len(rep.Results) != len(ids) {
		t.Errorf("%d cases ran, want %d", len(rep.Results), len(ids))
	}
	for _, r := range rep.Results {
		if r.Status != conformance.StatusPass {
			t.Errorf("%s: %s\n%s", r.Case.ID, r.Status, r.Explain())
		}
	}
}

// What an engine can get wrong that a provider without batches, a cache, claim rows
// and a clock of its own cannot.
func TestBrokenEnginesAreCaught(t *testing.T) {
	t.Parallel()
	for _, m := range mutants {
		t.Run(m.fault, func(t *testing.T) {
			t.Parallel()
			full := os.Getenv("DURO_TEST_FULL") != ""
			o := conformance.Options{KeepGoroutines: true, SkipSlow: full, Limit: 20 * time.Second}
			if !full {
				o.Match = named(m.caught...)
			}
			rep := conformance.Run(t.Context(), m.factory(t), o)
			caught := map[string]bool{}
			for _, r := range rep.Results {
				caught[r.Case.ID] = r.Status == conformance.StatusFail
			}
			for _, id := range m.caught {
				if !caught[id] {
					t.Errorf("%s did not catch it", id)
				}
			}
			if n := rep.Count(conformance.StatusFail); 10*n > len(conformance.Cases()) {
				t.Errorf("%d cases fail: the fault is no subtle one", n)
			}
			var failed []string
			for id, is := range caught {
				if is {
					failed = append(failed, id)
				}
			}
			t.Logf("%d cases fail: %s", len(failed), strings.Join(failed, " "))
		})
	}
}
