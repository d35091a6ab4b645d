package ordeal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/core/engine"
)

// The tests of this file hold rows that an engine needs, so that it stops where a
// race begins, and let it go when the other side is where the race wants it.

// holding locks a row of one of the store's tables until the returned function is called.
func (a *arena) holding(table, where string) (release func()) {
	a.Helper()
	tx, err := a.place.Outside.BeginTx(a.Context(), &sql.TxOptions{Isolation: sql.LevelReadCommitted})
	if err != nil {
		a.Fatal(err)
	}
	a.Cleanup(func() { _ = tx.Rollback() })
	var n int
	query := fmt.Sprintf("SELECT 1 FROM %s WHERE %s FOR UPDATE", a.table(table), where)
	if err := tx.QueryRowContext(a.Context(), query).Scan(&n); err != nil {
		a.Fatalf("%s: %v", query, err)
	}
	return func() {
		a.Helper()
		if err := tx.Rollback(); err != nil {
			a.Error(err)
		}
	}
}

// stopped waits until so many statements of the store wait for a row.
func (a *arena) stopped(n int) {
	a.Helper()
	until(a.T, fmt.Sprintf("%d statements wait for a row", n), func() bool {
		waiting := slices.DeleteFunc(a.rows(a.running), func(s map[string]string) bool { return !a.waits(a.place.Name, s) })
		return len(waiting) >= n
	})
}

