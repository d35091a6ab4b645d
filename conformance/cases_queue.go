package conformance

import (
	"slices"
	"sync"

	"github.com/durokit/duro/core"
)

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
				switch it.Kind() {
				case core.KindStartOrchestration, core.KindContinueAsNew, core.KindQueueMessage:
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
			t.truth(kept >= 7, "only %d kinds were tried", kept)
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
			t.truth(len(g.Item.Messages) == 1 || !t.strict, "the ghost's queue message was not dropped")
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
	{
		ID: "queue/SubOrchestrationRoutesToParent", Numbers: []string{"C-100"}, Section: "1.1",
		Rule: "a child's result goes to its parent",
		Why:  "these two kinds name their receiver in another field",
		Run: func(t *T) {
			result := item(core.SubOrchCompleted{ParentInstance: "p", ParentExecutionID: 1, ParentID: 3, Result: "r"})
			failure := item(core.SubOrchFailed{ParentInstance: "p", ParentExecutionID: 1, ParentID: 4, Details: core.Application{Message: "m"}})
			t.create("p", "child")
			t.turn("child", 1, send(result, failure))
			t.batch(t.fetchOf("p"), result, failure)
			t.none("nobody else got a message")
		},
	},
	{
		ID: "queue/CrossInstanceItems", Numbers: []string{"C-101"}, Section: "2.2",
		Rule: "an ack can start and cancel other instances",
		Why:  "this is how children and detached orchestrations begin and end",
		Run: func(t *T) {
			t.create("a", "other")
			t.turn("a", 1, send(startChild("child", "a"), cancelInstance("other")))
			t.batch(t.fetchOf("child"), startChild("child", "a"))
			t.batch(t.fetchOf("other"), cancelInstance("other"))
			t.none("the acking instance got nothing")
		},
	},
	{
		ID: "queue/WorkItemsRoundTrip", Numbers: []string{"C-102"}, Section: "1.1",
		Rule:   "every kind of message and activity arrives as it was sent, by enqueue and by ack",
		Why:    "payloads are opaque: whatever changes them breaks somebody's orchestration",
		Budget: DefaultBudget * 2,
		Run: func(t *T) {
			t.create("a")
			want := messagesOfEveryKind("a", awkward)
			t.enqueue(want...)
			f := t.fetchOf("a")
			t.batch(f, want...)
			t.ack(f, 1, send(want...))
			t.batch(t.fetchOf("a"), want...)
			for _, it := range activitiesOfEveryKind("a") {
				t.enqueueWork(it)
				t.ackWork(t.fetchWorkOf(it, owned("w", t.timing.Hold), tagged(core.TagsAny)))
				t.enqueue(start("b"))
				t.ack(t.fetchOf("b"), 1, work(it))
				t.ackWork(t.fetchWorkOf(it, owned("w", t.timing.Hold), tagged(core.TagsAny)))
			}
		},
	},
	{
		ID: "queue/StoredJSONIsVerbatim", Numbers: []string{"C-102"}, Section: "1.0", Level: LevelDuro,
		Rule: "what is delivered is the JSON that was handed over, byte for byte, unknown fields included",
		Why:  "a field that a newer runtime added would be lost on its way through an older store",
		Run: func(t *T) {
			message := t.decoded(`{ "ExternalRaised" : {"data":"\u0064","new_field":{"deep":[1,2.50]},"name":"E","instance":"a"} }`)
			job := t.decoded(`{"ActivityExecute":{"id":1,"instance":"a","execution_id":1,"input":"\/","name":"A","tag":null,"new_field":null}}`)
			event, err := core.DecodeEvent([]byte(`{"type":"ExternalEvent","data":"\u0064","name":"E","new_field":1e2,"event_id":2,"source_event_id":null,"instance_id":"a","execution_id":1,"timestamp_ms":1,"duroxide_version":"9.9.9"}`))
			t.must(err, "decode an event")
			t.create("a")
			t.enqueue(message)
			t.enqueueWork(job)
			f := t.fetchOf("a")
			t.batch(f, message)
			t.ackWork(t.fetchWorkOf(job))
			t.ack(f, 1, exactly(event), send(message), work(job))
			f = t.fetchOf("a")
			t.batch(f, message)
			t.sameEvents("the fetched item", f.Item.History[1:], event)
			t.sameEvents("Read", t.read("a")[1:], event)
			t.fetchWorkOf(job)
		},
	},
	{
		ID: "queue/DecodeTolerance", Numbers: []string{"C-103"}, Section: "1.0",
		Rule:  "stored messages of other writers are read as the contract says: optional fields may be missing, unknown ones are ignored, order is free",
		Why:   "during an upgrade old and new runtimes share one queue",
		Needs: []Need{NeedRawRows},
		Run: func(t *T) {
			t.insertMessage("a", `{"StartOrchestration":{"execution_id":1,"new":[{}],"input":"{}","orchestration":"TestOrch","instance":"a"}}`)
			f := t.fetchOf("a")
			equal(t, "HistoryError", f.Item.HistoryError, "")
			t.described(f, orch, "unknown", 1)
			equal(t, "the payload", f.Item.Messages[0].Payload(), core.WorkItemPayload(core.StartOrchestration{
				Instance: "a", Orchestration: orch, Input: "{}", ExecutionID: 1,
			}))
			t.insertMessage("b", `{"ContinueAsNew":{"instance":"b","orchestration":"TestOrch","input":"{}","version":"1.0.0"}}`)
			f = t.fetchOf("b")
			equal(t, "HistoryError", f.Item.HistoryError, "")
			t.described(f, orch, orchVersion, 1)
		},
	},
	{
		ID: "queue/FIFOAfterAbandon", Numbers: []string{"C-104"}, Section: "2.9",
		Rule: "an abandoned activity keeps its place before younger ones",
		Why:  "otherwise every retry goes to the end of a long queue",
		Run: func(t *T) {
			t.enqueueWork(activity("a", 1), activity("a", 2))
			t.abandonWork(t.fetchWorkOf(activity("a", 1)))
			t.fetchWorkOf(activity("a", 1))
		},
	},
	{
		ID: "queue/ConcurrentWorkersNoDuplicates", Numbers: []string{"C-105"}, Section: "2.0",
		Rule: "sixteen workers get each of a hundred activities once, and none only when all are taken",
		Why:  "an activity run twice, or workers that go to sleep beside work",
		Run: func(t *T) {
			const total = 100
			for n := range uint64(total) {
				t.enqueueWork(activity("a", n))
			}
			var mu sync.Mutex
			got := map[string]int{}
			returned, fetching := 0, 0
			t.Together(16, func(int) {
				for {
					mu.Lock()
					fetching++
					mu.Unlock()
					w, err := t.tryFetchWork()
					mu.Lock()
					fetching--
					if w != nil {
						returned++
						got[w.Item.Raw()]++
					}
					// What is neither returned nor in somebody else's hands was free.
					free := total - returned - fetching
					mu.Unlock()
					t.must(err, "fetch work among others")
					if w == nil {
						t.truth(free <= 0, "a work fetch returned none although at least %d activities were free", free)
						return
					}
					t.ackWork(w)
				}
			})
			equal(t, "how many activities were fetched", len(got), total)
			for raw, n := range got {
				t.truth(n == 1, "%s was fetched %d times", raw, n)
			}
		},
	},
	{
		ID: "queue/WorkAckWithStolenToken", Numbers: []string{"C-106"}, Section: "2.8",
		Rule: "a replaced work token cannot ack, and one completion arrives",
		Why:  "a slow worker's late result must not arrive beside its successor's",
		Run: func(t *T) {
			t.create("a")
			t.enqueueWork(activity("a", 1))
			slow := t.fetchWork(lock(t.timing.Lock))
			t.Wait(t.timing.Lock)
			quick := t.fetchWorkOf(activity("a", 1))
			t.lost(t.tryAckWork(slow.LockToken, ptr(completed("a", 1))), "an ack with a replaced token")
			t.completeWork(quick, completed("a", 1))
			t.batch(t.fetchOf("a"), completed("a", 1))
		},
	},
	{
		ID: "queue/BigBatches", Numbers: []string{"C-107"}, Section: "2.2", Slow: true,
		Rule: "an ack with thousands of rows succeeds, and all of them are there in order",
		Why:  "bind and packet limits are the provider's problem",
		Run: func(t *T) {
			var ds []draft
			var jobs, messages []core.WorkItem
			var ids []uint64
			for n := range uint64(2000) {
				ds, ids = append(ds, scheduled(n+2, "A")), append(ids, n+2)
			}
			for n := range uint64(1000) {
				jobs, messages = append(jobs, activity("a", n)), append(messages, completed("a", n))
			}
			t.create("a")
			t.turn("a", 1, events(ds...), work(jobs...), send(messages...))
			t.stored("a", append([]uint64{1}, ids...)...)
			t.batch(t.fetchOf("a"), messages...)
			equal(t, "the activities", raws(t.drainWork()), raws(jobs))
		},
	},
	{
		ID: "queue/UndecodableWorkerRowDoesNotBlock", Numbers: []string{"C-108"}, Section: "2.7",
		Rule:  "an undecodable row does not block the activities behind it",
		Why:   "one bad row would stop all workers",
		Needs: []Need{NeedRawRows},
		Run: func(t *T) {
			t.insertWork("junk")
			t.enqueueWork(activity("a", 1))
			w, err := t.tryFetchWork()
			if err != nil || w == nil { // one fetch may be spent on the bad row
				w = t.fetchWork()
			}
			equal(t, "the activity fetched", w.Item.Raw(), activity("a", 1).Raw())
		},
	},
	{
		ID: "queue/UndecodableWorkerRowIsSetAside", Numbers: []string{"C-108"}, Section: "2.7", Level: LevelDuro,
		Rule:  "undecodable rows are moved aside, and the same fetch returns the next good one",
		Why:   "the operator can see and mend them, and nobody waits for that",
		Needs: []Need{NeedRawRows, NeedAdmin},
		Run: func(t *T) {
			t.insertWork("junk")
			t.insertWork(`{"ExternalRaised":{"instance":"a","name":"not work","data":""}}`)
			t.enqueueWork(activity("a", 1))
			w := t.fetchWorkOf(activity("a", 1))
			equal(t, "the attempt count", w.AttemptCount, 1)
			d := t.depths()
			equal(t, "how many items are set aside", d.SetAside, 2)
			equal(t, "what is left in the worker queue", d.WorkerQueue+d.WorkerDelayed, 0)
			t.noWork("the bad rows are gone, the good one is locked")
			equal(t, "how many items are set aside now", t.depths().SetAside, 2)
		},
	},
}

// decoded is a message as another writer would have written it.
func (t *T) decoded(raw string) core.WorkItem {
	it, err := core.DecodeWorkItem([]byte(raw))
	t.must(err, "decode a work item")
	return it
}

// activitiesOfEveryKind are activities with both optional fields both ways, and
// awkward text wherever it may be.
func activitiesOfEveryKind(id string) []core.WorkItem {
	idText := strip(awkward)
	var out []core.WorkItem
	for i, optional := range [][2]*string{{nil, nil}, {&idText, nil}, {nil, &idText}, {&idText, &idText}, {nil, ptr("")}} {
		out = append(out, item(core.ActivityExecute{
			Instance: id, ExecutionID: 1, ID: uint64(i), Name: awkward, Input: awkward, SessionID: optional[0], Tag: optional[1],
		}))
	}
	return out
}

// strip takes out NUL, which identifiers may not have.
func strip(s string) string {
	return string(slices.DeleteFunc([]byte(s), func(b byte) bool { return b == 0 }))
}
