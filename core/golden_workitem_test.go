package core

import (
	"reflect"
	"testing"
)

// goldenWorkItems are the contract's wire examples (docs/contract.md 1.1) with
// what they mean. Both sides are written by hand: fields that are declared in
// the wrong order or under the wrong name cannot hide in a round trip.
var goldenWorkItems = []struct {
	wire    string
	payload WorkItemPayload
}{
	{`{"StartOrchestration":{"instance":"i","orchestration":"O","input":"{}","version":"1.0.0","parent_instance":null,"parent_id":null,"execution_id":1}}`,
		StartOrchestration{Instance: "i", Orchestration: "O", Input: "{}", Version: new("1.0.0"), ExecutionID: 1}},
	{`{"StartOrchestration":{"instance":"p::c","orchestration":"C","input":"x","version":null,"parent_instance":"p","parent_id":3,"execution_id":1}}`,
		StartOrchestration{Instance: "p::c", Orchestration: "C", Input: "x", ParentInstance: new("p"), ParentID: new(uint64(3)), ExecutionID: 1}},
	{`{"ActivityExecute":{"instance":"i","execution_id":1,"id":2,"name":"A","input":"in"}}`,
		ActivityExecute{Instance: "i", ExecutionID: 1, ID: 2, Name: "A", Input: "in"}},
	{`{"ActivityExecute":{"instance":"i","execution_id":1,"id":2,"name":"A","input":"in","session_id":"s","tag":"gpu"}}`,
		ActivityExecute{Instance: "i", ExecutionID: 1, ID: 2, Name: "A", Input: "in", SessionID: new("s"), Tag: new("gpu")}},
	{`{"ActivityCompleted":{"instance":"i","execution_id":1,"id":2,"result":"ok"}}`,
		ActivityCompleted{Instance: "i", ExecutionID: 1, ID: 2, Result: "ok"}},
	{`{"ActivityFailed":{"instance":"i","execution_id":1,"id":2,"details":{"Application":{"kind":"ActivityFailed","message":"boom","retryable":false}}}}`,
		ActivityFailed{Instance: "i", ExecutionID: 1, ID: 2, Details: Application{Message: "boom"}}},
	{`{"TimerFired":{"instance":"i","execution_id":1,"id":4,"fire_at_ms":1234567890}}`,
		TimerFired{Instance: "i", ExecutionID: 1, ID: 4, FireAtMS: 1234567890}},
	{`{"ExternalRaised":{"instance":"i","name":"E","data":"d"}}`,
		ExternalRaised{Instance: "i", Name: "E", Data: "d"}},
	{`{"SubOrchCompleted":{"parent_instance":"p","parent_execution_id":1,"parent_id":3,"result":"r"}}`,
		SubOrchCompleted{ParentInstance: "p", ParentExecutionID: 1, ParentID: 3, Result: "r"}},
	{`{"SubOrchFailed":{"parent_instance":"p","parent_execution_id":1,"parent_id":3,"details":{"Application":{"kind":{"Cancelled":{"reason":"stop"}},"message":"","retryable":false}}}}`,
		SubOrchFailed{ParentInstance: "p", ParentExecutionID: 1, ParentID: 3, Details: Application{Kind: AppCancelled, CancelReason: "stop"}}},
	{`{"CancelInstance":{"instance":"i","reason":"stop"}}`,
		CancelInstance{Instance: "i", Reason: "stop"}},
	{`{"ContinueAsNew":{"instance":"i","orchestration":"O","input":"n","version":null,"carry_forward_events":[["E","d"]],"initial_custom_status":"s"}}`,
		ContinueAsNew{Instance: "i", Orchestration: "O", Input: "n", CarryForwardEvents: []CarriedEvent{{"E", "d"}}, InitialCustomStatus: new("s")}},
	{`{"ContinueAsNew":{"instance":"i","orchestration":"O","input":"n","version":null,"carry_forward_events":[]}}`,
		ContinueAsNew{Instance: "i", Orchestration: "O", Input: "n", CarryForwardEvents: []CarriedEvent{}}},
	{`{"QueueMessage":{"instance":"i","name":"Q","data":"d"}}`,
		QueueMessage{Instance: "i", Name: "Q", Data: "d"}},
}

func TestWorkItemGolden(t *testing.T) {
	seen := map[WorkItemKind]bool{}
	for _, g := range goldenWorkItems {
		w, err := DecodeWorkItem([]byte(g.wire))
		if err != nil {
			t.Errorf("%s\n%v", g.wire, err)
			continue
		}
		seen[w.Kind()] = true
		if !reflect.DeepEqual(w.Payload(), g.payload) {
			t.Errorf("%s\ndecodes to %#v", g.wire, w.Payload())
		}
		if w.Raw() != g.wire {
			t.Errorf("%s\nraw is %s", g.wire, w.Raw())
		}
		if got := NewWorkItem(g.payload).Raw(); got != g.wire {
			t.Errorf("%s\nencodes as %s", g.wire, got)
		}
	}
	for kind := range workItemTypes {
		if !seen[kind] {
			t.Errorf("no golden example of %s", kind)
		}
	}
}

func TestWorkItemRoutesByVariant(t *testing.T) {
	const me = "me"
	for _, p := range []WorkItemPayload{
		StartOrchestration{Instance: me, ParentInstance: new("p")},
		ActivityExecute{Instance: me},
		ActivityCompleted{Instance: me},
		ActivityFailed{Instance: me, Details: Application{}},
		TimerFired{Instance: me},
		ExternalRaised{Instance: me},
		SubOrchCompleted{ParentInstance: me},
		SubOrchFailed{ParentInstance: me, Details: Application{}},
		CancelInstance{Instance: me},
		ContinueAsNew{Instance: me},
		QueueMessage{Instance: me},
	} {
		if got := NewWorkItem(p).RoutingInstance(); got != me {
			t.Errorf("%T routes to %q", p, got)
		}
	}
	if got := (WorkItem{}).RoutingInstance(); got != "" {
		t.Errorf("zero item routes to %q", got)
	}
}
