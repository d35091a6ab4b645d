package conformance

import "github.com/durokit/duro/core"

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
}
