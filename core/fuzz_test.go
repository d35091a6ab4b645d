package core

import (
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"
)

func seeds(f *testing.F) {
	f.Helper()
	for _, s := range shapes() {
		doc := s.document(s.members())
		f.Add([]byte(doc))
		f.Add([]byte(escapeNames(doc) + " \n"))
	}
	for _, g := range goldenWorkItems {
		f.Add([]byte(g.wire))
	}
	for _, g := range goldenEvents {
		f.Add([]byte(goldenHeader + g.wire))
	}
	text, err := os.ReadFile("testdata/reject.txt")
	if err != nil {
		f.Fatal(err)
	}
	for line := range strings.SplitSeq(string(text), "\n") {
		_, doc, _ := strings.Cut(line, " ")
		f.Add([]byte(doc))
	}
}

// std checks that encoding/json, the laxer reader, takes what we took.
func std(t *testing.T, raw []byte) {
	t.Helper()
	if !json.Valid(raw) {
		t.Errorf("not JSON: %q", raw)
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(raw, &object); err != nil {
		t.Errorf("%q: %v", raw, err)
	}
}

func FuzzDecodeWorkItem(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		w, err := DecodeWorkItem(raw)
		if err != nil {
			return
		}
		std(t, raw)
		if w.Raw() != string(raw) {
			t.Errorf("raw %q became %q", raw, w.Raw())
		}
		for _, again := range []string{w.Raw(), NewWorkItem(w.Payload()).Raw()} {
			v, err := DecodeWorkItem([]byte(again))
			if err != nil || !sameWorkItem(v.Payload(), w.Payload()) {
				t.Errorf("%q became %#v, %v", again, v.Payload(), err)
			}
		}
	})
}

// sameWorkItem takes a missing carry_forward_events for an empty one.
func sameWorkItem(a, b WorkItemPayload) bool {
	for _, p := range []*WorkItemPayload{&a, &b} {
		if c, ok := (*p).(ContinueAsNew); ok && c.CarryForwardEvents == nil {
			c.CarryForwardEvents = []CarriedEvent{}
			*p = c
		}
	}
	return reflect.DeepEqual(a, b)
}

func FuzzDecodeEvent(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		e, err := DecodeEvent(raw)
		if err != nil {
			return
		}
		std(t, raw)
		if e.Raw() != string(raw) {
			t.Errorf("raw %q became %q", raw, e.Raw())
		}
		for _, again := range []string{e.Raw(), NewEvent(e.Header(), e.Payload()).Raw()} {
			v, err := DecodeEvent([]byte(again))
			if err != nil || !reflect.DeepEqual(v.Header(), e.Header()) || !reflect.DeepEqual(v.Payload(), e.Payload()) {
				t.Errorf("%q became %#v, %v", again, v.Payload(), err)
			}
		}
	})
}
