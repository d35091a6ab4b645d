package conformance

import "github.com/durokit/duro/core"

var queueCases = []Case{
	{
		ID: "queue/WorkerFIFO", Numbers: []string{"C-085"}, Section: "2.7",
		Rule: "activities are fetched in the order in which they were enqueued",
		Why:  "a queue without order starves its oldest work",
		Run: func(t *T) {
			for n := range uint64(5) {
				t.enqueueWork(activity("a", n))
			}
			for n := range uint64(5) {
				t.fetchWorkOf(activity("a", n))
			}
			t.noWork("all five are locked")
		},
	},
	{
		ID: "queue/WorkerPeekLock", Numbers: []string{"C-086"}, Section: "2.7",
		Rule: "a fetched activity stays stored and hidden until it is acked",
		Why:  "a queue that deletes on fetch loses the work of a crashed worker",
		Run: func(t *T) {
			t.enqueueWork(activity("a", 1))
			w := t.fetchWork()
			t.noWork("the activity is locked")
			t.ackWork(w)
			t.noWork("the activity was acked")
		},
	},
	{
		ID: "queue/WorkerAckIsAtomic", Numbers: []string{"C-087"}, Section: "2.8",
		Rule: "an ack removes the activity and delivers its completion",
		Why:  "one without the other is an orchestration that waits for ever, or an activity run twice",
		Run: func(t *T) {
			t.enqueue(start("a"))
			t.ack(t.fetch(), 1, events(started()))
			t.enqueueWork(activity("a", 1))
			t.completeWork(t.fetchWork(), completed("a", 1))
			t.noWork("the activity was acked")
			t.batch(t.fetchOf("a"), completed("a", 1))
		},
	},
	{
		ID: "queue/TimerDelayedVisibility", Numbers: []string{"C-088"}, Section: "2.5",
		Rule: "a message enqueued with a delay is not visible before it",
		Why:  "timers are delayed messages: a timer that fires early is wrong",
		Run: func(t *T) {
			t.enqueue(start("a"))
			t.ack(t.fetch(), 1, events(started()))
			t.enqueueAfter(t.timing.Tick, timer("a", 0))
			t.none("the timer is not due")
			t.Wait(t.timing.Tick)
			t.batch(t.fetchOf("a"), timer("a", 0))
		},
	},
	{
		ID: "queue/LostToken", Numbers: []string{"C-089"}, Section: "2.7",
		Rule: "an activity whose worker forgot its token comes back after the lock's timeout",
		Why:  "a crash must cost a timeout, not the activity",
		Run: func(t *T) {
			t.enqueueWork(activity("a", 1))
			t.fetchWork(lock(t.timing.Lock))
			t.noWork("the activity is locked")
			t.Wait(t.timing.Lock)
			t.fetchWorkOf(activity("a", 1))
		},
	},
	{
		ID: "queue/WorkerItemIsImmediatelyVisible", Numbers: []string{"C-090"}, Section: "2.6",
		Rule: "an enqueued activity can be fetched at once",
		Why:  "every activity would be late",
		Run: func(t *T) {
			t.enqueueWork(activity("a", 1))
			t.fetchWorkOf(activity("a", 1))
		},
	},
	{
		ID: "queue/WorkerSkipsDelayedItems", Numbers: []string{"C-091"}, Section: "2.7",
		Rule: "an activity that is delayed does not hide those behind it",
		Why:  "one backing-off activity would stop all workers",
		Run: func(t *T) {
			t.enqueueWork(activity("a", 1), activity("a", 2))
			t.abandonWork(t.fetchWorkOf(activity("a", 1)), after(t.timing.Tick))
			t.fetchWorkOf(activity("a", 2))
			t.noWork("one is locked, the other delayed")
			t.Wait(t.timing.Tick)
			t.fetchWorkOf(activity("a", 1))
		},
	},
	{
		ID: "queue/OrphanQueueMessagesDropped", Numbers: []string{"C-092"}, Section: "2.1",
		Rule: "queue messages alone, for an instance nobody knows, are dropped by a fetch",
		Why:  "upstream's runtime counts on it; an event for a mailbox that never was is nobody's",
		Run: func(t *T) {
			t.enqueue(queueMessage("ghost", "one"), queueMessage("ghost", "two"))
			t.none("queue messages alone have no context")
			t.none("queue messages alone have no context")
			t.enqueue(start("ghost"))
			t.batch(t.fetchOf("ghost"), start("ghost")) // the messages are gone
			t.create("other")
			t.enqueue(queueMessage("other", "x"))
			t.batch(t.fetchOf("other"), queueMessage("other", "x"))
		},
	},
	{
		ID: "queue/OrphansOfOtherKindsKept", Numbers: []string{"C-093"}, Section: "2.1",
		Rule: "a message of any other kind waits for its start, uncounted, and comes in one batch with it",
		Why:  "a cancel or a completion may overtake the start; lost, the instance hangs",
		Run: func(t *T) {
			kept := 0
			for i, it := range messagesOfEveryKind("ghost", "x") {
				if k := it.Kind(); k == core.KindStartOrchestration || k == core.KindContinueAsNew || k == core.KindQueueMessage {
					continue
				}
				kept++
				t.enqueue(it)
				t.none("the instance has no context")
				t.none("the instance has no context")
				t.enqueue(start("ghost"))
				f := t.fetchOf("ghost")
				t.batch(f, it, start("ghost"))
				equal(t, name("the attempt count of kind", i), f.AttemptCount, 1)
				t.ack(f, 1) // without events or a name: still no context
			}
			t.truthf(kept >= 7, "only %d kinds were tried", kept)
		},
	},
	{
		ID: "queue/OrphanDoesNotStarve", Numbers: []string{"C-094"}, Section: "2.1",
		Rule: "a message for an instance nobody knows does not hide the instances behind it",
		Why:  "one cancel of a mistyped id stops upstream's SQLite provider for good",
		Run: func(t *T) {
			t.enqueue(cancelInstance("ghost"), start("x"))
			t.fetchOf("x")
			t.none("the ghost has no context")
		},
	},
	{
		ID: "queue/MixedOrphansKept", Numbers: []string{"C-095"}, Section: "2.1",
		Rule: "a queue message beside another waiting message is kept",
		Why:  "dropping is for ids that nobody else is talking to",
		Run: func(t *T) {
			t.enqueue(queueMessage("ghost", "x"), cancelInstance("ghost"))
			t.none("the ghost has no context")
			t.none("the ghost has no context")
			t.enqueue(start("ghost"))
			t.batch(t.fetchOf("ghost"), queueMessage("ghost", "x"), cancelInstance("ghost"), start("ghost"))
		},
	},
	{
		ID: "queue/QueueMessageBeforeStartKept", Numbers: []string{"C-096"}, Section: "2.1",
		Rule: "a start anywhere in the batch gives it context and name",
		Why:  "a message sent just before the start would be lost",
		Run: func(t *T) {
			t.enqueue(queueMessage("a", "x"), start("a"))
			f := t.fetchOf("a")
			t.batch(f, queueMessage("a", "x"), start("a"))
			t.described(f, orch, orchVersion, 1)
		},
	},
	{
		ID: "queue/OrphanDropIsScoped", Numbers: []string{"C-097"}, Section: "2.1",
		Rule: "dropping one instance's queue messages leaves everybody else's",
		Why:  "a mailbox must not lose mail because of a stranger",
		Run: func(t *T) {
			t.create("live")
			t.enqueue(queueMessage("ghost", "x"), queueMessage("live", "y"))
			f, err := t.tryFetch()
			t.must(err, "fetch")
			if f == nil { // the first fetch may be spent on the dropping
				f = t.fetch()
			}
			equal(t, "the instance fetched", f.Item.Instance, "live")
			t.batch(f, queueMessage("live", "y"))
			t.enqueue(start("ghost"))
			g := t.fetchOf("ghost")
			t.truthf(len(g.Item.Messages) == 1 || !t.strict, "the ghost's queue message was not dropped")
		},
	},
	{
		ID: "queue/AckedTimerHiddenUntilDue", Numbers: []string{"C-098"}, Section: "2.2",
		Rule: "a timer sent by an ack is not visible before it is due",
		Why:  "this is how every timer of every orchestration works",
		Run: func(t *T) {
			t.create("a")
			due := timer("a", t.NowMS()+uint64(t.timing.Tick.Milliseconds()))
			t.turn("a", 1, send(due))
			t.none("the timer is not due")
			t.Wait(t.timing.Tick / 2)
			t.none("the timer is not due")
			t.Wait(t.timing.Tick)
			t.batch(t.fetchOf("a"), due)
		},
	},
	{
		ID: "queue/TimerAndImmediateInOneAck", Numbers: []string{"C-099"}, Section: "2.2",
		Rule: "a timer does not hold up the messages sent with it",
		Why:  "an orchestration that races a timer against an event would always see the timer win",
		Run: func(t *T) {
			t.create("a")
			due := timer("a", t.NowMS()+uint64(t.timing.Tick.Milliseconds()))
			t.turn("a", 1, send(due, raise("a", "now")))
			f := t.fetchOf("a")
			t.batch(f, raise("a", "now"))
			t.ack(f, 1)
			t.none("the timer is not due")
			t.Wait(2 * t.timing.Tick)
			t.batch(t.fetchOf("a"), due)
		},
	},
	{
		ID: "queue/EnqueuedTimerNotEarly", Section: "2.5", Level: LevelDuro,
		Rule: "an enqueued timer is visible at the later of its time and its delay",
		Why:  "a timer moved by a tool must not fire early",
		Run: func(t *T) {
			t.create("a")
			due := timer("a", t.NowMS()+uint64(t.timing.Tick.Milliseconds()))
			t.enqueue(due)
			t.none("the timer is not due")
			t.Wait(t.timing.Tick / 2)
			t.none("the timer is not due")
			t.Wait(t.timing.Tick)
			f := t.fetchOf("a")
			t.batch(f, due)
			t.ack(f, 1)
			t.enqueueAfter(t.timing.Tick, timer("a", 1)) // long due, but delayed
			t.none("the delay counts too")
			t.Wait(t.timing.Tick)
			t.batch(t.fetchOf("a"), timer("a", 1))
		},
	},
}

// decoded is a message as another writer would have written it.
func (t *T) decoded(raw string) core.WorkItem {
	it, err := core.DecodeWorkItem([]byte(raw))
	t.must(err, "decode a work item")
	return it
}
