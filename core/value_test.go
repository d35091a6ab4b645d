package core

import (
	"encoding/json"
	"reflect"
	"testing"
	"unsafe"
)

func TestEventAccessors(t *testing.T) {
	e := NewEvent(goldenHeaderValue, TimerFiredEvent{FireAtMS: 1})
	if e.ID() != 3 || *e.SourceID() != 2 || e.Kind() != EventTimerFired || e.IsZero() || e.Header().InstanceID != "i" {
		t.Errorf("got %d, %d, %s", e.ID(), *e.SourceID(), e.Kind())
	}
}

func TestCopyingIsCheap(t *testing.T) {
	const word = unsafe.Sizeof(uintptr(0))
	if n := unsafe.Sizeof(WorkItem{}) / word; n > 4 {
		t.Errorf("WorkItem has %d words", n)
	}
	if n := unsafe.Sizeof(Event{}) / word; n > 3 {
		t.Errorf("Event has %d words", n)
	}
}

func TestZeroValues(t *testing.T) {
	for _, w := range []WorkItem{{}, NewWorkItem(nil)} {
		if !w.IsZero() || w.Kind() != "" || w.Payload() != nil || w.Raw() != "" {
			t.Errorf("zero item: %#v", w)
		}
	}
	for _, e := range []Event{{}, NewEvent(EventHeader{EventID: 1}, nil)} {
		if !e.IsZero() || e.Kind() != "" || e.Payload() != nil || e.Raw() != "" || e.ID() != 0 || e.SourceID() != nil || e.IsTerminal() || e.Header() != (EventHeader{}) {
			t.Errorf("zero event: %#v", e)
		}
	}
}

// scramble writes through everything that v points to.
func scramble(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			v.Elem().SetZero()
		}
	case reflect.Slice:
		for i := range v.Len() {
			v.Index(i).SetZero()
		}
	case reflect.Struct:
		for _, field := range v.Fields() {
			scramble(field)
		}
	case reflect.Interface:
		scramble(v.Elem())
	}
}

// Whoever writes through what went in or came out changes nobody else's value.
func TestImmutable(t *testing.T) {
	for _, g := range goldenWorkItems {
		decoded, err := DecodeWorkItem([]byte(g.wire))
		if err != nil {
			t.Fatal(err)
		}
		input := decoded.Payload()
		made := NewWorkItem(input)
		scramble(reflect.ValueOf(input))
		scramble(reflect.ValueOf(made.Payload()))
		scramble(reflect.ValueOf(decoded.Payload()))
		if !reflect.DeepEqual(made.Payload(), g.payload) || !reflect.DeepEqual(decoded.Payload(), g.payload) {
			t.Errorf("%s: changed from outside", g.wire)
		}
	}
	for _, g := range goldenEvents {
		decoded, err := DecodeEvent([]byte(goldenHeader + g.wire))
		if err != nil {
			t.Fatal(err)
		}
		header, input := decoded.Header(), decoded.Payload()
		made := NewEvent(header, input)
		*header.SourceEventID = 99
		scramble(reflect.ValueOf(input))
		for _, e := range []Event{made, decoded} {
			scramble(reflect.ValueOf(e.Payload()))
			*e.SourceID() = 99
			*e.Header().SourceEventID = 99
			if !reflect.DeepEqual(e.Payload(), g.payload) || !reflect.DeepEqual(e.Header(), goldenHeaderValue) {
				t.Errorf("%s: changed from outside", g.wire)
			}
		}
	}
}

func TestImmutableBytes(t *testing.T) {
	raw := []byte(goldenWorkItems[0].wire)
	w, err := DecodeWorkItem(raw)
	clear(raw)
	if err != nil || w.Raw() != goldenWorkItems[0].wire || w.RoutingInstance() != "i" {
		t.Errorf("the item shares the caller's bytes: %q, %v", w.Raw(), err)
	}
}

