package core

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// The contract's tables once more, by hand (docs/contract.md 1.1 to 1.3), from
// which the accept and reject cases are made. A field is name:type and "?" for
// null when absent, "~" for left out when absent, "=" for missing means zero.

const headerSpec = "event_id:u64 source_event_id:u64? instance_id:str execution_id:u64 timestamp_ms:u64 duroxide_version:str type:tag"

var workItemSpec = map[WorkItemKind]string{
	"StartOrchestration": "instance:str orchestration:str input:str version:str? parent_instance:str? parent_id:u64? execution_id:u64",
	"ActivityExecute":    "instance:str execution_id:u64 id:u64 name:str input:str session_id:str~ tag:str~",
	"ActivityCompleted":  "instance:str execution_id:u64 id:u64 result:str",
	"ActivityFailed":     "instance:str execution_id:u64 id:u64 details:details",
	"TimerFired":         "instance:str execution_id:u64 id:u64 fire_at_ms:u64",
	"ExternalRaised":     "instance:str name:str data:str",
	"SubOrchCompleted":   "parent_instance:str parent_execution_id:u64 parent_id:u64 result:str",
	"SubOrchFailed":      "parent_instance:str parent_execution_id:u64 parent_id:u64 details:details",
	"CancelInstance":     "instance:str reason:str",
	"ContinueAsNew":      "instance:str orchestration:str input:str version:str? carry_forward_events:carry= initial_custom_status:str~",
	"QueueMessage":       "instance:str name:str data:str",
}

var eventSpec = map[EventKind]string{
	"OrchestrationStarted":                  "name:str version:str input:str parent_instance:str? parent_id:u64? carry_forward_events:carry~ initial_custom_status:str~",
	"OrchestrationCompleted":                "output:str",
	"OrchestrationFailed":                   "details:details",
	"ActivityScheduled":                     "name:str input:str session_id:str~ tag:str~",
	"ActivityCompleted":                     "result:str",
	"ActivityFailed":                        "details:details",
	"ActivityCancelRequested":               "reason:str",
	"TimerCreated":                          "fire_at_ms:u64",
	"TimerFired":                            "fire_at_ms:u64",
	"ExternalSubscribed":                    "name:str",
	"ExternalEvent":                         "name:str data:str",
	"OrchestrationChained":                  "name:str instance:str input:str",
	"SubOrchestrationScheduled":             "name:str instance:str input:str",
	"SubOrchestrationCompleted":             "result:str",
	"SubOrchestrationFailed":                "details:details",
	"SubOrchestrationCancelRequested":       "reason:str",
	"OrchestrationContinuedAsNew":           "input:str",
	"OrchestrationCancelRequested":          "reason:str",
	"ExternalSubscribedCancelled":           "reason:str",
	"ExternalSubscribedPersistent":          "name:str",
	"ExternalEventPersistent":               "name:str data:str",
	"ExternalSubscribedPersistentCancelled": "reason:str",
	"CustomStatusUpdated":                   "status:str?",
	"KeyValueSet":                           "key:str value:str last_updated_at_ms:u64=",
	"KeyValueCleared":                       "key:str",
	"KeyValuesCleared":                      "",
}

var detailsSpec = map[string]string{
	"Infrastructure": "operation:str message:str retryable:bool",
	"Configuration":  "kind:confkind resource:str message:str?",
	"Application":    "kind:appkind message:str retryable:bool",
	"Poison":         "attempt_count:u32 max_attempts:u32 message_type:poison message:str",
}

var poisonSpec = map[string]string{
	"Orchestration":         "instance:str execution_id:u64",
	"Activity":              "instance:str execution_id:u64 activity_name:str activity_id:u64",
	"FailedDeserialization": "instance:str execution_id:u64 error:str",
}

// specType is a type of the tables above: one value that is right, and values
// that are not.
type specType struct {
	good string
	bad  []string
}

