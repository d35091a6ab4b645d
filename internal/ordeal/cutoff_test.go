package ordeal

import (
	"errors"
	"net/url"
	"sync/atomic"
	"testing"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/internal/faultproxy"
	"github.com/durokit/duro/internal/testservers"
)

// behind puts a proxy before the server, and returns the place by way of it.
func (a *arena) behind(strike faultproxy.Striker) (*faultproxy.Proxy, *testservers.Place) {
	a.Helper()
	u, err := url.Parse(a.place.URL)
	if err != nil {
		a.Fatal(err)
	}
	proxy, err := faultproxy.Start(u.Host, strike)
	if err != nil {
		a.Fatal(err)
	}
	a.Cleanup(func() { // after the stores have been closed
		if err := proxy.Close(); err != nil {
			a.Error(err)
		}
	})
	u.Host = proxy.Addr()
	through := *a.place
	through.URL = u.String()
	return proxy, &through
}

// subject is an instance and an activity in a store, to cut operations on.
type subject struct {
	*arena
	e        *engine.Engine
	instance string
}

func (s *subject) fetch() *core.FetchedOrchestration {
	s.Helper()
	s.enqueue(s.e, startOf(s.instance))
	return s.arena.fetch(s.e, lock)
}

func (s *subject) activity() core.WorkItem {
	return core.NewWorkItem(core.ActivityExecute{Instance: s.instance, ExecutionID: 1, ID: 1, Name: "a", Input: "{}"})
}

func (s *subject) fetchWork() *core.FetchedWork {
	s.Helper()
	if err := s.e.EnqueueForWorker(s.Context(), s.activity()); err != nil {
		s.Fatal(err)
	}
	w, err := s.e.FetchWorkItem(s.Context(), core.FetchWorkParams{LockTimeout: lock, PollTimeout: patience})
	if err != nil || w == nil {
		s.Fatalf("fetch work: %v, %v", w, err)
	}
	return w
}

// operation is made ready, cut, and looked at.
type operation struct {
	// prepare returns the call whose COMMIT is cut off.
	prepare func(s *subject) func() error
	// unsure operations cannot be asked about: the caller is told so.
	unsure bool
	// left is how many rows each table has for it afterwards.
	left map[string]int
}

var operations = map[string]operation{
	"EnqueueForOrchestrator": {unsure: true, left: map[string]int{"messages": 1}, prepare: func(s *subject) func() error {
		return func() error { return s.e.EnqueueForOrchestrator(s.Context(), startOf(s.instance), 0) }
	}},
	"EnqueueForWorker": {unsure: true, left: map[string]int{"work": 1}, prepare: func(s *subject) func() error {
		return func() error { return s.e.EnqueueForWorker(s.Context(), s.activity()) }
	}},
	"FetchOrchestrationItem": {left: map[string]int{"messages": 1}, prepare: func(s *subject) func() error {
		s.enqueue(s.e, startOf(s.instance))
		return func() error {
			f, err := s.e.FetchOrchestrationItem(s.Context(), core.FetchOrchestrationParams{LockTimeout: lock, PollTimeout: patience})
			if err == nil && f == nil {
				err = errors.New("nothing was fetched")
			}
			return err
		}
	}},
	"AckOrchestrationItem": {left: map[string]int{"messages": 0, "history": 1}, prepare: func(s *subject) func() error {
		f := s.fetch()
		return func() error { return s.e.AckOrchestrationItem(s.Context(), turnOf(f)) }
	}},
	"AbandonOrchestrationItem": {left: map[string]int{"messages": 1}, prepare: func(s *subject) func() error {
		f := s.fetch()
		return func() error {
			return s.e.AbandonOrchestrationItem(s.Context(), core.AbandonParams{LockToken: f.LockToken})
		}
	}},
	"RenewOrchestrationItemLock": {left: map[string]int{"messages": 1}, prepare: func(s *subject) func() error {
		f := s.fetch()
		return func() error { return s.e.RenewOrchestrationItemLock(s.Context(), f.LockToken, lock) }
	}},
	"FetchWorkItem": {left: map[string]int{"work": 1}, prepare: func(s *subject) func() error {
		if err := s.e.EnqueueForWorker(s.Context(), s.activity()); err != nil {
			s.Fatal(err)
		}
		return func() error {
			w, err := s.e.FetchWorkItem(s.Context(), core.FetchWorkParams{LockTimeout: lock, PollTimeout: patience})
			if err == nil && w == nil {
				err = errors.New("nothing was fetched")
			}
			return err
		}
	}},
	"AckWorkItem": {left: map[string]int{"work": 0, "messages": 1}, prepare: func(s *subject) func() error {
		w := s.fetchWork()
		done := core.NewWorkItem(core.ActivityCompleted{Instance: s.instance, ExecutionID: 1, ID: 1, Result: "ok"})
		return func() error { return s.e.AckWorkItem(s.Context(), w.LockToken, &done) }
	}},
	"AbandonWorkItem": {left: map[string]int{"work": 1}, prepare: func(s *subject) func() error {
		w := s.fetchWork()
		return func() error { return s.e.AbandonWorkItem(s.Context(), core.AbandonParams{LockToken: w.LockToken}) }
	}},
	"RenewWorkItemLock": {left: map[string]int{"work": 1}, prepare: func(s *subject) func() error {
		w := s.fetchWork()
		return func() error { return s.e.RenewWorkItemLock(s.Context(), w.LockToken, lock) }
	}},
}

