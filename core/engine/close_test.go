package engine_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/core/engine"
)

// engineGoroutines counts those that run an engine's code.
func engineGoroutines() int {
	buf := make([]byte, 1<<20)
	n := 0
	for stack := range strings.SplitSeq(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
		if strings.Contains(stack, "core/engine.(*") || strings.Contains(stack, "sqldb.(*") {
			n++
		}
	}
	return n
}

// refuses reports whether the engine is closed or closing.
func (e *testEngine) refuses() bool {
	_, err := e.ListInstances(e.t.Context())
	return errors.Is(err, core.ErrUnavailable)
}

// TestCloseLeavesNothingBehind runs alone: it counts goroutines.
func TestCloseLeavesNothingBehind(t *testing.T) { //nolint:paralleltest // see above
	for _, settings := range [][]setting{nil, {twoLanes}} {
		before := engineGoroutines()
		e := newStore(t).open(settings...)
		e.enqueue(startOf("a"))
		e.fetch()
		var wg sync.WaitGroup
		for _, q := range fetchers {
			wg.Go(func() {
				if got := q.fetch(t.Context(), e, forever); !errors.Is(got.err, core.ErrUnavailable) {
					t.Errorf("a fetch that waits got %+v, want unavailable", got)
				}
			})
		}
		engine.Until(t, "the fetches to wait", func() bool { return e.Settled(2) })
		must(t, e.Close(t.Context()))
		wg.Wait()
		must(t, e.Close(t.Context()))
		engine.Until(t, "the goroutines to end", func() bool { return engineGoroutines() <= before })
		for name, call := range map[string]func() error{
			"enqueue": func() error { return e.EnqueueForOrchestrator(t.Context(), startOf("a"), 0) },
			"fetch":   func() error { return fetchers["work"].fetch(t.Context(), e, forever).err },
			"read":    func() error { _, err := e.Read(t.Context(), "a"); return err },
			"list":    func() error { _, err := e.ListInstances(t.Context()); return err },
			"renew":   func() error { return e.RenewWorkItemLock(t.Context(), "w."+strings.Repeat("0", 32)+".1", hold) },
		} {
			if err := call(); !errors.Is(err, core.ErrUnavailable) {
				t.Errorf("%s after close: got %v, want unavailable", name, err)
			}
		}
	}
}

// TestCloseLetsCallsFinish: until its own context ends.
func TestCloseLetsCallsFinish(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	e := s.open()
	g := e.db.gate(&e.s.MessagesInsert, false)
	sent, queued, closed := make(chan error, 1), make(chan error, 1), make(chan error, 1)
	go func() { sent <- e.EnqueueForOrchestrator(t.Context(), startOf("a"), 0) }()
	<-g.reached
	go func() { queued <- e.EnqueueForOrchestrator(t.Context(), startOf("b"), 0) }()
	engine.Until(t, "the second to queue up", func() bool { return e.Queued() == 1 })
	go func() { closed <- e.Close(t.Context()) }()
	engine.Until(t, "the engine to refuse calls", e.refuses)
	close(g.open)
	must(t, <-sent)
	must(t, <-queued)
	must(t, <-closed)
	ids := map[string]bool{}
	again := s.open()
	for range 2 {
		ids[again.fetch().Item.Instance] = true
	}
	if !ids["a"] || !ids["b"] {
		t.Errorf("stored: %v, want both", ids)
	}
}

// TestCloseEndsWhatDoesNotFinish: everybody gets an answer, nobody hangs.
func TestCloseEndsWhatDoesNotFinish(t *testing.T) {
	t.Parallel()
	for _, settings := range [][]setting{nil, {twoLanes}} {
		e := newStore(t).open(settings...)
		e.db.fail(&e.s.MessagesInsert, stuck)
		errs := make(chan error, 4)
		answer := func(f func() error) { go func() { errs <- f() }() }
		g := e.db.gate(&e.s.MessagesInsert, false)
		answer(func() error { return e.EnqueueForOrchestrator(context.Background(), startOf("a"), 0) })
		<-g.reached
		answer(func() error { return e.EnqueueForOrchestrator(context.Background(), startOf("b"), 0) })
		for _, q := range fetchers {
			answer(func() error { return q.fetch(context.Background(), e, forever).err })
		}
		engine.Until(t, "the second to queue up", func() bool { return e.Queued() == 1 })
		close(g.open)
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		err := e.Close(ctx)
		cancel()
		must(t, err)
		for range cap(errs) {
			if err := <-errs; !errors.Is(err, core.ErrUnavailable) {
				t.Errorf("got %v, want unavailable", err)
			}
		}
	}
}

// TestCloseGivesBackWhatNobodyGot: a claim under way whose caller left.
func TestCloseGivesBackWhatNobodyGot(t *testing.T) {
	t.Parallel()
	for name, q := range fetchers {
		for _, settings := range [][]setting{nil, {twoLanes}} {
			s := newStore(t)
			e := s.open(settings...)
			must(t, q.put(t.Context(), e, "a"))
			ctx, leave := context.WithCancel(t.Context())
			g := e.db.gate(q.claim(e.s), true)
			gone := waits(func() fetched { return q.fetch(ctx, e, forever) })
			<-g.reached
			leave()
			<-gone
			closed := make(chan error, 1)
			go func() { closed <- e.Close(t.Context()) }()
			engine.Until(t, "the engine to refuse calls", e.refuses)
			close(g.open)
			must(t, <-closed)
			if got := q.fetch(t.Context(), s.open(), 0); got.id != "a" || got.attempt != 1 {
				t.Errorf("%s: got %+v, want a at attempt 1", name, got)
			}
		}
	}
}
