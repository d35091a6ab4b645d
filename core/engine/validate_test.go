package engine

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/durokit/duro/core"
)

// TestWhatNoStoreKeepsIsRefused: alike for every database, before anything travels.
func TestWhatNoStoreKeepsIsRefused(t *testing.T) {
	t.Parallel()
	long, huge := strings.Repeat("x", core.MaxIDBytes+1), strings.Repeat("x", core.MaxPayloadBytes+1)
	work := func(change func(*core.ActivityExecute)) core.WorkItem {
		a := core.ActivityExecute{Instance: "a", ExecutionID: 1, ID: 1, Name: "A", Input: "in"}
		change(&a)
		return core.NewWorkItem(a)
	}
	message := func(p core.WorkItemPayload) error { return checkMessage("op", core.NewWorkItem(p)) }
	activity := func(change func(*core.ActivityExecute)) error {
		_, err := checkActivity("op", work(change))
		return err
	}
	event := func(id uint64, input string) error {
		e := core.NewEvent(core.EventHeader{EventID: id, InstanceID: "a", ExecutionID: 1}, core.ActivityScheduledEvent{Input: input})
		return checkEvents("op", []core.Event{e})
	}
	key := func(k string, at uint64) error {
		state := stateOf([]core.Event{core.NewEvent(core.EventHeader{EventID: 1}, core.KeyValueSetEvent{Key: k, LastUpdatedMS: at})})
		return state.check("op")
	}
	none := func(*core.ActivityExecute) {}
	for name, c := range map[string]struct {
		good []error
		bad  []error
	}{
		"instance": {
			[]error{checkInstance("op", "a"), checkInstance("op", strings.Repeat("é", 512)), checkInstance("op", " ")},
			[]error{checkInstance("op", ""), checkInstance("op", long), checkInstance("op", "a\x00"), checkInstance("op", "\xff")},
		},
		"execution": {
			[]error{checkExecution("op", 1), checkExecution("op", math.MaxInt64)},
			[]error{checkExecution("op", 0), checkExecution("op", 1<<63)},
		},
		"duration": {
			[]error{checkDuration("op", "it", 0), checkDuration("op", "it", math.MaxInt64)},
			[]error{checkDuration("op", "it", -1)},
		},
		"payload": {
			[]error{checkPayload("op", "it", ""), checkPayload("op", "it", "a\x00b"), checkPayload("op", "it", huge[1:])},
			[]error{checkPayload("op", "it", huge), checkPayload("op", "it", "\xc0\x80")},
		},
		"activity": {
			[]error{
				activity(none),
				activity(func(a *core.ActivityExecute) { a.Tag = new("") }),
				activity(func(a *core.ActivityExecute) { a.Tag, a.SessionID = new(long[:256]), new(long[:255]) }),
				activity(func(a *core.ActivityExecute) { a.ExecutionID, a.ID = 0, math.MaxInt64 }),
			},
			[]error{
				activity(func(a *core.ActivityExecute) { a.Instance = "" }),
				activity(func(a *core.ActivityExecute) { a.Tag = new(long[:257]) }),
				activity(func(a *core.ActivityExecute) { a.Tag = new("\x00") }),
				activity(func(a *core.ActivityExecute) { a.SessionID = new("") }),
				activity(func(a *core.ActivityExecute) { a.SessionID = new(long[:256]) }),
				activity(func(a *core.ActivityExecute) { a.ID = 1 << 63 }),
				activity(func(a *core.ActivityExecute) { a.ExecutionID = 1 << 63 }),
				activity(func(a *core.ActivityExecute) { a.Input = huge }),
				func() error { _, err := checkActivity("op", core.WorkItem{}); return err }(),
				func() error {
					_, err := checkActivity("op", core.NewWorkItem(core.TimerFired{Instance: "a"}))
					return err
				}(),
			},
		},
		"message": {
			[]error{
				message(core.TimerFired{Instance: "a", FireAtMS: math.MaxUint64}),
				message(core.SubOrchCompleted{ParentInstance: "a"}),
				message(core.StartOrchestration{Instance: "a", ParentInstance: new("p")}),
			},
			[]error{
				checkMessage("op", core.WorkItem{}), checkMessage("op", work(none)),
				message(core.TimerFired{}), message(core.SubOrchCompleted{}), message(core.CancelInstance{Instance: long}),
				message(core.StartOrchestration{Instance: "a", ParentInstance: new("")}),
				message(core.ExternalRaised{Instance: "a", Data: huge}), message(core.ExternalRaised{Instance: "a", Data: "\xff"}),
			},
		},
		"event": {
			[]error{event(1, ""), event(math.MaxInt64, "")},
			[]error{event(0, ""), event(1<<63, ""), event(1, huge), event(1, "\xff"), checkEvents("op", make([]core.Event, 1))},
		},
		"metadata": {
			[]error{
				checkMetadata("op", core.ExecutionMetadata{}),
				checkMetadata("op", core.ExecutionMetadata{OrchestrationName: new(""), Output: new("a\x00"), Status: new("Odd")}),
			},
			[]error{
				checkMetadata("op", core.ExecutionMetadata{Output: &huge}), checkMetadata("op", core.ExecutionMetadata{OrchestrationName: new("\xff")}),
				checkMetadata("op", core.ExecutionMetadata{OrchestrationVersion: new("\xff")}),
				checkMetadata("op", core.ExecutionMetadata{Status: new("")}), checkMetadata("op", core.ExecutionMetadata{ParentInstanceID: new("")}),
			},
		},
		"key": {
			[]error{key("k", math.MaxInt64), key(long[1:], 0)},
			[]error{key("", 0), key(long, 0), key("\x00", 0), key("k", 1<<63)},
		},
		"fetch": {
			[]error{
				checkWorkFetch("op", core.FetchWorkParams{}),
				checkWorkFetch("op", core.FetchWorkParams{LockTimeout: math.MaxInt64, PollTimeout: math.MaxInt64, Tags: core.TagFilter{Mode: core.TagsNone}}),
				checkWorkFetch("op", core.FetchWorkParams{Tags: core.TagFilter{Tags: []string{""}}, Session: &core.SessionFetch{OwnerID: "o"}}),
			},
			[]error{
				checkWorkFetch("op", core.FetchWorkParams{LockTimeout: -1}), checkWorkFetch("op", core.FetchWorkParams{PollTimeout: -1}),
				checkWorkFetch("op", core.FetchWorkParams{Tags: core.TagFilter{Mode: core.TagsNone + 1}}),
				checkWorkFetch("op", core.FetchWorkParams{Tags: core.TagFilter{Tags: []string{long}}}),
				checkWorkFetch("op", core.FetchWorkParams{Session: &core.SessionFetch{}}),
				checkWorkFetch("op", core.FetchWorkParams{Session: &core.SessionFetch{OwnerID: "o", LockTimeout: -1}}),
			},
		},
	} {
		for i, err := range c.good {
			if err != nil {
				t.Errorf("%s, good %d: %v", name, i, err)
			}
		}
		for i, err := range c.bad {
			pe, ok := errors.AsType[*core.ProviderError](err)
			if !ok || pe.Code != core.ErrInvalidArgument || pe.Retryable || pe.Op != "op" {
				t.Errorf("%s, bad %d: got %v, want a permanent invalid argument", name, i, err)
			}
		}
	}
}

