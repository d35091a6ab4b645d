package engine_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/core/engine"
)

// operation is a write whose commit loses its answer.
type operation struct {
	name string
	in   func(s *engine.Statements) *engine.Statement // tells its transaction from others
	// prepare makes what it needs, runs run, and demands that the store holds the
	// effect that many times.
	prepare func(e *testEngine) (run func() error, effect func(times int))
	// tells: the store can tell whether it happened.
	tells bool
}

var operations = []operation{
	{"turn", func(s *engine.Statements) *engine.Statement { return &s.AckRelease }, func(e *testEngine) (func() error, func(int)) {
		e.create("a")
		e.enqueue(poke("a", ""))
		p := turnOf(e.fetch().LockToken, eventOf("a", 2, "turn"))
		p.WorkerItems = []core.WorkItem{activityOf("a", 1)}
		p.OrchestratorItems = []core.WorkItem{poke("a", "again")}
		return func() error { return e.AckOrchestrationItem(e.t.Context(), p) }, func(int) {
			if diff := cmp.Diff([]string{"created", "turn"}, e.history("a")); diff != "" {
				e.t.Errorf("history (-want +got):\n%s", diff)
			}
			e.fetchWork()
			if n := len(e.fetch().Item.Messages); n != 1 {
				e.t.Errorf("the turn's message is stored %d times, want 1", n)
			}
			e.nothing("the turn was committed once")
		}
	}, true},
	{"abandon", func(s *engine.Statements) *engine.Statement { return &s.AbandonRelease }, func(e *testEngine) (func() error, func(int)) {
		e.create("a")
		e.enqueue(poke("a", ""))
		token := e.fetch().LockToken
		return func() error { return e.AbandonOrchestrationItem(e.t.Context(), core.AbandonParams{LockToken: token}) }, func(int) {
			if f := e.fetch(); f.AttemptCount != 2 || len(f.Item.Messages) != 1 {
				e.t.Errorf("got %d messages at attempt %d, want 1 at attempt 2", len(f.Item.Messages), f.AttemptCount)
			}
		}
	}, true},
	{"renew", func(s *engine.Statements) *engine.Statement { return &s.ClaimsExtend }, func(e *testEngine) (func() error, func(int)) {
		e.create("a")
		e.enqueue(poke("a", ""))
		token := e.fetch().LockToken
		return func() error { return e.RenewOrchestrationItemLock(e.t.Context(), token, 2*hold) }, func(int) {
			must(e.t, e.AckOrchestrationItem(e.t.Context(), turnOf(token)))
		}
	}, true},
	{"enqueue", func(s *engine.Statements) *engine.Statement { return &s.MessagesInsert }, func(e *testEngine) (func() error, func(int)) {
		return func() error { return e.EnqueueForOrchestrator(e.t.Context(), startOf("a"), 0) }, func(times int) {
			if times == 0 {
				e.nothing("the message was not committed")
			} else if n := len(e.fetch().Item.Messages); n != times {
				e.t.Errorf("the message is stored %d times, want %d", n, times)
			}
		}
	}, false},
	{"enqueue work", func(s *engine.Statements) *engine.Statement { return &s.WorkInsert }, func(e *testEngine) (func() error, func(int)) {
		return func() error { return e.EnqueueForWorker(e.t.Context(), activityOf("a", 1)) }, func(times int) {
			for range times {
				e.fetchWork()
			}
			e.nothing(fmt.Sprintf("the activity was committed %d times", times))
		}
	}, false},
	{"ack work", func(s *engine.Statements) *engine.Statement { return &s.WorkDelete }, func(e *testEngine) (func() error, func(int)) {
		e.create("a")
		e.enqueueWork(activityOf("a", 1))
		token := e.fetchWork().LockToken
		return func() error { return e.AckWorkItem(e.t.Context(), token, new(completionOf("a", 1))) }, func(int) {
			if n := len(e.fetch().Item.Messages); n != 1 {
				e.t.Errorf("the completion is stored %d times, want 1", n)
			}
			e.nothing("the work is done")
		}
	}, true},
	{"abandon work", func(s *engine.Statements) *engine.Statement { return &s.WorkAbandon }, func(e *testEngine) (func() error, func(int)) {
		e.enqueueWork(activityOf("a", 1))
		token := e.fetchWork().LockToken
		return func() error { return e.AbandonWorkItem(e.t.Context(), core.AbandonParams{LockToken: token}) }, func(int) {
			if w := e.fetchWork(); w.AttemptCount != 2 {
				e.t.Errorf("got attempt %d, want 2", w.AttemptCount)
			}
		}
	}, true},
	{"renew work", func(s *engine.Statements) *engine.Statement { return &s.WorkExtend }, func(e *testEngine) (func() error, func(int)) {
		e.enqueueWork(activityOf("a", 1))
		token := e.fetchWork().LockToken
		return func() error { return e.RenewWorkItemLock(e.t.Context(), token, 2*hold) }, func(int) {
			must(e.t, e.AckWorkItem(e.t.Context(), token, nil))
		}
	}, true},
}

