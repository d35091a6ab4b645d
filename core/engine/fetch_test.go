package engine_test

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/core/engine"
)

// fetched is what a fetch of either queue came back with.
type fetched struct {
	id      string // "" for none
	attempt uint32
	token   string
	err     error
}

// fetchers are the fetches of both queues in one form. One that waits for ever
// fails after the test's patience. put makes something that they can fetch.
var fetchers = map[string]struct {
	claim func(s *engine.Statements) *engine.Statement
	fetch func(ctx context.Context, e *testEngine, poll time.Duration) fetched
	put   func(ctx context.Context, e *testEngine, id string) error
}{
	"orchestrations": {
		func(s *engine.Statements) *engine.Statement { return &s.ClaimMark },
		func(ctx context.Context, e *testEngine, poll time.Duration) fetched {
			ctx, cancel := context.WithTimeout(ctx, patience)
			defer cancel()
			f, err := e.FetchOrchestrationItem(ctx, core.FetchOrchestrationParams{LockTimeout: hold, PollTimeout: poll})
			if f == nil {
				return fetched{err: err}
			}
			return fetched{f.Item.Instance, f.AttemptCount, f.LockToken, err}
		},
		func(ctx context.Context, e *testEngine, id string) error {
			return e.EnqueueForOrchestrator(ctx, startOf(id), 0)
		},
	},
	"work": {
		func(s *engine.Statements) *engine.Statement { return &s.WorkClaim },
		func(ctx context.Context, e *testEngine, poll time.Duration) fetched {
			ctx, cancel := context.WithTimeout(ctx, patience)
			defer cancel()
			w, err := e.FetchWorkItem(ctx, core.FetchWorkParams{LockTimeout: hold, PollTimeout: poll})
			if w == nil {
				return fetched{err: err}
			}
			return fetched{w.Item.RoutingInstance(), w.AttemptCount, w.LockToken, err}
		},
		func(ctx context.Context, e *testEngine, id string) error {
			return e.EnqueueForWorker(ctx, activityOf(id, 1))
		},
	},
}

// waits starts a fetch and returns where its answer comes.
func waits(f func() fetched) <-chan fetched {
	c := make(chan fetched, 1)
	go func() { c <- f() }()
	return c
}

// TestNoWakeUpIsLostWhileAClaimIsUnderWay: what is signalled between a claim's
// reads and its end is for those who go on waiting, also when others of them
// have left. Nothing polls here.
func TestNoWakeUpIsLostWhileAClaimIsUnderWay(t *testing.T) {
	t.Parallel()
	for name, q := range fetchers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newStore(t).open(twoLanes)
			first, second := e.db.gate(q.claim(e.s), true), e.db.gate(q.claim(e.s), true)
			left, leave := context.WithCancel(t.Context())
			stays := waits(func() fetched { return q.fetch(t.Context(), e, forever) })
			<-first.reached
			leaves := waits(func() fetched { return q.fetch(left, e, forever) })
			engine.Until(t, "the second to wait", func() bool { return e.Waiting() == 1 })
			e.Nudge()
			close(first.open)
			<-second.reached // with both
			leave()
			if got := <-leaves; !errors.Is(got.err, core.ErrCanceled) {
				t.Errorf("the one who left got %+v, want canceled", got)
			}
			must(t, q.put(t.Context(), e, "a"))
			close(second.open)
			if got := <-stays; got.id != "a" || got.err != nil {
				t.Errorf("got %+v, want what was enqueued while the claim was under way", got)
			}
		})
	}
}

// TestWhatIsClaimedForACallerWhoHasGone goes to the next compatible waiter, else
// back to the queue at once, and the attempt is not counted.
func TestWhatIsClaimedForACallerWhoHasGone(t *testing.T) {
	t.Parallel()
	for name, q := range fetchers {
		t.Run(name+"/nobody waits", func(t *testing.T) {
			t.Parallel()
			e := newStore(t).open()
			must(t, q.put(t.Context(), e, "a"))
			ctx, leave := context.WithCancel(t.Context())
			g := e.db.gate(q.claim(e.s), true)
			gone := waits(func() fetched { return q.fetch(ctx, e, forever) })
			<-g.reached
			leave()
			<-gone
			close(g.open)
			if got := q.fetch(t.Context(), e, forever); got.id != "a" || got.attempt != 1 {
				t.Errorf("got %+v, want a at attempt 1", got)
			}
		})
		t.Run(name+"/somebody waits", func(t *testing.T) {
			t.Parallel()
			e := newStore(t).open()
			must(t, q.put(t.Context(), e, "a"))
			ctx, leave := context.WithCancel(t.Context())
			g := e.db.gate(q.claim(e.s), true)
			gone := waits(func() fetched { return q.fetch(ctx, e, forever) })
			<-g.reached
			next := waits(func() fetched { return q.fetch(t.Context(), e, forever) })
			engine.Until(t, "the next to wait", func() bool { return e.Waiting() == 1 })
			leave()
			<-gone
			before := e.db.count()
			close(g.open)
			if got := <-next; got.id != "a" || got.attempt != 1 {
				t.Errorf("got %+v, want a at attempt 1", got)
			}
			if n := e.db.count() - before; n != 0 {
				t.Errorf("it took %d transactions, want none: the row is claimed already", n)
			}
		})
	}
}

