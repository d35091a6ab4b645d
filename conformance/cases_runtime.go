package conformance

import (
	"slices"
	"strconv"
	"strings"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/internal/miniruntime"
)

// What a store does is judged here by what a runtime makes of it: the small one that
// replays an orchestration on every turn from what the store hands out.
var runtimeCases = []Case{
	adminCase("runtime/KVReadModifyWriteReplay", "A-187", "A2.22",
		"a counter that is read, raised and written in each of five turns ends at five",
		"a turn that is handed its own earlier writes counts them twice when it replays", func(t *T) {
			r := t.runs(counting)
			t.enqueue(start("a"))
			r.drain()
			r.completes("a", 1, "5")
			t.hasKV("a", map[string]string{"count": "5"})
		}),
	adminCase("runtime/CancelWaitDelete", "A-207", "A2.15",
		"an orchestration that was cancelled has failed, and can be deleted without force",
		"this is how operators get rid of an orchestration in good order", func(t *T) {
			r := t.runs(waiting)
			t.enqueue(start("a"))
			r.drain()
			t.enqueue(cancelInstance("a"))
			r.drain()
			equal(t, "the status", t.info("a").Status, core.StatusFailed)
			t.deleted("a", false)
		}),
	adminCase("runtime/ForceDeleteInFlight", "A-207", "A2.15",
		"after a forced deletion the completion of an activity in progress is refused, and nothing comes back",
		"workers do not know what was deleted", func(t *T) {
			r := t.runs(echoing)
			t.enqueue(start("a"))
			r.turn()
			w := t.fetchWork()
			t.deleted("a", true)
			done := completed("a", 2)
			t.lost(t.tryAckWork(w.LockToken, &done), "the completion of a deleted instance's activity")
			r.drain()
			t.absent("a")
		}),
	adminCase("runtime/ServesOthersAfterForceDelete", "A-207", "A2.15",
		"after a running orchestration was deleted by force, others complete",
		"one deletion must not stop a queue", func(t *T) {
			r := t.runs(echoing)
			t.enqueue(start("a"))
			r.turn()
			t.deleted("a", true)
			ids := []string{"b", "c", "d"}
			for _, id := range ids {
				t.enqueue(start(id))
			}
			r.drain()
			for _, id := range ids {
				r.completes(id, 1, id)
			}
			t.absent("a")
		}),
	adminCase("runtime/IdentityReuse", "A-207", "A2.15",
		"an id that was deleted starts afresh: with its own result, history, values and status",
		"ids are names from the world outside, and come again", func(t *T) {
			first, again := t.runs(counting), t.runs(echoing)
			t.enqueue(start("a"))
			first.drain()
			first.completes("a", 1, "5")
			t.deleted("a", false)
			t.enqueue(start("a"))
			again.drain()
			again.completes("a", 1, "a")
			t.stored("a", 1, 2, 3, 4)
			t.hasKV("a", map[string]string{})
		}),
	adminCase("runtime/ConcurrentDoubleDelete", "A-207", "A2.15",
		"of two deletions of an instance at once one removes it, and the other finds nothing",
		"two operators, or two runs of a retention job, must not count it twice", func(t *T) {
			r := t.runs(echoing)
			t.enqueue(start("a"))
			r.drain()
			var removed [2]uint64
			t.Together(2, func(i int) {
				switch result, err := t.tryDelete("a", false); {
				case err != nil:
					t.refused(err, core.ErrNotFound, "the deletion that came second")
				default:
					removed[i] = result.InstancesDeleted
				}
			})
			slices.Sort(removed[:])
			equal(t, "how many instances each deletion removed", removed, [2]uint64{0, 1})
			t.absent("a")
		}),
	adminCase("runtime/PruneInsideActiveLoop", "A-208", "A2.17",
		"pruning to one execution in the middle of a loop of continue-as-new leaves the loop running",
		"eternal orchestrations are pruned while they live", func(t *T) {
			r := t.runs(looping)
			t.enqueue(start("a"))
			r.drain()
			equal(t, "the current execution", t.info("a").CurrentExecutionID, 3)
			t.pruned("a", keepLast(1), 2)
			equal(t, "the status", t.info("a").Status, core.StatusRunning)
			equal(t, "the executions left", t.executions("a"), []uint64{3})
			t.enqueue(raise("a", "go"))
			r.drain()
			r.completes("a", 5, "after 5")
		}),
	adminCase("runtime/CustomStatusAcrossContinueAsNew", "A-209", "A2.21",
		"a custom status outlives its execution, and its version goes on counting",
		"who polls for the next version must not miss it", func(t *T) {
			r := t.runs(stages(func(ctx *miniruntime.Context) {
				if e := ctx.ExecutionID(); e != 2 {
					ctx.SetCustomStatus("stage " + strconv.FormatUint(e, 10))
				}
			}))
			t.enqueue(start("a"))
			r.drain()
			t.hasStatus("a", new("stage 1"), 1)
			t.enqueue(raise("a", "go"))
			r.drain()
			t.hasStatus("a", new("stage 3"), 2)
		}),
	adminCase("runtime/CustomStatusResetAcrossContinueAsNew", "A-209", "A2.21",
		"a later execution can take back the custom status of an earlier one",
		"what is over must not be shown for ever", func(t *T) {
			r := t.runs(stages(func(ctx *miniruntime.Context) {
				switch ctx.ExecutionID() {
				case 1:
					ctx.SetCustomStatus("busy")
				case 3:
					ctx.ClearCustomStatus()
				}
			}))
			t.enqueue(start("a"))
			r.drain()
			t.hasStatus("a", new("busy"), 1)
			t.enqueue(raise("a", "go"))
			r.drain()
			t.hasStatus("a", nil, 2)
		}),
	adminCase("runtime/CustomStatusLimit", "A-209", "A1.17",
		"a custom status of the runtime's limit is stored, and a longer one fails the orchestration",
		"the limit is the runtime's: a store that has a lower one breaks orchestrations that are right", func(t *T) {
			r := t.runs(func(ctx *miniruntime.Context, _ string) (string, error) {
				ctx.SetCustomStatus(strings.Repeat(ctx.Instance(), miniruntime.MaxCustomStatusBytes))
				return "set", nil
			})
			t.enqueue(start("a"), start("bb"))
			r.drain()
			r.completes("a", 1, "set")
			t.hasStatus("a", new(strings.Repeat("a", miniruntime.MaxCustomStatusBytes)), 1)
			equal(t, "the status of one over the limit", t.info("bb").Status, core.StatusFailed)
		}),
}

