package conformance

import (
	"strings"

	"github.com/durokit/duro/core"
)

var statusCases = []Case{
	{
		ID: "status/Set", Numbers: []string{"C-231", "A-123"}, Section: "A2.21",
		Rule: "a turn's CustomStatusUpdated is the instance's status, version 1",
		Why:  "this is how orchestrations report progress",
		Run: func(t *T) {
			t.create("a")
			t.turn("a", 1, events(statusSet(100, "progress")))
			t.hasStatus("a", new("progress"), 1)
		},
	},
	{
		ID: "status/Clear", Numbers: []string{"C-232", "A-124"}, Section: "A2.21",
		Rule: "a null status clears the text and counts as a change",
		Why:  "clients have to see that it is gone",
		Run: func(t *T) {
			t.create("a")
			t.turn("a", 1, events(statusSet(100, "temp")))
			t.turn("a", 1, events(statusCleared(101)))
			t.hasStatus("a", nil, 2)
		},
	},
	{
		ID: "status/NonePreserves", Numbers: []string{"C-233", "A-125"}, Section: "A2.21",
		Rule: "a turn without an update keeps the status",
		Why:  "most turns update nothing",
		Run: func(t *T) {
			t.create("a")
			t.turn("a", 1, events(statusSet(100, "keep-me")))
			t.turn("a", 1)
			t.turn("a", 1, events(scheduled(101, "A")))
			t.hasStatus("a", new("keep-me"), 1)
		},
	},
	{
		ID: "status/VersionIncrements", Numbers: []string{"C-234", "A-126"}, Section: "A2.21",
		Rule: "every turn with an update adds one to the version",
		Why:  "clients wait for the next version",
		Run: func(t *T) {
			t.create("a")
			for i, d := range []draft{statusSet(100, "a"), statusSet(101, "b"), statusCleared(102)} {
				t.turn("a", 1, events(d))
				s := t.customStatus("a", uint64(i))
				t.truthf(s != nil && s.Version == uint64(i+1), "the status above version %d: got %v, want version %d", i, s, i+1)
			}
			t.hasStatus("a", nil, 3)
		},
	},
	{
		ID: "status/PollNoChange", Numbers: []string{"C-235", "A-127"}, Section: "2.16",
		Rule: "a status is returned to those who have not seen its version",
		Why:  "polling returns a change once",
		Run: func(t *T) {
			t.create("a")
			t.turn("a", 1, events(statusSet(100, "x")))
			t.truthf(t.customStatus("a", 1) == nil, "a status was returned to somebody who has seen it")
			t.hasStatus("a", new("x"), 1)
		},
	},
	{
		ID: "status/UnknownInstance", Numbers: []string{"C-236", "A-128"}, Section: "2.16",
		Rule: "an unknown instance has no status, and asking is no error",
		Why:  "clients poll before the first turn",
		Run:  func(t *T) { t.noStatus("ghost") },
	},
	{
		ID: "status/FreshInstance", Numbers: []string{"C-237", "A-129"}, Section: "2.16",
		Rule: "a new instance has no status",
		Why:  "version 0 means never set",
		Run: func(t *T) {
			t.create("a")
			t.noStatus("a")
			t.turn("a", 1, events(statusSet(100, "x")))
			t.hasStatus("a", new("x"), 1)
		},
	},
	{
		ID: "status/LastWinsOneStep", Numbers: []string{"C-238", "A-130"}, Section: "A2.21",
		Rule: "of several updates in one turn the last counts, as one step",
		Why:  "the turn is what commits; in between nobody was looking",
		Run: func(t *T) {
			t.create("a")
			t.turn("a", 1, events(statusSet(100, "a"), statusCleared(101), statusSet(102, "b"), scheduled(103, "A")))
			t.hasStatus("a", new("b"), 1)
		},
	},
	{
		ID: "status/SetThenClearInOneAck", Numbers: []string{"A-131"}, Section: "A2.21",
		Rule: "a set and a clear in one turn are a clear",
		Why:  "the last update counts, whatever it is",
		Run: func(t *T) {
			t.create("a")
			t.turn("a", 1, events(statusSet(100, "x"), statusCleared(101)))
			t.hasStatus("a", nil, 1)
		},
	},
	{
		ID: "status/SameTextAgain", Numbers: []string{"A-132"}, Section: "A2.21",
		Rule: "setting the same text again is a change",
		Why:  "a heartbeat in the status must be seen",
		Run: func(t *T) {
			t.create("a")
			t.turn("a", 1, events(statusSet(100, "a")))
			t.turn("a", 1, events(statusSet(101, "a")))
			t.hasStatus("a", new("a"), 2)
		},
	},
	{
		ID: "status/EmptyString", Numbers: []string{"A-133"}, Section: "A2.21",
		Rule: "the empty text is a status, not a clear",
		Why:  "stores that take it for NULL change what the orchestration said",
		Run: func(t *T) {
			t.create("b")
			t.turn("b", 1, events(statusSet(100, "")))
			t.hasStatus("b", new(""), 1)
		},
	},
	{
		ID: "status/InCreatingAck", Numbers: []string{"C-240", "A-134"}, Section: "A2.21",
		Rule: "the turn that makes the instance can set its status",
		Why:  "many orchestrations set it first of all",
		Run: func(t *T) {
			t.enqueue(start("a"))
			t.ack(t.fetch(), 1, events(started(), statusSet(2, "x")), full)
			t.hasStatus("a", new("x"), 1)
		},
	},
	{
		ID: "status/InTerminalAck", Numbers: []string{"A-135"}, Section: "A2.21",
		Rule: "the last turn can set the status, and it stays",
		Why:  "the final status is the one people look at",
		Run: func(t *T) {
			t.create("a")
			t.turn("a", 1, events(statusSet(2, "bye"), orchCompleted(3, "done")), ended(core.StatusCompleted, "done"))
			t.hasStatus("a", new("bye"), 1)
		},
	},
	{
		ID: "status/SurvivesContinueAsNew", Numbers: []string{"C-239", "A-136"}, Section: "A2.21",
		Rule: "the status belongs to the instance: a new execution keeps and goes on from it",
		Why:  "a client that waits for version 2 would wait for ever after a restart at 1",
		Run: func(t *T) {
			t.create("a")
			t.turn("a", 1, events(statusSet(2, "x")))
			t.turn("a", 1, full, status(core.StatusContinuedAsNew))
			t.enqueue(continueAsNew("a"))
			t.ack(t.fetchOf("a"), 2, full, events(ev(1, core.OrchestrationStartedEvent{
				Name: orch, Version: orchVersion, Input: "{}", InitialCustomStatus: new("x"),
			})))
			t.hasStatus("a", new("x"), 1)
			t.turn("a", 2, events(statusSet(2, "y")))
			t.hasStatus("a", new("y"), 2)
		},
	},
	{
		ID: "status/SurvivesPrune", Numbers: []string{"A-137"}, Section: "A2.21",
		Rule:  "pruning the execution that set the status keeps it",
		Why:   "pruning removes history, not state",
		Needs: []Need{NeedAdmin},
		Run: func(t *T) {
			t.create("a")
			t.turn("a", 1, events(statusSet(2, "x")))
			t.continued("a", 2)
			t.pruned("a", core.PruneOptions{}, 1)
			t.hasStatus("a", new("x"), 1)
		},
	},
	{
		ID: "status/GoneAfterDelete", Numbers: []string{"A-137"}, Section: "A2.14",
		Rule:  "a deleted instance has no status",
		Why:   "nothing of a deleted instance may show",
		Needs: []Need{NeedAdmin},
		Run: func(t *T) {
			t.create("a")
			t.turn("a", 1, events(statusSet(2, "x")))
			t.hasStatus("a", new("x"), 1)
			t.deleted("a", true)
			t.noStatus("a")
		},
	},
	{
		ID: "status/RestartsAfterRecreate", Numbers: []string{"A-137"}, Section: "A2.14",
		Rule:  "an instance made anew under a deleted one's id starts without a status, at version 0",
		Why:   "nothing of a deleted instance may show",
		Needs: []Need{NeedAdmin},
		Run: func(t *T) {
			t.create("a")
			for n := uint64(2); n <= 4; n++ {
				t.turn("a", 1, events(statusSet(n, "x")))
			}
			t.deleted("a", true)
			t.create("a")
			t.noStatus("a")
			t.turn("a", 1, events(statusSet(2, "y")))
			t.hasStatus("a", new("y"), 1)
		},
	},
	{
		ID: "status/VersionAhead", Numbers: []string{"A-138"}, Section: "2.16",
		Rule: "somebody ahead of the stored version gets nothing",
		Why:  "it is no change",
		Run: func(t *T) {
			t.create("a")
			t.turn("a", 1, events(statusSet(2, "x")))
			t.truthf(t.customStatus("a", 999) == nil, "a status of version 1 was returned to somebody who has seen 999")
			t.truthf(t.customStatus("a", core.MaxCounter) == nil,
				"a status was returned to somebody who has seen the highest version")
			t.hasStatus("a", new("x"), 1)
		},
	},
	{
		ID: "status/FailedAckKeepsVersion", Numbers: []string{"C-241", "A-139"}, Section: "2.2",
		Rule: "a failed ack changes neither text nor version",
		Why:  "a turn commits as a whole or not at all",
		Run: func(t *T) {
			t.create("a")
			t.turn("a", 1, events(statusSet(2, "x")))
			t.enqueue(poke("a"))
			t.refused(t.tryAck(t.fetchOf("a"), 1, events(statusSet(3, "y"), started())), core.ErrDuplicateEvent,
				"an ack with a stored event id")
			t.hasStatus("a", new("x"), 1)
		},
	},
	{
		ID: "status/Size", Numbers: []string{"C-242", "A-140"}, Section: "A1.17",
		Rule: "a status of 262,144 bytes comes back exactly",
		Why:  "it is the most the runtime allows",
		Run: func(t *T) {
			t.create("a")
			for i, text := range []string{strings.Repeat("x", 262_144), strings.Repeat("é\U0001F389", 262_144/6) + awkward} {
				t.turn("a", 1, events(statusSet(uint64(i+2), text)))
				t.hasStatus("a", &text, uint64(i+1))
			}
		},
	},
	{
		ID: "status/WithoutRecord", Numbers: []string{"A-141"}, Section: "A2.21",
		Rule: "a status without an instance record is lost, and the ack succeeds",
		Why:  "there is nowhere to keep it; the turn must not fail over it",
		Run: func(t *T) {
			t.enqueue(start("a"))
			t.ack(t.fetch(), 1, events(started(), statusSet(2, "x")))
			t.stored("a", 1, 2)
			t.noStatus("a")
		},
	},
}