// A COMMIT whose answer is cut off has happened or not: the caller is told which, or
// that it is unknown where the store cannot tell. What comes after it goes on.
func TestACommitThatIsCutOffIsResolved(t *testing.T) {
	onServers(t, func(a *arena) {
		for name, cut := range map[string]faultproxy.Cut{
			"BeforeTheServerHears": faultproxy.Before, "BeforeItsAnswerArrives": faultproxy.Unanswered,
			"AfterItsAnswer": faultproxy.Answered,
		} {
			for op, o := range operations {
				a.Run(op+name, func(t *testing.T) { a.on(t).resolves(o, faultproxy.Strike{Cut: cut}) })
				if full() {
					a.Run(op+name+"ByAReset", func(t *testing.T) { a.on(t).resolves(o, faultproxy.Strike{Cut: cut, Reset: true}) })
				}
			}
		}
	})
}

// on is the arena for a subtest, with a place of its own.
func (a *arena) on(t *testing.T) *arena {
	t.Helper()
	return newArena(t, a.kind, testservers.URL(t, a.name))
}

func (a *arena) resolves(o operation, strike faultproxy.Strike) {
	a.Helper()
	var armed atomic.Bool
	direct := a.place
	proxy, through := a.behind(func(uint64) faultproxy.Strike {
		if armed.CompareAndSwap(true, false) {
			return strike
		}
		return faultproxy.Strike{}
	})
	a.place = through
	s := &subject{arena: a, e: a.open(a.plain, nil), instance: "i"}
	a.place = direct
	call := o.prepare(s)
	armed.Store(true)
	err := call()
	if proxy.Cuts(strike.Cut) != 1 {
		a.Fatalf("no COMMIT was cut off; %v", err)
	}
	pe, _ := errors.AsType[*core.ProviderError](err)
	unsure := o.unsure && strike.Cut != faultproxy.Answered
	switch {
	case unsure && pe != nil && pe.Code == core.ErrUnavailable && pe.MayHaveHappened:
	case unsure:
		a.Errorf("the call: %v, want that it may have happened", err)
	case err != nil:
		a.Errorf("the call: %v", err)
	}
	for table, want := range o.left {
		if unsure && strike.Cut == faultproxy.Before {
			want = 0
		}
		if got := a.count(table); got != want {
			a.Errorf("%d rows in %s, want %d", got, table, want)
		}
	}
	next := &crew{p: s.e, unsure: true}
	next.start(a.Context(), "next") // it may meet the end of a connection that was cut after its answer
	if err := next.heard(nil); err != nil {
		a.Error(err)
	}
}