// TestACommitWithoutAnAnswerIsAskedAbout: rule 8. A member whose fate the store
// can tell takes effect exactly once, and its caller is told the truth; others
// are told that nobody knows.
func TestACommitWithoutAnAnswerIsAskedAbout(t *testing.T) {
	t.Parallel()
	faults := map[string]struct {
		fault
		effects int // of an operation that does not go again
	}{"it happened": {unanswered, 1}, "it happened in silence": {silent, 1}, "it did not happen": {unheard, 0}, "it happens late": {late, 1}}
	for _, op := range operations {
		for name, f := range faults {
			t.Run(op.name+"/"+name, func(t *testing.T) {
				t.Parallel()
				e := newStore(t).open()
				e.t = t
				run, effect := op.prepare(e)
				e.db.fail(op.in(e.s), f.fault)
				err := run()
				pe, failed := errors.AsType[*core.ProviderError](err)
				switch {
				case op.tells && err != nil:
					t.Fatalf("got %v, want success: the store can tell", err)
				case !op.tells && (!failed || pe.Code != core.ErrUnavailable || !pe.MayHaveHappened || !pe.Retryable):
					t.Fatalf("got %#v, want unavailable, retryable, that it may have happened", err)
				}
				if f.fault == late {
					e.enqueueWork(activityOf("other", 9)) // the transaction before which the late one happens
					must(t, e.AckWorkItem(t.Context(), workOf(e, "other").LockToken, nil))
				}
				effect(f.effects)
			})
		}
	}
}

// TestALostLockIsToldAlsoWithoutAnAnswer: whatever became of the commit, it did
// nothing for a token that was dead when its calls ran.
func TestALostLockIsToldAlsoWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	for _, op := range operations {
		if !op.tells {
			continue
		}
		t.Run(op.name, func(t *testing.T) {
			t.Parallel()
			s := newStore(t)
			e := s.open()
			run, _ := op.prepare(e)
			s.clock.Advance(hold)
			thief := takeAll(s.open())
			e.db.fail(op.in(e.s), unanswered)
			if err := run(); core.CodeOf(err) != core.ErrLockLost {
				t.Errorf("got %v, want that the lock is lost", err)
			}
			thief()
		})
	}
}

// takeAll fetches what is in the queues and returns what acks it.
func takeAll(e *testEngine) (ack func()) {
	ctx := e.t.Context()
	f, err := e.FetchOrchestrationItem(ctx, core.FetchOrchestrationParams{LockTimeout: hold})
	must(e.t, err)
	w, err := e.FetchWorkItem(ctx, core.FetchWorkParams{LockTimeout: hold})
	must(e.t, err)
	return func() {
		if f != nil {
			must(e.t, e.AckOrchestrationItem(ctx, turnOf(f.LockToken, eventOf("a", 9, "thief"))))
		}
		if w != nil {
			must(e.t, e.AckWorkItem(ctx, w.LockToken, nil))
		}
	}
}

// workOf fetches work until it is the instance's. What came before goes back to
// its place.
func workOf(e *testEngine, instance string) *core.FetchedWork {
	e.t.Helper()
	w := e.fetchWork()
	if w.Item.RoutingInstance() == instance {
		return w
	}
	defer func() {
		must(e.t, e.AbandonWorkItem(e.t.Context(), core.AbandonParams{LockToken: w.LockToken, IgnoreAttempt: true}))
	}()
	return workOf(e, instance)
}