func TestDurationsAreRoundedUpAndNeverOverflow(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]int64{
		0: 0, 1: 1, time.Millisecond: 1, time.Millisecond + 1: 2, math.MaxInt64: math.MaxInt64/int64(time.Millisecond) + 1,
	} {
		if got := millis(d); got != want {
			t.Errorf("millis(%d) = %d, want %d", d, got, want)
		}
	}
	for _, ms := range []int64{0, 1, Never - 1, Never, math.MaxInt64} {
		if got := later(1_700_000_000_000, ms); got < 1_700_000_000_000 || got >= Never {
			t.Errorf("later(now, %d) = %d, want between now and Never", ms, got)
		}
	}
}

// TestATimerIsNeverEarly: not before it fires, nor before its delay ends.
func TestATimerIsNeverEarly(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		fireAt  uint64
		delayMS int64
		want    int64
	}{{0, 0, 1000}, {5000, 0, 5000}, {500, 100, 1100}, {5000, 9000, 10000}, {math.MaxUint64, 0, Never - 1}} {
		got := newMessage(core.NewWorkItem(core.TimerFired{Instance: "a", FireAtMS: c.fireAt}), 1000, c.delayMS)
		if got.visibleAt != c.want {
			t.Errorf("a timer for %d with delay %d is visible at %d, want %d", c.fireAt, c.delayMS, got.visibleAt, c.want)
		}
	}
}
