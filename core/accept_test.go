package core

import (
	"slices"
	"strings"
	"testing"
)

// accepted decodes a variation of a shape and returns what it encodes to.
func (s shape) accepted(t *testing.T, what string, members []specMember) string {
	t.Helper()
	return s.acceptedText(t, what, s.document(members))
}

func (s shape) acceptedText(t *testing.T, what, doc string) string {
	t.Helper()
	got, err := s.decode(doc)
	if err != nil {
		t.Errorf("%s: %s refused\n%s\n%v", s.id, what, doc, err)
	}
	return got
}

// Whatever order and surroundings the fields come in, they mean the same.
func TestAcceptVariations(t *testing.T) {
	for _, s := range shapes() {
		all := s.members()
		want := s.accepted(t, "all fields", all)
		check := func(what, got string) {
			t.Helper()
			if got != want {
				t.Errorf("%s: %s\nencodes as %s\nwant       %s", s.id, what, got, want)
			}
		}
		if !strings.Contains(s.id, "event/details/") { // the only wrapper that is out of order itself
			check("all fields, verbatim", s.document(all))
		}
		reversed := slices.Clone(all)
		slices.Reverse(reversed)
		check("reversed", s.accepted(t, "reversed", reversed))

		unknown := []specMember{{"x_new", `{"a":[1,-2.5e+3,{"b":null}],"c":"\ud83d\ude00\n"}`}, {"x_new", "1"}, {"x_dup", "true"}, {"Instance", "0"}, {"EVENT_ID", "false"}}
		check("unknown fields in front", s.accepted(t, "unknown in front", slices.Concat(unknown, all)))
		check("unknown fields behind", s.accepted(t, "unknown behind", slices.Concat(all, unknown)))

		doc := s.document(all)
		spaced := "\n\t\r " + strings.NewReplacer(`":`, "\" \n:\t", `,"`, " ,\r\"", "{", "{ ", "}", " }").Replace(doc) + " \n"
		check("white space", s.acceptedText(t, "white space", spaced))
		check("escaped names", s.acceptedText(t, "escaped names", escapeNames(doc)))
	}
}

// escapeNames writes the first letter of every field's name as an escape.
func escapeNames(doc string) string {
	return strings.NewReplacer(
		`"instance`, `"\u0069nstance`, `"event_id`, `"\u0065vent_id`, `"type"`, `"t\u0079pe"`, `"details"`, `"\u0064etails"`,
	).Replace(doc)
}

// Optional fields may be missing, and null where the type is an option. What is
// written then is null, nothing or a default, by the field's rule.
func TestAcceptAbsent(t *testing.T) {
	for _, s := range shapes() {
		for i, f := range s.fields {
			if f.rule == "" {
				continue
			}
			missing := slices.Delete(s.members(), i, i+1)
			absent := s.members()
			switch f.rule {
			case "?":
				absent[i].value = "null"
			case "~":
				absent = missing
			case "=":
				absent[i].value = map[string]string{"u64": "0", "carry": "[]"}[f.typ]
			}
			want := s.accepted(t, f.name+" absent", absent)
			if got := s.accepted(t, f.name+" missing", missing); got != want {
				t.Errorf("%s: without %s\nencodes as %s\nwant       %s", s.id, f.name, got, want)
			}
			if f.rule == "=" {
				continue
			}
			null := s.members()
			null[i].value = "null"
			if got := s.accepted(t, f.name+" null", null); got != want {
				t.Errorf("%s: null %s\nencodes as %s\nwant       %s", s.id, f.name, got, want)
			}
		}
	}
}

// Numbers above 2^53 survive, whatever passes through a float64 elsewhere.
func TestAcceptLargeNumbers(t *testing.T) {
	large := map[string][]string{
		"u64": {"0", "9007199254740993", "9223372036854775807", "9223372036854775808", "18446744073709551615"},
		"u32": {"0", "4294967295"},
	}
	for _, s := range shapes() {
		for i, f := range s.fields {
			for _, n := range large[f.typ] {
				members := s.members()
				members[i].value = n
				got := s.accepted(t, f.name, members)
				if !strings.Contains(got, `"`+f.name+`":`+n) {
					t.Errorf("%s: %s of %s is lost in %s", s.id, f.name, n, got)
				}
			}
		}
	}
}

// A later runtime's fields (contract, appendix C) stay in Raw.
func TestRawKeepsUnknownFields(t *testing.T) {
	wire := ` {"StartOrchestration":{"instance":"i","orchestration":"O","input":"<&>","parent_execution_id":7,"execution_id":1}}`
	w, err := DecodeWorkItem([]byte(wire))
	if err != nil || w.Raw() != wire {
		t.Errorf("got %q, %v", w.Raw(), err)
	}
	wire = goldenHeader + `"type":"OrchestrationStarted","name":"O","version":"1","input":"","parent_execution_id":7}` + "\n"
	e, err := DecodeEvent([]byte(wire))
	if err != nil || e.Raw() != wire {
		t.Errorf("got %q, %v", e.Raw(), err)
	}
}
