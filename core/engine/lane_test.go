package engine_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/core/engine"
)

// locked makes instances and returns their locks' tokens.
func (e *testEngine) locked(n int) map[string]string {
	e.t.Helper()
	tokens := map[string]string{}
	for i := range n {
		e.enqueue(startOf(fmt.Sprintf("i%03d", i)))
	}
	for range n {
		f := e.fetch()
		tokens[f.Item.Instance] = f.LockToken
	}
	return tokens
}

// heldUp runs f while the write lane is held up by a batch, and lets it go on
// when as many members wait as f has started.
func (e *testEngine) heldUp(members int, f func(wg *sync.WaitGroup)) {
	e.t.Helper()
	g := e.db.gate(&e.s.MessagesInsert, false)
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := e.EnqueueForOrchestrator(e.t.Context(), poke("nobody", ""), 0); err != nil {
			e.t.Errorf("enqueue: %v", err)
		}
	})
	<-g.reached
	f(&wg)
	engine.Until(e.t, "the members to queue up", func() bool { return e.Queued() == members })
	close(g.open)
	wg.Wait()
}

// TestMembersThatArriveTogetherTravelTogether: rule 1. 64 acks cost as many
// statements as one, and transactions.
func TestMembersThatArriveTogetherTravelTogether(t *testing.T) {
	t.Parallel()
	e := newStore(t).open()
	tokens := e.locked(64)
	before := e.db.count()
	e.heldUp(64, func(wg *sync.WaitGroup) {
		for id, token := range tokens {
			wg.Go(func() {
				if err := e.AckOrchestrationItem(t.Context(), turnOf(token, eventOf(id, 1, "turn"))); err != nil {
					t.Errorf("ack of %s: %v", id, err)
				}
			})
		}
	})
	writes := e.db.since(before)
	if len(writes) != 2 || writes[1].rows(&e.s.AckRelease) != 64 {
		t.Errorf("64 acks travelled in %d transactions, want 1", len(writes)-1)
	}
	for id := range tokens {
		if diff := cmp.Diff([]string{"turn"}, e.history(id)); diff != "" {
			t.Errorf("history of %s (-want +got):\n%s", id, diff)
		}
	}
}

// TestCapsOfABatch: 64 members, 4 MiB, and a member over 1 MiB alone.
func TestCapsOfABatch(t *testing.T) {
	t.Parallel()
	big, quarter := strings.Repeat("x", 2<<20), strings.Repeat("x", 1<<20-1000)
	for name, c := range map[string]struct {
		data []string
		want []int // members in each transaction
	}{
		"members": {make([]string, 100), []int{64, 36}},
		"bytes":   {[]string{quarter, quarter, quarter, quarter, quarter, quarter}, []int{4, 2}},
		"alone":   {[]string{"", "", big, big, "", ""}, []int{2, 1, 1, 2}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newStore(t).open()
			e.t = t
			before := e.db.count()
			g := e.db.gate(&e.s.MessagesInsert, false)
			var wg sync.WaitGroup
			wg.Go(func() {
				if err := e.EnqueueForOrchestrator(t.Context(), poke("nobody", ""), 0); err != nil {
					t.Errorf("enqueue: %v", err)
				}
			})
			<-g.reached
			for i, data := range c.data { // one by one, for their order
				wg.Go(func() {
					if err := e.EnqueueForOrchestrator(t.Context(), poke("a", data), 0); err != nil {
						t.Errorf("enqueue: %v", err)
					}
				})
				engine.Until(t, "the member to queue up", func() bool { return e.Queued() == i+1 })
			}
			close(g.open)
			wg.Wait()
			var got []int
			for _, w := range e.db.since(before)[1:] {
				got = append(got, w.rows(&e.s.MessagesInsert))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("members of each transaction (-want +got):\n%s", diff)
			}
		})
	}
}

// TestAnOutputCountsForTheSizeOfATurn: it travels like everything else.
func TestAnOutputCountsForTheSizeOfATurn(t *testing.T) {
	t.Parallel()
	e := newStore(t).open()
	tokens := e.locked(3)
	before := e.db.count()
	e.heldUp(3, func(wg *sync.WaitGroup) {
		for id, token := range tokens {
			p := turnOf(token, eventOf(id, 1, "turn"))
			p.Metadata.Status, p.Metadata.Output = new(core.StatusCompleted), new(strings.Repeat("x", 2<<20))
			wg.Go(func() {
				if err := e.AckOrchestrationItem(t.Context(), p); err != nil {
					t.Errorf("ack: %v", err)
				}
			})
		}
	})
	if n := len(e.db.since(before)) - 1; n != 3 {
		t.Errorf("3 large turns travelled in %d transactions, want 3", n)
	}
}

