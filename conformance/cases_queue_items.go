package conformance

import (
	"sync"

	"github.com/durokit/duro/core"
)

var queueItemCases = []Case{
	{
		ID: "queue/SubOrchestrationRoutesToParent", Numbers: []string{"C-100"}, Section: "1.1",
		Rule: "a child's result goes to its parent",
		Why:  "these two kinds name their receiver in another field",
		Run: func(t *T) {
			result := item(core.SubOrchCompleted{ParentInstance: "p", ParentExecutionID: 1, ParentID: 3, Result: "r"})
			failure := item(core.SubOrchFailed{ParentInstance: "p", ParentExecutionID: 1, ParentID: 4,
				Details: core.Application{Message: "m"}})
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
			message := t.decoded(`{ "ExternalRaised" : {"data":"\u0064","new":{"deep":[1,2.50]},"name":"E","instance":"a"} }`)
			job := t.decoded(`{"ActivityExecute":{"id":1,"instance":"a","execution_id":1,"input":"\/","name":"A","new":1}}`)
			event, err := core.DecodeEvent([]byte(`{"type":"ExternalEvent","data":"\u0064","name":"E","new":1e2,"event_id":2,` +
				`"source_event_id":null,"instance_id":"a","execution_id":1,"timestamp_ms":1,"duroxide_version":"9.9.9"}`))
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
		Rule:  "in messages of other writers optional fields may be missing, unknown ones are ignored, and the order is free",
		Why:   "during an upgrade old and new runtimes share one queue",
		Needs: []Need{NeedRawRows},
		Run: func(t *T) {
			t.insertMessage("a",
				`{"StartOrchestration":{"execution_id":1,"new":[{}],"input":"{}","orchestration":"TestOrch","instance":"a"}}`)
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
						t.truthf(free <= 0, "a work fetch returned none although at least %d activities were free", free)
						return
					}
					t.ackWork(w)
				}
			})
			equal(t, "how many activities were fetched", len(got), total)
			for raw, n := range got {
				t.truthf(n == 1, "%s was fetched %d times", raw, n)
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
			t.lost(t.tryAckWork(slow.LockToken, new(completed("a", 1))), "an ack with a replaced token")
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
