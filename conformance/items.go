package conformance

import (
	"fmt"

	"github.com/durokit/duro/core"
)

// The messages, activities and events the cases are made of. The names follow
// docs/contract.md 3.0.

// orch is the orchestration all cases run, at version 1.0.0.
const (
	orch        = "TestOrch"
	orchVersion = "1.0.0"
)

// name numbers things.
func name(prefix string, i int) string { return fmt.Sprintf("%s-%d", prefix, i) }

// item is a work item.
func item(p core.WorkItemPayload) core.WorkItem { return core.NewWorkItem(p) }

// start starts an instance.
func start(id string) core.WorkItem { return startAt(id, 1) }

func startAt(id string, execution uint64) core.WorkItem {
	return item(core.StartOrchestration{
		Instance: id, Orchestration: orch, Input: "{}", Version: new(orchVersion), ExecutionID: execution,
	})
}

// startChild starts an instance as a child of parent.
func startChild(id, parent string) core.WorkItem {
	return item(core.StartOrchestration{
		Instance: id, Orchestration: "ChildOrch", Input: "{}", ParentInstance: &parent, ParentID: new(uint64(1)), ExecutionID: 1,
	})
}

// raise is an external event; poke is one that means nothing.
func raise(id, name string) core.WorkItem {
	return item(core.ExternalRaised{Instance: id, Name: name, Data: "{}"})
}

func poke(id string) core.WorkItem { return raise(id, "poke") }

func queueMessage(id, data string) core.WorkItem {
	return item(core.QueueMessage{Instance: id, Name: "q", Data: data})
}

func cancelInstance(id string) core.WorkItem {
	return item(core.CancelInstance{Instance: id, Reason: "stop"})
}

func continueAsNew(id string) core.WorkItem {
	return item(core.ContinueAsNew{Instance: id, Orchestration: orch, Input: "{}", Version: new(orchVersion)})
}

// timer is a timer with id 4, due at an instant by the store's clock.
func timer(id string, fireAt uint64) core.WorkItem {
	return item(core.TimerFired{Instance: id, ExecutionID: 1, ID: 4, FireAtMS: fireAt})
}

// activity is activity n of execution 1 of an instance.
func activity(id string, n uint64) core.WorkItem {
	return item(core.ActivityExecute{Instance: id, ExecutionID: 1, ID: n, Name: "Work", Input: "in"})
}

// completed is the completion of activity n of execution 1.
func completed(id string, n uint64) core.WorkItem {
	return item(core.ActivityCompleted{Instance: id, ExecutionID: 1, ID: n, Result: "ok"})
}

// named is an activity's identity.
func identity(id string, execution, n uint64) core.ScheduledActivityID {
	return core.ScheduledActivityID{Instance: id, ExecutionID: execution, ActivityID: n}
}

// draft is an event that gets its instance and execution when it is acked.
type draft struct {
	id      uint64
	payload core.EventPayload
}

func ev(id uint64, p core.EventPayload) draft { return draft{id, p} }

// The time and version stamped on all drafts. A store returns them as they are,
// however old they look.
const (
	stampMS      = 1_700_000_000_000
	stampVersion = "0.1.29"
)

func (d draft) event(instance string, execution uint64) core.Event {
	return core.NewEvent(core.EventHeader{
		EventID: d.id, InstanceID: instance, ExecutionID: execution, TimestampMS: stampMS, DuroxideVersion: stampVersion,
	}, d.payload)
}

// started is event 1 of an execution.
func started() draft {
	return ev(1, core.OrchestrationStartedEvent{Name: orch, Version: orchVersion, Input: "{}"})
}

func scheduled(id uint64, name string) draft {
	return ev(id, core.ActivityScheduledEvent{Name: name, Input: "in"})
}

func orchCompleted(id uint64, output string) draft {
	return ev(id, core.OrchestrationCompletedEvent{Output: output})
}

func orchFailed(id uint64, message string) draft {
	return ev(id, core.OrchestrationFailedEvent{Details: core.Application{Kind: core.AppOrchestrationFailed, Message: message}})
}

func statusSet(id uint64, text string) draft {
	return ev(id, core.CustomStatusUpdatedEvent{Status: &text})
}

func statusCleared(id uint64) draft { return ev(id, core.CustomStatusUpdatedEvent{}) }

func kvSet(id uint64, key, value string) draft {
	return ev(id, core.KeyValueSetEvent{Key: key, Value: value, LastUpdatedMS: stampMS})
}

func kvCleared(id uint64, key string) draft { return ev(id, core.KeyValueClearedEvent{Key: key}) }

func kvAllCleared(id uint64) draft { return ev(id, core.KeyValuesClearedEvent{}) }
