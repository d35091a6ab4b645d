package conformance

import (
	"fmt"

	"github.com/durokit/duro/core"
)

var deletionCases = []Case{
	adminCase("deletion/Terminal", "A-49", "A2.15",
		"finished instances can be deleted without force",
		"stores would grow for ever", func(t *T) {
			t.finished("done")
			t.failed("failed")
			t.enqueue(start("cancelled"))
			t.ack(t.fetch(), 1, events(started()), full, ended(core.StatusFailed, "cancelled: user requested cancellation"))
			for _, id := range []string{"done", "failed", "cancelled"} {
				equal(t, "what was deleted", t.deleted(id, false),
					core.DeleteResult{InstancesDeleted: 1, ExecutionsDeleted: 1, EventsDeleted: 1})
			}
		}),
	adminCase("deletion/RunningNeedsForce", "A-50", "A2.15",
		"a running instance is deleted by force only",
		"a slip of the hand must not end live work", func(t *T) {
			t.create("a")
			_, err := t.tryDelete("a", false)
			t.refused(err, core.ErrStillRunning, "deleting a running instance")
			equal(t, "the status", t.info("a").Status, core.StatusRunning)
			equal(t, "how many instances were deleted", t.deleted("a", true).InstancesDeleted, 1)
		}),
	adminCase("deletion/Unknown", "A-51", "A2.15",
		"deleting an unknown instance is not found",
		"a mistyped id must not look like a success", func(t *T) {
			_, err := t.tryDelete("ghost", false)
			t.refused(err, core.ErrNotFound, "deleting an unknown instance")
		}),
	adminCase("deletion/CleansQueuesAndLocks", "C-289 A-52", "A2.14",
		"deletion takes the queued messages and activities with it, and the id is free for something else",
		"old work would run under a new instance's name", func(t *T) {
			t.enqueue(start("a"))
			t.enqueueWork(activity("a", 1))
			t.ack(t.fetch(), 1, events(started()), full, ended(core.StatusCompleted, "done"))
			r := t.deleted("a", false)
			t.truthf(r.QueueMessagesDeleted >= 1, "how many queued messages were deleted: got %d, want at least 1",
				r.QueueMessagesDeleted)
			t.enqueue(item(core.StartOrchestration{Instance: "a", Orchestration: "ReusedOrch", Input: "{}", Version: new("2.0.0"),
				ExecutionID: 1}))
			f := t.fetchOf("a")
			t.described(f, "ReusedOrch", "2.0.0", 1)
			t.ack(f, 1, events(started()), called("ReusedOrch"), version("2.0.0"))
			equal(t, "the name", t.info("a").OrchestrationName, "ReusedOrch")
			t.deleted("a", true)
		}),
	adminCase("deletion/Cascade", "A-53", "A2.15",
		"a child cannot be deleted, with or without force, and a root takes its tree with it",
		"a parent would wait for ever for a child that is gone", func(t *T) {
			t.family("root", false)
			for id, force := range map[string]bool{"root::1": false, "root::2": true, "root::1::1": false} {
				_, err := t.tryDelete(id, force)
				t.refused(err, core.ErrSubOrchestration, "deleting "+id)
			}
			equal(t, "what was deleted", t.deleted("root", false),
				core.DeleteResult{InstancesDeleted: 4, ExecutionsDeleted: 4, EventsDeleted: 4})
			for _, id := range []string{"root::1", "root::2", "root::1::1"} {
				t.absent(id)
			}
		}),
	adminCase("deletion/ForceDeleteBeatsAck", "C-287 A-54", "A2.14",
		"an ack that was under way when its instance was deleted recreates nothing",
		"half an instance would rise from the dead", func(t *T) {
			t.create("a")
			t.enqueue(poke("a"))
			f := t.fetchOf("a")
			t.deleted("a", true)
			err := t.tryAck(f, 1, events(scheduled(2, "A")), full, work(activity("a", 2)), send(poke("a")))
			t.lost(err, "an ack after deletion")
			t.absent("a")
			t.stored("a")
			t.noWork("the ack failed")
		}),
	adminCase("deletion/ListChildren", "A-55", "A2.11",
		"an instance's direct children are listed",
		"trees are walked by it", func(t *T) {
			t.family("R", false)
			equal(t, "the children of the root", sorted(t.children("R")), []string{"R::1", "R::2"})
			equal(t, "the children of the first child", t.children("R::1"), []string{"R::1::1"})
			equal(t, "the children of a leaf", t.children("R::2"), nil)
			equal(t, "the children of nobody", t.children("ghost"), nil)
			t.deleted("R", true)
			equal(t, "the children of a deleted root", t.children("R"), nil)
		}),
	duro(adminCase("deletion/ChildrenOldestFirst", "A-55", "A2.11",
		"children are listed in the order of their births",
		"it is the order in which their parent started them", func(t *T) {
			t.create("R")
			for _, id := range []string{"b", "c", "a"} {
				t.finished(id, "R")
				t.Wait(t.timing.Tick)
			}
			equal(t, "the children", t.children("R"), []string{"b", "c", "a"})
		})),
	adminCase("deletion/ParentID", "A-56", "A2.12",
		"a child knows its parent, a root has none",
		"trees are climbed by it", func(t *T) {
			t.family("root", false)
			t.hasParent("root", "")
			t.hasParent("root::1", "root")
			t.hasParent("root::1::1", "root::1")
			_, _, err := t.Admin().GetParentID(t.ctx, "ghost")
			t.refused(err, core.ErrNotFound, "GetParentID of ghost")
		}),
	adminCase("deletion/InstanceTree", "A-57", "A2.13",
		"a tree is an instance with all its descendants, parents first",
		"it is what a deletion will take", func(t *T) {
			t.family("R", false)
			tree := t.tree("R")
			equal(t, "the root", tree.RootID, "R")
			equal(t, "the tree", sorted(tree.AllIDs), []string{"R", "R::1", "R::1::1", "R::2"})
			equal(t, "the first of the tree", tree.AllIDs[0], "R")
			t.truthf(!tree.IsRootOnly() && tree.Size() == 4, "the tree of four says it is a root only, or of another size")
			equal(t, "the tree of a leaf", t.tree("R::2").AllIDs, []string{"R::2"})
			equal(t, "the tree of nobody", t.tree("ghost").AllIDs, []string{"ghost"})
		}),
	adminCase("deletion/Atomic", "A-58", "A2.14",
		"several instances are deleted together",
		"it is the primitive all deletion is made of", func(t *T) {
			ids := []string{"a", "b", "c"}
			for _, id := range ids {
				t.finished(id)
			}
			equal(t, "what was deleted", t.deletedAtomic(false, ids...),
				core.DeleteResult{InstancesDeleted: 3, ExecutionsDeleted: 3, EventsDeleted: 3})
			for _, id := range ids {
				t.absent(id)
			}
		}),
	adminCase("deletion/AtomicForce", "A-59", "A2.14",
		"one running instance keeps all from being deleted without force",
		"all or nothing", func(t *T) {
			t.finished("done")
			t.create("running")
			_, err := t.tryDeleteAtomic(false, "done", "running")
			t.refused(err, core.ErrStillRunning, "deleting with a running instance among them")
			t.info("done")
			t.info("running")
			t.deletedAtomic(true, "done", "running")
			t.absent("done")
			t.absent("running")
		}),
	adminCase("deletion/AtomicOrphanDetection", "A-60", "A2.14",
		"a parent is not deleted without its children",
		"the child would be left without anybody to report to", func(t *T) {
			t.finished("root")
			t.finished("child", "root")
			_, err := t.tryDeleteAtomic(false, "root")
			t.refused(err, core.ErrWouldOrphan, "deleting a parent without its child")
			t.info("root")
			t.info("child")
			t.deletedAtomic(false, "root", "child")
			t.absent("root")
			t.absent("child")
		}),
	adminCase("deletion/StaleActivityAfterRecreate", "C-288 A-61", "A2.14",
		"a result from before the deletion does not reach an instance made anew under the same id",
		"it would take a stranger's result for its own", func(t *T) {
			t.create("a")
			t.turn("a", 1, events(scheduled(2, "Work")), work(activity("a", 2)))
			w := t.fetchWork()
			t.deleted("a", true)
			t.create("a")
			t.lost(t.tryAckWork(w.LockToken, new(completed("a", 2))), "acking an activity of a deleted instance")
			t.enqueue(poke("a"))
			t.batch(t.fetchOf("a"), poke("a"))
		}),
	adminCase("deletion/ExactCounts", "A-63", "A1.8",
		"a deletion reports exactly what it removed",
		"operators check it against what they meant", func(t *T) {
			t.create("root")
			t.finished("one", "root")
			t.finished("two", "root")
			t.turn("root", 1, events(scheduled(2, "A"), scheduled(3, "B")), work(activity("root", 2)))
			t.turn("two", 2, events(started()), full)
			t.enqueue(poke("one"))
			f := t.fetchOf("one")
			t.truthf(f != nil, "the locked message was not fetched")
			t.enqueue(poke("root"))
			t.enqueueAfter(t.timing.Hold, poke("two"))
			t.enqueue(timer("root", t.NowMS()*2))
			t.enqueueWork(activity("one", 1))
			t.fetchWorkOf(activity("root", 2))
			equal(t, "what was deleted", t.deleted("root", true), core.DeleteResult{
				InstancesDeleted: 3, ExecutionsDeleted: 4, EventsDeleted: 6, QueueMessagesDeleted: 6,
			})
		}),
	adminCase("deletion/NothingLeft", "A-64", "A2.14",
		"nothing of a deleted instance is left anywhere",
		"whoever uses the id next inherits it", func(t *T) {
			before, depth := t.metrics(), t.depths()
			t.busyLife("a")
			t.deleted("a", true)
			equal(t, "the metrics", t.metrics(), before)
			equal(t, "the depths", t.depths(), depth)
			t.nothing("a")
			t.hasKV("a", nil)
			t.history("execution 1", t.readExecution("a", 1))
			t.noStats("a")
			t.noWork("the activities were deleted")
			t.none("the messages were deleted")
			t.enqueue(start("a"))
			f := t.fetchOf("a")
			t.batch(f, start("a"))
			t.snapshot(f, nil)
			t.history("the item", f.Item.History)
		}),
	adminCase("deletion/NeighbourUntouched", "A-65", "A2.14",
		"a deletion leaves all others as they were, however similar their ids",
		"patterns and prefixes in SQL delete strangers", func(t *T) {
			neighbours := []string{"a", "aa", "a%", "a_", "A", "a ", "%"}
			for _, id := range neighbours {
				t.busyLife(id)
			}
			before := map[string]string{}
			for _, id := range neighbours {
				before[id] = t.portrait(id)
			}
			for _, gone := range []string{"a_", "a%", "a"} {
				t.deleted(gone, true)
				delete(before, gone)
				for id, want := range before {
					equal(t, fmt.Sprintf("the state of %q after the deletion of %q", id, gone), t.portrait(id), want)
				}
			}
		}),
}