// TestFetchesBeyondABatchAreAnswered: more wait than one claim serves. Who does
// not wait is told none all the same, who waits is served, and while nothing
// happens nothing is asked.
func TestFetchesBeyondABatchAreAnswered(t *testing.T) {
	t.Parallel()
	for name, q := range fetchers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const n = 100
			e := newStore(t).open()
			got := make(chan fetched, n)
			for range n {
				go func() { got <- q.fetch(t.Context(), e, forever) }()
			}
			engine.Until(t, "all to wait", func() bool { return e.Settled(n) })
			ctx, cancel := context.WithTimeout(t.Context(), prompt)
			defer cancel()
			if f := q.fetch(ctx, e, 0); f.id != "" || f.err != nil {
				t.Fatalf("a fetch that does not wait got %+v, want none at once", f)
			}
			before := e.db.count()
			other := "work" // a fetch of the other queue measures the time
			if name == other {
				other = "orchestrations"
			}
			fetchers[other].fetch(t.Context(), e, 200*time.Millisecond)
			if n := e.db.count() - before; n > 2 {
				t.Errorf("%d transactions while nothing happened, want the other fetch's first and last", n)
			}
			for range n {
				must(t, q.put(t.Context(), e, "a"+time.Now().String()))
			}
			for range n {
				if f := <-got; f.id == "" || f.err != nil {
					t.Fatalf("a waiting fetch got %+v, want something", f)
				}
			}
		})
	}
}

// TestAFetchSeesWhatItsOwnProcessMade at once, without polling, whichever lane
// made it.
func TestAFetchSeesWhatItsOwnProcessMade(t *testing.T) {
	t.Parallel()
	for _, settings := range [][]setting{nil, {twoLanes}} {
		e := newStore(t).open(settings...)
		for _, q := range fetchers {
			waiting := waits(func() fetched { return q.fetch(t.Context(), e, forever) })
			engine.Until(t, "the fetch to wait", func() bool { return e.Settled(1) })
			must(t, q.put(t.Context(), e, "a"))
			if got := <-waiting; got.id != "a" {
				t.Errorf("got %+v, want a", got)
			}
		}
	}
}

// TestWaitingFetchesOnlyRead: once for both queues in a poll, however many wait,
// and still see what another process makes.
func TestWaitingFetchesOnlyRead(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	e, other := s.open(pollEvery(10*time.Millisecond)), s.open()
	const each = 32
	answers := make(chan fetched, 2*each)
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	for _, q := range fetchers {
		for range each {
			go func() { answers <- q.fetch(ctx, e, forever) }()
		}
	}
	engine.Until(t, "all to wait", func() bool { return e.Settled(2 * each) })
	writes, reads := e.db.count(), e.db.reads.Load()
	engine.Until(t, "some polls", func() bool { return e.db.reads.Load() > reads+10 })
	if n := e.db.count() - writes; n > 0 {
		t.Errorf("%d writing transactions while there is nothing, want none", n)
	}
	for name, q := range fetchers {
		must(t, q.put(t.Context(), other, "a"))
		if got := <-answers; got.id != "a" {
			t.Errorf("%s: got %+v, want what the other process made", name, got)
		}
	}
	leave()
	for range 2*each - len(fetchers) {
		<-answers
	}
}

