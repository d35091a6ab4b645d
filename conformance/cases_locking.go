package conformance

import (
	"slices"
	"sync"
	"time"

	"github.com/durokit/duro/core"
)

var lockingCases = []Case{
	{
		ID: "locking/ExclusiveInstanceLock", Numbers: []string{"C-035"}, Section: "2.1",
		Rule: "a locked instance is nobody else's until the lock expires",
		Why:  "two dispatchers in one instance make two histories of it",
		Run: func(t *T) {
			t.enqueue(start("a"))
			f := t.fetchOf("a", lock(t.timing.Lock))
			t.none("the instance is locked")
			t.Wait(t.timing.Lock)
			g := t.fetchOf("a")
			t.truthf(f.LockToken != g.LockToken, "the second fetch returned the first one's token")
		},
	},
	{
		ID: "locking/TokensAreUnique", Numbers: []string{"C-036"}, Section: "2.0",
		Rule: "every fetch returns a token of its own, from both queues",
		Why:  "a token used twice acks somebody else's turn",
		Run: func(t *T) {
			seen := map[string]bool{}
			for _, id := range []string{"a", "b", "c", "d", "e"} {
				t.enqueue(start(id))
				t.enqueueWork(activity(id, 1))
			}
			for range 5 {
				for range 2 { // the same row again gets a new token
					f, w := t.fetch(), t.fetchWork()
					t.truthf(!seen[f.LockToken] && !seen[w.LockToken] && f.LockToken != w.LockToken,
						"a fetch returned a token that was used before")
					seen[f.LockToken], seen[w.LockToken] = true, true
					t.abandon(f)
					t.abandonWork(w)
				}
				t.ack(t.fetch(), 1)
				t.ackWork(t.fetchWork())
			}
		},
	},
	{
		ID: "locking/InvalidTokenIsRejected", Numbers: []string{"C-037"}, Section: "2.3",
		Rule: "an invented token neither acks nor abandons",
		Why:  "otherwise a dispatcher's mistake releases another one's lock",
		Run: func(t *T) {
			t.enqueue(start("a"))
			t.fetchOf("a")
			t.lost(t.tryAckToken("invalid-token", "a", 1), "an ack with an invented token")
			t.lost(t.tryAbandon("invalid-token"), "an abandon with an invented token")
			t.none("the instance is still locked")
		},
	},
	{
		ID: "locking/ConcurrentInstanceFetching", Numbers: []string{"C-038"}, Section: "2.0",
		Rule: "ten fetchers of ten instances get one each, also when they start a little apart",
		Why:  "a fetcher that loses a race and reports none lets work lie",
		Run:  func(t *T) { t.fetchAll(10, true) },
	},
	{
		ID: "locking/CompletionsDuringLockAreBlocked", Numbers: []string{"C-039"}, Section: "2.1",
		Rule: "messages that arrive during a lock wait for its end and then come in one batch with the old ones",
		Why:  "a second batch for a locked instance is a second dispatcher in it",
		Run: func(t *T) {
			t.enqueue(start("a"))
			t.fetchOf("a", lock(t.timing.Lock))
			t.enqueue(completed("a", 1), completed("a", 2), completed("a", 3))
			t.none("the instance is locked")
			t.Wait(t.timing.Lock)
			t.batch(t.fetchOf("a"), start("a"), completed("a", 1), completed("a", 2), completed("a", 3))
		},
	},
	{
		ID: "locking/CrossInstanceIsolation", Numbers: []string{"C-040"}, Section: "2.1",
		Rule: "a lock concerns its own instance only, and the instance that waited longest comes first",
		Why:  "one slow instance must not stop the others",
		Run: func(t *T) {
			t.create("a", "b")
			t.enqueue(start("a"), start("b"))
			t.fetchOf("a")
			t.ack(t.fetchOf("b"), 1, full)
			t.enqueue(completed("b", 1))
			t.batch(t.fetchOf("b"), completed("b", 1))
		},
	},
	{
		ID: "locking/MessageTaggingDuringLock", Numbers: []string{"C-041"}, Section: "2.2",
		Rule: "an ack deletes the messages of its batch only",
		Why:  "a message that arrived meanwhile was never seen by the turn",
		Run: func(t *T) {
			t.create("a")
			t.enqueue(completed("a", 1), completed("a", 2))
			f := t.fetchOf("a")
			t.batch(f, completed("a", 1), completed("a", 2))
			t.enqueue(completed("a", 3))
			t.ack(f, 1)
			t.batch(t.fetchOf("a"), completed("a", 3))
		},
	},
	{
		ID: "locking/AckOnlyAffectsLockedMessages", Numbers: []string{"C-042"}, Section: "2.2",
		Rule: "messages that arrived during the lock are available right after the ack, in order",
		Why:  "completions must not wait for a timeout",
		Run: func(t *T) {
			t.create("a")
			t.enqueue(completed("a", 1))
			f := t.fetchOf("a")
			t.enqueue(completed("a", 2), completed("a", 3))
			t.none("the instance is locked")
			t.ack(f, 1)
			t.batch(t.fetchOf("a"), completed("a", 2), completed("a", 3))
		},
	},
	{
		ID: "locking/ContentionOnOneInstance", Numbers: []string{"C-043"}, Section: "2.1",
		Rule: "of ten fetchers of one instance exactly one gets it",
		Why:  "two owners of one lock",
		Run: func(t *T) {
			t.enqueue(start("a"))
			var won sync.Map
			t.Together(10, func(i int) {
				t.stagger()
				f, err := t.tryFetch()
				t.must(err, "fetch")
				if f != nil {
					won.Store(i, f)
				}
			})
			n := 0
			won.Range(func(any, any) bool { n++; return true })
			equal(t, "how many fetchers got the one instance", n, 1)
			t.none("the instance is locked")
		},
	},
	{
		ID: "locking/NoDuplicateProcessing", Numbers: []string{"C-044"}, Section: "2.1",
		Rule: "forty fetchers get each of twenty instances once",
		Why:  "two owners of one lock",
		Run: func(t *T) {
			got := t.fetchMany(20, 40, true)
			slices.Sort(got)
			equal(t, "the instances fetched", slices.Compact(slices.Clone(got)), got)
			equal(t, "how many instances were fetched", len(got), 20)
		},
	},
	{
		ID: "locking/ConcurrentExpirationRecovery", Numbers: []string{"C-045"}, Section: "2.1",
		Rule: "an instance whose dispatcher died is available after the lock's timeout, not before",
		Why:  "a crash must cost a timeout, not the instance",
		Run: func(t *T) {
			t.enqueue(start("a"))
			t.fetchOf("a", lock(t.timing.Lock))
			t.Together(3, func(int) { t.none("the holder is given its time") })
			t.Wait(t.timing.Lock / 2)
			t.Together(3, func(int) { t.none("half of the lock's time is left") })
			t.Wait(t.timing.Lock)
			equal(t, "how many of three fetchers got the expired instance", len(t.fetchSome(3)), 1)
		},
	},
	{
		ID: "locking/UnstaggeredFetchFindsAll", Numbers: []string{"C-046"}, Section: "2.0",
		Rule: "twenty fetchers released at once get twenty instances, without trying again",
		Why:  "none means none: a lost race is no reason to report an empty queue",
		Run:  func(t *T) { t.fetchAll(20, false) },
	},
	{
		ID: "locking/DelayedMessageIsNotInBatch", Numbers: []string{"C-047"}, Section: "2.1",
		Rule: "a message that is not visible yet is neither delivered nor counted",
		Why:  "a timer delivered early fires early; one counted early is poisoned early",
		Run: func(t *T) {
			t.create("a")
			t.enqueue(completed("a", 1))
			t.enqueueAfter(t.timing.Tick, completed("a", 2))
			for attempt := uint32(1); attempt <= 2; attempt++ {
				f := t.fetchOf("a")
				t.batch(f, completed("a", 1))
				equal(t, "the attempt count", f.AttemptCount, attempt)
				if attempt == 1 {
					t.abandon(f)
				} else {
					t.ack(f, 1)
				}
			}
			t.none("the second message is delayed")
			t.Wait(t.timing.Tick)
			f := t.fetchOf("a")
			t.batch(f, completed("a", 2))
			equal(t, "the attempt count of the delayed message", f.AttemptCount, 1)
		},
	},
	{
		ID: "locking/BatchOrderIsEnqueueOrder", Numbers: []string{"C-048"}, Section: "2.1",
		Rule: "a batch is in the order in which it was enqueued",
		Why:  "two raises of one event are matched to two waits by their order",
		Run: func(t *T) {
			t.create("a")
			var want []core.WorkItem
			for n := range uint64(50) {
				want = append(want, completed("a", n))
			}
			t.enqueue(want...)
			t.batch(t.fetchOf("a"), want...)
		},
	},
	{
		ID: "locking/InstanceIDsAreByteExact", Numbers: []string{"C-049"}, Section: "1.0",
		Rule: "ids that differ in one byte are different instances",
		Why:  "collations that fold case, accents or trailing spaces merge strangers' instances",
		Run: func(t *T) {
			ids := []string{"a", "A", "a ", "ä", "a\u0308"}
			for i, id := range ids {
				t.enqueue(item(core.StartOrchestration{Instance: id, Orchestration: orch, Input: string(rune('0' + i)),
					ExecutionID: 1}))
			}
			for i, id := range ids {
				f := t.fetchOf(id)
				equal(t, "how many messages the batch of "+id+" has", len(f.Item.Messages), 1)
				t.ack(f, 1, events(started(), scheduled(uint64(10+i), "A")), full)
			}
			t.none("every instance was fetched once")
			for i, id := range ids {
				t.stored(id, 1, uint64(10+i))
			}
		},
	},
	{
		ID: "locking/TerminalInstanceIsFetchable", Numbers: []string{"C-050"}, Section: "2.1",
		Rule: "a finished instance's messages are delivered with its history, and an empty ack drains them",
		Why:  "late messages would stay in the queue for ever",
		Run: func(t *T) {
			t.create("a")
			t.finish("a", 1)
			t.enqueue(poke("a"))
			f := t.fetchOf("a")
			t.history("the item", f.Item.History, 1, 9999)
			t.truthf(len(f.Item.History) == 2 && f.Item.History[1].IsTerminal(), "the last event is not the terminal one")
			t.ack(f, 1)
			t.none("the message was drained")
		},
	},
}