// counting raises a number in its values by one in each of five turns.
func counting(ctx *miniruntime.Context, _ string) (string, error) {
	for range 5 {
		text, _ := ctx.KVGet("count")
		n, _ := strconv.Atoi(text) // 0 at first
		ctx.KVSet("count", strconv.Itoa(n+1))
		if _, err := ctx.Activity("echo", "").Await(); err != nil {
			return "", err
		}
	}
	count, _ := ctx.KVGet("count")
	return count, nil
}

// waiting waits for an event that nobody raises.
func waiting(ctx *miniruntime.Context, _ string) (string, error) {
	return ctx.WaitForEvent("never").Await()
}

// echoing has its instance's id returned by an activity.
func echoing(ctx *miniruntime.Context, _ string) (string, error) {
	return ctx.Activity("echo", ctx.Instance()).Await()
}

// looping goes through five executions, and rests in the third.
func looping(ctx *miniruntime.Context, input string) (string, error) {
	switch ctx.ExecutionID() {
	case 3:
		if _, err := ctx.WaitForEvent("go").Await(); err != nil {
			return "", err
		}
	case 5:
		return "after 5", nil
	}
	return ctx.ContinueAsNew(input)
}

// stages goes through three executions, does what is given in each, and rests in the second.
func stages(do func(*miniruntime.Context)) miniruntime.Orchestration {
	return func(ctx *miniruntime.Context, input string) (string, error) {
		do(ctx)
		switch ctx.ExecutionID() {
		case 2:
			if _, err := ctx.WaitForEvent("go").Await(); err != nil {
				return "", err
			}
		case 3:
			return "", nil
		}
		return ctx.ContinueAsNew(input)
	}
}