// TestAnOwnerSeesWorkThatOthersMadeReady: of a session that he owns, after another
// process has settled the session.
func TestAnOwnerSeesWorkThatOthersMadeReady(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	mine, other := s.open(pollEvery(10*time.Millisecond)), s.open()
	fetch := func(e *testEngine, owner string, poll time.Duration) *core.FetchedWork {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		w, err := e.FetchWorkItem(ctx, core.FetchWorkParams{
			LockTimeout: hold, PollTimeout: poll, Session: &core.SessionFetch{OwnerID: owner, LockTimeout: hold},
		})
		if err != nil {
			t.Error(err)
		}
		return w
	}
	ofSession := func(n uint64) core.WorkItem {
		return core.NewWorkItem(core.ActivityExecute{Instance: "a", ExecutionID: 1, ID: n, Name: "A", Input: "in", SessionID: new("s")})
	}
	mine.enqueueWork(ofSession(1))
	fetch(mine, "me", 0)
	second := make(chan *core.FetchedWork, 1)
	go func() { second <- fetch(mine, "me", forever) }()
	engine.Until(t, "the fetch to wait", func() bool { return mine.Settled(1) })
	other.enqueueWork(ofSession(2))
	if w := fetch(other, "you", 0); w != nil { // settles the session on the way
		t.Errorf("the other got %s of a session that is not his", w.Item.Raw())
	}
	if w := <-second; w == nil {
		t.Error("the owner got nothing")
	}
}

// TestWaitersSleepToTheNextDueTime: of a message, and of a lock.
func TestWaitersSleepToTheNextDueTime(t *testing.T) {
	t.Parallel()
	e := newStore(t).open()
	must(t, e.EnqueueForOrchestrator(t.Context(), startOf("a"), 500*time.Millisecond))
	e.enqueueWork(activityOf("w", 1))
	w, err := e.FetchWorkItem(t.Context(), core.FetchWorkParams{LockTimeout: 500 * time.Millisecond})
	if err != nil || w == nil {
		t.Fatalf("got %v, %v; want work", w, err)
	}
	before := e.db.count()
	var wg sync.WaitGroup
	for name, q := range fetchers {
		wg.Go(func() {
			if got := q.fetch(t.Context(), e, forever); got.id == "" || got.err != nil {
				t.Errorf("%s: got %+v, want what became due", name, got)
			}
		})
	}
	wg.Wait()
	if n := e.db.count() - before; n > 8 {
		t.Errorf("%d transactions, want about one claim at the start and one at the due time", n)
	}
}

func TestAClockSetForwardWakesWaiters(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	e := s.open()
	must(t, e.EnqueueForOrchestrator(t.Context(), startOf("a"), hold))
	waiting := waits(func() fetched { return fetchers["orchestrations"].fetch(t.Context(), e, forever) })
	engine.Until(t, "the fetch to wait", func() bool { return e.Settled(1) })
	s.clock.Advance(hold)
	if got := <-waiting; got.id != "a" {
		t.Errorf("got %+v, want a", got)
	}
}

// TestAFetchThatNothingCanSatisfy waits its time and touches nothing, and does
// not keep the engine from closing.
func TestAFetchThatNothingCanSatisfy(t *testing.T) {
	t.Parallel()
	e := newStore(t).open()
	var waiting sync.WaitGroup
	for name, fetch := range map[string]func(poll time.Duration) error{
		"versions": func(poll time.Duration) error {
			f, err := e.FetchOrchestrationItem(t.Context(), core.FetchOrchestrationParams{
				LockTimeout: hold, PollTimeout: poll, Filter: &core.CapabilityFilter{},
			})
			if f != nil {
				t.Errorf("got %v, want none", f)
			}
			return err
		},
		"tags": func(poll time.Duration) error {
			w, err := e.FetchWorkItem(t.Context(), core.FetchWorkParams{
				LockTimeout: hold, PollTimeout: poll, Tags: core.TagFilter{Mode: core.TagsOnly},
			})
			if w != nil {
				t.Errorf("got %v, want none", w)
			}
			return err
		},
	} {
		before, start := e.db.count(), time.Now()
		must(t, fetch(0))
		must(t, fetch(30*time.Millisecond))
		if d := time.Since(start); d < 30*time.Millisecond {
			t.Errorf("%s: returned after %v, want the poll time", name, d)
		}
		if n := e.db.count() - before; n != 0 {
			t.Errorf("%s: %d transactions, want none", name, n)
		}
		waiting.Go(func() {
			if err := fetch(forever); !errors.Is(err, core.ErrUnavailable) {
				t.Errorf("%s: got %v at the engine's end, want unavailable", name, err)
			}
		})
	}
	ctx, cancel := context.WithTimeout(t.Context(), prompt)
	defer cancel()
	must(t, e.Close(ctx))
	if ctx.Err() != nil {
		t.Error("close waited for the fetches")
	}
	waiting.Wait()
}

