package core

import (
	"errors"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func (s shape) rejected(t *testing.T, what, doc, reason string) {
	t.Helper()
	mustReject(t, s.id+": "+what, doc, reason, s.decode)
}

// mustReject checks that a document is refused with a *DecodeError whose offset
// lies in the document, and whose message holds reason.
func mustReject(t *testing.T, what, doc, reason string, decode func(string) (string, error)) {
	t.Helper()
	_, err := decode(doc)
	de, ok := errors.AsType[*DecodeError](err)
	if !ok {
		t.Errorf("%s accepted or badly refused: %v\n%s", what, err, doc)
		return
	}
	if de.Offset < 0 || de.Offset > len(doc) || !strings.Contains(de.Msg, reason) {
		t.Errorf("%s: got %v, want %q\n%s", what, err, reason, doc)
	}
}

// Every field of every shape: missing, null, duplicate, of another type.
func TestRejectFields(t *testing.T) {
	for _, s := range shapes() {
		for i, f := range s.fields {
			quoted := strconv.Quote(f.name)
			if f.rule == "" {
				s.rejected(t, "missing "+f.name, s.document(slices.Delete(s.members(), i, i+1)), "missing field "+quoted)
			}
			if f.rule == "" || f.rule == "=" {
				null := s.members()
				null[i].value = "null"
				s.rejected(t, "null "+f.name, s.document(null), "")
			}
			for _, dup := range []string{s.good(f), "null", "{}"} {
				behind := append(s.members(), specMember{f.name, dup})
				s.rejected(t, "duplicate "+f.name+" behind", s.document(behind), "duplicate field "+quoted)
			}
			twice := slices.Insert(s.members(), 0, specMember{f.name, s.good(f)})
			s.rejected(t, "duplicate "+f.name+" in front", s.document(twice), "duplicate field "+quoted)
			for _, bad := range specTypes[f.typ].bad {
				wrong := s.members()
				wrong[i].value = bad
				s.rejected(t, f.name+" as "+bad, s.document(wrong), "")
			}
		}
	}
}

// Every shape: not an object, an array of its values, names in another case,
// cut off anywhere, followed by something.
func TestRejectShapes(t *testing.T) {
	for _, s := range shapes() {
		for _, bad := range []string{`null`, `"x"`, `0`, `true`, `[]`, ``, `{`, `{}}`} {
			s.rejected(t, "as "+bad, s.wrap(bad), "")
		}
		var values []string
		for _, m := range s.members() {
			values = append(values, m.value)
		}
		s.rejected(t, "as an array", s.wrap("["+strings.Join(values, ",")+"]"), "want an object")
		for i, f := range s.fields {
			if f.rule != "" {
				continue
			}
			upper := s.members()
			upper[i].name = strings.ToUpper(upper[i].name)
			s.rejected(t, "upper case "+f.name, s.document(upper), "missing field "+strconv.Quote(f.name))
		}
		doc := s.document(s.members())
		for cut := range len(doc) {
			s.rejected(t, "cut off", doc[:cut], "")
		}
		for _, tail := range []string{"x", "{}", ",", "}", "\x00", "null", "\ufeff"} {
			s.rejected(t, "followed by "+tail, doc+tail, "trailing data")
		}
		s.rejected(t, "byte order mark", "\ufeff"+doc, "")
		s.rejected(t, "without comma", strings.Replace(doc, `,"`, `"`, 1)+" ", "")
	}
}

// The generic faults, from testdata/reject.txt. A line is "workitem" or "event"
// and a document, quoted as in Go when it starts with "q:".
func TestRejectFile(t *testing.T) {
	text, err := os.ReadFile("testdata/reject.txt")
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for n, line := range strings.Split(string(text), "\n") {
		target, doc, _ := strings.Cut(line, " ")
		if line == "" || target == "#" {
			continue
		}
		if quoted, ok := strings.CutPrefix(doc, "q:"); ok {
			if doc, err = strconv.Unquote(quoted); err != nil {
				t.Fatalf("line %d: %v", n+1, err)
			}
		}
		decode, ok := map[string]func(string) (string, error){"workitem": workItemAgain, "event": eventAgain}[target]
		if !ok {
			t.Fatalf("line %d: unknown target %q", n+1, target)
		}
		mustReject(t, "line "+strconv.Itoa(n+1), doc, "", decode)
		count++
	}
	if count < 60 {
		t.Errorf("only %d cases", count)
	}
}

// A message names fields and variants, and is bounded; payloads do not get in.
func TestDecodeErrorQuotesNoPayload(t *testing.T) {
	secret := "hunter2"
	for _, doc := range []string{
		`{"ExternalRaised":{"instance":"i","name":"` + secret + `","data":"` + secret + `" x}}`,
		`{"ExternalRaised":{"instance":"i","name":"` + secret + `","data":"` + secret + `\x"}}`,
		`{"ExternalRaised":{"instance":"` + secret + `","data":7}}`,
	} {
		_, err := DecodeWorkItem([]byte(doc))
		if err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("got %v", err)
		}
	}
	_, err := DecodeWorkItem([]byte(`{"` + strings.Repeat("long", 1000) + `":{}}`))
	if err == nil || len(err.Error()) > 200 {
		t.Errorf("got %v", err)
	}
	_, err = DecodeEvent([]byte(`{"event_id":1,"event_id":2}`))
	if err == nil || err.Error() != `event: byte 14: duplicate field "event_id"` {
		t.Errorf("got %v", err)
	}
}
