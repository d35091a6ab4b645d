package middleware_test

import (
	"context"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/durokit/duro/conformance/reference"
	"github.com/durokit/duro/core"
)

// instance is what everything calls the one it works on.
const instance = "order-42"

// hidden marks all that must not be recorded: payloads, values, statuses, the names
// and tokens of everything that has one.
const hidden = "HIDDEN"

// everything calls every method of both halves of a provider once or more, all with
// hidden things in them. It returns the lock tokens it was given, which are hidden,
// too, and closes the provider.
func everything(t *testing.T, p core.Provider) (tokens []string) {
	t.Helper()
	ctx := t.Context()
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	lost := func(err error) {
		t.Helper()
		if core.CodeOf(err) != core.ErrLockLost {
			t.Fatalf("%v, want a lost lock", err)
		}
	}
	fetch := func() string {
		t.Helper()
		f, err := p.FetchOrchestrationItem(ctx, core.FetchOrchestrationParams{LockTimeout: time.Hour})
		ok(err)
		tokens = append(tokens, f.LockToken)
		return f.LockToken
	}
	fetchWork := func() string {
		t.Helper()
		f, err := p.FetchWorkItem(ctx, core.FetchWorkParams{LockTimeout: time.Hour})
		ok(err)
		tokens = append(tokens, f.LockToken)
		return f.LockToken
	}
	event := func(id uint64, payload core.EventPayload) core.Event {
		return core.NewEvent(core.EventHeader{EventID: id, InstanceID: instance, ExecutionID: 1}, payload)
	}
	activity := core.NewWorkItem(core.ActivityExecute{Instance: instance, ExecutionID: 1, ID: 2, Name: "Charge", Input: hidden})
	completion := core.NewWorkItem(core.ActivityCompleted{Instance: instance, ExecutionID: 1, ID: 2, Result: hidden})

	ok(p.EnqueueForOrchestrator(ctx, core.NewWorkItem(core.StartOrchestration{
		Instance: instance, Orchestration: "Order", Input: hidden, ExecutionID: 1,
	}), 0))
	token := fetch()
	ok(p.RenewOrchestrationItemLock(ctx, token, time.Hour))
	ok(p.AbandonOrchestrationItem(ctx, core.AbandonParams{LockToken: token}))
	ok(p.AckOrchestrationItem(ctx, core.AckOrchestrationParams{
		LockToken: fetch(), ExecutionID: 1,
		HistoryDelta: []core.Event{
			event(1, core.OrchestrationStartedEvent{Name: "Order", Version: "1.0.0", Input: hidden}),
			event(2, core.ActivityScheduledEvent{Name: "Charge", Input: hidden}),
			event(3, core.CustomStatusUpdatedEvent{Status: new(hidden)}),
			event(4, core.KeyValueSetEvent{Key: "carrier", Value: hidden}),
		},
		WorkerItems: []core.WorkItem{activity},
		Metadata: core.ExecutionMetadata{
			Status: new(core.StatusRunning), OrchestrationName: new("Order"), OrchestrationVersion: new("1.0.0"), Output: new(hidden),
		},
	}))
	token = fetchWork()
	ok(p.RenewWorkItemLock(ctx, token, time.Hour))
	ok(p.AbandonWorkItem(ctx, core.AbandonParams{LockToken: token}))
	ok(p.AckWorkItem(ctx, fetchWork(), &completion))
	ok(p.EnqueueForWorker(ctx, activity))
	lost(p.AckOrchestrationItem(ctx, core.AckOrchestrationParams{LockToken: hidden, ExecutionID: 1}))
	lost(p.AbandonOrchestrationItem(ctx, core.AbandonParams{LockToken: hidden}))
	lost(p.RenewOrchestrationItemLock(ctx, hidden, time.Hour))
	lost(p.AckWorkItem(ctx, hidden, &completion))
	lost(p.AckWorkItem(ctx, hidden, nil))
	lost(p.AbandonWorkItem(ctx, core.AbandonParams{LockToken: hidden}))
	lost(p.RenewWorkItemLock(ctx, hidden, time.Hour))

	_, err := p.RenewSessionLock(ctx, core.RenewSessionParams{OwnerIDs: []string{"worker-1"}, ExtendFor: time.Hour, IdleTimeout: time.Hour})
	ok(err)
	_, err = p.CleanupOrphanedSessions(ctx, time.Hour)
	ok(err)
	_, err = p.Read(ctx, instance)
	ok(err)
	_, err = p.ReadWithExecution(ctx, instance, 1)
	ok(err)
	ok(p.AppendWithExecution(ctx, instance, 1, []core.Event{event(5, core.OrchestrationCompletedEvent{Output: hidden})}))
	status, err := p.GetCustomStatus(ctx, instance, 0)
	ok(err)
	value, found, err := p.GetKVValue(ctx, instance, "carrier")
	ok(err)
	if !found || value != hidden || *status.Status != hidden {
		t.Fatalf("%q, %v, %+v: the store does not hold what it should", value, found, status)
	}
	_, err = p.GetKVAllValues(ctx, instance)
	ok(err)
	_, err = p.GetInstanceStats(ctx, instance)
	ok(err)

	administer(t, p, ok)
	ok(p.Close(ctx))
	return tokens
}