// rows asks beside the store for rows of any columns.
func (a *arena) rows(query string) (found []map[string]string) {
	a.Helper()
	rows, err := a.place.Outside.QueryContext(a.Context(), query)
	if err != nil {
		a.Fatal(err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	for err == nil && rows.Next() {
		values, into := make([]sql.NullString, len(names)), make([]any, len(names))
		for i := range values {
			into[i] = &values[i]
		}
		err = rows.Scan(into...)
		row := map[string]string{}
		for i, name := range names {
			row[name] = values[i].String
		}
		found = append(found, row)
	}
	if err := errors.Join(err, rows.Err()); err != nil {
		a.Fatal(err)
	}
	return found
}

func (a *arena) enqueue(p core.Provider, item core.WorkItem) {
	a.Helper()
	if err := p.EnqueueForOrchestrator(a.Context(), item, 0); err != nil {
		a.Fatal(err)
	}
}

func startOf(instance string) core.WorkItem {
	return core.NewWorkItem(core.StartOrchestration{Instance: instance, Orchestration: "tree", Input: "{}", ExecutionID: 1})
}

func poke(instance string) core.WorkItem {
	return core.NewWorkItem(core.ExternalRaised{Instance: instance, Name: "poke", Data: "{}"})
}

func (a *arena) fetch(p core.Provider, hold time.Duration) *core.FetchedOrchestration {
	a.Helper()
	f, err := p.FetchOrchestrationItem(a.Context(), core.FetchOrchestrationParams{LockTimeout: hold, PollTimeout: patience})
	if err != nil || f == nil {
		a.Fatalf("fetch: %v, %v; want an instance", f, err)
	}
	return f
}

func turnOf(f *core.FetchedOrchestration) core.AckOrchestrationParams {
	instance := f.Item.Instance
	return core.AckOrchestrationParams{
		LockToken: f.LockToken, ExecutionID: 1, HistoryDelta: []core.Event{eventOf(instance, uint64(len(f.Item.History)+1), began)},
		Metadata: core.ExecutionMetadata{OrchestrationName: new("tree"), OrchestrationVersion: new("1.0.0")},
	}
}

// later runs a call and hands over its error.
func later(call func() error) <-chan error {
	done := make(chan error, 1)
	go func() { done <- call() }()
	return done
}

// A lock expires while its holder's ack is under way. Who claims the instance at
// that moment, in another process, must see the whole turn.
func TestAClaimThatOverlapsTheEndOfAnAckSeesItsEvents(t *testing.T) {
	onServers(t, func(a *arena) {
		const short = 300 * time.Millisecond
		mine := a.open(a.patient, nil)
		var claims atomic.Int64
		others := a.open(a.patient, func(s *engine.Statements, calls []engine.Call, run func() ([]engine.Result, error)) ([]engine.Result, error) {
			results, err := run()
			if calls[0].Stmt == &s.ClaimMark {
				claims.Add(1)
			}
			return results, err
		})
		a.enqueue(mine, startOf("z")) // an instance that the turn has a message for
		a.enqueue(mine, startOf("a"))
		z, x := a.fetch(mine, lock), a.fetch(mine, short)
		if x.Item.Instance != "a" || z.Item.Instance != "z" {
			a.Fatalf("fetched %s and %s", z.Item.Instance, x.Item.Instance)
		}
		release := a.holding("claims", "instance_id = 'z'")
		p := turnOf(x)
		p.OrchestratorItems = []core.WorkItem{poke("a"), poke("z")}
		acked := later(func() error { return mine.AckOrchestrationItem(a.Context(), p) })
		a.stopped(1) // it has the claim row of a, and waits for that of z
		var got *core.FetchedOrchestration
		fetched := later(func() (err error) {
			got, err = others.FetchOrchestrationItem(a.Context(), core.FetchOrchestrationParams{LockTimeout: lock, PollTimeout: patience})
			return err
		})
		until(a.T, "a claim has met the row", func() bool { return claims.Load() > 0 })
		release()
		if err := errors.Join(<-acked, <-fetched); err != nil {
			a.Fatal(err)
		}
		if got == nil || got.Item.Instance != "a" || len(got.Item.History) != 1 || len(got.Item.Messages) != 1 {
			a.Errorf("fetched %+v, want instance a with one event and one message", got)
		}
	})
}

// A message that comes while an ack recomputes when the instance is due makes it due.
func TestAnEnqueueDuringAnAckIsNotLost(t *testing.T) {
	onServers(t, func(a *arena) {
		mine, others := a.open(a.patient, nil), a.open(a.patient, nil)
		a.enqueue(mine, startOf("a"))
		f := a.fetch(mine, lock)
		release := a.holding("messages", "instance_id = 'a'") // which the ack deletes
		acked := later(func() error { return mine.AckOrchestrationItem(a.Context(), turnOf(f)) })
		a.stopped(1)
		enqueued := later(func() error { return others.EnqueueForOrchestrator(a.Context(), poke("a"), 0) })
		a.stopped(2)
		release()
		if err := errors.Join(<-acked, <-enqueued); err != nil {
			a.Fatal(err)
		}
		if f := a.fetch(mine, lock); len(f.Item.Messages) != 1 || len(f.Item.History) != 1 {
			a.Errorf("fetched %+v, want one message and one event", f.Item)
		}
	})
}

// Somebody who enqueues has the claim row of an instance that is due already. A
// fetch must not take that for an empty queue.
func TestAFetchWhileAnEnqueuerHasTheClaimRowReturnsTheInstance(t *testing.T) {
	onServers(t, func(a *arena) {
		var release atomic.Pointer[func()]
		e := a.open(a.patient, func(s *engine.Statements, calls []engine.Call, run func() ([]engine.Result, error)) ([]engine.Result, error) {
			results, err := run()
			if f := release.Swap(nil); calls[0].Stmt == &s.ClaimMark && f != nil {
				if err != nil || results[0].Affected != 0 {
					a.Error("the claim took a row that somebody else had")
				}
				(*f)() // when a claim has found nothing
			}
			return results, err
		})
		a.enqueue(e, startOf("a"))
		free := a.holding("claims", "instance_id = 'a'")
		release.Store(&free)
		f, err := e.FetchOrchestrationItem(a.Context(), core.FetchOrchestrationParams{LockTimeout: lock})
		if err != nil || f == nil {
			a.Errorf("fetch: %v, %v; want the instance", f, err)
		}
	})
}

// noticed is a context that tells when somebody waits for its end: a caller whose
// operation has joined the queue does.
type noticed struct {
	context.Context
	waits chan struct{}
}

// Done implements context.Context.
func (n noticed) Done() <-chan struct{} {
	select {
	case n.waits <- struct{}{}:
	default:
	}
	return n.Context.Done()
}

// Of two acks with one token that wait for the same batch one takes effect.
func TestOfTwoAcksWithOneTokenOneSucceeds(t *testing.T) {
	onServers(t, func(a *arena) {
		e := a.open(a.patient, nil)
		a.enqueue(e, startOf("b"))
		f := a.fetch(e, lock)
		a.enqueue(e, startOf("a"))
		release := a.holding("claims", "instance_id = 'a'")
		before := later(func() error { return e.EnqueueForOrchestrator(a.Context(), poke("a"), 0) })
		a.stopped(1) // the write lane; the acks travel together in the next batch
		var acks []<-chan error
		for range 2 {
			ctx := noticed{a.Context(), make(chan struct{}, 1)}
			acks = append(acks, later(func() error { return e.AckOrchestrationItem(ctx, turnOf(f)) }))
			<-ctx.waits
		}
		release()
		if err := <-before; err != nil {
			a.Error(err)
		}
		one, other := <-acks[0], <-acks[1]
		if one != nil {
			one, other = other, one
		}
		if one != nil || !errors.Is(other, core.ErrLockLost) {
			a.Errorf("the acks: %v and %v, want one success and one lost lock", one, other)
		}
		if n := a.count("history"); n != 1 {
			a.Errorf("%d events, want 1", n)
		}
	})
}
