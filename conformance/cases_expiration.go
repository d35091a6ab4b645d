package conformance

import (
	"time"

	"github.com/durokit/duro/core"
)

var expirationCases = []Case{
	{
		ID: "expiration/WorkRenewalAfterExpiration", Numbers: []string{"C-034"}, Section: "2.10",
		Rule: "an expired work lock cannot be renewed",
		Why:  "the activity may be running somewhere else already",
		Run: func(t *T) {
			t.enqueueWork(activity("a", 1))
			w := t.fetchWork(lock(t.timing.Lock))
			t.Wait(t.timing.Lock)
			t.lost(t.tryRenewWork(w.LockToken, t.timing.Lock), "a renewal after expiry")
		},
	},
	{
		ID: "expiration/LockExpiresAfterTimeout", Numbers: []string{"C-051"}, Section: "2.1",
		Rule: "a lock ends with its timeout, and its token with it",
		Why:  "a crashed dispatcher's instance must come back",
		Run: func(t *T) {
			t.enqueue(start("a"))
			f := t.fetchOf("a", lock(t.timing.Lock))
			t.none("the instance is locked")
			t.Wait(t.timing.Lock)
			g := t.fetchOf("a")
			t.truthf(f.LockToken != g.LockToken, "the second fetch returned the first one's token")
			t.lost(t.tryAck(f, 1, events(started())), "an ack with the old token")
		},
	},
	{
		ID: "expiration/AbandonReleasesImmediately", Numbers: []string{"C-052"}, Section: "2.3",
		Rule: "an abandon without delay makes the instance available at once",
		Why:  "a dispatcher that gives up must not cost a timeout",
		Run: func(t *T) {
			t.enqueue(start("a"))
			f := t.fetchOf("a")
			t.none("the instance is locked")
			t.abandon(f)
			t.batch(t.fetchOf("a"), start("a"))
		},
	},
	{
		ID: "expiration/AckReleasesLock", Numbers: []string{"C-053"}, Section: "2.2",
		Rule: "an ack makes the instance available at once",
		Why:  "every turn would cost a lock timeout",
		Run: func(t *T) {
			t.enqueue(start("a"))
			f := t.fetchOf("a")
			t.enqueue(start("a"))
			t.none("the instance is locked")
			t.ack(f, 1, events(started()))
			t.batch(t.fetchOf("a"), start("a"))
		},
	},
	{
		ID: "expiration/ConcurrentAttemptsRespectExpiration", Numbers: []string{"C-054"}, Section: "2.1",
		Rule: "no fetcher gets a locked instance, however many try, until it expires",
		Why:  "two dispatchers in one instance",
		Run: func(t *T) {
			t.enqueue(start("a"))
			t.fetchOf("a", lock(t.timing.Lock))
			t.Together(5, func(int) {
				t.stagger()
				t.none("the instance is locked")
			})
			t.Wait(t.timing.Lock)
			t.fetchOf("a")
		},
	},
	{
		ID: "expiration/WorkRenewalSucceeds", Numbers: []string{"C-055"}, Section: "2.10",
		Rule: "a renewed activity stays locked",
		Why:  "a long activity would run twice",
		Run: func(t *T) {
			t.enqueueWork(activity("a", 1))
			w := t.fetchWork(lock(t.timing.Lock))
			t.noWork("the activity is locked")
			t.Wait(t.timing.Lock / 10)
			t.renewWork(w, t.timing.Lock)
			t.noWork("the activity is locked")
		},
	},
	{
		ID: "expiration/WorkRenewalInvalidToken", Numbers: []string{"C-056"}, Section: "2.10",
		Rule: "an invented work token cannot be renewed",
		Why:  "a renewal's failure is how a worker learns that its activity is gone",
		Run:  func(t *T) { t.lost(t.tryRenewWork("invalid-token", t.timing.Lock), "a renewal with an invented token") },
	},
	{
		ID: "expiration/WorkRenewalExtends", Numbers: []string{"C-057"}, Section: "2.10",
		Rule: "a renewal counts from now, past the first deadline",
		Why:  "a long activity would run twice",
		Run: func(t *T) {
			t.enqueue(start("a"))
			t.ack(t.fetch(), 1, events(started()), called(orch), status(core.StatusRunning), work(activity("a", 2)))
			w := t.fetchWork(lock(t.timing.Lock))
			t.Wait(t.timing.Lock * 6 / 10)
			t.renewWork(w, t.timing.Lock)
			t.Wait(t.timing.Lock * 5 / 10)
			t.noWork("the lock was renewed past its first deadline")
			t.Wait(t.timing.Lock)
			t.fetchWorkOf(activity("a", 2))
		},
	},
	{
		ID: "expiration/WorkRenewalAfterAck", Numbers: []string{"C-058"}, Section: "2.10",
		Rule: "an acked activity cannot be renewed",
		Why:  "a renewal's failure is how a worker learns that its activity is gone",
		Run: func(t *T) {
			t.enqueueWork(activity("a", 1))
			w := t.fetchWork()
			t.ackWork(w)
			t.lost(t.tryRenewWork(w.LockToken, t.timing.Lock), "a renewal after the ack")
		},
	},
	{
		ID: "expiration/AbandonWorkReleasesLock", Numbers: []string{"C-059"}, Section: "2.9",
		Rule: "an abandoned activity is available at once, under another token",
		Why:  "a worker that gives up must not cost a timeout",
		Run: func(t *T) {
			t.enqueueWork(activity("a", 1))
			w := t.fetchWork()
			t.noWork("the activity is locked")
			t.abandonWork(w)
			x := t.fetchWorkOf(activity("a", 1))
			t.truthf(w.LockToken != x.LockToken, "the second fetch returned the first one's token")
		},
	},
	{
		ID: "expiration/AbandonWorkWithDelay", Numbers: []string{"C-060"}, Section: "2.9",
		Rule: "an activity abandoned with a delay comes back after it",
		Why:  "retries without their delay hammer what just failed",
		Run: func(t *T) {
			t.enqueueWork(activity("a", 1))
			t.abandonWork(t.fetchWork(), after(t.timing.Tick))
			t.noWork("the activity is delayed")
			t.Wait(t.timing.Tick)
			t.fetchWorkOf(activity("a", 1))
		},
	},
	{
		ID: "expiration/WorkAckFailsAfterExpiry", Numbers: []string{"C-061"}, Section: "2.8",
		Rule: "an expired work lock cannot ack, and the activity stays available",
		Why:  "the activity may be running somewhere else; both results would arrive",
		Run: func(t *T) {
			t.enqueueWork(activity("a", 1))
			w := t.fetchWork(lock(t.timing.Lock))
			t.Wait(t.timing.Lock)
			t.lost(t.tryAckWork(w.LockToken, new(completed("a", 1))), "an ack after expiry")
			t.fetchWorkOf(activity("a", 1))
		},
	},
	{
		ID: "expiration/OrchestrationRenewalAfterExpiration", Numbers: []string{"C-062"}, Section: "2.4",
		Rule: "an expired instance lock cannot be renewed",
		Why:  "somebody may have taken it in between",
		Run: func(t *T) {
			t.enqueue(start("a"))
			f := t.fetch(lock(t.timing.Lock))
			t.Wait(t.timing.Lock)
			t.lost(t.tryRenew(f.LockToken, t.timing.Lock), "a renewal after expiry")
		},
	},
	{
		ID: "expiration/OrchestrationRenewalExtends", Numbers: []string{"C-063"}, Section: "2.4",
		Rule: "a renewed instance stays locked past its first deadline, and its token acks",
		Why:  "a long turn would be run twice",
		Run: func(t *T) {
			t.enqueue(start("a"))
			f := t.fetch(lock(t.timing.Lock))
			t.Wait(t.timing.Lock * 6 / 10)
			t.renew(f, 2*t.timing.Lock)
			t.Wait(t.timing.Lock)
			t.none("the lock was renewed past its first deadline")
			t.ack(f, 1, events(started()))
			t.stored("a", 1)
		},
	},
	{
		ID: "expiration/SubSecondRenewal", Numbers: []string{"C-064"}, Section: "2.4",
		Rule: "a renewal is precise to the millisecond and may shorten the lock",
		Why:  "a store that cuts durations to seconds drops short locks at once",
		Run: func(t *T) {
			short := 900 * time.Millisecond
			t.enqueue(start("a"))
			t.enqueueWork(activity("a", 1))
			f, w := t.fetch(), t.fetchWork()
			t.renew(f, short)
			t.renewWork(w, short)
			if t.virtual { // without a clock hook the calls themselves may take this long
				t.Wait(short / 3)
				t.none("the lock has more than half a second left")
				t.noWork("the lock has more than half a second left")
			}
			t.Wait(short)
			t.fetchOf("a")
			t.fetchWorkOf(activity("a", 1))
		},
	},
	{
		ID: "expiration/RenewalWithDeadToken", Numbers: []string{"C-065"}, Section: "2.4",
		Rule: "an invented, acked or abandoned token cannot be renewed",
		Why:  "a renewal that succeeds for nobody's lock keeps a dispatcher running for nothing",
		Run: func(t *T) {
			t.lost(t.tryRenew("bogus", t.timing.Lock), "a renewal with an invented token")
			t.enqueue(start("a"))
			f := t.fetch()
			t.abandon(f)
			t.lost(t.tryRenew(f.LockToken, t.timing.Lock), "a renewal of an abandoned lock")
			f = t.fetch()
			t.ack(f, 1)
			t.lost(t.tryRenew(f.LockToken, t.timing.Lock), "a renewal after the ack")
		},
	},
	{
		ID: "expiration/AbandonAfterExpiry", Numbers: []string{"C-066"}, Section: "2.3", Level: LevelDuro,
		Rule: "an expired lock that nobody took can be abandoned",
		Why:  "the runtime abandons with a delay after short locks; its backoff must hold",
		Run: func(t *T) {
			t.enqueue(start("a"))
			t.enqueueWork(activity("a", 1))
			f, w := t.fetch(lock(t.timing.Lock)), t.fetchWork(lock(t.timing.Lock))
			t.Wait(t.timing.Lock)
			t.abandon(f, after(t.timing.Tick))
			t.abandonWork(w, after(t.timing.Tick))
			t.none("the messages were given back with a delay")
			t.noWork("the activity was given back with a delay")
			t.Wait(t.timing.Tick)
			t.fetchOf("a")
			t.fetchWorkOf(activity("a", 1))
		},
	},
	{
		ID: "expiration/AbandonAfterSteal", Numbers: []string{"C-067"}, Section: "2.3",
		Rule: "a replaced token abandons nothing",
		Why:  "it would release the lock of the one who took over",
		Run: func(t *T) {
			t.enqueue(start("a"))
			t.enqueueWork(activity("a", 1))
			f, w := t.fetch(lock(t.timing.Lock)), t.fetchWork(lock(t.timing.Lock))
			t.Wait(t.timing.Lock)
			g, x := t.fetchOf("a"), t.fetchWorkOf(activity("a", 1))
			t.lost(t.tryAbandon(f.LockToken), "an abandon with a replaced token")
			t.lost(t.tryAbandonWork(w.LockToken), "an abandon of work with a replaced token")
			t.none("the thief holds the lock")
			t.noWork("the thief holds the lock")
			t.ack(g, 1)
			t.ackWork(x)
		},
	},
	{
		ID: "expiration/AbandonOrchestrationWithDelay", Numbers: []string{"C-068"}, Section: "2.3",
		Rule: "an instance abandoned with a delay comes back after it, its messages in the old order",
		Why:  "the backoff of a failing orchestration must hold, and its events keep their order",
		Run: func(t *T) {
			t.create("a")
			t.enqueue(completed("a", 1), completed("a", 2))
			t.abandon(t.fetchOf("a"), after(t.timing.Tick))
			t.none("the messages are delayed")
			t.Wait(t.timing.Tick)
			t.batch(t.fetchOf("a"), completed("a", 1), completed("a", 2))
		},
	},
	{
		ID: "expiration/AbandonKeepsOrder", Numbers: []string{"C-069"}, Section: "2.3",
		Rule: "messages given back without a delay keep their place before younger ones",
		Why:  "a retried turn must see the same order",
		Run: func(t *T) {
			t.create("a")
			t.enqueue(completed("a", 1), completed("a", 2))
			t.abandon(t.fetchOf("a"))
			t.enqueue(completed("a", 3))
			t.batch(t.fetchOf("a"), completed("a", 1), completed("a", 2), completed("a", 3))
		},
	},
	{
		ID: "expiration/AbandonDelayLeavesTimersAlone", Numbers: []string{"C-070"}, Section: "2.3",
		Rule: "the delay of an abandon does not move timers that are still to come",
		Why:  "a retry would make an orchestration's timers late",
		Run: func(t *T) {
			t.create("a")
			timer := item(core.TimerFired{Instance: "a", ExecutionID: 1, ID: 4})
			t.enqueueAfter(t.timing.Tick, timer)
			t.enqueue(poke("a"))
			f := t.fetchOf("a")
			t.batch(f, poke("a"))
			t.abandon(f, after(4*t.timing.Tick))
			t.Wait(t.timing.Tick)
			g := t.fetchOf("a")
			t.batch(g, timer)
			t.ack(g, 1)
			t.Wait(4 * t.timing.Tick)
			t.batch(t.fetchOf("a"), poke("a"))
		},
	},
	{
		ID: "expiration/AbandonTouchesTaggedMessagesOnly", Numbers: []string{"C-071"}, Section: "2.3", Level: LevelDuro,
		Rule: "an abandon delays and uncounts the messages of its batch, not those that arrived meanwhile",
		Why:  "a cancel that arrives during a failing turn must not share its backoff",
		Run: func(t *T) {
			t.create("a")
			t.enqueue(completed("a", 1))
			f := t.fetchOf("a")
			t.enqueue(completed("a", 2))
			t.abandon(f, after(t.timing.Tick), uncounted)
			g := t.fetchOf("a")
			t.batch(g, completed("a", 2))
			equal(t, "the attempt count of the one that arrived meanwhile", g.AttemptCount, 1)
			t.ack(g, 1)
			t.none("the first message is delayed")
			t.Wait(t.timing.Tick)
			h := t.fetchOf("a")
			t.batch(h, completed("a", 1))
			equal(t, "the attempt count of the one given back", h.AttemptCount, 1)
		},
	},
	{
		ID: "expiration/LockBoundary", Numbers: []string{"C-072"}, Section: "2.0",
		Rule: "a lock is active before its deadline and expired at it, for everybody alike",
		Why:  "a holder and a thief that both see the tie as theirs are two owners",
		Run: func(t *T) {
			margin := t.timing.Lock / 2 // a clock that runs meanwhile needs one
			if t.timing.ClockStandsStill {
				margin = time.Millisecond
			}
			t.enqueue(start("a"))
			t.enqueueWork(activity("a", 1))
			f, w := t.fetch(lock(t.timing.Lock)), t.fetchWork(lock(t.timing.Lock))
			t.Wait(t.timing.Lock - margin)
			t.none("the deadline is near, not reached")
			t.noWork("the deadline is near, not reached")
			t.renew(f, 2*margin)
			t.renewWork(w, 2*margin)
			t.Wait(2 * margin)
			t.lost(t.tryRenew(f.LockToken, t.timing.Lock), "a renewal at the deadline")
			t.lost(t.tryAck(f, 1), "an ack at the deadline")
			t.lost(t.tryRenewWork(w.LockToken, t.timing.Lock), "a renewal of work at the deadline")
			t.lost(t.tryAckWork(w.LockToken, nil), "an ack of work at the deadline")
			g, x := t.fetchOf("a", lock(0)), t.fetchWorkOf(activity("a", 1), lock(0))
			t.lost(t.tryAck(g, 1), "an ack under a lock of no time")
			t.lost(t.tryAckWork(x.LockToken, nil), "an ack of work under a lock of no time")
			t.fetchOf("a")
			t.fetchWorkOf(activity("a", 1))
		},
	},
}
