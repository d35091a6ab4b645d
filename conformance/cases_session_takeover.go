package conformance

import "github.com/durokit/duro/core"

var sessionTakeoverCases = []Case{
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
			both := item(core.ActivityExecute{Instance: "a", ExecutionID: 1, ID: 1, Name: "Work", SessionID: new("s"),
				Tag: new("gpu")})
			session, tag := ofSession(2, "s"), tagWork(3, new("gpu"))
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
				n, err := t.p.RenewSessionLock(t.ctx, core.RenewSessionParams{OwnerIDs: c.owners, ExtendFor: t.timing.Hold,
					IdleTimeout: t.timing.Hold})
				t.must(err, "RenewSessionLock")
				t.truthf(n == c.want, "renewing the sessions of %q: got %d, want %d", c.owners, n, c.want)
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
