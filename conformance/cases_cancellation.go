package conformance

import (
	"slices"

	"github.com/durokit/duro/core"
)

var cancellationCases = []Case{
	fetchWithStatus("cancellation/FetchWhileRunning", "C-109", core.StatusRunning),
	fetchWithStatus("cancellation/FetchAfterCompleted", "C-110", core.StatusCompleted),
	fetchWithStatus("cancellation/FetchAfterFailed", "C-111", core.StatusFailed),
	fetchWithStatus("cancellation/FetchAfterContinuedAsNew", "C-112", core.StatusContinuedAsNew),
	{
		ID: "cancellation/FetchForMissingInstance", Numbers: []string{"C-113"}, Section: "2.7",
		Rule: "an activity of an instance nobody knows is fetchable",
		Why:  "the worker queue does not depend on instances",
		Run: func(t *T) {
			t.enqueueWork(activity("ghost", 1))
			t.fetchWorkOf(activity("ghost", 1))
		},
	},
	{
		ID: "cancellation/RenewWhileRunning", Numbers: []string{"C-114"}, Section: "2.10",
		Rule: "an activity of a running orchestration can be renewed",
		Why:  "a failed renewal cancels the activity",
		Run: func(t *T) {
			t.scheduleWith(core.StatusRunning)
			t.renewWork(t.fetchWork(), t.timing.Lock)
		},
	},
	{
		ID: "cancellation/RenewAfterCompleted", Numbers: []string{"C-115"}, Section: "2.10",
		Rule: "an activity of a finished orchestration can be renewed unless it was cancelled",
		Why:  "only the orchestration's own ack cancels activities",
		Run: func(t *T) {
			t.scheduleWith(core.StatusRunning)
			w := t.fetchWork()
			t.turn("a", 1, events(orchCompleted(9, "done")), ended(core.StatusCompleted, "done"))
			t.renewWork(w, t.timing.Lock)
		},
	},
	{
		ID: "cancellation/RenewForMissingInstance", Numbers: []string{"C-116"}, Section: "2.10",
		Rule: "an activity of an instance nobody knows can be renewed",
		Why:  "the worker queue does not depend on instances",
		Run: func(t *T) {
			t.enqueueWork(activity("ghost", 1))
			t.renewWork(t.fetchWork(), t.timing.Lock)
		},
	},
	{
		ID: "cancellation/AckWithoutCompletionOnlyDeletes", Numbers: []string{"C-117"}, Section: "2.8",
		Rule: "an ack without a completion deletes the activity and sends nothing",
		Why:  "this is how a worker ends an activity that was cancelled",
		Run: func(t *T) {
			t.create("a")
			t.enqueueWork(activity("a", 1))
			t.ackWork(t.fetchWork())
			t.noWork("the activity was acked")
			t.none("nothing was sent")
		},
	},
	{
		ID: "cancellation/CancelledActivitiesAreDeleted", Numbers: []string{"C-118"}, Section: "2.2",
		Rule: "an ack deletes the activities it cancels, and no others",
		Why:  "a cancelled activity must not start any more",
		Run: func(t *T) {
			t.enqueue(start("a"))
			t.ack(t.fetch(), 1, events(started()), work(activity("a", 1), activity("a", 2), activity("a", 3)))
			t.abandonWork(t.fetchWorkOf(activity("a", 1)))
			t.turn("a", 1, cancel(identity("a", 1, 1), identity("a", 1, 2)))
			equal(t, "the activities left", raws(t.drainWork()), raws([]core.WorkItem{activity("a", 3)}))
		},
	},
	{
		ID: "cancellation/AckOfDeletedEntryFails", Numbers: []string{"C-119"}, Section: "2.8",
		Rule: "a second ack of an activity is a permanent error",
		Why:  "a completion could arrive twice",
		Run: func(t *T) {
			t.create("a")
			t.enqueueWork(activity("a", 1))
			w := t.fetchWork()
			t.ackWork(w)
			t.lost(t.tryAckWork(w.LockToken, new(completed("a", 1))), "a second ack")
			t.none("the failed ack sent nothing")
		},
	},
	{
		ID: "cancellation/RenewOfDeletedEntryFails", Numbers: []string{"C-120"}, Section: "2.10",
		Rule: "renewing an activity that is gone is a permanent error",
		Why:  "this failure is the cancellation signal",
		Run: func(t *T) {
			t.enqueueWork(activity("a", 1))
			w := t.fetchWork()
			t.ackWork(w)
			t.lost(t.tryRenewWork(w.LockToken, t.timing.Lock), "a renewal of an activity that is gone")
		},
	},
	{
		ID: "cancellation/UnknownActivitiesAreIgnored", Numbers: []string{"C-121"}, Section: "2.2",
		Rule: "cancelling activities that are not there is no error",
		Why:  "they may have been acked a moment ago",
		Run: func(t *T) {
			t.create("a")
			t.turn("a", 1, events(scheduled(2, "A")), cancel(identity("a", 1, 999), identity("a", 1, 1), identity("ghost", 1, 1)))
			t.stored("a", 1, 2)
		},
	},
	{
		ID: "cancellation/BatchCancellation", Numbers: []string{"C-122"}, Section: "2.2",
		Rule: "one ack cancels many activities",
		Why:  "an orchestration that ends cancels everything it still has",
		Run: func(t *T) {
			t.enqueue(start("a"))
			var jobs []core.WorkItem
			var ids []core.ScheduledActivityID
			for n := range uint64(5) {
				jobs, ids = append(jobs, activity("a", n)), append(ids, identity("a", 1, n))
			}
			t.ack(t.fetch(), 1, events(started()), work(jobs...))
			t.turn("a", 1, cancel(ids...))
			t.noWork("all activities were cancelled")
		},
	},
	{
		ID: "cancellation/ScheduledAndCancelledIsNoOp", Numbers: []string{"C-123"}, Section: "2.2",
		Rule: "an activity scheduled and cancelled by one ack never runs",
		Why:  "a select in which the timer won at once schedules and cancels in one turn",
		Run: func(t *T) {
			t.create("a")
			t.turn("a", 1, work(activity("a", 2), activity("a", 3)), cancel(identity("a", 1, 2)))
			equal(t, "the activities left", raws(t.drainWork()), raws([]core.WorkItem{activity("a", 3)}))
		},
	},
	{
		ID: "cancellation/OrphanActivityAfterForceDelete", Numbers: []string{"C-124", "A-62"}, Section: "A2.14",
		Rule:  "an activity that survives its instance's deletion, if it does, can still be acked",
		Why:   "a worker must not fail over an instance that was deleted under it",
		Needs: []Need{NeedAdmin},
		Run: func(t *T) {
			t.enqueue(start("a"))
			t.ack(t.fetch(), 1, events(started()), full, status(core.StatusRunning), work(activity("a", 2)))
			r, err := t.Admin().DeleteInstance(t.ctx, "a", true)
			t.must(err, "DeleteInstance with force")
			t.truthf(r.InstancesDeleted > 0, "DeleteInstance deleted no instance")
			t.absent("a")
			w, err := t.tryFetchWork()
			t.must(err, "fetch work after the deletion")
			if w != nil {
				t.completeWork(w, completed("a", 2))
			}
		},
	},
	{
		ID: "cancellation/InFlight", Numbers: []string{"C-125"}, Section: "2.2",
		Rule: "cancelling a running activity takes its worker's lock away",
		Why:  "the failed renewal is how the worker learns of it, and its result must not arrive",
		Run: func(t *T) {
			t.create("a")
			t.turn("a", 1, work(activity("a", 2)))
			w := t.fetchWork()
			t.turn("a", 1, cancel(identity("a", 1, 2)))
			t.lost(t.tryRenewWork(w.LockToken, t.timing.Lock), "a renewal after cancellation")
			t.lost(t.tryAckWork(w.LockToken, new(completed("a", 2))), "an ack after cancellation")
			t.lost(t.tryAbandonWork(w.LockToken), "an abandon after cancellation")
			t.none("no completion was sent")
			t.noWork("the activity is gone")
		},
	},
	{
		ID: "cancellation/ExactIdentity", Numbers: []string{"C-126"}, Section: "2.2",
		Rule: "a cancellation means one activity of one execution of one instance",
		Why:  "activity ids repeat in every execution and instance",
		Run: func(t *T) {
			of := func(id string, execution uint64) core.WorkItem {
				return item(core.ActivityExecute{Instance: id, ExecutionID: execution, ID: 2, Name: "Work"})
			}
			t.create("a")
			t.enqueueWork(of("a", 1), of("a", 2), of("b", 1), of("A", 1), of("a ", 1))
			t.turn("a", 1, cancel(identity("a", 1, 2)))
			equal(t, "the activities left", raws(t.drainWork()),
				raws([]core.WorkItem{of("a", 2), of("b", 1), of("A", 1), of("a ", 1)}))
		},
	},
	{
		ID: "cancellation/Many", Numbers: []string{"C-127"}, Section: "2.2", Slow: true,
		Rule: "an ack cancels thousands of activities, and exactly these",
		Why:  "bind limits are the provider's problem",
		Run: func(t *T) {
			var ids []core.ScheduledActivityID
			var jobs, left []core.WorkItem
			for n := range uint64(5000) {
				if n%100 == 0 { // some of them exist
					jobs = append(jobs, activity("a", n))
				}
				ids = append(ids, identity("a", 1, n))
			}
			for n := range uint64(3) {
				left = append(left, activity("a", 5000+n))
			}
			t.create("a")
			t.turn("a", 1, work(slices.Concat(jobs, left)...))
			t.turn("a", 1, cancel(ids...))
			equal(t, "the activities left", raws(t.drainWork()), raws(left))
		},
	},
	{
		ID: "cancellation/StaleCompletionIsDelivered", Numbers: []string{"C-128"}, Section: "2.5",
		Rule: "a completion for an earlier execution is delivered",
		Why:  "the runtime filters; the provider does not judge",
		Run: func(t *T) {
			t.create("a")
			t.continued("a", 2)
			t.enqueue(completed("a", 1))
			t.batch(t.fetchOf("a"), completed("a", 1))
		},
	},
}

// fetchWithStatus is the case that an activity is fetchable whatever became of
// the orchestration that scheduled it. Upstream's names promise that the state
// is returned; it has not been for long.
func fetchWithStatus(id, number, status string) Case {
	return Case{
		ID: id, Numbers: []string{number}, Section: "2.7",
		Rule: "an activity is fetchable when its orchestration is " + status,
		Why:  "the worker queue does not depend on the state of instances",
		Run: func(t *T) {
			t.scheduleWith(status)
			t.fetchWorkOf(activity("a", 2))
		},
	}
}

// scheduleWith makes an instance with a status and one activity, by a name-only ack.
func (t *T) scheduleWith(s string) {
	t.enqueue(start("a"))
	t.ack(t.fetch(), 1, events(started(), scheduled(2, "Work")), called(orch), status(s), work(activity("a", 2)))
}