// administer calls every method of the admin half.
func administer(t *testing.T, p core.Provider, ok func(error)) {
	t.Helper()
	ctx := t.Context()
	admin, there := core.Admin(p)
	if !there {
		t.Fatal("the admin half is gone")
	}
	_, err := admin.ListInstances(ctx)
	ok(err)
	_, err = admin.ListInstancesByStatus(ctx, core.StatusRunning)
	ok(err)
	_, err = admin.ListExecutions(ctx, instance)
	ok(err)
	_, err = admin.ReadHistory(ctx, instance)
	ok(err)
	_, err = admin.ReadHistoryWithExecutionID(ctx, instance, 1)
	ok(err)
	_, err = admin.LatestExecutionID(ctx, instance)
	ok(err)
	info, err := admin.GetInstanceInfo(ctx, instance)
	ok(err)
	if *info.Output != hidden {
		t.Fatalf("%+v: the store does not hold what it should", info)
	}
	_, err = admin.GetExecutionInfo(ctx, instance, 1)
	ok(err)
	_, err = admin.GetSystemMetrics(ctx)
	ok(err)
	_, err = admin.GetQueueDepths(ctx)
	ok(err)
	_, err = admin.ListChildren(ctx, instance)
	ok(err)
	_, _, err = admin.GetParentID(ctx, instance)
	ok(err)
	_, err = admin.GetInstanceTree(ctx, instance)
	ok(err)
	_, err = admin.PruneExecutions(ctx, instance, core.PruneOptions{})
	ok(err)
	_, err = admin.PruneExecutionsBulk(ctx, core.InstanceFilter{}, core.PruneOptions{})
	ok(err)
	_, err = admin.DeleteInstanceBulk(ctx, core.InstanceFilter{})
	ok(err)
	_, err = admin.DeleteInstancesAtomic(ctx, []string{"nobody"}, true)
	ok(err)
	_, err = admin.DeleteInstance(ctx, instance, true)
	ok(err)
}

// methods are the names of those that everything calls, in order: all that can be
// recorded.
func methods() (names []string) {
	for _, half := range []reflect.Type{reflect.TypeFor[core.Provider](), reflect.TypeFor[core.ProviderAdmin]()} {
		for m := range half.Methods() {
			if m.Type.NumIn() > 0 { // Name and Version
				names = append(names, m.Name)
			}
		}
	}
	slices.Sort(names)
	return names
}

// failing acknowledges no activity, always for the same reason.
type failing struct {
	core.Provider
	err error
}

func (f failing) AckWorkItem(context.Context, string, *core.WorkItem) error { return f.err }

// ProviderAdmin implements core.AdminDiscoverer; there is none.
func (failing) ProviderAdmin() (core.ProviderAdmin, bool) { return nil, false }

// failsWith returns a provider whose AckWorkItem fails with an error.
func failsWith(err error) core.Provider {
	return failing{Provider: reference.New(reference.Options{}), err: err}
}
