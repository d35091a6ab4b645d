package engine_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/durokit/duro/core"
)

// lives is what the histories of a few instances must be, whoever writes them
// and whatever the engines hold in their caches.
type lives struct {
	t       *testing.T
	store   *store
	engines []*testEngine
	rand    *rand.Rand
	byID    map[string]*life
	last    uint64 // event id given out, for all
	said    []string
}

type life struct {
	execution uint64
	events    map[uint64][]uint64 // execution -> ids
}

func (l *lives) any() *testEngine { return l.engines[l.rand.IntN(len(l.engines))] }

func (l *lives) sayf(format string, args ...any) {
	l.said = append(l.said, fmt.Sprintf(format, args...))
}

func (l *lives) texts(id string) []string {
	life := l.byID[id]
	ids := slices.Sorted(slices.Values(life.events[life.execution]))
	texts := make([]string, len(ids))
	for i, n := range ids {
		texts[i] = strconv.FormatUint(n, 10)
	}
	return texts
}

// more makes up events for an execution, in any order.
func (l *lives) more(id string, execution uint64, n int) []core.Event {
	events := make([]core.Event, n)
	for i := range events {
		l.last++
		events[i] = eventIn(id, execution, l.last, strconv.FormatUint(l.last, 10))
	}
	if l.rand.IntN(4) == 0 {
		slices.Reverse(events)
	}
	return events
}

func (l *lives) keep(id string, execution uint64, events []core.Event) {
	life := l.byID[id]
	for _, ev := range events {
		life.events[execution] = append(life.events[execution], ev.ID())
	}
}

func (l *lives) check(who, id string, got []core.Event) {
	l.t.Helper()
	if diff := cmp.Diff(l.texts(id), textsOf(got)); diff != "" {
		l.t.Fatalf("%s: history of %q (-want +got):\n%s\nafter %q", who, id, diff, l.said[max(0, len(l.said)-12):])
	}
}

// turn lets an engine take a turn, with what can go wrong on the way.
func (l *lives) turn(id string) {
	l.t.Helper()
	e := l.any()
	l.any().enqueue(poke(id, ""))
	f := e.fetch()
	if f.Item.Instance != id {
		l.t.Fatalf("fetched %q, want %q", f.Item.Instance, id)
	}
	l.check("fetch", id, f.Item.History)
	l.meanwhile(id)
	switch l.rand.IntN(8) {
	case 0:
		l.sayf("abandon %s", id)
		must(l.t, e.AbandonOrchestrationItem(l.t.Context(), core.AbandonParams{LockToken: f.LockToken}))
		e = l.any()
		f = e.fetch()
		l.check("fetch after abandon", id, f.Item.History)
	case 1:
		l.sayf("expire %s", id)
		l.store.clock.Advance(hold)
		if err := e.AckOrchestrationItem(l.t.Context(), turnOf(f.LockToken, l.more(id, 1, 1)...)); core.CodeOf(err) != core.ErrLockLost {
			l.t.Fatalf("ack of an expired lock: got %v, want lock lost", err)
		}
		e = l.any()
		f = e.fetch()
		l.check("fetch after expiry", id, f.Item.History)
	case 2:
		l.sayf("refused ack %s", id)
		twice := l.more(id, 1, 1)
		if err := e.AckOrchestrationItem(l.t.Context(), turnOf(f.LockToken, twice[0], twice[0])); core.CodeOf(err) != core.ErrDuplicateEvent {
			l.t.Fatalf("ack with a duplicate: got %v, want duplicate event", err)
		}
	case 3:
		e.db.fail(&e.s.AckRelease, []fault{unanswered, unheard}[l.rand.IntN(2)])
	}
	life := l.byID[id]
	if l.rand.IntN(5) == 0 {
		life.execution++
	}
	events := l.more(id, life.execution, l.rand.IntN(4))
	l.sayf("turn of %s: execution %d, %d events", id, life.execution, len(events))
	p := turnOf(f.LockToken, events...)
	p.ExecutionID = life.execution
	must(l.t, e.AckOrchestrationItem(l.t.Context(), p))
	l.keep(id, life.execution, events)
}

// meanwhile changes a history behind the back of whoever holds its lock.
func (l *lives) meanwhile(id string) {
	l.t.Helper()
	if l.rand.IntN(4) > 0 {
		return
	}
	execution := l.byID[id].execution + uint64(l.rand.IntN(2))
	events := l.more(id, execution, 1+l.rand.IntN(2))
	l.sayf("append to %s: execution %d", id, execution)
	must(l.t, l.any().AppendWithExecution(l.t.Context(), id, execution, events))
	l.keep(id, execution, events)
}

// again deletes an instance and starts another one of the same id.
func (l *lives) again(id string) {
	l.t.Helper()
	l.sayf("delete %s", id)
	if l.byID[id] != nil {
		_, err := l.any().DeleteInstance(l.t.Context(), id, true)
		must(l.t, err)
	}
	l.byID[id] = &life{execution: 1, events: map[uint64][]uint64{}}
	l.any().enqueue(startOf(id))
	e := l.any()
	f := e.fetch()
	l.check("first fetch", id, f.Item.History)
	events := l.more(id, 1, 1)
	must(l.t, e.AckOrchestrationItem(l.t.Context(), turnOf(f.LockToken, events...)))
	l.keep(id, 1, events)
}