func TestImmutableDetails(t *testing.T) {
	message := "m"
	w := NewWorkItem(ActivityFailed{Details: &Configuration{Message: &message}})
	message = "changed"
	if got := w.Payload().(ActivityFailed).Details.Display(); got != "nondeterministic: m" {
		t.Errorf("got %q", got)
	}
}

// A pointer to a payload is accepted, and the payload is a value all the same,
// so that type switches need one case.
func TestPointersBecomeValues(t *testing.T) {
	w := NewWorkItem(&ActivityFailed{Details: &Poison{MessageType: &PoisonOrchestration{Instance: "i"}}})
	want := ActivityFailed{Details: Poison{MessageType: PoisonOrchestration{Instance: "i"}}}
	if !reflect.DeepEqual(w.Payload(), want) || w.Kind() != KindActivityFailed {
		t.Errorf("got %#v", w.Payload())
	}
	e := NewEvent(EventHeader{}, &TimerFiredEvent{FireAtMS: 1})
	if e.Payload() != (TimerFiredEvent{FireAtMS: 1}) {
		t.Errorf("got %#v", e.Payload())
	}
}

func TestMissingDetailsPanic(t *testing.T) {
	for name, build := range map[string]func(){
		"work item": func() { NewWorkItem(ActivityFailed{}) },
		"event":     func() { NewEvent(EventHeader{}, OrchestrationFailedEvent{}) },
		"poison":    func() { NewWorkItem(SubOrchFailed{Details: Poison{}}) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			build()
		}()
	}
	if got := (Poison{Message: "m"}).Display(); got != "poison: m" {
		t.Errorf("incomplete Poison displays as %q", got)
	}
}

// A nil list of carried events is [] where the contract always writes it, and
// absent where it may be.
func TestNilCarriedEvents(t *testing.T) {
	want := `{"ContinueAsNew":{"instance":"","orchestration":"","input":"","version":null,"carry_forward_events":[]}}`
	if got := NewWorkItem(ContinueAsNew{}).Raw(); got != want {
		t.Errorf("got %s", got)
	}
	e := NewEvent(EventHeader{}, OrchestrationStartedEvent{})
	want = `{"event_id":0,"source_event_id":null,"instance_id":"","execution_id":0,"timestamp_ms":0,"duroxide_version":"","type":"OrchestrationStarted","name":"","version":"","input":"","parent_instance":null,"parent_id":null}`
	if e.Raw() != want {
		t.Errorf("got %s", e.Raw())
	}
}

// The values travel inside other JSON and keep their meaning.
func TestMarshalJSON(t *testing.T) {
	type envelope struct {
		Item  *WorkItem
		Event Event
		Zero  WorkItem
	}
	item := NewWorkItem(ExternalRaised{Instance: "i", Name: "<&>", Data: "\u2028\n"})
	in := envelope{Item: &item, Event: NewEvent(goldenHeaderValue, KeyValuesClearedEvent{})}
	text, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	var out struct {
		Item  *WorkItem
		Event Event
		Zero  json.RawMessage
	}
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	if out.Item.Payload() != in.Item.Payload() || out.Event.Raw() != in.Event.Raw() || string(out.Zero) != "null" {
		t.Errorf("got %s", text)
	}
	zeroEvent, err := json.Marshal(Event{})
	if err != nil || string(zeroEvent) != "null" {
		t.Errorf("zero event: %s, %v", zeroEvent, err)
	}
}

func TestUnmarshalJSONIsStrict(t *testing.T) {
	item, event := NewWorkItem(CancelInstance{}), NewEvent(EventHeader{}, KeyValuesClearedEvent{})
	for _, doc := range []string{`null`, `{}`, `[]`} {
		if json.Unmarshal([]byte(`[`+doc+`]`), &[]WorkItem{}) == nil || json.Unmarshal([]byte(`[`+doc+`]`), &[]Event{}) == nil {
			t.Errorf("%s accepted", doc)
		}
		if item.UnmarshalJSON([]byte(doc)) == nil || event.UnmarshalJSON([]byte(doc)) == nil || item.IsZero() || event.IsZero() {
			t.Errorf("%s accepted, or what was there is lost", doc)
		}
	}
}
