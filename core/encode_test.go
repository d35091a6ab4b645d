package core

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/quick"
	"unsafe"
)

// dataOf encodes s as the data of a work item and returns its JSON string.
func dataOf(s string) string {
	raw := NewWorkItem(ExternalRaised{Data: s}).Raw()
	return strings.TrimSuffix(strings.TrimPrefix(raw, `{"ExternalRaised":{"instance":"","name":"","data":`), "}}")
}

// serde_json escapes exactly this (docs/contract.md 1.0).
func TestEncodeEscapes(t *testing.T) {
	for in, want := range map[string]string{
		"":                             `""`,
		`"\/`:                          `"\"\\/"`,
		"\b\f\n\r\t":                   `"\b\f\n\r\t"`,
		"\x00\x01\x0b\x0e\x1f":         `"\u0000\u0001\u000b\u000e\u001f"`,
		"\x1a\x1b\x7f ":                "\"\\u001a\\u001b\x7f \"",
		"<>&'\u2028\u2029\u0085\ufeff": "\"<>&'\u2028\u2029\u0085\ufeff\"",
		"zażółć 漢字 😀 \U0010ffff \ufffd": "\"zażółć 漢字 😀 \U0010ffff \ufffd\"",
		`{"a":"b\n"}`: `"{\"a\":\"b\\n\"}"`,
	} {
		if got := dataOf(in); got != want {
			t.Errorf("%q encodes as %s, want %s", in, got, want)
		}
	}
}

// What is not UTF-8 stays visible for the provider that must refuse it.
func TestEncodeInvalidUTF8Verbatim(t *testing.T) {
	w := NewWorkItem(ExternalRaised{Data: "a\xffb"})
	if !strings.Contains(w.Raw(), "a\xffb") {
		t.Errorf("raw is %q", w.Raw())
	}
	if _, err := DecodeWorkItem([]byte(w.Raw())); err == nil {
		t.Error("decoded again")
	}
}

// Any text comes back as it was, and encoding/json reads the same.
func TestTextRoundTrip(t *testing.T) {
	same := func(s string) bool {
		s = strings.ToValidUTF8(s, "\ufffd")
		w, err := DecodeWorkItem([]byte(NewWorkItem(ExternalRaised{Data: s}).Raw()))
		var std string
		stdErr := json.Unmarshal([]byte(dataOf(s)), &std)
		return err == nil && stdErr == nil && std == s && w.Payload().(ExternalRaised).Data == s
	}
	if err := quick.Check(same, nil); err != nil {
		t.Error(err)
	}
}

// Every escape of JSON, in both spellings of hex digits, as encoding/json reads it.
func TestDecodeEscapes(t *testing.T) {
	for _, body := range []string{
		`\"\\\/\b\f\n\r\t`, `\u0000\u001F\u00e9\u00E9\uFFFF\ufffd`, `\ud83d\ude00`, `\uD83D\uDE00x`, `\udbff\udfff`,
		`plain \u0041 plain`, `\n`, `x\n`, `\nx`, `\\u0041`, `\\\u0041`, strings.Repeat(`\"`, 100),
	} {
		var want string
		if err := json.Unmarshal([]byte(`"`+body+`"`), &want); err != nil {
			t.Fatal(err)
		}
		w, err := DecodeWorkItem([]byte(`{"ExternalRaised":{"instance":"","name":"","data":"` + body + `"}}`))
		if err != nil {
			t.Errorf("%s: %v", body, err)
			continue
		}
		if got := w.Payload().(ExternalRaised).Data; got != want {
			t.Errorf("%s decodes to %q, want %q", body, got, want)
		}
	}
}

// All 127 levels that serde_json allows are accepted, the next one is not, and
// a document of brackets does not exhaust the stack.
func TestDepthLimit(t *testing.T) {
	nested := func(open, closing string, n int) string {
		return strings.Repeat(open, n) + "0" + strings.Repeat(closing, n)
	}
	for _, b := range [][2]string{{"[", "]"}, {`{"a":`, "}"}} {
		item := func(n int) []byte { // two levels are the work item's own
			return []byte(`{"CancelInstance":{"instance":"i","reason":"r","x":` + nested(b[0], b[1], n-2) + `}}`)
		}
		event := func(n int) []byte { // one level is the event's own
			return []byte(goldenHeader + `"x":` + nested(b[0], b[1], n-1) + `,"type":"KeyValuesCleared"}`)
		}
		for _, n := range []int{3, 127, 128, 1_000_000} {
			_, itemErr := DecodeWorkItem(item(n))
			_, eventErr := DecodeEvent(event(n))
			if want := n <= 127; (itemErr == nil) != want || (eventErr == nil) != want {
				t.Errorf("%d levels of %s: %v, %v", n, b[0], itemErr, eventErr)
			}
		}
	}
}

// Depth is of what is open, not of what has been open.
func TestDepthOfSiblings(t *testing.T) {
	doc := `{"CancelInstance":{"instance":"i","reason":"r","x":[` + strings.Repeat("[{}],", 1000) + `0]}}`
	if _, err := DecodeWorkItem([]byte(doc)); err != nil {
		t.Error(err)
	}
}

// A small string taken from a large message does not keep the message alive.
func TestSmallStringsDoNotPinLargeMessages(t *testing.T) {
	w, err := DecodeWorkItem([]byte(NewWorkItem(ExternalRaised{Instance: "abc", Data: strings.Repeat("x", 1<<20)}).Raw()))
	if err != nil {
		t.Fatal(err)
	}
	raw := uintptr(unsafe.Pointer(unsafe.StringData(w.Raw())))
	id := uintptr(unsafe.Pointer(unsafe.StringData(w.RoutingInstance())))
	if raw <= id && id < raw+uintptr(len(w.Raw())) {
		t.Error("the instance id lies inside the raw message")
	}
}

// Raw is as large as it must be: history caches keep it for long.
func TestEncodeAllocatesOnce(t *testing.T) {
	p := WorkItemPayload(ExternalRaised{Data: strings.Repeat(`{"a":"\n"}`, 1<<14)})
	if n := testing.AllocsPerRun(10, func() { NewWorkItem(p) }); n > 8 {
		t.Errorf("%v allocations", n)
	}
}
