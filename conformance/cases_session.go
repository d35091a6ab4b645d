package conformance

import (
	"time"

	"github.com/durokit/duro/core"
)

var sessionCases = []Case{
	{
		ID: "session/PlainItemsForAnyWorker", Numbers: []string{"C-177"}, Section: "2.7",
		Rule: "a worker with sessions gets work without a session",
		Why:  "most work has none",
		Run: func(t *T) {
			t.enqueueWork(activity("a", 1))
			t.fetchWorkOf(activity("a", 1), t.as("A"))
		},
	},
	{
		ID: "session/UnclaimedSessionIsClaimable", Numbers: []string{"C-178"}, Section: "2.7",
		Rule: "the first worker to fetch work of a session owns it",
		Why:  "nobody else could start one",
		Run: func(t *T) {
			t.enqueueWork(ofSession(1, "s"))
			t.fetchWorkOf(ofSession(1, "s"), t.as("A"))
		},
	},
	{
		ID: "session/AffinitySameWorker", Numbers: []string{"C-179"}, Section: "2.7",
		Rule: "a session's owner gets its next work",
		Why:  "affinity is what a session is for",
		Run: func(t *T) {
			t.enqueueWork(ofSession(1, "s"), ofSession(2, "s"))
			t.ackWork(t.fetchWorkOf(ofSession(1, "s"), t.as("A")))
			t.fetchWorkOf(ofSession(2, "s"), t.as("A"))
		},
	},
	{
		ID: "session/AffinityBlocksOthers", Numbers: []string{"C-180"}, Section: "2.7",
		Rule: "nobody else gets work of an owned session",
		Why:  "the state it needs is in its owner's memory",
		Run: func(t *T) {
			t.enqueueWork(ofSession(1, "s"), ofSession(2, "s"))
			t.ackWork(t.fetchWorkOf(ofSession(1, "s"), t.as("A")))
			t.noWork("A owns the session", t.as("B"))
		},
	},
	{
		ID: "session/DifferentSessionsDifferentWorkers", Numbers: []string{"C-181"}, Section: "2.7",
		Rule: "two sessions can have two owners, each getting its own work",
		Why:  "sessions spread over workers",
		Run: func(t *T) {
			t.enqueueWork(ofSession(1, "s1"), ofSession(2, "s2"))
			t.fetchWorkOf(ofSession(1, "s1"), t.as("A"))
			t.fetchWorkOf(ofSession(2, "s2"), t.as("B"))
			t.enqueueWork(ofSession(3, "s1"), ofSession(4, "s2"))
			t.fetchWorkOf(ofSession(4, "s2"), t.as("B"))
			t.fetchWorkOf(ofSession(3, "s1"), t.as("A"))
		},
	},
	{
		ID: "session/MixedItems", Numbers: []string{"C-182"}, Section: "2.7",
		Rule: "somebody else's session does not hide the plain work behind it",
		Why:  "one busy session would stop all other workers",
		Run: func(t *T) {
			t.own("A", "s", t.timing.Hold)
			t.enqueueWork(ofSession(1, "s"), activity("a", 2))
			t.fetchWorkOf(activity("a", 2), t.as("B"))
		},
	},
	{
		ID: "session/ClaimableAfterExpiry", Numbers: []string{"C-183"}, Section: "2.7",
		Rule: "an expired session is anybody's",
		Why:  "a crashed owner's sessions must go on",
		Run: func(t *T) {
			t.own("A", "s", t.timing.Lock)
			t.Wait(t.timing.Lock)
			t.enqueueWork(ofSession(2, "s"))
			t.fetchWorkOf(ofSession(2, "s"), t.as("B"))
		},
	},
	{
		ID: "session/NoSessionSkipsSessionItems", Numbers: []string{"C-184"}, Section: "2.7",
		Rule: "a worker without sessions gets plain work only",
		Why:  "it could not keep what the session needs",
		Run: func(t *T) {
			t.enqueueWork(ofSession(1, "s"), activity("a", 2))
			t.fetchWorkOf(activity("a", 2))
			t.noWork("what is left has a session")
			t.fetchWorkOf(ofSession(1, "s"), t.as("A"))
		},
	},
	{
		ID: "session/SessionConfigReturnsAll", Numbers: []string{"C-185"}, Section: "2.7",
		Rule: "a worker with sessions gets all free work in its order, whatever the session",
		Why:  "the queue's order holds across sessions",
		Run: func(t *T) {
			all := []core.WorkItem{ofSession(1, "sess-A"), ofSession(2, "sess-B"), ofSession(3, "sess-C"), activity("a", 4)}
			t.enqueueWork(all...)
			for _, it := range all {
				t.fetchWorkOf(it, t.as("A"))
			}
			t.noWork("everything is taken", t.as("A"))
		},
	},
	{
		ID: "session/RenewActive", Numbers: []string{"C-186"}, Section: "2.11",
		Rule: "a renewal counts the owner's sessions",
		Why:  "the runtime watches the count to see a session lost",
		Run: func(t *T) {
			t.own("A", "s1", t.timing.Hold)
			t.renewed(1, t.timing.Hold, "A")
			t.own("A", "s2", t.timing.Hold)
			t.renewed(2, t.timing.Hold, "A")
		},
	},
	{
		ID: "session/RenewSkipsIdle", Numbers: []string{"C-187"}, Section: "2.11",
		Rule: "a session idle for the idle timeout is not renewed; with a timeout of zero none is",
		Why:  "an idle session must go to whoever has work for it",
		Run: func(t *T) {
			t.own("A", "s", 4*t.timing.Tick)
			t.renewed(0, 0, "A")
			t.Wait(t.timing.Tick)
			t.renewed(0, t.timing.Tick, "A") // idle for exactly as long is idle
			t.renewed(1, 3*t.timing.Tick, "A")
		},
	},
	{
		ID: "session/RenewWithoutSessions", Numbers: []string{"C-188"}, Section: "2.11",
		Rule: "renewing nobody's sessions counts none",
		Why:  "every worker renews, with or without sessions",
		Run: func(t *T) {
			t.renewed(0, t.timing.Hold, "A")
			t.own("A", "s", t.timing.Hold) // so that the count can be wrong
			t.renewed(0, t.timing.Hold, "B")
			t.renewed(1, t.timing.Hold, "A")
		},
	},
	{
		ID: "session/CleanupRemovesExpired", Numbers: []string{"C-189"}, Section: "2.12",
		Rule: "an expired session without work is swept and counted",
		Why:  "sessions would pile up for ever",
		Run: func(t *T) {
			t.own("A", "s", t.timing.Lock)
			t.Wait(t.timing.Lock)
			t.swept(1)
			t.swept(0)
		},
	},
	{
		ID: "session/CleanupKeepsPendingItems", Numbers: []string{"C-190"}, Section: "2.12",
		Rule: "a session with waiting work is kept",
		Why:  "its work is about to claim it again",
		Run: func(t *T) {
			t.own("A", "s", t.timing.Lock)
			t.enqueueWork(ofSession(2, "s"))
			t.Wait(t.timing.Lock)
			t.swept(0)
			t.ackWork(t.fetchWork(t.as("B", t.timing.Lock)))
			t.Wait(t.timing.Lock)
			t.swept(1)
		},
	},
	{
		ID: "session/CleanupKeepsActive", Numbers: []string{"C-191"}, Section: "2.12",
		Rule: "an owned session is kept, though it has no work",
		Why:  "sweeping it takes its owner's affinity away",
		Run: func(t *T) {
			t.own("A", "s", t.timing.Hold)
			t.swept(0)
			t.enqueueWork(ofSession(2, "s"))
			t.noWork("A still owns the session", t.as("B"))
		},
	},
	{
		ID: "session/AckNotesActivity", Numbers: []string{"C-192"}, Section: "2.8",
		Rule: "acking work keeps its session from being idle",
		Why:  "a session that only works for long stretches would be lost between them",
		Run: func(t *T) {
			w := t.busy()
			t.ackWork(w)
			t.renewed(1, t.timing.Tick, "A")
		},
	},
	{
		ID: "session/RenewNotesActivity", Numbers: []string{"C-193"}, Section: "2.10",
		Rule: "renewing work keeps its session from being idle",
		Why:  "one long activity would lose its session while it runs",
		Run: func(t *T) {
			w := t.busy()
			t.renewWork(w, t.timing.Hold)
			t.renewed(1, t.timing.Tick, "A")
		},
	},
	{
		ID: "session/ProcessedInOrder", Numbers: []string{"C-194"}, Section: "2.7",
		Rule: "a session's work is fetched in its order",
		Why:  "steps of a session build on each other",
		Run: func(t *T) {
			for n := uint64(1); n <= 3; n++ {
				t.enqueueWork(ofSession(n, "s"))
			}
			for n := uint64(1); n <= 3; n++ {
				t.ackWork(t.fetchWorkOf(ofSession(n, "s"), t.as("A")))
			}
		},
	},
	{
		ID: "session/PlainItemsForSessionOwner", Numbers: []string{"C-195"}, Section: "2.7",
		Rule: "the owner of a session gets plain work too",
		Why:  "a session would reserve its worker",
		Run: func(t *T) {
			t.own("A", "s", t.timing.Hold)
			t.enqueueWork(activity("a", 2))
			t.fetchWorkOf(activity("a", 2), t.as("A"))
		},
	},
	{
		ID: "session/SharedOwnerID", Numbers: []string{"C-196"}, Section: "2.7",
		Rule: "the owner is whoever gives its id, from any caller",
		Why:  "a worker process fetches from many slots under one id",
		Run: func(t *T) {
			for n := uint64(1); n <= 3; n++ {
				t.enqueueWork(ofSession(n, "s"))
			}
			t.fetchWorkOf(ofSession(1, "s"), t.as("A"))
			t.fetchWorkOf(ofSession(2, "s"), t.as("A"))
			t.noWork("A owns the session", t.as("B"))
		},
	},
	{
		ID: "session/SecondClaimFails", Numbers: []string{"C-197"}, Section: "2.7",
		Rule: "a session claimed with its first item is closed to others at once",
		Why:  "two owners of one session",
		Run: func(t *T) {
			t.enqueueWork(ofSession(1, "s"), ofSession(2, "s"))
			t.fetchWorkOf(ofSession(1, "s"), t.as("A"))
			t.noWork("A owns the session", t.as("B"))
		},
	},
	{
		ID: "session/TakeoverAfterExpiry", Numbers: []string{"C-198"}, Section: "2.7",
		Rule: "who takes over an expired session owns it",
		Why:  "the old owner coming back must not share it",
		Run: func(t *T) {
			t.own("A", "s", t.timing.Lock)
			t.enqueueWork(ofSession(2, "s"), ofSession(3, "s"))
			t.Wait(t.timing.Lock)
			t.ackWork(t.fetchWorkOf(ofSession(2, "s"), t.as("B")))
			t.noWork("B owns the session now", t.as("A"))
			t.fetchWorkOf(ofSession(3, "s"), t.as("B"))
		},
	},
	{
		ID: "session/RecreatedAfterCleanup", Numbers: []string{"C-199"}, Section: "2.12",
		Rule: "a swept session begins anew with its next work",
		Why:  "sweeping must not close a name",
		Run: func(t *T) {
			t.own("A", "s", t.timing.Lock)
			t.Wait(t.timing.Lock)
			t.swept(1)
			t.enqueueWork(ofSession(2, "s"))
			t.fetchWorkOf(ofSession(2, "s"), t.as("B"))
		},
	},
	{
		ID: "session/AbandonedItemIsRetryable", Numbers: []string{"C-200"}, Section: "2.9",
		Rule: "abandoned work of a session comes back to its owner, counted",
		Why:  "retries are part of a session",
		Run: func(t *T) {
			t.enqueueWork(ofSession(1, "s"))
			w := t.fetchWork(t.as("A"))
			equal(t, "the first attempt", w.AttemptCount, 1)
			t.abandonWork(w)
			w = t.fetchWork(t.as("A"))
			equal(t, "the second attempt", w.AttemptCount, 2)
			t.ackWork(w)
			t.noWork("the activity was acked", t.as("A"))
		},
	},
	{
		ID: "session/AbandonedItemIgnoreAttempt", Numbers: []string{"C-201"}, Section: "2.9",
		Rule: "work of a session can be given back uncounted",
		Why:  "the runtime does so when it has no room for another session",
		Run: func(t *T) {
			t.enqueueWork(ofSession(1, "s"))
			t.abandonWork(t.fetchWork(t.as("A")), after(t.timing.Tick), uncounted)
			t.Wait(t.timing.Tick)
			equal(t, "the attempt count", t.fetchWork(t.as("A")).AttemptCount, 1)
		},
	},
	{
		ID: "session/RenewAfterExpiryReturnsZero", Numbers: []string{"C-202"}, Section: "2.11",
		Rule: "an expired session is not revived by a renewal",
		Why:  "somebody else may be about to claim it",
		Run: func(t *T) {
			t.own("A", "s", t.timing.Lock)
			t.renewed(1, t.timing.Hold, "A", t.timing.Lock)
			t.Wait(t.timing.Lock)
			t.renewed(0, t.timing.Hold, "A")
			t.enqueueWork(ofSession(2, "s"))
			t.fetchWorkOf(ofSession(2, "s"), t.as("B"))
		},
	},
	{
		ID: "session/OwnerReclaimsExpired", Numbers: []string{"C-203"}, Section: "2.7",
		Rule: "the former owner can claim its expired session again",
		Why:  "it is the one that still has the state",
		Run: func(t *T) {
			t.own("A", "s", t.timing.Lock)
			t.Wait(t.timing.Lock)
			t.enqueueWork(ofSession(2, "s"), ofSession(3, "s"))
			t.fetchWorkOf(ofSession(2, "s"), t.as("A"))
			t.noWork("A owns the session again", t.as("B"))
		},
	},
	{
		ID: "session/WorkLockExpiresSessionValid", Numbers: []string{"C-204"}, Section: "2.7",
		Rule: "work whose lock expired stays with its session's owner",
		Why:  "the session outlives a stuck activity",
		Run: func(t *T) {
			t.enqueueWork(ofSession(1, "s"))
			t.fetchWork(t.as("A"), lock(t.timing.Lock))
			t.Wait(t.timing.Lock)
			t.noWork("A owns the session", t.as("B"))
			w := t.fetchWorkOf(ofSession(1, "s"), t.as("A"))
			equal(t, "the attempt count", w.AttemptCount, 2)
		},
	},
	{
		ID: "session/SessionExpiresNewOwnerGetsRedelivery", Numbers: []string{"C-205"}, Section: "2.9",
		Rule: "work given back after its session changed hands goes to the new owner",
		Why:  "the old owner has lost its right to it",
		Run: func(t *T) {
			t.enqueueWork(ofSession(1, "s"))
			first := t.fetchWork(t.as("A", t.timing.Lock))
			t.Wait(t.timing.Lock)
			t.enqueueWork(ofSession(2, "s"))
			t.ackWork(t.fetchWorkOf(ofSession(2, "s"), t.as("B"))) // 1 is still locked
			t.abandonWork(first)
			t.noWork("B owns the session now", t.as("A"))
			w := t.fetchWorkOf(ofSession(1, "s"), t.as("B"))
			equal(t, "the attempt count", w.AttemptCount, 2)
		},
	},
	{
		ID: "session/SessionExpiresSameWorkerReacquires", Numbers: []string{"C-206"}, Section: "2.7",
		Rule: "a fetch of its work takes an expired session again, beside work that is still locked",
		Why:  "a worker that was slow for a moment goes on",
		Run: func(t *T) {
			t.enqueueWork(ofSession(1, "s"))
			t.fetchWork(t.as("A", t.timing.Lock))
			t.Wait(t.timing.Lock)
			t.enqueueWork(ofSession(2, "s"))
			t.fetchWorkOf(ofSession(2, "s"), t.as("A"))
		},
	},
	{
		ID: "session/BothLocksExpire", Numbers: []string{"C-207"}, Section: "2.7",
		Rule: "when both locks have expired anybody gets the work, counted",
		Why:  "a crashed worker's session must go on",
		Run: func(t *T) {
			t.enqueueWork(ofSession(1, "s"))
			t.fetchWork(t.as("A", t.timing.Lock), lock(t.timing.Lock))
			t.Wait(t.timing.Lock)
			w := t.fetchWorkOf(ofSession(1, "s"), t.as("B"))
			equal(t, "the attempt count", w.AttemptCount, 2)
		},
	},
	{
		ID: "session/SessionExpiresWorkAckSucceeds", Numbers: []string{"C-208"}, Section: "2.8",
		Rule: "a lapsed session does not invalidate the lock of its work",
		Why:  "the result is done; throwing it away helps nobody",
		Run: func(t *T) {
			t.create("a")
			t.enqueueWork(ofSession(1, "s"))
			w := t.fetchWork(t.as("A", t.timing.Lock))
			t.Wait(t.timing.Lock)
			t.completeWork(w, completed("a", 1))
			t.batch(t.fetchOf("a"), completed("a", 1))
		},
	},
	{
		ID: "session/RenewalExtends", Numbers: []string{"C-209"}, Section: "2.11",
		Rule: "a renewed session stays with its owner past its first deadline",
		Why:  "a session between two items of work would be lost",
		Run: func(t *T) {
			t.own("A", "s", t.timing.Lock)
			t.Wait(t.timing.Lock * 6 / 10)
			t.renewed(1, t.timing.Hold, "A", t.timing.Lock)
			t.Wait(t.timing.Lock * 5 / 10)
			t.enqueueWork(ofSession(2, "s"))
			t.noWork("A's session was renewed", t.as("B"))
			t.fetchWorkOf(ofSession(2, "s"), t.as("A"))
		},
	},
	{
		ID: "session/ConcurrentClaim", Numbers: []string{"C-210"}, Section: "2.7", Slow: true,
		Rule: "of two workers that claim a session at once one wins, and the other gets other work",
		Why:  "two owners of one session, or a worker that goes to sleep beside work",
		Run: func(t *T) {
			for i := range 200 {
				t.contend(name("s", i))
				t.drainWork(t.as("A"))
				t.drainWork(t.as("B"))
			}
		},
	},
	{
		ID: "session/LostClaimRestoresAttempt", Numbers: []string{"C-211"}, Section: "2.7",
		Rule: "losing the race for a session leaves its work unlocked and uncounted",
		Why:  "work would be poisoned by workers that never had it",
		Run: func(t *T) {
			for i := range 50 {
				s := name("s", i)
				winner := t.contend(s)
				w := t.fetchWork(t.as(winner))
				equal(t, "the session of what is left", sessionOf(w.Item), s)
				equal(t, "the attempt count of what is left", w.AttemptCount, 1)
				t.ackWork(w)
			}
		},
	},
	{
		ID: "session/ScheduledByAck", Numbers: []string{"C-212"}, Section: "2.2",
		Rule: "work scheduled by an ack is routed by its session",
		Why:  "this is how orchestrations schedule work of a session",
		Run: func(t *T) {
			t.own("A", "s", t.timing.Hold)
			t.create("a")
			t.turn("a", 1, work(ofSession(2, "s")))
			t.noWork("A owns the session", t.as("B"))
			t.noWork("the work has a session")
			t.fetchWorkOf(ofSession(2, "s"), t.as("A"))
		},
	},
	{
		ID: "session/SessionAndTag", Numbers: []string{"C-213"}, Section: "2.7",
		Rule: "session and tag both have to match",
		Why:  "a worker without the ability must not get the work because it owns the session",
		Run: func(t *T) {
			both := item(core.ActivityExecute{Instance: "a", ExecutionID: 1, ID: 1, Name: "Work", SessionID: ptr("s"), Tag: ptr("gpu")})
			session, tag := ofSession(2, "s"), tagWork(3, ptr("gpu"))
			gpu := tagged(core.TagsOnly, "gpu")
			t.enqueueWork(both, session, tag)
			t.noWork("what is untagged has a session")
			t.fetchWorkOf(tag, gpu)
			t.noWork("what is left has a session", gpu)
			t.fetchWorkOf(session, t.as("A"))
			t.noWork("what is left is tagged", t.as("A"))
			t.noWork("A owns the session", t.as("B"), gpu)
			t.fetchWorkOf(both, t.as("A"), gpu)
		},
	},
	{
		ID: "session/OwnerList", Numbers: []string{"C-214"}, Section: "2.11",
		Rule: "a renewal takes a list of owners, counts each session once, and an empty list renews none",
		Why:  "one process renews for all its workers in one call",
		Run: func(t *T) {
			t.own("A", "s1", t.timing.Hold)
			t.own("B", "s2", t.timing.Hold)
			t.own("C", "s3", t.timing.Hold)
			for _, c := range []struct {
				owners []string
				want   int
			}{{[]string{"A", "B"}, 2}, {nil, 0}, {[]string{"A", "A", "B", "A"}, 2}, {[]string{"a", "A ", "D"}, 0}} {
				n, err := t.p.RenewSessionLock(t.ctx, core.RenewSessionParams{OwnerIDs: c.owners, ExtendFor: t.timing.Hold, IdleTimeout: t.timing.Hold})
				t.must(err, "RenewSessionLock")
				t.truth(n == c.want, "renewing the sessions of %q: got %d, want %d", c.owners, n, c.want)
			}
		},
	},
	{
		ID: "session/CleanupKeepsLockedAndDelayedRows", Numbers: []string{"C-215"}, Section: "2.12",
		Rule: "a session whose work is locked or delayed is kept",
		Why:  "that work is about to claim it again",
		Run: func(t *T) {
			t.enqueueWork(ofSession(1, "s"))
			w := t.fetchWork(t.as("A", t.timing.Lock))
			t.Wait(t.timing.Lock)
			t.swept(0)
			t.abandonWork(w, after(t.timing.Hold))
			t.swept(0)
		},
	},
	{
		ID: "session/CleanupAtTheBoundary", Section: "2.12", Level: LevelDuro,
		Rule: "a session is swept at the instant its lock ends",
		Why:  "the same instant counts as expired everywhere else",
		Run: func(t *T) {
			t.own("A", "s", t.timing.Lock)
			t.Wait(t.timing.Lock) // exactly, where the clock stands still
			t.swept(1)
		},
	},
	{
		ID: "session/ActivityNotedForOwnerOnly", Numbers: []string{"C-216"}, Section: "2.8", Level: LevelDuro,
		Rule: "work that outlived its session notes no activity for the next owner",
		Why:  "a dead worker's leftovers would keep its successor's idle session",
		Run: func(t *T) {
			t.enqueueWork(ofSession(1, "s"), ofSession(3, "s"))
			w := t.fetchWorkOf(ofSession(1, "s"), t.as("A", t.timing.Tick))
			x := t.fetchWorkOf(ofSession(3, "s"), t.as("A", t.timing.Tick))
			t.Wait(t.timing.Tick)
			t.enqueueWork(ofSession(2, "s"))
			t.ackWork(t.fetchWorkOf(ofSession(2, "s"), t.as("B")))
			t.Wait(2 * t.timing.Tick)
			t.renewWork(w, t.timing.Hold)
			t.ackWork(x)
			t.renewed(0, t.timing.Tick, "B")
			t.renewed(1, t.timing.Hold, "B")
		},
	},
	{
		ID: "session/ManyItemsInParallel", Numbers: []string{"C-217"}, Section: "2.7",
		Rule: "an owner may hold several items of one session",
		Why:  "affinity is not a queue of one",
		Run: func(t *T) {
			for n := uint64(1); n <= 3; n++ {
				t.enqueueWork(ofSession(n, "s"))
			}
			for n := uint64(1); n <= 3; n++ {
				t.fetchWorkOf(ofSession(n, "s"), t.as("A"))
			}
		},
	},
	{
		ID: "session/FetchCanShortenLock", Numbers: []string{"C-218"}, Section: "2.7",
		Rule: "every fetch sets the session's deadline anew, an earlier one too",
		Why:  "the last word of the owner counts",
		Run: func(t *T) {
			for n := uint64(1); n <= 3; n++ {
				t.enqueueWork(ofSession(n, "s"))
			}
			t.fetchWorkOf(ofSession(1, "s"), t.as("A"))
			t.fetchWorkOf(ofSession(2, "s"), t.as("A", t.timing.Tick))
			t.Wait(t.timing.Tick)
			t.fetchWorkOf(ofSession(3, "s"), t.as("B"))
		},
	},
}