// TestABatchHoldsALockOnce: the second user of a token waits for the next batch
// and finds it dead.
func TestABatchHoldsALockOnce(t *testing.T) {
	t.Parallel()
	e := newStore(t).open()
	token := e.locked(1)["i000"]
	e.enqueueWork(activityOf("i000", 1))
	workToken := e.fetchWork().LockToken
	errs := make(chan error, 8)
	workErrs := make(chan error, 8)
	before := e.db.count()
	e.heldUp(16, func(wg *sync.WaitGroup) {
		for range 8 {
			wg.Go(func() { errs <- e.AckOrchestrationItem(t.Context(), turnOf(token)) })
			wg.Go(func() { workErrs <- e.AckWorkItem(t.Context(), workToken, new(completionOf("i000", 1))) })
		}
	})
	for _, w := range e.db.since(before)[1:] {
		if w.rows(&e.s.AckRelease) > 1 || w.rows(&e.s.WorkDelete) > 1 {
			t.Error("a batch holds a lock twice")
		}
	}
	for what, errs := range map[string]chan error{"turn": errs, "work": workErrs} {
		won := 0
		for range 8 {
			if err := <-errs; err == nil {
				won++
			} else if !errors.Is(err, core.ErrLockLost) {
				t.Errorf("%s: got %v, want lock lost", what, err)
			}
		}
		if won != 1 {
			t.Errorf("%d acks of one %s succeeded, want 1", won, what)
		}
	}
}

// TestADuplicateEventIsToldToTheGuiltyAlone: the innocent members of a batch
// commit, and a waiting fetch that travelled with them is served.
func TestADuplicateEventIsToldToTheGuiltyAlone(t *testing.T) {
	t.Parallel()
	e := newStore(t).open()
	tokens := e.locked(32)
	guilty := func(id string) bool { return id == "i000" || id == "i017" || id == "i018" || id == "i031" }
	before := e.db.count()
	e.heldUp(33, func(wg *sync.WaitGroup) {
		for id, token := range tokens {
			events := []core.Event{eventOf(id, 1, "turn")}
			if guilty(id) {
				events = append(events, eventOf(id, 1, "again"))
			}
			wg.Go(func() {
				switch err := e.AckOrchestrationItem(t.Context(), turnOf(token, events...)); {
				case !guilty(id) && err != nil:
					t.Errorf("ack of %s, which is innocent: %v", id, err)
				case guilty(id) && !errors.Is(err, core.ErrDuplicateEvent):
					t.Errorf("ack of %s: got %v, want duplicate event", id, err)
				}
			})
		}
		wg.Go(func() {
			if err := e.EnqueueForOrchestrator(t.Context(), startOf("new"), 0); err != nil {
				t.Errorf("enqueue: %v", err)
			}
		})
		wg.Go(func() {
			if got := fetchers["orchestrations"].fetch(t.Context(), e, forever); got.id != "new" {
				t.Errorf("the waiting fetch got %+v, want the new instance", got)
			}
		})
		engine.Until(t, "the fetch to wait", func() bool { return e.Waiting() == 1 })
	})
	if n := e.db.count() - before; n > 40 {
		t.Errorf("4 guilty of 33 took %d transactions", n)
	}
	for id, token := range tokens {
		want := []string{"turn"}
		if guilty(id) {
			want = []string{}
		}
		if diff := cmp.Diff(want, e.history(id)); diff != "" {
			t.Errorf("history of %s (-want +got):\n%s", id, diff)
		}
		if guilty(id) { // its lock is as it was
			must(t, e.AckOrchestrationItem(t.Context(), turnOf(token, eventOf(id, 1, "better"))))
		}
	}
}

// TestAFailureOfEveryMemberIsToldToEach: unknown errors look like somebody's
// fault until everybody has failed alone.
func TestAFailureOfEveryMemberIsToldToEach(t *testing.T) {
	t.Parallel()
	e := newStore(t).open()
	tokens := e.locked(8)
	for range 100 {
		e.db.fail(&e.s.AckRelease, refused)
	}
	before := e.db.count()
	e.heldUp(8, func(wg *sync.WaitGroup) {
		for _, token := range tokens {
			wg.Go(func() {
				if err := e.AckOrchestrationItem(t.Context(), turnOf(token)); core.CodeOf(err) != core.ErrInternal {
					t.Errorf("got %v, want internal", err)
				}
			})
		}
	})
	if n := e.db.count() - before - 1; n > 15 {
		t.Errorf("8 members took %d transactions to fail, want at most 2 × 8 - 1", n)
	}
}

