package conformance

import (
	"errors"
	"slices"
	"strings"

	"github.com/durokit/duro/client"
	"github.com/durokit/duro/core"
)

var managementCases = []Case{
	adminCase("management/ListInstances", "A-1", "A2.1",
		"instances with a record are listed",
		"operators look for theirs", func(t *T) {
			ids := []string{"mgmt-inst-0", "mgmt-inst-1", "mgmt-inst-2"}
			t.create(ids...)
			equal(t, "the instances", sorted(t.instances()), ids)
		}),
	adminCase("management/ListInstancesByStatus", "A-2", "A2.2",
		"instances are listed by their current execution's status",
		"operators look for failures", func(t *T) {
			t.finished("mgmt-completed")
			t.create("running")
			equal(t, "the completed instances", t.withStatus(core.StatusCompleted), []string{"mgmt-completed"})
		}),
	adminCase("management/ListExecutions", "A-3", "A2.3",
		"executions are listed without an instance record too",
		"debris has to be found", func(t *T) {
			t.enqueue(start("a"))
			t.ack(t.fetch(), 1, events(started()))
			equal(t, "the executions", t.executions("a"), []uint64{1})
			t.absent("a")
		}),
	adminCase("management/InstanceInfo", "A-4", "A2.7",
		"an instance is described as its acks said",
		"the name and version are what people know it by", func(t *T) {
			t.enqueue(start("a"))
			t.ack(t.fetch(), 1, events(started()), called("InfoOrch"), version("2.0.0"))
			i := t.info("a")
			i.CreatedAtMS, i.UpdatedAtMS = 0, 0
			equal(t, "the instance", *i, core.InstanceInfo{
				InstanceID: "a", OrchestrationName: "InfoOrch", OrchestrationVersion: "2.0.0",
				CurrentExecutionID: 1, Status: core.StatusRunning,
			})
		}),
	adminCase("management/ExecutionInfo", "A-5", "A2.8",
		"an execution is described without an instance record too",
		"debris has to be understood", func(t *T) {
			t.enqueue(start("a"))
			t.ack(t.fetch(), 1, exactly(started().event("somebody else", 1)), ended(core.StatusCompleted, "result"))
			e := t.execution("a", 1)
			equal(t, "the execution id", e.ExecutionID, 1)
			t.execStatus("a", 1, core.StatusCompleted, new("result"))
		}),
	adminCase("management/SystemMetrics", "A-6", "A2.9",
		"metrics count instances and events",
		"dashboards are made of them", func(t *T) {
			before := t.metrics()
			t.enqueue(start("a"))
			t.ack(t.fetch(), 1, exactly(started().event("somebody else", 1)), full)
			now := t.metrics()
			t.truthf(now.TotalInstances > before.TotalInstances && now.TotalEvents > 0, "the metrics did not grow: %+v, then %+v",
				before, now)
		}),
	adminCase("management/QueueDepths", "A-7", "A2.10",
		"the depth of a queue grows with a message",
		"it is how a backlog is seen", func(t *T) {
			before := t.depths()
			t.enqueue(start("a"))
			t.enqueueWork(activity("a", 1))
			now := t.depths()
			t.truthf(now.OrchestratorQueue > before.OrchestratorQueue, "the orchestrator queue's depth did not grow")
			t.truthf(now.WorkerQueue > before.WorkerQueue, "the worker queue's depth did not grow")
		}),
	adminCase("management/EmptyStore", "A-8", "A2.9",
		"an empty store gives empty lists and zeros",
		"sums over nothing are NULL in SQL", func(t *T) {
			equal(t, "the instances", t.instances(), nil)
			equal(t, "the metrics", t.metrics(), core.SystemMetrics{})
			equal(t, "the depths", t.depths(), core.QueueDepths{})
			t.create("a") // so that something could be counted
			equal(t, "how many instances are counted", t.metrics().TotalInstances, 1)
		}),
	adminCase("management/UnknownThings", "A-9", "A2.0",
		"asking about what is not there is not found, or empty",
		"tools ask before they act", func(t *T) {
			t.absent("ghost")
			_, err := t.Admin().GetExecutionInfo(t.ctx, "ghost", 1)
			t.refused(err, core.ErrNotFound, "GetExecutionInfo of ghost")
			equal(t, "the executions", t.executions("ghost"), nil)
			es, err := t.Admin().ReadHistoryWithExecutionID(t.ctx, "ghost", 1)
			t.must(err, "ReadHistoryWithExecutionID")
			t.history("ghost", es)
			equal(t, "the instances with a status that does not exist", t.withStatus("Nonsense"), nil)
			t.create("a")
			_, err = t.Admin().GetExecutionInfo(t.ctx, "a", 2)
			t.refused(err, core.ErrNotFound, "GetExecutionInfo of execution 2")
		}),
	duro(adminCase("management/UnknownLatestExecutionIsOne", "A-9", "A2.6",
		"the latest execution of an unknown instance is 1, its history empty",
		"upstream's two providers disagree; Read behaves like this", func(t *T) {
			n, err := t.Admin().LatestExecutionID(t.ctx, "ghost")
			t.must(err, "LatestExecutionID")
			equal(t, "the latest execution", n, 1)
			es, err := t.Admin().ReadHistory(t.ctx, "ghost")
			t.must(err, "ReadHistory")
			t.history("ghost", es)
		})),
	adminCase("management/FourExecutions", "A-10", "A2.23",
		"a chain of executions is listed with the state of each",
		"it is the story of an eternal orchestration", func(t *T) {
			t.chain("a", 4)
			equal(t, "the executions", t.executions("a"), []uint64{1, 2, 3, 4})
			for e := uint64(1); e <= 4; e++ {
				want := core.StatusContinuedAsNew
				if e == 4 {
					want = core.StatusCompleted
				}
				t.execStatus("a", e, want, nil)
				es, err := t.Admin().ReadHistoryWithExecutionID(t.ctx, "a", e)
				t.must(err, "ReadHistoryWithExecutionID")
				equal(t, name("the history of execution", int(e)), kinds(es), []core.EventKind{core.EventOrchestrationStarted})
			}
			i := t.info("a")
			equal(t, "the pointer", i.CurrentExecutionID, 4)
			equal(t, "the status", i.Status, core.StatusCompleted)
			n, err := t.Admin().LatestExecutionID(t.ctx, "a")
			t.must(err, "LatestExecutionID")
			equal(t, "the latest execution", n, 4)
		}),
	adminCase("management/MetricsMix", "A-11", "A2.9",
		"instances are counted by the status of their current execution",
		"dashboards are made of them", func(t *T) {
			t.finished("one")
			t.finished("two")
			t.failed("bad")
			t.create("waiting")
			equal(t, "the metrics", t.metrics(), core.SystemMetrics{
				TotalInstances: 4, TotalExecutions: 4, TotalEvents: 4,
				RunningInstances: 1, CompletedInstances: 2, FailedInstances: 1,
			})
			equal(t, "the completed instances", sorted(t.withStatus(core.StatusCompleted)), []string{"one", "two"})
			equal(t, "the failed instances", t.withStatus(core.StatusFailed), []string{"bad"})
			equal(t, "the running instances", t.withStatus(core.StatusRunning), []string{"waiting"})
		}),
	duro(adminCase("management/NewestFirst", "A-12", "A2.1",
		"instances are listed newest first, then by id",
		"a list that changes its order cannot be paged or compared", func(t *T) {
			t.create("a")
			t.Wait(t.timing.Tick)
			t.create("b")
			t.Wait(t.timing.Tick)
			t.create("c")
			equal(t, "the instances", t.instances(), []string{"c", "b", "a"})
			equal(t, "the running instances", t.withStatus(core.StatusRunning), []string{"c", "b", "a"})
			t.Wait(t.timing.Tick)
			t.create("e", "d") // at one instant, where the clock stands still
			got := t.instances()
			if t.timing.ClockStandsStill {
				equal(t, "the instances", got, []string{"d", "e", "c", "b", "a"})
			}
			equal(t, "the list read again", t.instances(), got)
		})),
	adminCase("management/StatusExcludes", "A-13", "A2.2",
		"a list by status holds exactly the instances with it",
		"an operator who deletes what a list says must be able to trust it", func(t *T) {
			t.finished("completed")
			t.failed("failed")
			t.create("running", "continued")
			t.turn("continued", 1, status(core.StatusContinuedAsNew))
			for status, want := range map[string][]string{
				core.StatusCompleted: {"completed"}, core.StatusFailed: {"failed"}, core.StatusRunning: {"running"},
				core.StatusContinuedAsNew: {"continued"},
				"completed":               nil, core.StatusCompleted + " ": nil, "": nil, core.StatusUnknown: nil,
			} {
				equal(t, "the instances that are "+status, t.withStatus(status), want)
			}
		}),
	duro(adminCase("management/Timestamps", "A-14", "A1.2",
		"times are the store's, in milliseconds: creation stays, updates move, completion comes with the end",
		"upstream's SQLite provider reports zeros", func(t *T) {
			near := func(what string, got, want uint64) {
				tick := uint64(t.timing.Tick.Milliseconds())
				t.truthf(got+tick > want && got < want+tick, "%s: got %d, want about %d", what, got, want)
			}
			born := t.NowMS()
			t.create("a")
			i := t.info("a")
			near("the creation time", i.CreatedAtMS, born)
			near("the start of the execution", t.execution("a", 1).StartedAtMS, born)
			t.truthf(i.UpdatedAtMS >= i.CreatedAtMS, "it was updated before it was created")
			equal(t, "the completion time while running", t.execution("a", 1).CompletedAtMS, nil)
			t.Wait(t.timing.Tick)
			t.turn("a", 1) // an empty ack moves the time too
			j := t.info("a")
			t.truthf(j.UpdatedAtMS > i.UpdatedAtMS, "the turn did not move the time of the last update")
			equal(t, "the creation time after the turn", j.CreatedAtMS, i.CreatedAtMS)
			t.Wait(t.timing.Tick)
			now := t.NowMS()
			t.finish("a", 1)
			done := t.execution("a", 1).CompletedAtMS
			if done == nil {
				t.Fatalf("the completed execution has no completion time")
			}
			near("the completion time", *done, now)
		})),
	duro(adminCase("management/CompletedAtByStatus", "A-15 C-084", "A2.20",
		"the three closing statuses set the completion time, Running clears it",
		"pruning by age never removes what has no completion time", func(t *T) {
			for _, s := range []string{core.StatusRunning, core.StatusContinuedAsNew, core.StatusCompleted, core.StatusFailed} {
				t.create(s)
				t.turn(s, 1, status(s))
				e := t.execution(s, 1)
				done := e.CompletedAtMS != nil
				t.truthf(done == (s != core.StatusRunning), "a %s execution has a completion time: got %v", s, done)
			}
			t.turn(core.StatusCompleted, 1, status(core.StatusRunning))
			equal(t, "the completion time after Running again", t.execution(core.StatusCompleted, 1).CompletedAtMS, nil)
		})),
	adminCase("management/OutputKinds", "A-16", "A1.2",
		"the output is what the closing ack gave, and absent while running",
		"it is what a client waits for", func(t *T) {
			t.create("c", "e", "f", "n", "r")
			t.turn("e", 1, ended(core.StatusCompleted, ""))
			t.turn("c", 1, ended(core.StatusCompleted, "result"))
			t.turn("f", 1, ended(core.StatusFailed, "error text"))
			t.turn("n", 1, ended(core.StatusContinuedAsNew, "next input"))
			outputs := map[string]*string{"c": new("result"), "e": new(""), "f": new("error text"), "n": new("next input"), "r": nil}
			for id, want := range outputs {
				equal(t, "the output of "+id, t.info(id).Output, want)
				equal(t, "the output of the execution of "+id, t.execution(id, 1).Output, want)
			}
			t.turn("c", 1, status(core.StatusCompleted))
			equal(t, "the output after a status without one", t.info("c").Output, nil)
		}),
	duro(adminCase("management/NullVersionReadsUnknown", "A-17", "A2.26",
		"an instance without a version shows unknown",
		"the field is no option", func(t *T) {
			t.enqueue(start("a"))
			t.ack(t.fetch(), 1, events(started()), called(orch))
			equal(t, "the version", t.info("a").OrchestrationVersion, "unknown")
		})),
	{
		ID: "management/MissingCurrentExecution", Numbers: []string{"A-18"}, Section: "A1.1", Level: LevelDuro,
		Rule:  "an instance whose execution has no record shows Unknown and counts in the total only",
		Why:   "damage has to be seen, and must not hide the rest",
		Needs: []Need{NeedAdmin, NeedExecutions},
		Run: func(t *T) {
			t.create("a", "b")
			t.hooked(t.Hooks().RemoveExecution(t.ctx, "a", 1), "RemoveExecution")
			equal(t, "the status", t.info("a").Status, core.StatusUnknown)
			m := t.metrics()
			equal(t, "the instances", m.TotalInstances, 2)
			equal(t, "the running ones", m.RunningInstances, 1)
			equal(t, "the ended ones", m.CompletedInstances+m.FailedInstances, 0)
			equal(t, "the ids", sorted(t.instances()), []string{"a", "b"})
			t.deleted("a", false) // what is missing does not run
		},
	},
	adminCase("management/EventCount", "A-19", "A1.3",
		"an execution's event count is exact, zero included",
		"it is how long histories are found", func(t *T) {
			var seven []draft
			for n := uint64(2); n <= 8; n++ {
				seven = append(seven, scheduled(n, "A"))
			}
			for id, ds := range map[string][]draft{"none": nil, "one": {started()}, "seven": seven} {
				t.enqueue(start(id))
				t.ack(t.fetchOf(id), 1, events(ds...), full)
				equal(t, "the event count of "+id, t.execution(id, 1).EventCount, uint64(len(ds)))
			}
		}),
	adminCase("management/MetricsCountExecutions", "A-20", "A2.9",
		"all executions and events count, an instance once",
		"a chain is one instance", func(t *T) {
			t.chain("a", 3)
			t.create("b")
			t.enqueue(start("debris"))
			t.ack(t.fetchOf("debris"), 1, events(started()))
			equal(t, "the metrics", t.metrics(), core.SystemMetrics{
				TotalInstances: 2, TotalExecutions: 5, RunningInstances: 1, CompletedInstances: 1, TotalEvents: 5,
			})
		}),
	duro(adminCase("management/DepthDefinitions", "A-21", "A2.10",
		"every message is counted once: fetchable, delayed, locked or parked",
		"an alert on a depth must mean work that nobody takes", func(t *T) {
			t.create("visible", "delayed", "locked")
			t.enqueue(poke("locked"))
			f := t.fetchOf("locked", lock(t.timing.Lock))
			t.enqueue(poke("visible"), cancelInstance("ghost"))
			t.enqueueAfter(2*t.timing.Hold, poke("delayed"))
			t.enqueueAfter(2*t.timing.Hold, timer("delayed", 0))
			for n := uint64(1); n <= 3; n++ {
				t.enqueueWork(activity("a", n))
			}
			t.abandonWork(t.fetchWorkOf(activity("a", 1)), after(2*t.timing.Hold))
			w := t.fetchWorkOf(activity("a", 2), lock(t.timing.Lock))
			locked := core.QueueDepths{
				OrchestratorQueue: 1, OrchestratorDelayed: 2, OrchestratorLocked: 1, Parked: 1,
				WorkerQueue: 1, WorkerDelayed: 1, WorkerLocked: 1,
			}
			equal(t, "the depths with locks", t.depths(), locked)
			t.Wait(t.timing.Lock)
			free := locked
			free.OrchestratorQueue, free.OrchestratorLocked, free.WorkerQueue, free.WorkerLocked = 2, 0, 2, 0
			equal(t, "the depths after the locks' expiry", t.depths(), free)
			t.abandon(f)
			t.abandonWork(w)
			equal(t, "the depths after the abandons", t.depths(), free)
		})),
	adminCase("management/ReadOrder", "A-23", "2.13",
		"a history is read in the order of its event ids",
		"replay goes by it", func(t *T) {
			t.enqueue(start("a"))
			t.ack(t.fetch(), 1, events(scheduled(3, "C")), full)
			t.turn("a", 1, events(started()))
			t.turn("a", 1, events(scheduled(2, "B")))
			t.stored("a", 1, 2, 3)
			t.history("execution 1", t.readExecution("a", 1), 1, 2, 3)
			es, err := t.Admin().ReadHistory(t.ctx, "a")
			t.must(err, "ReadHistory")
			t.history("ReadHistory", es, 1, 2, 3)
			t.enqueue(poke("a"))
			t.history("the item", t.fetchOf("a").Item.History, 1, 2, 3)
		}),
	adminCase("management/IDsAreByteExact", "A-24", "1.0",
		"an instance is found by its own id only",
		"collations that fold case, accents or trailing spaces show strangers", func(t *T) {
			ids := []string{"abc", "ABC", "abc ", "äbc", strings.Repeat("\U0001F389", 50)}
			for i, id := range ids {
				t.enqueue(start(id))
				t.ack(t.fetchOf(id), 1, events(started()), called(name("orch", i)))
			}
			equal(t, "the instances", sorted(t.instances()), sorted(ids))
			for i, id := range ids {
				equal(t, "the name of "+id, t.info(id).OrchestrationName, name("orch", i))
			}
			for _, id := range []string{"Abc", "abc  ", "a\u0308bc", "ab"} {
				t.absent(id)
			}
		}),
	{
		ID: "management/AdminAbsent", Numbers: []string{"A-25"}, Section: "A7.5",
		Rule: "a provider without an admin half is used as one, and says so to whom it concerns",
		Why:  "the half is optional, and its absence must be no crash",
		Run: func(t *T) {
			var p core.Provider = struct{ core.Provider }{t.p}
			_, found := core.Admin(p)
			equal(t, "whether there is an admin half", found, false)
			c := client.New(p, client.Options{})
			equal(t, "whether the client has management", c.HasManagement(), false)
			_, err := c.GetInstanceInfo(t.ctx, "a")
			t.truthf(errors.Is(err, client.ErrManagementNotAvailable), "GetInstanceInfo without an admin half: %v", err)
		},
	},
}

// failed makes an instance that has failed.
func (t *T) failed(id string) {
	t.enqueue(start(id))
	t.ack(t.fetchOf(id), 1, events(started()), full, ended(core.StatusFailed, "error: something went wrong"))
}

func sorted(s []string) []string {
	s = slices.Clone(s)
	slices.Sort(s)
	return s
}
