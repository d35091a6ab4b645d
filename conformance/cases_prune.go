package conformance

import (
	"math"

	"github.com/durokit/duro/core"
)

var pruneCases = []Case{
	adminCase("prune/Options", "A-102", "A2.17",
		"pruning keeps the newest executions asked for, and always the current one",
		"eternal orchestrations prune themselves", func(t *T) {
			t.chain("a", 4)
			t.pruned("a", keepLast(2), 2)
			equal(t, "the executions left", t.executions("a"), []uint64{3, 4})
			t.chain("b", 3)
			t.pruned("b", core.PruneOptions{}, 2)
			equal(t, "the executions left", t.executions("b"), []uint64{3})
		}),
	adminCase("prune/Safety", "A-103", "A2.17",
		"the current execution survives every option, and an unknown instance is not found",
		"the running state would be lost", func(t *T) {
			t.chain("a", 3)
			t.prune("a", keepLast(0))
			equal(t, "the pointer", t.info("a").CurrentExecutionID, 3)
			_, err := t.Admin().PruneExecutions(t.ctx, "ghost", core.PruneOptions{})
			t.refused(err, core.ErrNotFound, "pruning an unknown instance")
			for id, o := range map[string]core.PruneOptions{"none": {}, "zero": keepLast(0), "one": keepLast(1)} {
				t.chain(id, 4)
				t.pruned(id, o, 3)
				equal(t, "the executions left", t.executions(id), []uint64{4})
				equal(t, "the status", t.info(id).Status, core.StatusCompleted)
			}
		}),
	adminCase("prune/Bulk", "A-104", "A2.18",
		"bulk pruning prunes what its filter names",
		"retention is one job for all", func(t *T) {
			for i := range 3 {
				t.chain(name("inst", i), 4)
			}
			r := t.bulkPruned(byID("inst-0", "inst-1"), keepLast(1))
			equal(t, "what was pruned", r, core.PruneResult{InstancesProcessed: 2, ExecutionsDeleted: 6, EventsDeleted: 6})
			for i, want := range []int{1, 1, 4} {
				equal(t, "how many executions are left", len(t.executions(name("inst", i))), want)
			}
		}),
	adminCase("prune/BulkIncludesRunning", "A-105", "A2.18",
		"bulk pruning includes running instances",
		"eternal orchestrations always run", func(t *T) {
			t.liveChain("a", 3)
			equal(t, "what was pruned", t.bulkPruned(byID("a"), keepLast(1)),
				core.PruneResult{InstancesProcessed: 1, ExecutionsDeleted: 2, EventsDeleted: 2})
			equal(t, "the executions left", t.executions("a"), []uint64{3})
			equal(t, "the status", t.info("a").Status, core.StatusRunning)
		}),
	adminCase("prune/Exact", "A-106", "A2.17",
		"pruning reports exactly what it removed",
		"operators check it against what they meant", func(t *T) {
			for e := uint64(1); e <= 5; e++ {
				t.enqueue(start("a"))
				ds := []draft{started()}
				for n := uint64(2); n <= e; n++ {
					ds = append(ds, scheduled(n, "A"))
				}
				t.ack(t.fetchOf("a"), e, events(ds...), full, status(core.StatusContinuedAsNew))
			}
			equal(t, "what was pruned", t.prune("a", keepLast(2)),
				core.PruneResult{InstancesProcessed: 1, ExecutionsDeleted: 3, EventsDeleted: 1 + 2 + 3})
			equal(t, "the executions left", t.executions("a"), []uint64{4, 5})
		}),
	adminCase("prune/CompletedBefore", "A-107", "A1.7",
		"pruning by age removes what was closed before the cutoff",
		"retention is by age", func(t *T) {
			for e := uint64(1); e <= 3; e++ {
				t.enqueue(start("a"))
				t.ack(t.fetchOf("a"), e, events(started()), full, status(core.StatusCompleted))
				t.Wait(t.timing.Tick)
			}
			t.turn("a", 4, events(started()), full)
			at := t.completedAt("a", 3)
			t.pruned("a", core.PruneOptions{CompletedBeforeMS: &at}, 2)
			equal(t, "the executions left", t.executions("a"), []uint64{3, 4})
			at++
			t.pruned("a", core.PruneOptions{CompletedBeforeMS: &at}, 1)
			equal(t, "the executions left", t.executions("a"), []uint64{4})
		}),
	duro(adminCase("prune/ContinuedAsNewHasCompletedAt", "A-108", "A2.20",
		"executions closed by continue-as-new have an age",
		"upstream's PostgreSQL provider never prunes them", func(t *T) {
			t.liveChain("a", 3)
			t.Wait(t.timing.Tick)
			cutoff := t.NowMS() + uint64(t.timing.Tick.Milliseconds())
			t.pruned("a", core.PruneOptions{CompletedBeforeMS: &cutoff}, 2)
			equal(t, "the executions left", t.executions("a"), []uint64{3})
		})),
	adminCase("prune/CriteriaAreANDed", "A-109", "A1.7",
		"only executions that meet all criteria are removed",
		"a filter that widens is a trap", func(t *T) {
			for e := uint64(1); e <= 5; e++ {
				t.enqueue(start("a"))
				t.ack(t.fetchOf("a"), e, events(started()), full, status(core.StatusCompleted))
				t.Wait(t.timing.Tick)
			}
			o := keepLast(3)
			o.CompletedBeforeMS = new(t.completedAt("a", 2))
			t.pruned("a", o, 1)
			equal(t, "the executions left", t.executions("a"), []uint64{2, 3, 4, 5})
			o.CompletedBeforeMS = new(t.completedAt("a", 5))
			t.pruned("a", o, 1)
			equal(t, "the executions left", t.executions("a"), []uint64{3, 4, 5})
		}),
	adminCase("prune/NonCurrentRunning", "A-110", "A2.17",
		"an execution that is Running is kept, though it is not the current one",
		"it may still be at work", func(t *T) {
			t.create("a")
			t.turn("a", 2, events(started()), full, status(core.StatusCompleted))
			t.turn("a", 3, events(started()), full)
			cutoff := uint64(math.MaxInt64)
			for _, o := range []core.PruneOptions{keepLast(0), {CompletedBeforeMS: &cutoff}, {}} {
				t.prune("a", o)
			}
			equal(t, "the executions left", t.executions("a"), []uint64{1, 3})
		}),
	{
		ID: "prune/PointerIsNotHighest", Numbers: []string{"A-111"}, Section: "A2.17",
		Rule:  "the current execution is what the instance says, not the one with the highest number",
		Why:   "a stray record must not cost the running state",
		Needs: []Need{NeedAdmin, NeedExecutions},
		Run: func(t *T) {
			t.chain("a", 4)
			t.hooked(t.Hooks().InsertExecution(t.ctx, "a", 9), "InsertExecution")
			t.pruned("a", keepLast(1), 3)
			equal(t, "the executions left", t.executions("a"), []uint64{4, 9})
			equal(t, "the pointer", t.info("a").CurrentExecutionID, 4)
			t.deleted("a", false) // the damage with it
		},
	},
	adminCase("prune/Idempotent", "A-112", "A2.17",
		"pruning again removes nothing and counts the instance",
		"retention runs every night", func(t *T) {
			t.chain("a", 4)
			t.pruned("a", keepLast(1), 3)
			t.pruned("a", keepLast(1), 0)
		}),
	adminCase("prune/NothingToDo", "A-113", "A2.17",
		"pruning an instance with one execution removes nothing",
		"it is the current one", func(t *T) {
			t.chain("a", 1)
			equal(t, "what was pruned", t.prune("a", core.PruneOptions{}), core.PruneResult{InstancesProcessed: 1})
			t.stored("a", 1)
		}),
	adminCase("prune/HistoryIsGone", "A-114", "A2.17",
		"a pruned execution's record and history are gone, the others' are there",
		"pruning is for the space they take", func(t *T) {
			t.chain("a", 3)
			t.pruned("a", keepLast(2), 1)
			t.history("execution 1", t.readExecution("a", 1))
			_, err := t.Admin().GetExecutionInfo(t.ctx, "a", 1)
			t.refused(err, core.ErrNotFound, "GetExecutionInfo of a pruned execution")
			t.history("execution 2", t.readExecution("a", 2), 1)
			t.execStatus("a", 2, core.StatusContinuedAsNew, nil)
			equal(t, "how many events are left", t.metrics().TotalEvents, 2)
		}),
	adminCase("prune/LeavesTheRest", "A-115", "A2.17",
		"pruning touches histories and nothing else",
		"the instance is alive", func(t *T) {
			t.busyLife("a")
			t.finished("child", "a")
			i, depths, live := *t.info("a"), t.depths(), t.allKV("a")
			t.pruned("a", core.PruneOptions{}, 1)
			equal(t, "the instance", *t.info("a"), i)
			equal(t, "the depths", t.depths(), depths)
			equal(t, "the values", t.allKV("a"), live)
			t.hasStatus("a", new("s"), 1)
			equal(t, "the children", t.children("a"), []string{"child"})
			t.none("the instance is still locked")
			t.turnHeld("a", events(scheduled(100, "A")))
		}),
	adminCase("prune/WhileLocked", "A-116", "A2.17",
		"pruning a locked instance does not disturb its turn",
		"eternal orchestrations prune themselves while they run", func(t *T) {
			t.liveChain("a", 3)
			t.enqueue(poke("a"))
			f := t.fetchOf("a")
			t.pruned("a", core.PruneOptions{}, 2)
			t.ack(f, 3, events(scheduled(2, "A")))
			t.stored("a", 1, 2)
		}),
	adminCase("prune/HugeKeepLast", "A-117", "A1.7",
		"keeping four billion executions keeps all",
		"upstream's PostgreSQL provider takes the number for a negative one", func(t *T) {
			t.chain("a", 3)
			t.pruned("a", keepLast(math.MaxUint32), 0)
			equal(t, "the executions left", t.executions("a"), []uint64{1, 2, 3})
		}),
	adminCase("prune/Gaps", "A-118", "A1.7",
		"keeping the last N counts executions that exist",
		"ids have gaps after a prune", func(t *T) {
			t.create("a")
			for _, e := range []uint64{3, 5, 6} {
				t.turn("a", e, events(started()), full, status(core.StatusCompleted))
			}
			t.turn("a", 1, status(core.StatusCompleted)) // still Running until now
			t.pruned("a", keepLast(3), 1)
			equal(t, "the executions left", t.executions("a"), []uint64{3, 5, 6})
			t.pruned("a", keepLast(2), 1)
			equal(t, "the executions left", t.executions("a"), []uint64{5, 6})
		}),
	adminCase("prune/BulkEmptyIDs", "A-119", "A1.6",
		"an empty list of ids prunes nothing",
		"a script whose selection came out empty would prune everything", func(t *T) {
			t.chain("a", 3)
			equal(t, "what was pruned", t.bulkPruned(core.InstanceFilter{InstanceIDs: []string{}}, core.PruneOptions{}),
				core.PruneResult{})
			equal(t, "the executions left", t.executions("a"), []uint64{1, 2, 3})
		}),
	adminCase("prune/BulkLimitZero", "A-119", "A1.6",
		"a limit of zero prunes nothing",
		"zero is not no limit", func(t *T) {
			t.chain("a", 3)
			equal(t, "what was pruned", t.bulkPruned(core.InstanceFilter{Limit: new(uint32(0))}, core.PruneOptions{}),
				core.PruneResult{})
			equal(t, "the executions left", t.executions("a"), []uint64{1, 2, 3})
		}),
	adminCase("prune/BulkLimitOne", "A-119", "A1.6",
		"a limit of one prunes one instance",
		"one call must not run for hours", func(t *T) {
			for i := range 3 {
				t.chain(name("inst", i), 2)
			}
			equal(t, "what was pruned", t.bulkPruned(core.InstanceFilter{Limit: new(uint32(1))}, core.PruneOptions{}),
				core.PruneResult{InstancesProcessed: 1, ExecutionsDeleted: 1, EventsDeleted: 1})
		}),
	slow(adminCase("prune/BulkDefaultLimit", "A-119", "A1.6",
		"without a limit a thousand instances are pruned at most",
		"one call must not run for hours", func(t *T) {
			for i := range core.DefaultBulkLimit + 1 {
				t.create(name("inst", i))
			}
			equal(t, "how many were processed", t.bulkPruned(core.InstanceFilter{}, core.PruneOptions{}).InstancesProcessed,
				core.DefaultBulkLimit)
		})),
	adminCase("prune/BulkCutoffExcludesRunning", "A-120", "A2.18",
		"a filter by age leaves out instances that have not ended",
		"their current execution has no age", func(t *T) {
			t.liveChain("running", 2)
			t.chain("done", 3)
			f := core.InstanceFilter{CompletedBeforeMS: new(uint64(math.MaxInt64))}
			equal(t, "what was pruned", t.bulkPruned(f, core.PruneOptions{}),
				core.PruneResult{InstancesProcessed: 1, ExecutionsDeleted: 2, EventsDeleted: 2})
			equal(t, "the executions of the running one", t.executions("running"), []uint64{1, 2})
		}),
	adminCase("prune/BulkIncludesChildren", "A-121", "A2.18",
		"children are pruned like roots",
		"their histories take space too", func(t *T) {
			t.create("root")
			t.finished("child", "root")
			t.turn("child", 2, events(started()), full, status(core.StatusCompleted))
			equal(t, "what was pruned", t.bulkPruned(byID("child"), core.PruneOptions{}),
				core.PruneResult{InstancesProcessed: 1, ExecutionsDeleted: 1, EventsDeleted: 1})
		}),
	adminCase("prune/BulkUnknownIDs", "A-122", "A2.18",
		"unknown ids are ignored",
		"an instance may have been deleted meanwhile", func(t *T) {
			t.chain("a", 2)
			equal(t, "what was pruned of a ghost", t.bulkPruned(byID("ghost"), core.PruneOptions{}), core.PruneResult{})
			equal(t, "what was pruned of both", t.bulkPruned(byID("a", "ghost"), core.PruneOptions{}),
				core.PruneResult{InstancesProcessed: 1, ExecutionsDeleted: 1, EventsDeleted: 1})
		}),
}

func keepLast(n uint32) core.PruneOptions { return core.PruneOptions{KeepLast: &n} }