const (
	goodDetails = `{"Infrastructure":{"operation":"op","message":"m","retryable":true}}`
	goodPoison  = `{"Orchestration":{"instance":"i","execution_id":1}}`
)

var specTypes = map[string]specType{
	"str":  {`"s"`, []string{`1`, `true`, `{}`, `[]`, `["s"]`}},
	"u64":  {`7`, []string{`"7"`, `-1`, `-0`, `7.0`, `7e0`, `1E3`, `18446744073709551616`, `99999999999999999999999`, `07`, `+7`, `0x7`, `false`, `{}`, `[7]`}},
	"u32":  {`7`, []string{`"7"`, `-1`, `7.0`, `7e0`, `4294967296`, `18446744073709551616`, `true`, `[]`}},
	"bool": {`true`, []string{`"true"`, `0`, `1`, `{}`, `[]`, `True`, `tru`}},
	"carry": {`[["a","b"]]`, []string{`{}`, `"a"`, `0`, `[["a"]]`, `[[]]`, `[["a","b","c"]]`, `["a","b"]`, `[null]`, `[{"name":"a","data":"b"}]`,
		`[[1,"b"]]`, `[["a",null]]`, `[["a","b"],]`, `[["a","b"]["c","d"]]`}},
	"details": {goodDetails, []string{`"Infrastructure"`, `{}`, `[]`, `1`, `{"Nope":{}}`, `{"Infrastructure":null}`, `{"Infrastructure":["op","m",true]}`,
		`{"infrastructure":{"operation":"op","message":"m","retryable":true}}`, strings.TrimSuffix(goodDetails, "}") + `,"Nope":{}}`,
		strings.TrimSuffix(goodDetails, "}") + "," + goodDetails[1:]}},
	"poison":   {goodPoison, []string{`"Orchestration"`, `{}`, `[]`, `{"Nope":{}}`, strings.TrimSuffix(goodPoison, "}") + `,"Nope":{}}`}},
	"confkind": {`"Nondeterminism"`, []string{`"nondeterminism"`, `"Nope"`, `0`, `{}`, `{"Nondeterminism":null}`}},
	"appkind": {`"Panicked"`, []string{`"panicked"`, `"Nope"`, `"Cancelled"`, `0`, `{}`, `[]`, `{"Panicked":null}`, `{"Panicked":{"reason":"r"}}`,
		`{"Cancelled":null}`, `{"Cancelled":"r"}`, `{"Cancelled":{"reason":"r"},"Panicked":null}`}},
	"tag": {"", []string{`0`, `true`, `{}`, `[]`, `"Nope"`, `"orchestrationstarted"`, `"QueueSubscribed"`, `"ExternalEvent2"`}},
}

// specField is one parsed entry of the tables.
type specField struct{ name, typ, rule string }

func parseSpec(spec string) (fields []specField) {
	for f := range strings.FieldsSeq(spec) {
		name, typ, _ := strings.Cut(f, ":")
		rule := typ[len(strings.TrimRight(typ, "?~=")):]
		fields = append(fields, specField{name, strings.TrimSuffix(typ, rule), rule})
	}
	return fields
}

// shape is an object of the contract inside the document that it occurs in.
type shape struct {
	id     string
	fields []specField
	tag    string // the event's type, for the field of type "tag"
	wrap   func(object string) string
	// decode decodes a document and returns what its payload encodes to.
	decode func(document string) (again string, err error)
}

func (s shape) good(f specField) string {
	if f.typ == "tag" {
		return `"` + s.tag + `"`
	}
	return specTypes[f.typ].good
}

// member is written as "name":value.
type specMember struct{ name, value string }

func (s shape) members() (all []specMember) {
	for _, f := range s.fields {
		all = append(all, specMember{f.name, s.good(f)})
	}
	return all
}

// document renders the members, in their order, as a whole document.
func (s shape) document(members []specMember) string {
	parts := make([]string, len(members))
	for i, m := range members {
		parts[i] = fmt.Sprintf("%q:%s", m.name, m.value)
	}
	return s.wrap("{" + strings.Join(parts, ",") + "}")
}

