package core

import (
	"reflect"
	"testing"
)

// goldenDetails are the contract's examples (docs/contract.md 1.3) with what
// they mean and the text of the table there.
var goldenDetails = []struct {
	wire      string
	details   ErrorDetails
	category  string
	retryable bool
	display   string
}{
	{`{"Infrastructure":{"operation":"op","message":"m","retryable":true}}`,
		Infrastructure{"op", "m", true}, "infrastructure", true, "infrastructure:op: m"},
	{`{"Configuration":{"kind":"Nondeterminism","resource":"r","message":null}}`,
		Configuration{Resource: "r"}, "configuration", false, "nondeterministic in r"},
	{`{"Configuration":{"kind":"Nondeterminism","resource":"r","message":"m"}}`,
		Configuration{Resource: "r", Message: new("m")}, "configuration", false, "nondeterministic: m"},
	{`{"Application":{"kind":"ActivityFailed","message":"m","retryable":false}}`,
		Application{Message: "m"}, "application", false, "m"},
	{`{"Application":{"kind":"OrchestrationFailed","message":"m","retryable":true}}`,
		Application{Kind: AppOrchestrationFailed, Message: "m", Retryable: true}, "application", true, "m"},
	{`{"Application":{"kind":"Panicked","message":"m","retryable":false}}`,
		Application{Kind: AppPanicked, Message: "m"}, "application", false, "orchestration panicked: m"},
	{`{"Application":{"kind":{"Cancelled":{"reason":"r"}},"message":"m","retryable":false}}`,
		Application{Kind: AppCancelled, CancelReason: "r", Message: "m"}, "application", false, "canceled: r"},
	{`{"Poison":{"attempt_count":11,"max_attempts":10,"message_type":{"Orchestration":{"instance":"i","execution_id":1}},"message":"raw"}}`,
		Poison{11, 10, PoisonOrchestration{"i", 1}, "raw"}, "poison", false,
		"poison: orchestration i exceeded 11 attempts (max 10)"},
	{`{"Poison":{"attempt_count":11,"max_attempts":10,"message_type":{"Activity":{"instance":"i","execution_id":1,"activity_name":"A","activity_id":2}},"message":"raw"}}`,
		Poison{11, 10, PoisonActivity{"i", 1, "A", 2}, "raw"}, "poison", false,
		"poison: activity A#2 exceeded 11 attempts (max 10)"},
	{`{"Poison":{"attempt_count":11,"max_attempts":4294967295,"message_type":{"FailedDeserialization":{"instance":"i","execution_id":1,"error":"e"}},"message":"raw"}}`,
		Poison{11, 1<<32 - 1, PoisonFailedDeserialization{"i", 1, "e"}, "raw"}, "poison", false,
		"poison: orchestration i history deserialization failed after 11 attempts (max 4294967295): e"},
}

func TestErrorDetailsGolden(t *testing.T) {
	seen := map[string]bool{}
	for _, g := range goldenDetails {
		wire := `{"ActivityFailed":{"instance":"i","execution_id":1,"id":2,"details":` + g.wire + `}}`
		w, err := DecodeWorkItem([]byte(wire))
		if err != nil {
			t.Errorf("%s\n%v", g.wire, err)
			continue
		}
		d := w.Payload().(ActivityFailed).Details
		if !reflect.DeepEqual(d, g.details) {
			t.Errorf("%s\ndecodes to %#v", g.wire, d)
		}
		if got := NewWorkItem(w.Payload()).Raw(); got != wire {
			t.Errorf("%s\nencodes as %s", wire, got)
		}
		if d.Category() != g.category || d.IsRetryable() != g.retryable || d.Display() != g.display {
			t.Errorf("%s\nis %q %t %q", g.wire, d.Category(), d.IsRetryable(), d.Display())
		}
		seen[d.details()] = true
		if p, ok := d.(Poison); ok {
			seen[p.MessageType.poison()] = true
		}
	}
	for name := range errorTypes {
		if !seen[name] {
			t.Errorf("no golden example of %s", name)
		}
	}
	for name := range poisonTypes {
		if !seen[name] {
			t.Errorf("no golden example of Poison/%s", name)
		}
	}
}

func TestProviderErrorDetails(t *testing.T) {
	d := Errorf("Read", ErrUnavailable, "server down").Details()
	if want := (Infrastructure{"Read", "unavailable: server down", true}); d != want {
		t.Errorf("got %#v, want %#v", d, want)
	}
}

func TestApplicationKindOutOfRange(t *testing.T) {
	if got := ApplicationKind(99).String(); got != "ActivityFailed" {
		t.Errorf("got %q", got)
	}
}