// ofSession is activity n of instance a in a session.
func ofSession(n uint64, session string) core.WorkItem {
	return item(core.ActivityExecute{Instance: "a", ExecutionID: 1, ID: n, Name: "Work", Input: "in", SessionID: &session})
}

func sessionOf(it core.WorkItem) string {
	if p, ok := it.Payload().(core.ActivityExecute); ok && p.SessionID != nil {
		return *p.SessionID
	}
	return ""
}

// as fetches as the owner of sessions; they outlive the case unless a time is given.
func (t *T) as(owner string, lock ...time.Duration) opt {
	if len(lock) > 0 {
		return owned(owner, lock[0])
	}
	return owned(owner, t.timing.Hold)
}

// own gives a session to an owner, by work that is fetched and acked at once.
func (t *T) own(owner, session string, d time.Duration) {
	w := ofSession(1, session)
	t.enqueueWork(w)
	t.ackWork(t.fetchWorkOf(w, t.as(owner, d)))
}

// busy lets an owner hold work of a session for longer than a tick, so that
// without any activity the session would count as idle.
func (t *T) busy() *core.FetchedWork {
	t.enqueueWork(ofSession(1, "s"))
	w := t.fetchWork(t.as("A"))
	t.Wait(2 * t.timing.Tick)
	t.renewed(0, t.timing.Tick, "A")
	return w
}

