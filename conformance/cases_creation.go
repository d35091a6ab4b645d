package conformance

import "github.com/durokit/duro/core"

var creationCases = []Case{
	{
		ID: "creation/ViaMetadata", Numbers: []string{"C-027", "A-26"}, Section: "2.2",
		Rule: "the first ack's metadata makes the instance record and decides its version",
		Why:  "the runtime resolves the version; what the start message asked for is only a wish",
		Run: func(t *T) {
			t.enqueue(start("a"))
			f := t.fetch()
			equal(t, "the name before the record", f.Item.OrchestrationName, orch)
			equal(t, "the execution before the record", f.Item.ExecutionID, 1)
			t.history("an instance before its first ack", f.Item.History)
			t.ack(f, 1, events(ev(1, core.OrchestrationStartedEvent{Name: orch, Version: "2.0.0", Input: "{}"})), called(orch),
				version("2.0.0"))
			t.enqueue(start("a"))
			f = t.fetchOf("a")
			t.described(f, orch, "2.0.0", 1)
			t.history("the item", f.Item.History, 1)
			t.ack(f, 1)
		},
	},
	{
		ID: "creation/FetchWithoutInstance", Numbers: []string{"C-028", "A-27"}, Section: "2.1",
		Rule: "a start message is fetchable before there is an instance record",
		Why:  "the record is made by the first ack, which needs the fetch",
		Run: func(t *T) {
			t.enqueue(start("a"))
			f := t.fetchOf("a")
			t.batch(f, start("a"))
			t.described(f, orch, orchVersion, 1)
			t.ack(f, 1, events(started()), full)
			t.enqueue(poke("a"))
			t.described(t.fetchOf("a"), orch, orchVersion, 1)
		},
	},
	{
		ID: "creation/NullVersion", Numbers: []string{"C-029", "A-28"}, Section: "A2.26",
		Rule: "a start without a version is fetchable, and the ack's version is stored",
		Why:  "most starts name no version",
		Run: func(t *T) {
			first := item(core.StartOrchestration{Instance: "a", Orchestration: orch, Input: "{}", ExecutionID: 1})
			t.enqueue(first)
			t.ack(t.fetch(), 1, events(started()), called(orch), version("3.0.0"))
			t.enqueue(first)
			t.described(t.fetchOf("a"), orch, "3.0.0", 1)
		},
	},
	{
		ID: "creation/SubOrchestration", Numbers: []string{"C-030", "A-29"}, Section: "A2.24",
		Rule: "a child started by its parent's ack gets its record from its own first ack",
		Why:  "the provider never looks into messages to make records",
		Run: func(t *T) {
			child := "parent-instance::child-instance"
			t.create("parent-instance")
			t.turn("parent-instance", 1, send(startChild(child, "parent-instance")))
			f := t.fetchOf(child)
			equal(t, "the child's name", f.Item.OrchestrationName, "ChildOrch")
			t.ack(f, 1, events(started()), called("ChildOrch"), version("1.5.0"))
			t.enqueue(start(child))
			t.described(t.fetchOf(child), "ChildOrch", "1.5.0", 1)
		},
	},
	{
		ID: "creation/EnqueueCreatesNothing", Numbers: []string{"C-031", "A-30"}, Section: "2.5",
		Rule:  "neither an enqueue nor a fetch makes a record",
		Why:   "an instance that shows before its first turn has no name, version or history",
		Needs: []Need{NeedAdmin},
		Run: func(t *T) {
			t.enqueue(start("a"))
			t.nothing("a")
			f := t.fetchOf("a")
			t.nothing("a")
			t.ack(f, 1, events(started()), full)
			equal(t, "the pointer", t.info("a").CurrentExecutionID, 1)
			ids, err := t.Admin().ListInstances(t.ctx)
			t.must(err, "ListInstances")
			equal(t, "the instances", ids, []string{"a"})
			equal(t, "the executions", t.executions("a"), []uint64{1})
			t.stored("a", 1)
		},
	},
	{
		ID: "creation/AbsentAfterFailedAck", Numbers: []string{"A-31"}, Section: "2.2",
		Rule:  "a failed first ack makes nothing",
		Why:   "half an instance can neither run nor be deleted",
		Needs: []Need{NeedAdmin},
		Run: func(t *T) {
			t.enqueue(start("b"))
			f := t.fetchOf("b")
			t.lost(t.tryAckToken("bogus", "b", 1, events(started()), full), "an ack with an invented token")
			err := t.tryAck(f, 1, events(started(), kvSet(2, "k", "v"), scheduled(2, "A")), full,
				ended(core.StatusCompleted, "done"))
			t.refused(err, core.ErrDuplicateEvent, "an ack with one event id twice")
			t.nothing("b")
			t.hasKV("b", nil)
		},
	},
	{
		ID: "creation/FetchedVersionUnknown", Numbers: []string{"C-033", "A-32"}, Section: "2.1",
		Rule: "an item without a version says unknown",
		Why:  "the runtime takes any other text for a version to look up",
		Run: func(t *T) {
			t.enqueue(item(core.StartOrchestration{Instance: "a", Orchestration: orch, Input: "{}", ExecutionID: 1}))
			t.described(t.fetch(), orch, "unknown", 1)
		},
	},
	{
		ID: "creation/NameOnlyAckIsAccepted", Numbers: []string{"C-032"}, Section: "A2.26",
		Rule: "an ack with a name and no version is no error, and never erases a version",
		Why:  "validations and older runtimes send it",
		Run: func(t *T) {
			t.enqueue(start("a"))
			t.ack(t.fetch(), 1, events(started()), called(orch))
			t.enqueue(poke("a"))
			f := t.fetchOf("a")
			equal(t, "the name", f.Item.OrchestrationName, orch)
			if v := f.Item.Version; v != "unknown" && v != orchVersion {
				t.Errorf("the version after a name-only ack: got %q, want unknown or the history's %q", v, orchVersion)
			}
			t.ack(f, 1, called(orch), version("4.0.0"))
			t.turn("a", 1, called(orch))
			t.enqueue(poke("a"))
			t.described(t.fetchOf("a"), orch, "4.0.0", 1)
		},
	},
	{
		ID: "creation/NameOnlyAckCreatesRecord", Numbers: []string{"C-032", "A-33"}, Section: "A2.26", Level: LevelDuro,
		Rule:  "an ack with a name and no version makes a record whose version reads unknown",
		Why:   "the migration guide makes the version nullable; without the record the instance cannot be listed",
		Needs: []Need{NeedAdmin},
		Run: func(t *T) {
			t.enqueue(start("a"))
			t.ack(t.fetch(), 1, called(orch))
			equal(t, "the stored version", t.info("a").OrchestrationVersion, "unknown")
			t.enqueue(poke("a"))
			f := t.fetchOf("a")
			t.described(f, orch, "unknown", 1)
			t.ack(f, 1, full)
			equal(t, "the version filled in", t.info("a").OrchestrationVersion, orchVersion)
			t.turn("a", 1, called(orch))
			equal(t, "the version after an ack without one", t.info("a").OrchestrationVersion, orchVersion)
		},
	},
	{
		ID: "creation/VersionOnlyAckCreatesNothing", Numbers: []string{"A-33"}, Section: "2.2",
		Rule:  "a version without a name makes no instance record",
		Why:   "a record without a name cannot run",
		Needs: []Need{NeedAdmin},
		Run: func(t *T) {
			t.enqueue(start("a"))
			t.ack(t.fetch(), 1, events(started()), version("2.0.0"))
			t.absent("a")
			equal(t, "the executions", t.executions("a"), []uint64{1})
		},
	},
	{
		ID: "creation/NoDefaultVersion", Numbers: []string{"A-34"}, Section: "A2.26",
		Rule:  "no version is invented where none was given",
		Why:   "the old default 1.0.0 made the runtime look up a version nobody asked for",
		Needs: []Need{NeedAdmin},
		Run: func(t *T) {
			t.enqueue(item(core.StartOrchestration{Instance: "a", Orchestration: orch, Input: "{}", ExecutionID: 1}))
			t.ack(t.fetch(), 1, called(orch))
			t.enqueue(item(core.StartOrchestration{Instance: "a", Orchestration: orch, Input: "{}", ExecutionID: 1}))
			equal(t, "the fetched version", t.fetchOf("a").Item.Version, "unknown")
			// Upstream's own providers make no record here.
			if i, err := t.Admin().GetInstanceInfo(t.ctx, "a"); err == nil {
				equal(t, "the stored version", i.OrchestrationVersion, "unknown")
			}
		},
	},
	{
		ID: "creation/ParentIsImmutable", Numbers: []string{"C-033", "A-35"}, Section: "2.2",
		Rule:  "a stored parent never changes",
		Why:   "a child that changes parents escapes deletion with its tree",
		Needs: []Need{NeedAdmin},
		Run: func(t *T) {
			t.create("p", "q")
			t.finished("a", "p")
			t.turn("a", 1, full)
			t.hasParent("a", "p")
			t.turn("a", 1, full, childOf("q"))
			t.hasParent("a", "p")
		},
	},
	{
		ID: "creation/ParentFilledWhenAbsent", Section: "2.2", Level: LevelDuro,
		Rule:  "a parent named by a later ack is stored when there was none",
		Why:   "a first ack that failed is followed by one without metadata; the link must still come",
		Needs: []Need{NeedAdmin},
		Run: func(t *T) {
			t.create("p", "a")
			t.hasParent("a", "")
			t.turn("a", 1, full, childOf("p"))
			t.hasParent("a", "p")
		},
	},
	{
		ID: "creation/ParentComesFromMetadata", Numbers: []string{"A-36"}, Section: "A2.24",
		Rule:  "the parent comes from the ack's metadata, not from the start message",
		Why:   "the provider does not interpret messages",
		Needs: []Need{NeedAdmin},
		Run: func(t *T) {
			t.create("p")
			t.enqueue(startChild("a", "p"))
			t.ack(t.fetchOf("a"), 1, events(started()), full)
			t.hasParent("a", "")
		},
	},
	{
		ID: "creation/RenameOnAck", Numbers: []string{"A-37"}, Section: "2.2",
		Rule:  "a later ack's name and version replace the stored ones",
		Why:   "continue-as-new may move an instance to another version",
		Needs: []Need{NeedAdmin},
		Run: func(t *T) {
			t.create("a")
			before := t.info("a")
			t.Wait(t.timing.Tick)
			t.turn("a", 1, called("Other"), version("2.0.0"))
			now := t.info("a")
			equal(t, "the name", now.OrchestrationName, "Other")
			equal(t, "the version", now.OrchestrationVersion, "2.0.0")
			equal(t, "the creation time", now.CreatedAtMS, before.CreatedAtMS)
		},
	},
	{
		ID: "creation/ContinueAsNewWithoutRecord", Numbers: []string{"A-38"}, Section: "2.1",
		Rule: "a ContinueAsNew message brings context to an id without any",
		Why:  "a predecessor whose acks carried no name still continues",
		Run: func(t *T) {
			t.enqueue(continueAsNew("a"))
			f := t.fetchOf("a")
			t.described(f, orch, orchVersion, 1)
			t.batch(f, continueAsNew("a"))
		},
	},
}

