package core

import (
	"reflect"
	"testing"
)

// goldenHeader precedes the kind's own fields in every golden event below.
const goldenHeader = `{"event_id":3,"source_event_id":2,"instance_id":"i","execution_id":1,"timestamp_ms":1700000000500,"duroxide_version":"0.1.26",`

var goldenHeaderValue = EventHeader{EventID: 3, SourceEventID: new(uint64(2)), InstanceID: "i", ExecutionID: 1,
	TimestampMS: 1700000000500, DuroxideVersion: "0.1.26"}

// goldenEvents hold, for every kind, its fields on the wire (docs/contract.md
// 1.2) and what they mean, both written by hand.
var goldenEvents = []struct {
	wire    string
	payload EventPayload
}{
	{`"type":"OrchestrationStarted","name":"O","version":"1.0.0","input":"{}","parent_instance":null,"parent_id":null}`,
		OrchestrationStartedEvent{Name: "O", Version: "1.0.0", Input: "{}"}},
	{`"type":"OrchestrationStarted","name":"O","version":"1.0.0","input":"{}","parent_instance":"p","parent_id":7,"carry_forward_events":[["E","d"],["F",""]],"initial_custom_status":"s"}`,
		OrchestrationStartedEvent{Name: "O", Version: "1.0.0", Input: "{}", ParentInstance: new("p"), ParentID: new(uint64(7)),
			CarryForwardEvents: []CarriedEvent{{"E", "d"}, {"F", ""}}, InitialCustomStatus: new("s")}},
	{`"type":"OrchestrationStarted","name":"O","version":"1.0.0","input":"{}","parent_instance":null,"parent_id":null,"carry_forward_events":[]}`,
		OrchestrationStartedEvent{Name: "O", Version: "1.0.0", Input: "{}", CarryForwardEvents: []CarriedEvent{}}},
	{`"type":"OrchestrationCompleted","output":"o"}`, OrchestrationCompletedEvent{Output: "o"}},
	{`"type":"OrchestrationFailed","details":{"Infrastructure":{"operation":"op","message":"m","retryable":true}}}`,
		OrchestrationFailedEvent{Details: Infrastructure{"op", "m", true}}},
	{`"type":"ActivityScheduled","name":"A","input":"in"}`, ActivityScheduledEvent{Name: "A", Input: "in"}},
	{`"type":"ActivityScheduled","name":"A","input":"in","session_id":"s","tag":"gpu"}`,
		ActivityScheduledEvent{Name: "A", Input: "in", SessionID: new("s"), Tag: new("gpu")}},
	{`"type":"ActivityCompleted","result":"ok"}`, ActivityCompletedEvent{Result: "ok"}},
	{`"type":"ActivityFailed","details":{"Application":{"kind":"Panicked","message":"m","retryable":false}}}`,
		ActivityFailedEvent{Details: Application{Kind: AppPanicked, Message: "m"}}},
	{`"type":"ActivityCancelRequested","reason":"r"}`, ActivityCancelRequestedEvent{Reason: "r"}},
	{`"type":"TimerCreated","fire_at_ms":9}`, TimerCreatedEvent{FireAtMS: 9}},
	{`"type":"TimerFired","fire_at_ms":9}`, TimerFiredEvent{FireAtMS: 9}},
	{`"type":"ExternalSubscribed","name":"E"}`, ExternalSubscribedEvent{Name: "E"}},
	{`"type":"ExternalEvent","name":"E","data":"d"}`, ExternalEvent{Name: "E", Data: "d"}},
	{`"type":"OrchestrationChained","name":"O","instance":"c","input":"in"}`,
		OrchestrationChainedEvent{Name: "O", Instance: "c", Input: "in"}},
	{`"type":"SubOrchestrationScheduled","name":"O","instance":"c","input":"in"}`,
		SubOrchestrationScheduledEvent{Name: "O", Instance: "c", Input: "in"}},
	{`"type":"SubOrchestrationCompleted","result":"r"}`, SubOrchestrationCompletedEvent{Result: "r"}},
	{`"type":"SubOrchestrationFailed","details":{"Configuration":{"kind":"Nondeterminism","resource":"r","message":null}}}`,
		SubOrchestrationFailedEvent{Details: Configuration{Resource: "r"}}},
	{`"type":"SubOrchestrationCancelRequested","reason":"r"}`, SubOrchestrationCancelRequestedEvent{Reason: "r"}},
	{`"type":"OrchestrationContinuedAsNew","input":"n"}`, OrchestrationContinuedAsNewEvent{Input: "n"}},
	{`"type":"OrchestrationCancelRequested","reason":"r"}`, OrchestrationCancelRequestedEvent{Reason: "r"}},
	{`"type":"ExternalSubscribedCancelled","reason":"r"}`, ExternalSubscribedCancelledEvent{Reason: "r"}},
	{`"type":"ExternalSubscribedPersistent","name":"Q"}`, QueueSubscribedEvent{Name: "Q"}},
	{`"type":"ExternalEventPersistent","name":"Q","data":"d"}`, QueueEventDeliveredEvent{Name: "Q", Data: "d"}},
	{`"type":"ExternalSubscribedPersistentCancelled","reason":"r"}`, QueueSubscriptionCancelledEvent{Reason: "r"}},
	{`"type":"CustomStatusUpdated","status":null}`, CustomStatusUpdatedEvent{}},
	{`"type":"CustomStatusUpdated","status":"s"}`, CustomStatusUpdatedEvent{Status: new("s")}},
	{`"type":"KeyValueSet","key":"k","value":"v","last_updated_at_ms":5}`, KeyValueSetEvent{Key: "k", Value: "v", LastUpdatedMS: 5}},
	{`"type":"KeyValueCleared","key":"k"}`, KeyValueClearedEvent{Key: "k"}},
	{`"type":"KeyValuesCleared"}`, KeyValuesClearedEvent{}},
}

