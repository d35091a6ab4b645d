package conformance

import (
	"errors"

	"github.com/durokit/duro/core"
)

var deletionEdgeCases = []Case{
	adminCase("deletion/AtomicRollbackIsComplete", "A-66", "A2.14",
		"a refused deletion changes nothing",
		"all or nothing", func(t *T) {
			t.create("running")
			t.busyLife("done")
			t.turnHeld("done", ended(core.StatusCompleted, "done"))
			before, depths := t.portrait("done"), t.depths()
			_, err := t.tryDeleteAtomic(false, "done", "running")
			t.refused(err, core.ErrStillRunning, "deleting with a running instance among them")
			equal(t, "the state of the finished instance", t.portrait("done"), before)
			equal(t, "the depths", t.depths(), depths)
		}),
	adminCase("deletion/TreeWithRunningChild", "A-67", "A2.15",
		"a running descendant keeps a finished root from being deleted without force",
		"live work would be lost", func(t *T) {
			t.family("root", true)
			_, err := t.tryDelete("root", false)
			t.refused(err, core.ErrStillRunning, "deleting a root with a running descendant")
			equal(t, "how big the tree still is", len(t.tree("root").AllIDs), 4)
			equal(t, "how many instances were deleted", t.deleted("root", true).InstancesDeleted, 4)
		}),
	adminCase("deletion/AtomicChildDirectly", "A-68", "A2.14",
		"a child without children can be deleted by the primitive",
		"tools repair trees with it", func(t *T) {
			t.family("root", false)
			t.deletedAtomic(false, "root::2")
			t.absent("root::2")
			equal(t, "the tree", sorted(t.tree("root").AllIDs), []string{"root", "root::1", "root::1::1"})
		}),
	adminCase("deletion/AtomicMiddle", "A-69", "A2.14",
		"an instance with a child that stays is not deleted, with force neither",
		"the child would be left without its parent", func(t *T) {
			t.family("root", false)
			for _, force := range []bool{false, true} {
				_, err := t.tryDeleteAtomic(force, "root::1")
				t.refused(err, core.ErrWouldOrphan, "deleting an instance with a child")
			}
			equal(t, "how big the tree still is", len(t.tree("root").AllIDs), 4)
		}),
	duro(adminCase("deletion/AtomicUnknownAndDuplicates", "A-70", "A2.14",
		"unknown and repeated ids are ignored and not counted",
		"upstream's SQLite provider counts the list", func(t *T) {
			t.finished("a")
			equal(t, "deleting nothing", t.deletedAtomic(false), core.DeleteResult{})
			equal(t, "deleting a ghost", t.deletedAtomic(false, "ghost"), core.DeleteResult{})
			equal(t, "deleting one twice and a ghost", t.deletedAtomic(false, "a", "a", "ghost"),
				core.DeleteResult{InstancesDeleted: 1, ExecutionsDeleted: 1, EventsDeleted: 1})
		})),
	adminCase("deletion/QueuedOnlyID", "A-71", "A2.15",
		"an id with nothing but a queued start is not found, and the start stays",
		"there is no instance to delete yet", func(t *T) {
			t.enqueue(start("a"))
			_, err := t.tryDelete("a", false)
			t.refused(err, core.ErrNotFound, "deleting an id that is only queued")
			t.batch(t.fetchOf("a"), start("a"))
		}),
	duro(adminCase("deletion/ForceDeleteWithoutRecord", "A-71 A-85a", "A2.15",
		"force deletes whatever carries an id, record or not",
		"debris could not be got rid of", func(t *T) {
			t.enqueue(start("queued"), poke("queued"))
			t.enqueueWork(activity("queued", 1))
			r, err := t.tryDelete("queued", true)
			t.must(err, "deleting queued messages")
			equal(t, "what was deleted", *r, core.DeleteResult{QueueMessagesDeleted: 3})
			t.none("the messages were deleted")
			t.noWork("the activity was deleted")
			t.enqueue(start("debris"))
			t.ack(t.fetch(), 1, events(started(), kvSet(2, "k", "v")))
			r, err = t.tryDelete("debris", true)
			t.must(err, "deleting debris")
			equal(t, "what was deleted", *r, core.DeleteResult{ExecutionsDeleted: 1, EventsDeleted: 2})
			t.hasKV("debris", nil)
			for _, id := range []string{"ghost", "queued", "debris"} {
				_, err = t.tryDelete(id, true)
				t.refused(err, core.ErrNotFound, "deleting what is not there by force")
			}
		})),
	adminCase("deletion/CleanSlateOnReuse", "A-72", "A2.14",
		"an id can be used again at once, from the beginning",
		"old executions, values or counts would show in the new life", func(t *T) {
			t.create("a")
			for n := uint64(2); n <= 6; n++ {
				t.turn("a", 1, events(statusSet(n, "x"), kvSet(n+100, "k", "v")))
			}
			t.continued("a", 2)
			t.continued("a", 3)
			t.enqueue(poke("a"))
			t.abandon(t.fetchOf("a"))
			t.deleted("a", true)
			t.enqueue(start("a"))
			f := t.fetchOf("a")
			t.described(f, orch, orchVersion, 1)
			equal(t, "the attempt count", f.AttemptCount, 1)
			t.snapshot(f, nil)
			t.history("the item", f.Item.History)
			t.ack(f, 1, events(started()), full)
			t.noStatus("a")
			t.stored("a", 1)
			equal(t, "the executions", t.executions("a"), []uint64{1})
		}),
	adminCase("deletion/TokensDieWithInstance", "A-73", "A2.14",
		"all tokens of a deleted instance are dead",
		"who holds them has to learn of it", func(t *T) {
			t.create("a", "b")
			t.enqueue(poke("a"))
			f := t.fetchOf("a")
			t.enqueue(poke("b"))
			other := t.fetchOf("b")
			t.enqueueWork(activity("a", 1), activity("b", 1))
			w, otherWork := t.fetchWorkOf(activity("a", 1)), t.fetchWorkOf(activity("b", 1))
			t.deleted("a", true)
			t.lost(t.tryRenew(f.LockToken, t.timing.Lock), "a renewal after deletion")
			t.lost(t.tryAbandon(f.LockToken), "an abandon after deletion")
			t.lost(t.tryAck(f, 1), "an ack after deletion")
			t.lost(t.tryRenewWork(w.LockToken, t.timing.Lock), "a renewal of work after deletion")
			t.lost(t.tryAbandonWork(w.LockToken), "an abandon of work after deletion")
			t.lost(t.tryAckWork(w.LockToken, nil), "an ack of work after deletion")
			t.ack(other, 1)
			t.ackWork(otherWork)
		}),
	slow(adminCase("deletion/RaceAckVersusDelete", "C-290 A-74", "A2.14",
		"when a deletion and an ack race, the deletion leaves nothing",
		"half an instance would rise from the dead", func(t *T) {
			for i := range 200 {
				id := name("inst", i)
				t.enqueue(start(id))
				if i%2 == 0 {
					t.ack(t.fetchOf(id), 1, events(started()), full)
					t.enqueue(poke(id))
				}
				f := t.fetchOf(id)
				var ackErr, delErr error
				t.Together(2, func(who int) {
					if who == 0 {
						ackErr = t.tryAck(f, 1, events(scheduled(2, "A"), kvSet(3, "k", "v")), full, work(activity(id, 2)),
							send(poke(id)))
					} else {
						_, delErr = t.tryDelete(id, true)
					}
				})
				if ackErr != nil {
					t.lost(ackErr, "an ack that lost against a deletion")
				}
				if delErr != nil {
					t.refused(delErr, core.ErrNotFound, "a deletion that came before the first ack")
					t.deleted(id, true)
				}
				t.absent(id)
				t.stored(id)
				t.hasKV(id, nil)
				equal(t, "the executions", t.executions(id), nil)
				t.noWork("everything was deleted")
				t.none("everything was deleted")
			}
		})),
	slow(adminCase("deletion/RaceDoubleDelete", "A-75", "A2.14",
		"of two deletions of one instance one counts it",
		"the same instance would be reported gone twice", func(t *T) {
			for i := range 50 {
				id := name("inst", i)
				t.finished(id)
				results, errs := make([]*core.DeleteResult, 2), make([]error, 2)
				t.Together(2, func(who int) { results[who], errs[who] = t.tryDelete(id, false) })
				n := uint64(0)
				for who, err := range errs {
					if err == nil {
						n += results[who].InstancesDeleted
					} else if !errors.Is(err, core.ErrNotFound) {
						t.Errorf("a deletion that came second failed with %q: want not found or zeros", err)
					}
				}
				equal(t, "how many instances both deleted together", n, 1)
				t.absent(id)
			}
		})),
	duro(slow(adminCase("deletion/RaceChildCreation", "A-76", "A2.15",
		"a child born while its root is deleted goes too, or can be deleted itself",
		"upstream leaves children that nothing can delete", func(t *T) {
			for i := range 50 {
				root, child := name("root", i), name("child", i)
				t.create(root)
				t.enqueue(startChild(child, root))
				f := t.fetchOf(child)
				t.Together(2, func(who int) {
					if who == 0 {
						err := t.tryAck(f, 1, events(started()), full, childOf(root))
						t.truthf(err == nil || errors.Is(err, core.ErrLockLost), "the child's first ack: got %v", err)
						return
					}
					_, err := t.tryDelete(root, true)
					t.must(err, "delete the root")
				})
				t.absent(root)
				if _, err := t.Admin().GetInstanceInfo(t.ctx, child); err == nil {
					t.deleted(child, true)
				}
				t.absent(child)
				if g, _ := t.tryFetch(); g != nil { // its start, if it was not acked
					t.ack(g, 1)
				}
			}
		}))),
	duro(adminCase("deletion/DanglingParent", "A-77", "A2.15",
		"a child whose parent is gone counts as a root",
		"it could never be deleted", func(t *T) {
			t.finished("one", "ghost")
			t.finished("two", "ghost")
			equal(t, "how many instances were deleted", t.deleted("one", false).InstancesDeleted, 1)
			equal(t, "how many instances bulk deletion took", t.bulkDeleted(core.InstanceFilter{}).InstancesDeleted, 1)
			t.absent("two")
		})),
	duro(adminCase("deletion/PendingChildStart", "A-78", "A2.15",
		"deleting a parent takes its children's queued starts with it",
		"the child would start after its parent was deleted", func(t *T) {
			t.create("a", "b")
			t.turn("a", 1, send(startChild("a::1", "a"), startChild("a::2", "a"), startChild("b::1", "b")))
			r := t.deleted("a", true)
			equal(t, "how many queued messages were deleted", r.QueueMessagesDeleted, 2)
			t.fetchOf("b::1")
			t.none("the children's starts were deleted")
		})),
	adminCase("deletion/GhostMessagesDoNotStarve", "A-79", "A2.25",
		"messages for a deleted instance block nobody and wait for its next life",
		"one event too late would stop everybody", func(t *T) {
			t.finished("x")
			t.deleted("x", false)
			t.enqueue(raise("x", "late"), cancelInstance("x"), start("y"))
			t.ack(t.fetchOf("y"), 1)
			t.none("x has no context")
			t.enqueue(start("x"))
			t.batch(t.fetchOf("x"), raise("x", "late"), cancelInstance("x"), start("x"))
		}),
	slow(adminCase("deletion/DeepAndWideTree", "A-80", "A2.15",
		"deep and wide trees are deleted as a whole",
		"recursion and bind limits are the provider's problem", func(t *T) {
			t.finished("deep-0")
			for i := 1; i < 50; i++ {
				t.finished(name("deep", i), name("deep", i-1))
			}
			t.finished("wide")
			for i := range 500 {
				t.finished(name("leaf", i), "wide")
			}
			equal(t, "what went with the deep tree", t.deleted("deep-0", false),
				core.DeleteResult{InstancesDeleted: 50, ExecutionsDeleted: 50, EventsDeleted: 50})
			equal(t, "what went with the wide tree", t.deleted("wide", false),
				core.DeleteResult{InstancesDeleted: 501, ExecutionsDeleted: 501, EventsDeleted: 501})
			equal(t, "the instances left", t.instances(), nil)
		})),
	duro(adminCase("deletion/TreeCycleGuard", "A-81", "A2.13",
		"parents in a circle do not trap the walk through a tree",
		"upstream's walk never ends", func(t *T) {
			t.finished("a", "b") // b is not there yet
			t.finished("b", "a")
			equal(t, "the tree of a", sorted(t.tree("a").AllIDs), []string{"a", "b"})
			equal(t, "the tree of b", sorted(t.tree("b").AllIDs), []string{"a", "b"})
			t.deletedAtomic(false, "a", "b")
		})),
	duro(adminCase("deletion/ManyIDs", "A-82", "A2.14",
		"thousands of ids are deleted in one call",
		"bind limits are the provider's problem", func(t *T) {
			t.finished("first")
			t.finished("last")
			ids := []string{"first"}
			for i := range 5000 {
				ids = append(ids, name("ghost", i))
			}
			equal(t, "how many instances were deleted", t.deletedAtomic(false, append(ids, "last")...).InstancesDeleted, 2)
		})),
	adminCase("deletion/DetachedIsNotAChild", "A-83", "A2.12",
		"an orchestration started without a parent is nobody's child",
		"it is meant to outlive its starter", func(t *T) {
			t.create("a")
			t.turn("a", 1, events(ev(2, core.OrchestrationChainedEvent{Name: orch, Instance: "detached", Input: "{}"})),
				send(start("detached")))
			t.ack(t.fetchOf("detached"), 1, events(started()), full)
			equal(t, "the starter's children", t.children("a"), nil)
			t.deleted("a", true)
			t.info("detached")
		}),
	adminCase("deletion/TerminalWithLateMessages", "A-84", "A2.14",
		"messages that came too late for a finished instance go with it",
		"they are for nobody else", func(t *T) {
			t.finished("a")
			t.enqueue(poke("a"), poke("a"), poke("a"))
			equal(t, "how many queued messages were deleted", t.deleted("a", false).QueueMessagesDeleted, 3)
			t.none("the messages were deleted")
		}),
	adminCase("deletion/DebrisWithoutInstance", "A-85a", "A2.14",
		"the primitive deletes what carries an id without a record",
		"debris of a failed first turn could not be got rid of", func(t *T) {
			t.enqueue(start("a"))
			t.ack(t.fetch(), 1, events(started(), scheduled(2, "A")), work(activity("a", 2)))
			_, err := t.tryDelete("a", false)
			t.refused(err, core.ErrNotFound, "deleting debris without force")
			equal(t, "what was deleted", t.deletedAtomic(false, "a"),
				core.DeleteResult{ExecutionsDeleted: 1, EventsDeleted: 2, QueueMessagesDeleted: 1})
			t.stored("a")
		}),
	duro(adminCase("deletion/SessionsSurvive", "C-291", "A2.14",
		"sessions belong to no instance and survive deletions",
		"other instances' work is still in them", func(t *T) {
			t.create("a")
			t.own("A", "s", t.timing.Lock)
			t.enqueueWork(ofSession(2, "s"))
			t.deleted("a", true)
			other := item(core.ActivityExecute{Instance: "b", ExecutionID: 1, ID: 1, Name: "Work", SessionID: new("s")})
			t.enqueueWork(other)
			t.noWork("A still owns the session", t.as("B"))
			t.ackWork(t.fetchWorkOf(other, t.as("A", t.timing.Lock)))
			t.Wait(t.timing.Lock)
			t.swept(1)
		})),
}