// described demands a fetched item's name, version and execution.
func (t *T) described(f *core.FetchedOrchestration, name, version string, execution uint64) {
	equal(t, "the item's orchestration name", f.Item.OrchestrationName, name)
	equal(t, "the item's version", f.Item.Version, version)
	equal(t, "the item's execution id", f.Item.ExecutionID, execution)
}

// nothing demands that no record of the instance exists, nor of anything else.
func (t *T) nothing(id string) {
	t.absent(id)
	a := t.Admin()
	ids, err := a.ListInstances(t.ctx)
	t.must(err, "ListInstances")
	equal(t, "the instances", ids, nil)
	equal(t, "the executions", t.executions(id), nil)
	m, err := a.GetSystemMetrics(t.ctx)
	t.must(err, "GetSystemMetrics")
	equal(t, "the metrics", *m, core.SystemMetrics{})
	t.stored(id)
	t.noStatus(id)
}

// executions lists an instance's execution records.
func (t *T) executions(id string) []uint64 {
	ids, err := t.Admin().ListExecutions(t.ctx, id)
	t.must(err, "ListExecutions")
	t.Stepf("executions of %.40q: %v", id, ids)
	return ids
}

// hasParent demands the stored parent; "" is none.
func (t *T) hasParent(id, want string) {
	got, found, err := t.Admin().GetParentID(t.ctx, id)
	t.must(err, "GetParentID")
	if got != want || found != (want != "") {
		t.Errorf("the parent of %q: got %q, found %v; want %q", id, got, found, want)
	}
}
