package conformance

import (
	"slices"

	"github.com/durokit/duro/core"
)

// awkward is text that some store or encoder changes: what needs escaping in
// JSON or in SQL, NUL, control characters, what JavaScript and Go's own encoder
// escape, combining and four-byte characters, and trailing space.
const awkward = "\"quo'te\\ %_ {}$1?:x \x00\x01\x1f\x7f\b\f\n\r\t </script>& \u2028\u2029 a\u0308 \U0001F389 null "

// messagesOfEveryKind is one message of every kind the orchestrator queue takes,
// with every optional field both ways and text in every payload field.
func messagesOfEveryKind(id, text string) []core.WorkItem {
	details := []core.ErrorDetails{
		core.Infrastructure{Operation: text, Message: text, Retryable: true},
		core.Configuration{Resource: text},
		core.Configuration{Resource: text, Message: &text},
		core.Application{Kind: core.AppActivityFailed, Message: text},
		core.Application{Kind: core.AppPanicked, Message: text, Retryable: true},
		core.Application{Kind: core.AppCancelled, CancelReason: text, Message: text},
		core.Poison{AttemptCount: 11, MaxAttempts: 10, MessageType: core.PoisonOrchestration{Instance: id, ExecutionID: 1},
			Message: text},
		core.Poison{MessageType: core.PoisonActivity{Instance: id, ExecutionID: 1, ActivityName: text, ActivityID: 2}},
		core.Poison{MessageType: core.PoisonFailedDeserialization{Instance: id, ExecutionID: 1, Error: text}},
	}
	out := []core.WorkItem{
		item(core.StartOrchestration{Instance: id, Orchestration: orch, Input: text, Version: &text, ParentInstance: new("p"),
			ParentID: new(uint64(3)), ExecutionID: 1}),
		item(core.StartOrchestration{Instance: id, Orchestration: orch, Input: text, ParentInstance: new("p"), ExecutionID: 1}),
		item(core.StartOrchestration{Instance: id, Orchestration: orch, Input: text, ExecutionID: 1}),
		item(core.ActivityCompleted{Instance: id, ExecutionID: 1, ID: 2, Result: text}),
		item(core.TimerFired{Instance: id, ExecutionID: 1, ID: 3, FireAtMS: 1}),
		item(core.ExternalRaised{Instance: id, Name: text, Data: text}),
		item(core.SubOrchCompleted{ParentInstance: id, ParentExecutionID: 1, ParentID: 4, Result: text}),
		item(core.CancelInstance{Instance: id, Reason: text}),
		item(core.ContinueAsNew{Instance: id, Orchestration: orch, Input: text}),
		item(core.ContinueAsNew{
			Instance: id, Orchestration: orch, Input: text, Version: &text,
			CarryForwardEvents: []core.CarriedEvent{{Name: text, Data: text}, {}}, InitialCustomStatus: &text,
		}),
		item(core.QueueMessage{Instance: id, Name: text, Data: text}),
	}
	for _, d := range details {
		out = append(out,
			item(core.ActivityFailed{Instance: id, ExecutionID: 1, ID: 2, Details: d}),
			item(core.SubOrchFailed{ParentInstance: id, ParentExecutionID: 1, ParentID: 4, Details: d}))
	}
	return out
}

// activitiesOfEveryKind are activities with both optional fields both ways, and
// awkward text wherever it may be.
func activitiesOfEveryKind(id string) []core.WorkItem {
	idText := strip(awkward)
	var out []core.WorkItem
	for i, optional := range [][2]*string{{nil, nil}, {&idText, nil}, {nil, &idText}, {&idText, &idText}, {nil, new("")}} {
		out = append(out, item(core.ActivityExecute{
			Instance: id, ExecutionID: 1, ID: uint64(i), Name: awkward, Input: awkward, SessionID: optional[0], Tag: optional[1],
		}))
	}
	return out
}

// strip takes out NUL, which identifiers may not have.
func strip(s string) string {
	return string(slices.DeleteFunc([]byte(s), func(b byte) bool { return b == 0 }))
}

// eventsOfEveryKind is one event of every kind, with every optional field both
// ways and text in every field that holds any. KV keys and instances are ids, so
// they hold none.
func eventsOfEveryKind(text string) []core.Event {
	details := core.Application{Kind: core.AppCancelled, CancelReason: text, Message: text}
	payloads := []core.EventPayload{
		core.OrchestrationStartedEvent{
			Name: text, Version: text, Input: text, ParentInstance: new("p"), ParentID: new(uint64(3)),
			CarryForwardEvents: []core.CarriedEvent{{Name: text, Data: text}}, InitialCustomStatus: &text,
		},
		core.OrchestrationStartedEvent{Name: text, Version: text, Input: text, CarryForwardEvents: []core.CarriedEvent{}},
		core.OrchestrationCompletedEvent{Output: text},
		core.OrchestrationFailedEvent{Details: details},
		core.ActivityScheduledEvent{Name: text, Input: text, SessionID: &text, Tag: &text},
		core.ActivityScheduledEvent{Name: text, Input: text},
		core.ActivityCompletedEvent{Result: text},
		core.ActivityFailedEvent{Details: details},
		core.ActivityCancelRequestedEvent{Reason: text},
		core.TimerCreatedEvent{FireAtMS: core.MaxCounter},
		core.TimerFiredEvent{FireAtMS: 1},
		core.ExternalSubscribedEvent{Name: text},
		core.ExternalEvent{Name: text, Data: text},
		core.OrchestrationChainedEvent{Name: text, Instance: text, Input: text},
		core.SubOrchestrationScheduledEvent{Name: text, Instance: text, Input: text},
		core.SubOrchestrationCompletedEvent{Result: text},
		core.SubOrchestrationFailedEvent{Details: details},
		core.SubOrchestrationCancelRequestedEvent{Reason: text},
		core.OrchestrationContinuedAsNewEvent{Input: text},
		core.OrchestrationCancelRequestedEvent{Reason: text},
		core.ExternalSubscribedCancelledEvent{Reason: text},
		core.QueueSubscribedEvent{Name: text},
		core.QueueEventDeliveredEvent{Name: text, Data: text},
		core.QueueSubscriptionCancelledEvent{Reason: text},
		core.CustomStatusUpdatedEvent{Status: &text},
		core.CustomStatusUpdatedEvent{},
		core.KeyValueSetEvent{Key: "k", Value: text, LastUpdatedMS: stampMS},
		core.KeyValueClearedEvent{Key: "k"},
		core.KeyValuesClearedEvent{},
	}
	es := make([]core.Event, len(payloads))
	for i, p := range payloads {
		h := core.EventHeader{EventID: uint64(i + 1), InstanceID: "a", ExecutionID: 1, TimestampMS: 1, DuroxideVersion: "0.0.1"}
		if i%2 == 1 {
			h.SourceEventID = new(uint64(i))
		}
		es[i] = core.NewEvent(h, p)
	}
	return es
}
