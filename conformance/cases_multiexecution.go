package conformance

import (
	"slices"
	"strings"

	"github.com/durokit/duro/core"
)

var multiExecutionCases = []Case{
	{
		ID: "multiexecution/ExecutionIsolation", Numbers: []string{"C-073", "A-39"}, Section: "A2.23",
		Rule: "every execution has a history of its own, and Read is the latest's",
		Why:  "replay of one run must not see another one's events",
		Run: func(t *T) {
			t.enqueue(startAt("a", 1))
			t.ack(t.fetch(), 1, events(started(), scheduled(2, "A"), orchCompleted(3, "done")))
			t.enqueue(startAt("a", 2))
			t.ack(t.fetchOf("a"), 2, events(started(), orchCompleted(2, "again")))
			one := t.readExecution("a", 1)
			t.history("execution 1", one, 1, 2, 3)
			equal(t, "the kinds of execution 1", kinds(one), []core.EventKind{
				core.EventOrchestrationStarted, core.EventActivityScheduled, core.EventOrchestrationCompleted,
			})
			t.history("execution 2", t.readExecution("a", 2), 1, 2)
			equal(t, "the latest history", kinds(t.read("a")),
				[]core.EventKind{core.EventOrchestrationStarted, core.EventOrchestrationCompleted})
		},
	},
	{
		ID: "multiexecution/LatestExecutionDetection", Numbers: []string{"C-074", "A-40"}, Section: "2.13",
		Rule: "the latest execution is the highest with an execution record, without an instance record too",
		Why:  "first turns that carry no metadata still have to be read back",
		Run: func(t *T) {
			t.enqueue(startAt("a", 1))
			t.ack(t.fetch(), 1, events(scheduled(1, "A")))
			t.enqueue(startAt("a", 2))
			f := t.fetchOf("a")
			equal(t, "the name, which only the start message knows", f.Item.OrchestrationName, orch)
			t.ack(f, 2, events(scheduled(1, "B")))
			equal(t, "the activities of the latest execution", activities(t.read("a")), []string{"B"})
			equal(t, "the activities of execution 1", activities(t.readExecution("a", 1)), []string{"A"})
		},
	},
	{
		ID: "multiexecution/ExecutionIDSequencing", Numbers: []string{"C-075", "A-41"}, Section: "2.1",
		Rule: "the fetched execution id is the record's, not the message's",
		Why:  "the ack decides which execution runs; a message may be stale",
		Run: func(t *T) {
			t.enqueue(startAt("a", 1))
			f := t.fetch()
			equal(t, "the first execution id", f.Item.ExecutionID, 1)
			t.ack(f, 1, events(started()), full)
			t.enqueue(startAt("a", 2))
			t.ack(t.fetchOf("a"), 2, events(started()), full)
			t.enqueue(startAt("a", 3))
			equal(t, "the execution id after an ack of execution 2", t.fetchOf("a").Item.ExecutionID, 2)
		},
	},
	{
		ID: "multiexecution/ContinueAsNewCreatesExecution", Numbers: []string{"C-076", "A-42"}, Section: "2.2",
		Rule: "acking the next execution makes it, without metadata too",
		Why:  "the execution id argument alone decides",
		Run: func(t *T) {
			t.enqueue(start("a"))
			t.ack(t.fetch(), 1, events(started()))
			t.enqueue(continueAsNew("a"))
			f := t.fetchOf("a")
			t.batch(f, continueAsNew("a"))
			t.ack(f, 2, events(started()))
			t.none("both messages were acked") // upstream fetches here and finds nothing to check
			t.history("execution 2", t.readExecution("a", 2), 1)
			t.stored("a", 1)
		},
	},
	{
		ID: "multiexecution/HistoryPersists", Numbers: []string{"C-077", "A-43"}, Section: "A2.23",
		Rule: "earlier executions stay readable",
		Why:  "they are the only record of what an eternal orchestration did",
		Run: func(t *T) {
			names := []string{"A", "B", "C"}
			for i, n := range names {
				t.enqueue(startAt("a", uint64(i+1)))
				t.ack(t.fetchOf("a"), uint64(i+1), events(scheduled(1, n)))
			}
			for i, n := range names {
				equal(t, "the activities of "+name("execution", i+1), activities(t.readExecution("a", uint64(i+1))), []string{n})
			}
			equal(t, "the activities of the latest execution", activities(t.read("a")), []string{"C"})
		},
	},
	{
		ID: "multiexecution/ContinueAsNewCreatesExecutionStrictly", Numbers: []string{"A-44"}, Section: "A2.23",
		Rule:  "after continue-as-new a fetch shows the new execution with its own history only",
		Why:   "the old run's events in the new one's history break its replay",
		Needs: []Need{NeedAdmin},
		Run: func(t *T) {
			t.create("a")
			t.turn("a", 1, full, ended(core.StatusContinuedAsNew, "next"))
			t.enqueue(continueAsNew("a"))
			t.ack(t.fetchOf("a"), 2, events(started(), scheduled(2, "B")), full)
			t.enqueue(poke("a"))
			f := t.fetchOf("a")
			t.described(f, orch, orchVersion, 2)
			t.history("the item", f.Item.History, 1, 2)
			equal(t, "the executions", t.executions("a"), []uint64{1, 2})
			t.execStatus("a", 1, core.StatusContinuedAsNew, new("next"))
		},
	},
	{
		ID: "multiexecution/CurrentNeverDecreases", Numbers: []string{"C-078", "A-45"}, Section: "2.2",
		Rule: "the pointer to the current execution never goes back",
		Why:  "a late ack of an old execution must not resurrect it",
		Run: func(t *T) {
			t.create("a")
			t.turn("a", 3, events(started()), full)
			t.turn("a", 2, events(started(), scheduled(2, "late")), full)
			t.history("execution 2", t.readExecution("a", 2), 1, 2)
			t.stored("a", 1)
			t.enqueue(poke("a"))
			f := t.fetchOf("a")
			equal(t, "the current execution", f.Item.ExecutionID, 3)
			t.history("the item", f.Item.History, 1)
		},
	},
	{
		ID: "multiexecution/ContinueAsNewWindow", Numbers: []string{"C-079", "A-46"}, Section: "2.2",
		Rule:  "between two executions the fetch shows the old, closed one, with the message that starts the next",
		Why:   "the runtime numbers the next execution from it",
		Needs: []Need{NeedAdmin},
		Run: func(t *T) {
			t.create("a")
			t.enqueue(poke("a"))
			f := t.fetchOf("a")
			t.enqueue(raise("a", "meanwhile"))
			t.ack(f, 1, events(ev(2, core.OrchestrationContinuedAsNewEvent{Input: "next"})), full,
				ended(core.StatusContinuedAsNew, "next"), send(continueAsNew("a")))
			ids, err := t.Admin().ListInstancesByStatus(t.ctx, core.StatusContinuedAsNew)
			t.must(err, "ListInstancesByStatus")
			equal(t, "the instances between two executions", ids, []string{"a"})
			g := t.fetchOf("a")
			t.batch(g, raise("a", "meanwhile"), continueAsNew("a"))
			t.described(g, orch, orchVersion, 1)
			t.history("the item", g.Item.History, 1, 2)
			t.ack(g, 2, events(started()), full)
			t.enqueue(poke("a"))
			h := t.fetchOf("a")
			equal(t, "the execution id", h.Item.ExecutionID, 2)
			t.history("the item", h.Item.History, 1)
			t.execStatus("a", 1, core.StatusContinuedAsNew, new("next"))
			t.execStatus("a", 2, core.StatusRunning, nil)
		},
	},
	{
		ID: "multiexecution/EventFieldsAreNotTrusted", Numbers: []string{"C-080"}, Section: "1.2",
		Rule: "an event is stored under the lock's instance and the ack's execution, and comes back as it was",
		Why:  "the runtime's failure path makes events with an empty instance and execution 0",
		Run: func(t *T) {
			e := core.NewEvent(core.EventHeader{EventID: 2, DuroxideVersion: stampVersion},
				core.OrchestrationFailedEvent{Details: core.Infrastructure{Operation: "ack", Message: "m"}})
			foreign := scheduled(3, "A").event("somebody else", 77)
			t.create("a")
			t.turn("a", 1, exactly(e, foreign))
			t.stored("somebody else")
			t.sameEvents("Read", t.read("a")[1:], e, foreign)
			t.enqueue(poke("a"))
			t.sameEvents("the fetched item", t.fetchOf("a").Item.History[1:], e, foreign)
		},
	},
	{
		ID: "multiexecution/FullEventRoundTrip", Numbers: []string{"C-081"}, Section: "1.2",
		Rule:   "every kind of event comes back byte for byte, by fetch and by both reads",
		Why:    "replay compares what it does with what it finds",
		Budget: DefaultBudget * 4,
		Run: func(t *T) {
			es := eventsOfEveryKind(awkward)
			es = append(es, core.NewEvent(core.EventHeader{
				EventID: uint64(len(es) + 1), InstanceID: "a", ExecutionID: 1, TimestampMS: 1, DuroxideVersion: "0.0.1",
			}, core.ExternalEvent{Name: "big", Data: strings.Repeat("1 MiB of é🎉\n", 1<<16)}))
			t.enqueue(start("a"))
			t.ack(t.fetch(), 1, exactly(es...), full)
			t.sameEvents("Read", t.read("a"), es...)
			t.sameEvents("ReadWithExecution", t.readExecution("a", 1), es...)
			t.enqueue(poke("a"))
			t.sameEvents("the fetched item", t.fetchOf("a").Item.History, es...)
		},
	},
	{
		ID: "multiexecution/LargeIDs", Numbers: []string{"C-082"}, Section: "1.0",
		Rule: "ids up to 2^63-1 are exact, and events are ordered by number",
		Why:  "ids that pass through floating point or sort as text come back changed or out of order",
		Run: func(t *T) {
			ids := []uint64{9, 10, 99999, 1<<53 + 1, core.MaxCounter}
			execution := core.MaxCounter
			t.create("a")
			t.enqueue(poke("a"))
			var ds []draft
			for _, id := range slices.Backward(ids) { // handed over in the wrong order
				ds = append(ds, scheduled(id, "A"))
			}
			t.ack(t.fetchOf("a"), 1<<53+1, events(ds...), full)
			t.turn("a", execution, events(ds...), full)
			t.history("execution 2^53+1", t.readExecution("a", 1<<53+1), ids...)
			t.history("execution 2^53", t.readExecution("a", 1<<53))
			t.stored("a", ids...)
			t.enqueue(poke("a"))
			f := t.fetchOf("a")
			equal(t, "the execution id", f.Item.ExecutionID, execution)
			t.history("the item", f.Item.History, ids...)
			big := item(core.ActivityExecute{Instance: "a", ExecutionID: execution, ID: execution, Name: "A", Input: ""})
			t.ack(f, execution, work(big))
			w := t.fetchWorkOf(big)
			t.turn("a", execution, cancel(identity("a", execution, execution)))
			t.lost(t.tryRenewWork(w.LockToken, t.timing.Lock), "renewing the cancelled activity with the largest ids")
		},
	},
	{
		ID: "multiexecution/StatusWithEmptyDelta", Numbers: []string{"C-083"}, Section: "2.2",
		Rule:  "a status is stored without any event, and an ack without a status keeps it",
		Why:   "late messages of a finished instance are drained by empty acks",
		Needs: []Need{NeedAdmin},
		Run: func(t *T) {
			t.create("b")
			t.turn("b", 1, ended(core.StatusFailed, "x"))
			t.execStatus("b", 1, core.StatusFailed, new("x"))
			t.turn("b", 1)
			t.execStatus("b", 1, core.StatusFailed, new("x"))
		},
	},
	{
		ID: "multiexecution/EventIDsRestartPerExecution", Numbers: []string{"A-47"}, Section: "A2.23",
		Rule: "event ids are unique within an execution, not across",
		Why:  "every execution starts at event 1",
		Run: func(t *T) {
			t.create("a")
			t.continued("a", 2)
			t.history("execution 1", t.readExecution("a", 1), 1)
			t.history("execution 2", t.readExecution("a", 2), 1)
			t.enqueue(poke("a"))
			err := t.tryAck(t.fetchOf("a"), 2, events(scheduled(2, "A"), started()))
			t.refused(err, core.ErrDuplicateEvent, "an ack with event 1 of the same execution")
			t.stored("a", 1)
		},
	},
	{
		ID: "multiexecution/StatusIsPerExecution", Numbers: []string{"A-48"}, Section: "A2.20",
		Rule:  "every execution keeps its own status and output",
		Why:   "the outcome of a closed run must not change with the next one",
		Needs: []Need{NeedAdmin},
		Run: func(t *T) {
			t.create("a")
			t.turn("a", 1, ended(core.StatusCompleted, "a"))
			t.turn("a", 2, events(started()), ended(core.StatusFailed, "b"))
			t.execStatus("a", 1, core.StatusCompleted, new("a"))
			t.execStatus("a", 2, core.StatusFailed, new("b"))
			i := t.info("a")
			equal(t, "the instance's status", i.Status, core.StatusFailed)
			equal(t, "the instance's output", i.Output, new("b"))
		},
	},
}

func kinds(es []core.Event) []core.EventKind {
	out := make([]core.EventKind, len(es))
	for i, e := range es {
		out[i] = e.Kind()
	}
	return out
}

// activities are the names of the activities scheduled in a history.
func activities(es []core.Event) []string {
	var out []string
	for _, e := range es {
		if p, ok := e.Payload().(core.ActivityScheduledEvent); ok {
			out = append(out, p.Name)
		}
	}
	return out
}

// sameEvents demands events byte for byte.
func (t *T) sameEvents(what string, got []core.Event, want ...core.Event) {
	if len(got) != len(want) {
		t.Errorf("%s: got %d events, want %d", what, len(got), len(want))
		return
	}
	for i := range want {
		if got[i].Raw() != want[i].Raw() {
			t.Errorf("%s: event %d of kind %s came back changed:\n got %.300q\nwant %.300q", what, want[i].ID(), want[i].Kind(),
				got[i].Raw(), want[i].Raw())
		}
	}
}

// execStatus demands an execution's status and output.
func (t *T) execStatus(id string, execution uint64, status string, output *string) {
	e := t.execution(id, execution)
	equal(t, name("the status of execution", int(execution)), e.Status, status)
	equal(t, name("the output of execution", int(execution)), e.Output, output)
}
