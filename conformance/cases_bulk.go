package conformance

import "github.com/durokit/duro/core"

var bulkDeleteCases = []Case{
	adminCase("bulkdelete/FilterCombinations", "A-86", "A2.16",
		"bulk deletion takes what its filter names, and everything finished without one",
		"operators clean up with it", func(t *T) {
			for i := range 5 {
				t.finished(name("inst", i))
			}
			equal(t, "how many of two named ones were deleted", t.bulkDeleted(byID("inst-0", "inst-1")).InstancesDeleted, 2)
			equal(t, "the instances left", sorted(t.instances()), []string{"inst-2", "inst-3", "inst-4"})
			equal(t, "how many of two ghosts were deleted", t.bulkDeleted(byID("ghost", "ghost-2")).InstancesDeleted, 0)
			equal(t, "how many were deleted without a filter", t.bulkDeleted(core.InstanceFilter{}).InstancesDeleted, 3)
			equal(t, "the instances left", t.instances(), nil)
		}),
	adminCase("bulkdelete/SafetyAndLimits", "A-87", "A2.16",
		"bulk deletion spares running instances and stops at its limit",
		"a slip of the hand must not end live work", func(t *T) {
			t.finished("d1")
			t.finished("d2")
			t.create("r1", "r2")
			equal(t, "how many of four were deleted", t.bulkDeleted(byID("d1", "d2", "r1", "r2")).InstancesDeleted, 2)
			equal(t, "the instances left", sorted(t.instances()), []string{"r1", "r2"})
			for i := range 4 {
				t.finished(name("inst", i))
			}
			for _, want := range []uint64{2, 2, 0} {
				equal(t, "how many were deleted with a limit of 2",
					t.bulkDeleted(core.InstanceFilter{Limit: new(uint32(2))}).InstancesDeleted, want)
			}
		}),
	adminCase("bulkdelete/CompletedBefore", "A-88", "A2.16",
		"bulk deletion by age takes what was completed before the cutoff",
		"retention is by age", func(t *T) {
			early := t.NowMS()
			t.Wait(t.timing.Tick)
			t.finished("a")
			t.finished("b")
			t.Wait(2 * t.timing.Tick)
			late := t.NowMS()
			f := byID("a", "b")
			f.CompletedBeforeMS = &early
			equal(t, "how many were older than themselves", t.bulkDeleted(f).InstancesDeleted, 0)
			f.CompletedBeforeMS = &late
			equal(t, "how many were old enough", t.bulkDeleted(f).InstancesDeleted, 2)
			equal(t, "the instances left", t.instances(), nil)
		}),
	adminCase("bulkdelete/CascadesToChildren", "A-89", "A2.16",
		"bulk deletion takes whole trees",
		"children would be left without their parents", func(t *T) {
			t.finished("p1")
			t.finished("c1", "p1")
			t.finished("p2")
			for i := range 3 {
				t.finished(name("c2", i), "p2")
			}
			t.finished("alone")
			equal(t, "how many instances were deleted", t.bulkDeleted(byID("p1", "p2", "alone")).InstancesDeleted, 7)
			equal(t, "the instances left", t.instances(), nil)
		}),
	adminCase("bulkdelete/EmptyIDList", "A-90", "A1.6",
		"an empty list of ids matches nothing",
		"a script whose selection came out empty would delete everything", func(t *T) {
			t.finished("a")
			equal(t, "what was deleted", t.bulkDeleted(core.InstanceFilter{InstanceIDs: []string{}}), core.DeleteResult{})
			t.info("a")
		}),
	adminCase("bulkdelete/LimitZero", "A-91", "A1.6",
		"a limit of zero deletes nothing",
		"zero is not no limit", func(t *T) {
			t.finished("a")
			equal(t, "what was deleted", t.bulkDeleted(core.InstanceFilter{Limit: new(uint32(0))}), core.DeleteResult{})
			t.info("a")
		}),
	slow(adminCase("bulkdelete/DefaultLimit", "A-92", "A1.6",
		"without a limit a thousand roots are deleted at most",
		"one call must not run for hours", func(t *T) {
			for i := range core.DefaultBulkLimit + 1 {
				t.finished(name("inst", i))
			}
			first := t.bulkDeleted(core.InstanceFilter{})
			equal(t, "how many the first call deleted", first.InstancesDeleted, core.DefaultBulkLimit)
			equal(t, "how many the second call deleted", t.bulkDeleted(core.InstanceFilter{}).InstancesDeleted, 1)
		})),
	adminCase("bulkdelete/LimitCountsRoots", "A-93", "A2.16",
		"the limit counts roots, not their descendants",
		"a tree is deleted as a whole", func(t *T) {
			t.family("root", false)
			t.Wait(t.timing.Tick)
			t.finished("younger")
			equal(t, "how many instances were deleted", t.bulkDeleted(core.InstanceFilter{InstanceIDs: []string{"root"},
				Limit: new(uint32(1))}).InstancesDeleted, 4)
			t.info("younger")
		}),
	adminCase("bulkdelete/SkipsChildren", "A-94", "A2.16",
		"a child named in the filter is skipped",
		"its parent would miss it", func(t *T) {
			t.family("root", false)
			equal(t, "what was deleted", t.bulkDeleted(byID("root::1", "root::1::1")), core.DeleteResult{})
			equal(t, "how big the tree still is", len(t.tree("root").AllIDs), 4)
		}),
	duro(adminCase("bulkdelete/CriteriaAreANDed", "A-95", "A1.6",
		"all criteria must hold, and the limit applies after them",
		"a filter that widens is a trap", func(t *T) {
			for _, id := range []string{"c", "b", "d"} { // c is the oldest
				t.finished(id)
				t.Wait(t.timing.Tick)
			}
			t.Wait(t.timing.Tick)
			cutoff := t.NowMS()
			t.Wait(t.timing.Tick)
			t.finished("a")
			f := byID("a", "b", "c")
			f.CompletedBeforeMS, f.Limit = &cutoff, new(uint32(1))
			equal(t, "how many instances were deleted", t.bulkDeleted(f).InstancesDeleted, 1)
			equal(t, "the instances left", sorted(t.instances()), []string{"a", "b", "d"})
		})),
	adminCase("bulkdelete/CutoffBoundary", "A-96", "A1.6",
		"an instance completed at the very cutoff is kept",
		"before means before", func(t *T) {
			t.finished("b")
			at := t.completedAt("b", 1)
			equal(t, "how many were deleted at the cutoff",
				t.bulkDeleted(core.InstanceFilter{CompletedBeforeMS: &at}).InstancesDeleted, 0)
			at++
			equal(t, "how many were deleted a millisecond later",
				t.bulkDeleted(core.InstanceFilter{CompletedBeforeMS: &at}).InstancesDeleted, 1)
		}),
	duro(adminCase("bulkdelete/ContinueAsNewWindow", "A-97", "A2.16",
		"an instance between two executions is not deleted in bulk",
		"upstream kills live eternal orchestrations here", func(t *T) {
			t.create("a")
			t.turn("a", 1, full, status(core.StatusContinuedAsNew), send(continueAsNew("a")))
			equal(t, "what was deleted", t.bulkDeleted(core.InstanceFilter{}), core.DeleteResult{})
			t.ack(t.fetchOf("a"), 2, events(started()), full)
			equal(t, "the status", t.info("a").Status, core.StatusRunning)
		})),
	duro(adminCase("bulkdelete/RunningChild", "A-98", "A2.16",
		"a finished root with a running descendant is skipped",
		"upstream deletes live work by force here", func(t *T) {
			t.family("root", true)
			t.finished("other")
			equal(t, "what was deleted", t.bulkDeleted(core.InstanceFilter{}),
				core.DeleteResult{InstancesDeleted: 1, ExecutionsDeleted: 1, EventsDeleted: 1})
			equal(t, "how big the tree still is", len(t.tree("root").AllIDs), 4)
		})),
	duro(adminCase("bulkdelete/OldestFirst", "A-99", "A2.16",
		"under a limit the oldest go first",
		"otherwise some are never reached", func(t *T) {
			for _, id := range []string{"b", "c", "a"} {
				t.finished(id)
				t.Wait(t.timing.Tick)
			}
			for _, gone := range []string{"b", "c", "a"} {
				t.bulkDeleted(core.InstanceFilter{Limit: new(uint32(1))})
				t.absent(gone)
			}
		})),
	{
		ID: "bulkdelete/RecreatedMeanwhile", Numbers: []string{"A-100"}, Section: "A2.16", Level: LevelDuro,
		Rule:  "an instance that was selected, and lives again when it would be deleted, is spared",
		Why:   "ids are reused, and retention runs beside the work",
		Needs: []Need{NeedAdmin, NeedSelection},
		Run: func(t *T) {
			t.finished("a")
			t.finished("b")
			t.hooked(t.Hooks().OnSelection(t.ctx, func() {
				t.deleted("a", false)
				t.create("a")
			}), "OnSelection")
			equal(t, "how many were deleted", t.bulkDeleted(core.InstanceFilter{}).InstancesDeleted, 1)
			equal(t, "the status of the new life", t.info("a").Status, core.StatusRunning)
			t.stored("a", 1)
			t.absent("b")
		},
	},
	adminCase("bulkdelete/Counters", "A-101", "A2.16",
		"the counters are the sums over all trees",
		"operators check them against what they meant", func(t *T) {
			t.create("running")
			t.family("root", false)
			t.chain("chain", 3)
			t.enqueue(poke("chain"), poke("root::1"))
			t.enqueueWork(activity("root::2", 1))
			equal(t, "what was deleted", t.bulkDeleted(core.InstanceFilter{}), core.DeleteResult{
				InstancesDeleted: 5, ExecutionsDeleted: 7, EventsDeleted: 7, QueueMessagesDeleted: 3,
			})
			equal(t, "the instances left", t.instances(), []string{"running"})
		}),
}

// byID is a filter that names instances.
func byID(ids ...string) core.InstanceFilter { return core.InstanceFilter{InstanceIDs: ids} }

// completedAt is when an execution was closed.
func (t *T) completedAt(id string, execution uint64) uint64 {
	e := t.execution(id, execution)
	if e.CompletedAtMS == nil {
		t.Fatalf("execution %d of %q is closed and has no completion time", execution, id)
	}
	return *e.CompletedAtMS
}