// TestHistoriesAreRightWhateverIsCached: rule 5, with two engines on one file.
func TestHistoriesAreRightWhateverIsCached(t *testing.T) {
	t.Parallel()
	for name, cache := range map[string]int64{"off": -1, "about one entry": 2500, "on": 0} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStore(t)
			seed := rand.Uint64()
			t.Logf("seed %d", seed)
			l := &lives{t: t, store: s, rand: rand.New(rand.NewPCG(seed, 0)), byID: map[string]*life{}}
			l.engines = []*testEngine{s.open(cacheOf(cache)), s.open(cacheOf(cache))}
			for _, e := range l.engines {
				e.t = t
			}
			ids := []string{"a", "b", "c"}
			for _, id := range ids {
				l.again(id)
			}
			for range 80 {
				id := ids[l.rand.IntN(len(ids))]
				switch l.rand.IntN(10) {
				case 0:
					l.again(id)
				case 1:
					l.meanwhile(id)
				default:
					l.turn(id)
				}
				got, err := l.any().Read(t.Context(), id)
				must(t, err)
				l.check("read", id, got)
			}
		})
	}
}

// TestAHistoryThatIsHeldIsNotReadAgain: a turn of the process that took the last
// one reads nothing; one after another process's turn does.
func TestAHistoryThatIsHeldIsNotReadAgain(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	mine, other := s.open(), s.open()
	mine.create("a")
	turn := func(e *testEngine, n uint64, reads int64) {
		t.Helper()
		e.enqueue(poke("a", ""))
		before := e.db.reads.Load()
		f := e.fetch()
		if got := e.db.reads.Load() - before; got != reads {
			t.Errorf("turn %d took %d reads besides the claim, want %d", n, got, reads)
		}
		if len(f.Item.History) != int(n)-1 {
			t.Errorf("turn %d has a history of %d events, want %d", n, len(f.Item.History), n-1)
		}
		must(t, e.AckOrchestrationItem(t.Context(), turnOf(f.LockToken, eventOf("a", n, "turn"))))
	}
	turn(mine, 2, 0)
	turn(mine, 3, 0)
	turn(other, 4, 0)
	turn(mine, 5, 0)
	if rows := mine.db.historyRows.Load(); rows != 4 {
		t.Errorf("claims read %d events from the store, want only the 4 after the other's turn", rows)
	}
}

// TestManyFetchersOfTwoEnginesGetEachInstanceOnce is "none means none" and no
// double delivery, in one.
func TestManyFetchersOfTwoEnginesGetEachInstanceOnce(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	engines := []*testEngine{s.open(), s.open(twoLanes)}
	const n = 40
	for i := range n {
		engines[0].enqueue(startOf(strconv.Itoa(i)))
		engines[0].enqueueWork(activityOf(strconv.Itoa(i), 1))
	}
	for name, q := range fetchers {
		var mu sync.Mutex
		seen := map[string]int{}
		var wg sync.WaitGroup
		for i := range n {
			wg.Go(func() {
				got := q.fetch(t.Context(), engines[i%2], 0)
				mu.Lock()
				defer mu.Unlock()
				seen[got.id]++
			})
		}
		wg.Wait()
		if len(seen) != n || seen[""] > 0 {
			t.Errorf("%s: %d fetchers got %d of %d, and %d times none", name, n, len(seen), n, seen[""])
		}
	}
}

// TestAHistoryChangedBehindTheEngineIsReadAgain: it has as many events as before.
func TestAHistoryChangedBehindTheEngineIsReadAgain(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	mine, other := s.open(), s.open()
	mine.create("a")
	must(t, other.Hooks().CorruptEvent(t.Context(), "a", 1))
	if _, err := mine.Read(t.Context(), "a"); core.CodeOf(err) != core.ErrCorrupt {
		t.Errorf("read: got %v, want corrupt", err)
	}
	mine.enqueue(poke("a", ""))
	if f := mine.fetch(); f.Item.HistoryError == "" || len(f.Item.History) != 0 {
		t.Errorf("got %d events and the error %q, want an error", len(f.Item.History), f.Item.HistoryError)
	}
}

// TestAHistoryReadAfterTheLockWasLostIsNotGivenOut: messages of one claim with the
// history that the next holder has written would be no moment's truth.
func TestAHistoryReadAfterTheLockWasLostIsNotGivenOut(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	forgetful, other := s.open(cacheOf(1)), s.open()
	forgetful.create("a")
	forgetful.enqueue(poke("a", "first"))
	claim := forgetful.db.gate(&forgetful.s.ClaimMark, true)
	late := waits(func() fetched {
		f, err := forgetful.FetchOrchestrationItem(t.Context(), core.FetchOrchestrationParams{LockTimeout: hold})
		if f == nil {
			return fetched{err: err}
		}
		return fetched{f.Item.Instance, f.AttemptCount, f.LockToken, err}
	})
	<-claim.reached
	s.clock.Advance(hold)
	must(t, other.AckOrchestrationItem(t.Context(), turnOf(other.fetch().LockToken, eventOf("a", 2, "second"))))
	close(claim.open)
	if got := <-late; got.id != "" || got.err != nil {
		t.Errorf("got %+v, want none: the claim's message was acked by somebody else", got)
	}
}