// TestUndecodableWorkIsSetAside: and the same fetch returns the next good row.
func TestUndecodableWorkIsSetAside(t *testing.T) {
	t.Parallel()
	e := newStore(t).open()
	must(t, e.Hooks().InsertRawWork(t.Context(), []byte(`{"garbage":1}`)))
	must(t, e.Hooks().InsertRawWork(t.Context(), []byte(startOf("a").Raw()))) // an item, but no work
	e.enqueueWork(activityOf("good", 1))
	if w := e.fetchWork(); w.Item.RoutingInstance() != "good" || w.AttemptCount != 1 {
		t.Errorf("got %s at attempt %d, want the good one at attempt 1", w.Item.Raw(), w.AttemptCount)
	}
	e.nothing("the rest was set aside")
	aside, err := e.SetAside(t.Context(), 10)
	must(t, err)
	if len(aside) != 2 || aside[0].Queue != "worker" || !bytes.Equal(aside[0].Item, []byte(`{"garbage":1}`)) {
		t.Errorf("got %+v set aside, want both", aside)
	}
	if err := e.Requeue(t.Context(), aside[0].ID); !errors.Is(err, core.ErrCorrupt) {
		t.Errorf("requeue: got %v, want corrupt", err)
	}
	if err := e.Requeue(t.Context(), 12345); !errors.Is(err, core.ErrNotFound) {
		t.Errorf("requeue of an unknown id: got %v, want not found", err)
	}
}

// TestWorkThatCannotBeSetAside is not lost, and the next fetch tries again.
func TestWorkThatCannotBeSetAside(t *testing.T) {
	t.Parallel()
	e := newStore(t).open()
	must(t, e.Hooks().InsertRawWork(t.Context(), []byte(`{"garbage":1}`)))
	e.db.fail(&e.s.AsidePut, refused)
	fetch := func() error {
		f, err := e.FetchWorkItem(t.Context(), core.FetchWorkParams{LockTimeout: hold})
		if f != nil {
			t.Errorf("got %v, want nothing", f)
		}
		return err
	}
	if fetch() == nil {
		t.Error("nobody was told")
	}
	must(t, fetch())
	aside, err := e.SetAside(t.Context(), 10)
	must(t, err)
	if len(aside) != 1 {
		t.Errorf("%d items are set aside, want 1", len(aside))
	}
}

// TestAMessageWhoseCopyCannotBeKept is not handed out: whoever acks it would
// lose it.
func TestAMessageWhoseCopyCannotBeKept(t *testing.T) {
	t.Parallel()
	e := newStore(t).open()
	e.create("a")
	must(t, e.Hooks().InsertRawMessage(t.Context(), "a", []byte(`{"garbage":1}`)))
	e.db.fail(&e.s.AsidePut, refused)
	if f, err := e.FetchOrchestrationItem(t.Context(), core.FetchOrchestrationParams{LockTimeout: hold}); err == nil {
		t.Errorf("got %v, want an error", f)
	}
	if f := e.fetch(); f.Item.HistoryError == "" || f.AttemptCount != 1 {
		t.Errorf("got error %q at attempt %d, want an error at attempt 1", f.Item.HistoryError, f.AttemptCount)
	}
	aside, err := e.SetAside(t.Context(), 10)
	must(t, err)
	if len(aside) != 1 {
		t.Errorf("%d copies are kept, want 1", len(aside))
	}
}

// TestAnUndecodableMessageIsTheItemsHistoryError: and a copy of it is kept.
func TestAnUndecodableMessageIsTheItemsHistoryError(t *testing.T) {
	t.Parallel()
	e := newStore(t).open()
	e.create("a")
	must(t, e.Hooks().InsertRawMessage(t.Context(), "a", []byte(`{"garbage":1}`)))
	e.enqueue(poke("a", "x"))
	f := e.fetch()
	if f.Item.HistoryError == "" || len(f.Item.Messages) != 1 || len(f.Item.History) != 0 {
		t.Errorf("got error %q, %d messages, %d events; want an error, the good message, no event",
			f.Item.HistoryError, len(f.Item.Messages), len(f.Item.History))
	}
	aside, err := e.SetAside(t.Context(), 10)
	must(t, err)
	if len(aside) != 1 || aside[0].Queue != "orchestrator" || aside[0].Instance != "a" {
		t.Errorf("got %+v set aside, want a copy of the message", aside)
	}
}