// TestConflictsAreReplayed: for as long as there is time, then everybody is told.
// The calls are the same each time.
func TestConflictsAreReplayed(t *testing.T) {
	t.Parallel()
	for _, f := range []fault{conflict, lost, contended} {
		for _, times := range []int{4, 100} {
			t.Run(fmt.Sprint(f, times), func(t *testing.T) {
				t.Parallel()
				e := newStore(t).open()
				e.t = t
				token := e.locked(1)["i000"]
				e.Hurry(time.Second)
				before := e.db.count()
				for range times {
					e.db.fail(&e.s.AckRelease, f)
				}
				err := e.AckOrchestrationItem(t.Context(), turnOf(token, eventOf("i000", 1, "turn")))
				pe, failed := errors.AsType[*core.ProviderError](err)
				fails := times == 100
				switch {
				case !fails && err != nil:
					t.Errorf("got %v, want success in the end", err)
				case fails && (!failed || pe.Code != f.failure(t.Context(), 0).Class.Code || pe.MayHaveHappened || !pe.Retryable):
					t.Errorf("got %#v, want the last try's failure, retryable and certain", err)
				}
				if n := e.db.count() - before; fails && (n < 4 || n > times) || !fails && n != times+1 {
					t.Errorf("%d tries, want %d or as many as there is time for", n, times+1)
				}
			})
		}
	}
}

// TestConflictsOfATransactionAreReplayed is the same for conversations.
func TestConflictsOfATransactionAreReplayed(t *testing.T) {
	t.Parallel()
	e := newStore(t).open()
	e.db.fail(nil, conflict, conflict, conflict)
	must(t, e.AppendWithExecution(t.Context(), "a", 1, []core.Event{eventOf("a", 1, "x")}))
	if n := len(e.history("a")); n != 1 {
		t.Errorf("history has %d events, want 1", n)
	}
}

// TestARenewalOutlivesTheStoresTroubles: a renewal that fails cancels what runs
// under the lock, so it is repeated while the lock may live.
func TestARenewalOutlivesTheStoresTroubles(t *testing.T) {
	t.Parallel()
	e := newStore(t).open()
	token := e.locked(1)["i000"]
	e.enqueueWork(activityOf("i000", 1))
	workToken := e.fetchWork().LockToken
	for range 10 {
		e.db.fail(&e.s.ClaimsExtend, conflict, lost)
		e.db.fail(&e.s.WorkExtend, conflict, unheard)
	}
	must(t, e.RenewOrchestrationItemLock(t.Context(), token, hold))
	must(t, e.RenewWorkItemLock(t.Context(), workToken, hold))
	ctx, cancel := context.WithCancel(t.Context())
	for range 1000 {
		e.db.fail(&e.s.ClaimsExtend, conflict)
	}
	time.AfterFunc(50*time.Millisecond, cancel)
	if err := e.RenewOrchestrationItemLock(ctx, token, hold); err == nil {
		t.Error("got success, want the end of the caller's context to end it")
	}
	if err := e.RenewOrchestrationItemLock(t.Context(), token, 50*time.Millisecond); !errors.Is(err, core.ErrConflict) {
		t.Errorf("got %v, want a conflict when the lock would have expired", err)
	}
}

// TestAStatementTimeoutIsNotTheCallersEnd: the store was unavailable, and nobody
// is suspected.
func TestAStatementTimeoutIsNotTheCallersEnd(t *testing.T) {
	t.Parallel()
	e := newStore(t).open(statementTimeout(100 * time.Millisecond))
	before := e.db.count()
	e.db.fail(&e.s.WorkInsert, stuck)
	err := e.EnqueueForWorker(t.Context(), activityOf("a", 1))
	if pe, ok := errors.AsType[*core.ProviderError](err); !ok || pe.Code != core.ErrUnavailable || pe.MayHaveHappened {
		t.Errorf("got %#v, want unavailable, and that it has not happened", err)
	}
	if n := e.db.count() - before; n != 1 {
		t.Errorf("%d transactions, want 1", n)
	}
}