func TestAClaimWithoutAnAnswerIsReadAgain(t *testing.T) {
	t.Parallel()
	for _, f := range []fault{unanswered, unheard} {
		t.Run(fmt.Sprint(f), func(t *testing.T) {
			t.Parallel()
			e := newStore(t).open()
			e.t = t
			e.create("a")
			e.enqueue(poke("a", "x"))
			e.enqueueWork(activityOf("a", 1))
			e.db.fail(&e.s.ClaimMark, f)
			got := e.fetch()
			if got.AttemptCount != 1 || len(got.Item.Messages) != 1 || len(got.Item.History) != 1 {
				t.Errorf("got attempt %d, %d messages, %d events; want 1 of each",
					got.AttemptCount, len(got.Item.Messages), len(got.Item.History))
			}
			e.db.fail(&e.s.WorkClaim, f)
			w := e.fetchWork()
			if w.AttemptCount != 1 {
				t.Errorf("got attempt %d of the work, want 1", w.AttemptCount)
			}
			must(t, e.AckWorkItem(t.Context(), w.LockToken, nil))
			must(t, e.AckOrchestrationItem(t.Context(), turnOf(got.LockToken, eventOf("a", 2, "turn"))))
		})
	}
}

// TestALateClaimIsLockedForNobodyUntilItExpires: nothing better can be had; but
// nothing is lost either.
func TestALateClaimIsLockedForNobodyUntilItExpires(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	e := s.open()
	e.create("a")
	e.enqueue(poke("a", "x"))
	e.db.fail(&e.s.ClaimMark, late)
	e.nothing("the late claim has it")
	s.clock.Advance(hold)
	if f := e.fetch(); f.AttemptCount != 2 {
		t.Errorf("got attempt %d, want 2", f.AttemptCount)
	}
}

// TestAStoreThatNeverAnswersIsNotAskedForEver also holds the number of commits.
func TestAStoreThatNeverAnswersIsNotAskedForEver(t *testing.T) {
	t.Parallel()
	e := newStore(t).open()
	e.create("a")
	e.enqueue(poke("a", "x"))
	f := e.fetch()
	before := e.db.count()
	for range 100 {
		e.db.fail(&e.s.AckRelease, unheard)
	}
	err := e.AckOrchestrationItem(t.Context(), turnOf(f.LockToken, eventOf("a", 2, "turn")))
	if pe, ok := errors.AsType[*core.ProviderError](err); !ok || pe.Code != core.ErrUnavailable || !pe.MayHaveHappened {
		t.Fatalf("got %#v, want unavailable, that it may have happened", err)
	}
	if n := e.db.count() - before; n > 4 {
		t.Errorf("the turn was sent %d times, want 4 at most", n)
	}
	e.db.heal()
	must(t, e.AckOrchestrationItem(t.Context(), turnOf(f.LockToken, eventOf("a", 2, "turn"))))
	if diff := cmp.Diff([]string{"created", "turn"}, e.history("a")); diff != "" {
		t.Errorf("history (-want +got):\n%s", diff)
	}
}

// TestAClassWithoutAnAnswerIsInsertedAgain: the operation it belongs to has not
// begun, so nothing of it can have happened.
func TestAClassWithoutAnAnswerIsInsertedAgain(t *testing.T) {
	t.Parallel()
	e := newStore(t).open()
	tagged := core.NewWorkItem(core.ActivityExecute{Instance: "a", ExecutionID: 1, ID: 1, Name: "A", Input: "in", Tag: new("gpu")})
	e.db.fail(&e.s.ClassesPut, unheard, unanswered)
	e.enqueueWork(tagged)
	e.db.fail(&e.s.ClassesPut, unheard, unheard, unheard, unheard, unheard)
	err := e.EnqueueForWorker(t.Context(),
		core.NewWorkItem(core.ActivityExecute{Instance: "a", ExecutionID: 1, ID: 1, Name: "A", Input: "in", Tag: new("cpu")}))
	if pe, ok := errors.AsType[*core.ProviderError](err); !ok || pe.MayHaveHappened {
		t.Errorf("got %#v, want an error that says nothing has happened", err)
	}
}

func TestATransactionWithoutAnAnswerMayHaveHappened(t *testing.T) {
	t.Parallel()
	e := newStore(t).open()
	for _, f := range []fault{unanswered, unheard} {
		e.db.fail(nil, f)
		err := e.AppendWithExecution(t.Context(), "a", 1, []core.Event{eventOf("a", uint64(f), "x")})
		if pe, ok := errors.AsType[*core.ProviderError](err); !ok || pe.Code != core.ErrUnavailable || !pe.MayHaveHappened {
			t.Errorf("got %#v, want unavailable, that it may have happened", err)
		}
	}
	if n := len(e.history("a")); n != 1 {
		t.Errorf("history has %d events, want the one that was committed", n)
	}
}
