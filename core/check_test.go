package core

import (
	"math"
	"strings"
	"testing"
)

func TestCheckText(t *testing.T) {
	for _, c := range []struct {
		s    string
		min  int
		want string
	}{
		{"", 1, "key is empty"},
		{"", 0, ""},
		{"a", 1, ""},
		{" a ", 1, ""},
		{strings.Repeat("x", 10), 1, ""},
		{strings.Repeat("x", 11), 1, "key is longer than 10 bytes"},
		{"żółć", 1, ""}, // 8 bytes
		{"żółćżó", 1, "key is longer than 10 bytes"},
		{"a\x00b", 1, "key holds a NUL byte"},
		{"a\xff", 1, "key is not valid UTF-8"},
		{"\xed\xa0\x80", 1, "key is not valid UTF-8"}, // a surrogate
		{"\ufffd", 1, ""},
		{"\x01\n", 1, ""},
	} {
		if got := CheckText("key", c.s, c.min, 10); got != c.want {
			t.Errorf("%q: %q, want %q", c.s, got, c.want)
		}
	}
}

// TestWhatNoStoreKeepsIsRefused: the rules of docs/contract.md 1.0, at their bounds.
func TestWhatNoStoreKeepsIsRefused(t *testing.T) {
	long, huge := strings.Repeat("x", MaxIDBytes+1), strings.Repeat("x", MaxPayloadBytes+1)
	message := func(p WorkItemPayload) string { return CheckMessage(NewWorkItem(p)) }
	activity := func(change func(*ActivityExecute)) string {
		a := ActivityExecute{Instance: "a", ExecutionID: 1, ID: 1, Name: "A", Input: "in"}
		change(&a)
		return CheckActivity(NewWorkItem(a))
	}
	event := func(id uint64, p EventPayload) string {
		return CheckEvents(1, []Event{NewEvent(EventHeader{EventID: id, InstanceID: "a", ExecutionID: 1}, p)})
	}
	metadata := func(m ExecutionMetadata) string {
		return CheckTurn(AckOrchestrationParams{ExecutionID: 1, Metadata: m})
	}
	for name, c := range map[string]struct{ good, bad []string }{
		"activity": {
			[]string{
				activity(func(*ActivityExecute) {}),
				activity(func(a *ActivityExecute) { a.Tag = new("") }),
				activity(func(a *ActivityExecute) { a.Tag, a.SessionID = new(long[:256]), new(long[:255]) }),
				activity(func(a *ActivityExecute) { a.ExecutionID, a.ID = 0, math.MaxInt64 }),
			},
			[]string{
				activity(func(a *ActivityExecute) { a.Instance = "" }),
				activity(func(a *ActivityExecute) { a.Tag = new(long[:257]) }),
				activity(func(a *ActivityExecute) { a.Tag = new("\x00") }),
				activity(func(a *ActivityExecute) { a.SessionID = new("") }),
				activity(func(a *ActivityExecute) { a.SessionID = new(long[:256]) }),
				activity(func(a *ActivityExecute) { a.ID = 1 << 63 }),
				activity(func(a *ActivityExecute) { a.ExecutionID = 1 << 63 }),
				activity(func(a *ActivityExecute) { a.Input = huge }),
				CheckActivity(WorkItem{}), CheckActivity(NewWorkItem(TimerFired{Instance: "a"})),
			},
		},
		"message": {
			[]string{
				message(TimerFired{Instance: "a", FireAtMS: math.MaxUint64}),
				message(SubOrchCompleted{ParentInstance: "a"}),
				message(StartOrchestration{Instance: "a", ParentInstance: new("p"), ParentID: new(uint64(math.MaxInt64))}),
				message(ExternalRaised{Instance: "a", Data: "a\x00"}),
			},
			[]string{
				CheckMessage(WorkItem{}), message(ActivityExecute{Instance: "a"}),
				message(TimerFired{}), message(SubOrchCompleted{}), message(CancelInstance{Instance: long}),
				message(TimerFired{Instance: "a", ID: 1 << 63}), message(SubOrchCompleted{ParentInstance: "a", ParentID: 1 << 63}),
				message(StartOrchestration{Instance: "a", ParentInstance: new("")}),
				message(StartOrchestration{Instance: "a", ParentInstance: new("p"), ParentID: new(uint64(1 << 63))}),
				message(ExternalRaised{Instance: "a", Data: huge}), message(ExternalRaised{Instance: "a", Data: "\xff"}),
			},
		},
		"completion": {
			[]string{CheckCompletion(NewWorkItem(ActivityCompleted{Instance: "a"}))},
			[]string{CheckCompletion(WorkItem{}), CheckCompletion(NewWorkItem(TimerFired{Instance: "a"})),
				CheckCompletion(NewWorkItem(ActivityCompleted{Instance: "a", ID: 1 << 63}))},
		},
		"event": {
			[]string{event(1, ActivityScheduledEvent{}), event(math.MaxInt64, ActivityScheduledEvent{Input: "a\x00"})},
			[]string{
				event(0, ActivityScheduledEvent{}), event(1<<63, ActivityScheduledEvent{}), CheckEvents(1, make([]Event, 1)),
				event(1, ActivityScheduledEvent{Input: huge}), event(1, ActivityScheduledEvent{Input: "\xff"}),
			},
		},
		"key": {
			[]string{event(1, KeyValueSetEvent{Key: "k", LastUpdatedMS: math.MaxInt64}), event(1, KeyValueClearedEvent{Key: long[1:]})},
			[]string{
				event(1, KeyValueSetEvent{}), event(1, KeyValueSetEvent{Key: long}), event(1, KeyValueClearedEvent{Key: "\x00"}),
				event(1, KeyValueSetEvent{Key: "k", LastUpdatedMS: 1 << 63}),
			},
		},
		"execution": {
			[]string{CheckEvents(1, nil), CheckEvents(math.MaxInt64, nil)},
			[]string{CheckEvents(0, nil), CheckEvents(1<<63, nil)},
		},
		"turn": {
			[]string{CheckTurn(AckOrchestrationParams{ExecutionID: 1})},
			[]string{
				CheckTurn(AckOrchestrationParams{}), CheckTurn(AckOrchestrationParams{ExecutionID: 1, HistoryDelta: make([]Event, 1)}),
				CheckTurn(AckOrchestrationParams{ExecutionID: 1, WorkerItems: make([]WorkItem, 1)}),
				CheckTurn(AckOrchestrationParams{ExecutionID: 1, OrchestratorItems: make([]WorkItem, 1)}),
			},
		},
		"duration": {
			[]string{CheckDuration("it", 0), CheckDuration("it", math.MaxInt64)},
			[]string{CheckDuration("it", -1)},
		},
		"fetch": {
			[]string{
				CheckFetchWork(FetchWorkParams{}),
				CheckFetchWork(FetchWorkParams{LockTimeout: math.MaxInt64, PollTimeout: math.MaxInt64, Tags: TagFilter{Mode: TagsNone}}),
				CheckFetchWork(FetchWorkParams{Tags: TagFilter{Tags: []string{""}}, Session: &SessionFetch{OwnerID: "o"}}),
			},
			[]string{
				CheckFetchWork(FetchWorkParams{LockTimeout: -1}), CheckFetchWork(FetchWorkParams{PollTimeout: -1}),
				CheckFetchWork(FetchWorkParams{Tags: TagFilter{Mode: TagsNone + 1}}),
				CheckFetchWork(FetchWorkParams{Tags: TagFilter{Tags: []string{long}}}),
				CheckFetchWork(FetchWorkParams{Session: &SessionFetch{}}),
				CheckFetchWork(FetchWorkParams{Session: &SessionFetch{OwnerID: "o", LockTimeout: -1}}),
			},
		},
		"metadata": {
			[]string{
				metadata(ExecutionMetadata{}),
				metadata(ExecutionMetadata{OrchestrationName: new(""), Output: new("a\x00"), Status: new("Odd")}),
				metadata(ExecutionMetadata{Output: new(huge[1:])}),
			},
			[]string{
				metadata(ExecutionMetadata{Output: &huge}), metadata(ExecutionMetadata{OrchestrationName: new("\xff")}),
				metadata(ExecutionMetadata{OrchestrationVersion: new("\xff")}),
				metadata(ExecutionMetadata{Status: new("")}), metadata(ExecutionMetadata{ParentInstanceID: new("")}),
			},
		},
	} {
		for i, why := range c.good {
			if why != "" {
				t.Errorf("%s, good %d is refused: %s", name, i, why)
			}
		}
		for i, why := range c.bad {
			if why == "" {
				t.Errorf("%s, bad %d is not refused", name, i)
			}
		}
	}
}