func again(doc string, workItem bool) (string, error) {
	if workItem {
		w, err := DecodeWorkItem([]byte(doc))
		return NewWorkItem(w.Payload()).Raw(), err
	}
	e, err := DecodeEvent([]byte(doc))
	return NewEvent(e.Header(), e.Payload()).Raw(), err
}

func workItemAgain(doc string) (string, error) { return again(doc, true) }
func eventAgain(doc string) (string, error)    { return again(doc, false) }

// inside returns a wrap function for an object at the one %s of a document.
func inside(document string) func(string) string {
	return func(object string) string { return strings.Replace(document, "%s", object, 1) }
}

const failedItem = `{"ActivityFailed":{"instance":"i","execution_id":1,"id":2,"details":%s}}`

// failedEvent has its details before its type, the path that reads them twice.
const failedEvent = `{"details":%s,"event_id":3,"source_event_id":null,"instance_id":"i","execution_id":1,"timestamp_ms":9,"duroxide_version":"0","type":"ActivityFailed"}`

// shapes lists every object of the contract.
func shapes() (all []shape) {
	for kind, spec := range workItemSpec {
		all = append(all, shape{id: "workitem/" + string(kind), fields: parseSpec(spec), wrap: inside(`{"` + string(kind) + `":%s}`), decode: workItemAgain})
	}
	for kind, spec := range eventSpec {
		all = append(all, shape{id: "event/" + string(kind), fields: parseSpec(headerSpec + " " + spec), tag: string(kind), wrap: inside("%s"), decode: eventAgain})
	}
	nested := func(id, details, spec string) {
		all = append(all,
			shape{id: "workitem/details/" + id, fields: parseSpec(spec), wrap: inside(strings.Replace(failedItem, "%s", details, 1)), decode: workItemAgain},
			shape{id: "event/details/" + id, fields: parseSpec(spec), wrap: inside(strings.Replace(failedEvent, "%s", details, 1)), decode: eventAgain})
	}
	for name, spec := range detailsSpec {
		nested(name, `{"`+name+`":%s}`, spec)
	}
	for name, spec := range poisonSpec {
		nested("Poison/"+name, `{"Poison":{"attempt_count":1,"max_attempts":2,"message_type":{"`+name+`":%s},"message":"m"}}`, spec)
	}
	nested("Application/Cancelled", `{"Application":{"kind":{"Cancelled":%s},"message":"m","retryable":false}}`, "reason:str")
	slices.SortFunc(all, func(a, b shape) int { return strings.Compare(a.id, b.id) })
	return all
}

// The tables here and the tables of the code name the same variants and fields,
// in the same order, with the same rules.
func TestSpecCoversEverything(t *testing.T) {
	compareSpec(t, "work item", workItemSpec, workItemTypes)
	compareSpec(t, "event", eventSpec, eventTypes)
	compareSpec(t, "details", detailsSpec, errorTypes)
	compareSpec(t, "poison", poisonSpec, poisonTypes)
}

func compareSpec[K ~string, I any](t *testing.T, what string, spec map[K]string, types map[K]codec[I]) {
	t.Helper()
	if len(spec) != len(types) {
		t.Errorf("%s: %d variants in the table, %d in the code", what, len(spec), len(types))
	}
	rules := map[rule]string{required: "", nullable: "?", omitted: "~", defaulted: "="}
	for kind, line := range spec {
		c, ok := types[kind]
		if !ok {
			t.Errorf("%s %s is not in the code", what, kind)
			continue
		}
		var want, got []string
		for _, f := range parseSpec(line) {
			want = append(want, f.name+f.rule)
		}
		fields, _ := c.make()
		for _, f := range fields {
			got = append(got, f.name+rules[f.rule])
		}
		if !slices.Equal(want, got) {
			t.Errorf("%s %s: table %v, code %v", what, kind, want, got)
		}
	}
}
