package conformance

import (
	"sync/atomic"

	"github.com/durokit/duro/core"
)

var atomicityCases = []Case{
	{
		ID: "atomicity/FailureRollsBack", Numbers: []string{"C-001"}, Section: "2.2",
		Rule: "a failed ack stores nothing and keeps the instance locked",
		Why:  "half a turn makes the replay of the next one nondeterministic",
		Run: func(t *T) {
			t.enqueue(start("a"))
			t.ack(t.fetch(), 1, events(started()))
			t.enqueue(start("a"))
			f := t.fetchOf("a")
			t.refused(t.tryAck(f, 1, events(started())), core.ErrDuplicateEvent, "an ack with a stored event id")
			t.stored("a", 1)
			t.none("the lock is still held")
		},
	},
	{
		ID: "atomicity/MultiOperationAck", Numbers: []string{"C-002"}, Section: "2.2",
		Rule: "one ack commits events, activities and messages together, without an instance record too",
		Why:  "a turn whose parts arrive separately is lost work or work done twice",
		Run: func(t *T) {
			t.enqueue(start("a"))
			due, ping := timer("a", 1234567890), raise("a", "ping")
			t.ack(t.fetch(), 1,
				events(started(), scheduled(2, "A"), scheduled(3, "B"), scheduled(4, "C"),
					ev(5, core.TimerCreatedEvent{FireAtMS: 1234567890})),
				work(activity("a", 2), activity("a", 3), activity("a", 4)), send(due, ping))
			t.stored("a", 1, 2, 3, 4, 5)
			for n := uint64(2); n <= 4; n++ {
				t.fetchWorkOf(activity("a", n))
			}
			t.noWork("only three activities were scheduled")
			t.batch(t.fetchOf("a"), due, ping)
		},
	},
	{
		ID: "atomicity/LockReleasedOnlyOnSuccessfulAck", Numbers: []string{"C-003"}, Section: "2.2",
		Rule: "an ack with a foreign token releases nothing; the lock ends with its timeout",
		Why:  "a lock given up by somebody else's failure lets two dispatchers run one instance",
		Run: func(t *T) {
			t.enqueue(start("a"))
			t.fetch(lock(t.timing.Lock))
			t.none("the instance is locked")
			t.lost(t.tryAckToken("bogus", "a", 1, events(started())), "an ack with an invented token")
			t.none("an ack with an invented token must not release the lock")
			t.Wait(t.timing.Lock)
			t.fetchOf("a")
		},
	},
	{
		ID: "atomicity/ConcurrentAcks", Numbers: []string{"C-004"}, Section: "2.2",
		Rule: "of two concurrent acks with one token exactly one succeeds",
		Why:  "a turn committed twice schedules its work twice",
		Run: func(t *T) {
			t.enqueue(start("a"))
			f := t.fetch()
			t.twoAcks(f, 1, events(started()))
			t.stored("a", 1)
		},
	},
	{
		ID: "atomicity/ConcurrentAcksWithEmptyDelta", Numbers: []string{"C-005"}, Section: "2.2",
		Rule: "of two concurrent acks with one token exactly one succeeds, though no event collides",
		Why:  "without the lock row locked, only the history's key protects the turn",
		Run: func(t *T) {
			t.create("a")
			t.enqueue(poke("a"))
			t.twoAcks(t.fetchOf("a"), 1, work(activity("a", 5)))
			t.fetchWorkOf(activity("a", 5))
			t.noWork("one ack scheduled one activity")
		},
	},
	{
		ID: "atomicity/FailedAckRollsBackEverything", Numbers: []string{"C-006"}, Section: "2.2",
		Rule:  "a failed ack leaves every part of the state as it was",
		Why:   "the runtime records a failure after it; what the failed turn did must not show",
		Needs: []Need{NeedAdmin},
		Run: func(t *T) {
			f := t.failedTurn()
			t.fetchWorkOf(activity("a", 7))
			t.noWork("the failed ack scheduled nothing")
			t.none("nothing was sent, and the instance is locked")
			t.noStatus("a")
			t.hasKV("a", nil)
			t.stored("a", 1)
			equal(t, "the stored version", t.info("a").OrchestrationVersion, orchVersion)
			e := t.execution("a", 1)
			equal(t, "the execution's status", e.Status, core.StatusRunning)
			equal(t, "the execution's output", e.Output, nil)
			t.abandon(f)
			t.batch(t.fetchOf("a", versions(between("98.0.0", "98.0.0"))), poke("a")) // not pinned
			t.none("the failed ack started no other instance")
		},
	},
	{
		ID: "atomicity/SecondAckAfterFailedAck", Numbers: []string{"C-007"}, Section: "2.2",
		Rule:  "after a failed ack the same token acks again",
		Why:   "the runtime turns a permanent error into a failure of the orchestration by a second ack",
		Needs: []Need{NeedAdmin},
		Run: func(t *T) {
			f := t.failedTurn()
			t.ack(f, 1, events(orchFailed(2, "infrastructure")), ended(core.StatusFailed, "infrastructure"))
			t.stored("a", 1, 2)
			equal(t, "the execution's status", t.execution("a", 1).Status, core.StatusFailed)
			t.none("the batch was acked")
			t.enqueue(poke("a"))
			t.batch(t.fetchOf("a"), poke("a"))
		},
	},
	{
		ID: "atomicity/AckAfterSuccessIsPermanentError", Numbers: []string{"C-008"}, Section: "2.2",
		Rule: "after a successful ack its token is dead, and the same ack fails without effect",
		Why:  "a retried ack that succeeds twice schedules everything twice",
		Run: func(t *T) {
			t.create("a")
			t.enqueue(poke("a"))
			f := t.fetchOf("a")
			parts := []part{events(scheduled(2, "A")), work(activity("a", 2)), send(raise("a", "again"))}
			t.ack(f, 1, parts...)
			t.lost(t.tryAck(f, 1, parts...), "the same ack again")
			t.stored("a", 1, 2)
			t.fetchWorkOf(activity("a", 2))
			t.noWork("the activity was scheduled once")
			t.batch(t.fetchOf("a"), raise("a", "again"))
		},
	},
	{
		ID: "atomicity/ExpiredAckHasNoEffects", Numbers: []string{"C-009"}, Section: "2.2",
		Rule: "an ack after the lock's expiry fails and does nothing",
		Why:  "somebody else may already be running the instance",
		Run: func(t *T) {
			t.enqueue(start("a"))
			f := t.fetch(lock(t.timing.Lock))
			t.Wait(t.timing.Lock)
			t.lost(t.tryAck(f, 1, events(started()), work(activity("a", 2)), send(start("b"))), "an ack after expiry")
			t.stored("a")
			t.noWork("the ack failed")
			again := t.fetchOf("a")
			t.batch(again, start("a"))
			equal(t, "the attempt count", again.AttemptCount, 2)
			t.none("the failed ack sent nothing")
		},
	},
	{
		ID: "atomicity/AckAfterSteal", Numbers: []string{"C-010"}, Section: "2.2",
		Rule: "a token replaced by another fetch cannot ack, and does not disturb its successor",
		Why:  "a slow dispatcher that comes back must not overwrite the turn of the one that took over",
		Run: func(t *T) {
			t.enqueue(start("a"))
			old := t.fetch(lock(t.timing.Lock))
			t.Wait(t.timing.Lock)
			now := t.fetchOf("a")
			t.lost(t.tryAck(old, 1, events(started())), "an ack with a stolen lock")
			t.none("the thief still holds the lock")
			t.ack(now, 1, events(started()))
			t.stored("a", 1)
		},
	},
	{
		ID: "atomicity/MessagesCommittedTogether", Numbers: []string{"C-011"}, Section: "2.2",
		Rule: "the messages of one ack become visible together",
		Why:  "a batch with half of a turn's messages is a state that never was",
		Run: func(t *T) {
			one, two := raise("a", "one"), raise("a", "two")
			t.create("a")
			for range 20 {
				t.enqueue(poke("a"))
				f := t.fetchOf("a")
				var acked atomic.Bool
				t.Together(2, func(i int) {
					if i == 0 {
						t.ack(f, 1, send(start("c1"), start("c2"), one, two))
						acked.Store(true)
						return
					}
					for done := false; !done; {
						done = acked.Load() || t.ended() // read first: the fetch after it sees the ack
						g, err := t.tryFetch()
						t.must(err, "fetch during the ack")
						if g == nil {
							continue
						}
						if g.Item.Instance == "a" {
							t.batch(g, one, two)
							done = true
						}
						t.ack(g, 1)
					}
				})
				for g, _ := t.tryFetch(); g != nil; g, _ = t.tryFetch() {
					t.ack(g, 1)
				}
			}
		},
	},
}

// twoAcks acks twice at once; exactly one may succeed.
func (t *T) twoAcks(f *core.FetchedOrchestration, execution uint64, parts ...part) {
	errs := make([]error, 2)
	t.Together(2, func(i int) { errs[i] = t.tryAck(f, execution, parts...) })
	if errs[0] == nil {
		errs[0], errs[1] = errs[1], errs[0]
	}
	t.must(errs[1], "both of two concurrent acks failed: one of them")
	t.lost(errs[0], "the second of two concurrent acks")
}

// failedTurn makes an instance with a queued activity, and fails to ack a turn
// that would change everything an ack can change.
func (t *T) failedTurn() *core.FetchedOrchestration {
	t.create("a")
	t.enqueueWork(activity("a", 7))
	t.enqueue(poke("a"))
	f := t.fetchOf("a")
	err := t.tryAck(f, 1,
		events(statusSet(2, "x"), kvSet(3, "k", "v"), started()),
		work(activity("a", 2)), send(timer("a", 1), start("other")), cancel(identity("a", 1, 7)),
		full, version("9.9.9"), ended(core.StatusCompleted, "done"), pinned(9, 9, 9))
	t.refused(err, core.ErrDuplicateEvent, "an ack with a stored event id")
	return f
}