// renewed renews an owner's sessions, and demands how many there are.
func (t *T) renewed(want int, idle time.Duration, owner string, extend ...time.Duration) {
	d := t.timing.Hold
	if len(extend) > 0 {
		d = extend[0]
	}
	n, err := t.p.RenewSessionLock(t.ctx, core.RenewSessionParams{OwnerIDs: []string{owner}, ExtendFor: d, IdleTimeout: idle})
	t.must(err, "RenewSessionLock")
	t.Step("renew the sessions of %q for %v unless idle for %v: %d", owner, d, idle, n)
	t.truth(n == want, "renewing the sessions of %q: got %d, want %d", owner, n, want)
}

// swept sweeps sessions, and demands how many were deleted.
func (t *T) swept(want int) {
	n, err := t.p.CleanupOrphanedSessions(t.ctx, t.timing.Hold)
	t.must(err, "CleanupOrphanedSessions")
	t.Step("sweep sessions: %d", n)
	t.truth(n == want, "sweeping sessions: got %d, want %d", n, want)
}

// contend has two workers fetch at once, where there are two items of one free
// session and one plain one. One gets the session, the other the plain item; both
// are acked, and the session's owner is returned.
func (t *T) contend(session string) (winner string) {
	t.enqueueWork(ofSession(1, session), ofSession(2, session), activity("a", 3))
	workers := []string{"A", "B"}
	got := make([]*core.FetchedWork, 2)
	t.Together(2, func(i int) { got[i] = t.fetchWork(t.as(workers[i])) })
	for i, w := range got {
		if sessionOf(w.Item) == session {
			t.truth(winner == "", "both workers got work of one session")
			winner = workers[i]
		}
		t.ackWork(w)
	}
	if winner == "" {
		t.Fatalf("neither worker got work of the free session")
	}
	return winner
}