// stagger lets a moment pass that differs from fetcher to fetcher and run to run.
func (t *T) stagger() { t.Pause(t.timing.Poll * time.Duration(t.IntN(10)) / 1000) }

// fetchSome has n fetchers fetch once at the same instant, and returns what they got.
func (t *T) fetchSome(n int) []string { return t.fetchRace(n, false) }

// fetchMany enqueues instances, has fetchers fetch once each, and returns what they got.
func (t *T) fetchMany(instances, fetchers int, staggered bool) []string {
	for i := range instances {
		t.enqueue(start(name("inst", i)))
	}
	return t.fetchRace(fetchers, staggered)
}

func (t *T) fetchRace(fetchers int, staggered bool) []string {
	var mu sync.Mutex
	var got []string
	t.Together(fetchers, func(int) {
		if staggered {
			t.stagger()
		}
		f, err := t.tryFetch()
		t.must(err, "fetch among others")
		if f != nil {
			mu.Lock()
			got = append(got, f.Item.Instance)
			mu.Unlock()
		}
	})
	return got
}

// fetchAll demands that n fetchers of n instances get all of them.
func (t *T) fetchAll(n int, staggered bool) {
	got := t.fetchMany(n, n, staggered)
	slices.Sort(got)
	want := make([]string, n)
	for i := range want {
		want[i] = name("inst", i)
	}
	slices.Sort(want)
	equal(t, "the instances fetched", got, want)
}