// TestACallerWhoCancels: before the batch was sent he leaves without effect;
// afterwards he returns at once, and it may have happened.
func TestACallerWhoCancels(t *testing.T) {
	t.Parallel()
	e := newStore(t).open()
	sent, cancelSent := context.WithCancel(t.Context())
	queued, cancelQueued := context.WithCancel(t.Context())
	ended, cancelEnded := context.WithCancel(t.Context())
	cancelEnded()
	g := e.db.gate(&e.s.WorkInsert, false)
	errs := map[string]chan error{"sent": make(chan error, 1), "queued": make(chan error, 1)}
	go func() { errs["sent"] <- e.EnqueueForWorker(sent, activityOf("sent", 1)) }()
	<-g.reached
	go func() { errs["queued"] <- e.EnqueueForWorker(queued, activityOf("queued", 1)) }()
	engine.Until(t, "the second to queue up", func() bool { return e.Queued() == 1 })
	cancelSent()
	cancelQueued()
	for name, mayHaveHappened := range map[string]bool{"sent": true, "queued": false} {
		err := <-errs[name] // while the lane is still held up
		if pe, ok := errors.AsType[*core.ProviderError](err); !ok || pe.Code != core.ErrCanceled || pe.MayHaveHappened != mayHaveHappened {
			t.Errorf("%s: got %#v, want canceled, may have happened: %v", name, err, mayHaveHappened)
		}
	}
	if err := e.EnqueueForWorker(ended, activityOf("ended", 1)); !errors.Is(err, core.ErrCanceled) {
		t.Errorf("got %v, want canceled", err)
	}
	close(g.open)
	if w := e.fetchWork(); w.Item.RoutingInstance() != "sent" {
		t.Errorf("got work of %q, want of the one that was sent", w.Item.RoutingInstance())
	}
	e.nothing("the others left without effect")
}

// TestAClaimsOwnFailureSparesTheWrites: it is told to its waiters, the writes
// and the other claims of the transaction go again.
func TestAClaimsOwnFailureSparesTheWrites(t *testing.T) {
	t.Parallel()
	e := newStore(t).open()
	turn := turnOf(e.locked(1)["i000"], eventOf("i000", 1, "turn"))
	turn.OrchestratorItems = []core.WorkItem{poke("i000", "")}
	turn.WorkerItems = []core.WorkItem{activityOf("i000", 1)}
	var wg sync.WaitGroup
	wg.Go(func() {
		got := fetchers["orchestrations"].fetch(t.Context(), e, forever)
		if got.err == nil || core.CodeOf(got.err) != core.ErrInternal {
			t.Errorf("the fetch whose claim fails got %+v, want internal", got)
		}
	})
	wg.Go(func() {
		if got := fetchers["work"].fetch(t.Context(), e, forever); got.id == "" {
			t.Errorf("the fetch whose claim does not fail got %+v, want the activity", got)
		}
	})
	engine.Until(t, "both to wait", func() bool { return e.Settled(2) })
	e.db.fail(&e.s.ClaimMark, refused)
	must(t, e.AckOrchestrationItem(t.Context(), turn))
	wg.Wait()
	if n := len(e.fetch().Item.Messages); n != 1 {
		t.Errorf("got %d messages, want the turn's", n)
	}
}

// TestFetchesLearnOfAStoreThatFails: whatever is wrong with it, a fetch ends.
func TestFetchesLearnOfAStoreThatFails(t *testing.T) {
	t.Parallel()
	for f, want := range map[fault]core.Code{conflict: core.ErrConflict, lost: core.ErrUnavailable, unheard: core.ErrUnavailable} {
		t.Run(fmt.Sprint(f), func(t *testing.T) {
			t.Parallel()
			e := newStore(t).open()
			for range 100 {
				e.db.fail(&e.s.ClaimMark, f)
				e.db.fail(&e.s.WorkClaim, f)
			}
			for name, q := range fetchers {
				got := q.fetch(t.Context(), e, forever)
				if got.err == nil || core.CodeOf(got.err) != want {
					t.Errorf("%s: got %+v, want %v", name, got, want)
				}
			}
		})
	}
}

// TestARowThatSomebodyElseHoldsIsNoFailure: the fetch goes on, and finds it later.
func TestARowThatSomebodyElseHoldsIsNoFailure(t *testing.T) {
	t.Parallel()
	e := newStore(t).open()
	e.enqueue(startOf("a"))
	for range 10 {
		e.db.fail(&e.s.ClaimMark, contended)
	}
	if f := e.fetch(); f.Item.Instance != "a" || f.AttemptCount != 1 {
		t.Errorf("got %q at attempt %d, want a at attempt 1", f.Item.Instance, f.AttemptCount)
	}
}