func TestEventGolden(t *testing.T) {
	seen := map[EventKind]bool{}
	for _, g := range goldenEvents {
		wire := goldenHeader + g.wire
		e, err := DecodeEvent([]byte(wire))
		if err != nil {
			t.Errorf("%s\n%v", wire, err)
			continue
		}
		seen[e.Kind()] = true
		if !reflect.DeepEqual(e.Header(), goldenHeaderValue) || !reflect.DeepEqual(e.Payload(), g.payload) {
			t.Errorf("%s\ndecodes to %#v %#v", wire, e.Header(), e.Payload())
		}
		if e.Raw() != wire {
			t.Errorf("%s\nraw is %s", wire, e.Raw())
		}
		if got := NewEvent(goldenHeaderValue, g.payload).Raw(); got != wire {
			t.Errorf("%s\nencodes as %s", wire, got)
		}
	}
	for kind := range eventTypes {
		if !seen[kind] {
			t.Errorf("no golden example of %s", kind)
		}
	}
}

// The contract's own four examples, whole lines.
func TestEventContractExamples(t *testing.T) {
	for _, wire := range []string{
		`{"event_id":1,"source_event_id":null,"instance_id":"i","execution_id":1,"timestamp_ms":1700000000000,"duroxide_version":"0.1.26","type":"OrchestrationStarted","name":"O","version":"1.0.0","input":"{}","parent_instance":null,"parent_id":null}`,
		`{"event_id":3,"source_event_id":2,"instance_id":"i","execution_id":1,"timestamp_ms":1700000000500,"duroxide_version":"0.1.26","type":"ActivityCompleted","result":"ok"}`,
		`{"event_id":4,"source_event_id":null,"instance_id":"i","execution_id":1,"timestamp_ms":1700000000501,"duroxide_version":"0.1.26","type":"CustomStatusUpdated","status":null}`,
		`{"event_id":5,"source_event_id":null,"instance_id":"i","execution_id":1,"timestamp_ms":1700000000502,"duroxide_version":"0.1.26","type":"KeyValuesCleared"}`,
	} {
		e, err := DecodeEvent([]byte(wire))
		if err != nil {
			t.Errorf("%s\n%v", wire, err)
			continue
		}
		if got := NewEvent(e.Header(), e.Payload()).Raw(); got != wire {
			t.Errorf("%s\nencodes as %s", wire, got)
		}
	}
}

func TestEventTerminal(t *testing.T) {
	terminal := map[EventKind]bool{EventOrchestrationCompleted: true, EventOrchestrationFailed: true, EventOrchestrationContinuedAsNew: true}
	for _, g := range goldenEvents {
		if e := NewEvent(EventHeader{}, g.payload); e.IsTerminal() != terminal[e.Kind()] {
			t.Errorf("%s: terminal is %t", e.Kind(), e.IsTerminal())
		}
	}
}
