package miniruntime

import (
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/durokit/duro/core"
)

// stage plays turns by hand: no provider, only items and decisions.
type stage struct {
	t       *testing.T
	run     Orchestration
	history []core.Event
	attempt uint32
	opts    Options
	kv      map[string]core.KVEntry
	exec    uint64
}

func newStage(t *testing.T, run Orchestration) *stage {
	t.Helper()
	return &stage{t: t, run: run, attempt: 1, exec: 1}
}

func (s *stage) decide(messages ...core.WorkItemPayload) decision {
	s.t.Helper()
	s.opts.Clock = frozen(time.UnixMilli(1_700_000_000_000))
	s.opts.Logger = slog.New(slog.DiscardHandler)
	r, err := New(nil, func(r *Registry) { r.Orchestration("O", s.run) }, s.opts)
	if err != nil {
		s.t.Fatal(err)
	}
	item := core.OrchestrationItem{
		Instance: "i", OrchestrationName: "O", Version: "1.0.0", ExecutionID: s.exec, History: s.history, KVSnapshot: s.kv,
	}
	for _, m := range messages {
		item.Messages = append(item.Messages, core.NewWorkItem(m))
	}
	return r.decide(&core.FetchedOrchestration{Item: item, LockToken: "token", AttemptCount: s.attempt})
}

// turn commits what decide says.
func (s *stage) turn(messages ...core.WorkItemPayload) decision {
	s.t.Helper()
	d := s.decide(messages...)
	if d.ack == nil {
		s.t.Fatalf("given back: %s", d.why)
	}
	s.history = append(s.history, d.ack.HistoryDelta...)
	return d
}

var startO = core.StartOrchestration{Instance: "i", Orchestration: "O", Input: "in", ExecutionID: 1}

func done(id uint64, result string) core.ActivityCompleted {
	return core.ActivityCompleted{Instance: "i", ExecutionID: 1, ID: id, Result: result}
}

// lastFailure is the text of the failure a turn ended in, "" when it did not.
func lastFailure(d decision) string {
	if d.done == nil || d.done.Error == nil {
		return ""
	}
	return d.done.Error.Display()
}

func TestChangedCodeIsFoundOut(t *testing.T) {
	// The history: A is scheduled, answered; then B and a timer; then a raise.
	original := func(ctx *Context, _ string) (string, error) {
		_, _ = ctx.Activity("A", "a").Await()
		b := ctx.Activity("B", "b")
		ctx.SetCustomStatus("s")
		ctx.KVSet("k", "v")
		_, _ = ctx.WaitForEvent("e").Await()
		return b.Await()
	}
	for name, c := range map[string]struct {
		run  Orchestration
		want string
	}{
		"same": {original, ""},
		"other name": {func(ctx *Context, _ string) (string, error) {
			return ctx.Activity("X", "a").Await()
		}, `nondeterministic: the code does activity "X", its history has activity "A" as event 2`},
		"other input": {func(ctx *Context, _ string) (string, error) {
			return ctx.Activity("A", "x").Await()
		}, `nondeterministic: the code does activity "A", its history has activity "A" as event 2`},
		"other kind": {func(ctx *Context, _ string) (string, error) {
			return ctx.Timer(0).Await()
		}, `nondeterministic: the code does a timer, its history has activity "A" as event 2`},
		"less": {func(ctx *Context, _ string) (string, error) {
			_, _ = ctx.Activity("A", "a").Await()
			b := ctx.Activity("B", "b")
			return b.Await()
		}, `nondeterministic: the code waits where its history goes on with a custom status as event 5`},
		"ends early": {func(ctx *Context, _ string) (string, error) {
			return ctx.Activity("A", "a").Await()
		}, `nondeterministic: the code ended where its history goes on with activity "B" as event 4`},
		"more before": {func(ctx *Context, _ string) (string, error) {
			a := ctx.Activity("A", "a")
			ctx.Activity("extra", "")
			return a.Await()
		}, `nondeterministic: the code does activity "extra", its history has activity "B" as event 4`},
		"more at the end": {func(ctx *Context, _ string) (string, error) {
			_, _ = ctx.Activity("A", "a").Await()
			ctx.Activity("B", "b")
			ctx.SetCustomStatus("s")
			ctx.KVSet("k", "v")
			e := ctx.WaitForEvent("e")
			ctx.Activity("extra", "")
			return e.Await()
		}, `nondeterministic: the code does activity "extra", which is not in its history`},
		"waits earlier": {func(ctx *Context, _ string) (string, error) {
			_, _ = ctx.Activity("A", "a").Await()
			_, _ = ctx.Activity("B", "b").Await()
			ctx.SetCustomStatus("s")
			return "", nil
		}, `nondeterministic: the code waits where its history goes on with a custom status as event 5`},
		"other status": {func(ctx *Context, _ string) (string, error) {
			_, _ = ctx.Activity("A", "a").Await()
			ctx.Activity("B", "b")
			ctx.ClearCustomStatus()
			return "", nil
		}, `nondeterministic: the code does a custom status, its history has a custom status as event 5`},
		"other value": {func(ctx *Context, _ string) (string, error) {
			_, _ = ctx.Activity("A", "a").Await()
			ctx.Activity("B", "b")
			ctx.SetCustomStatus("s")
			ctx.KVSet("k", "w")
			return "", nil
		}, `nondeterministic: the code does setting key "k", its history has setting key "k" as event 6`},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, original)
			s.turn(startO)
			s.turn(done(2, "ra"))
			s.run = c.run
			d := s.turn(core.ExternalRaised{Instance: "i", Name: "e"})
			if got := lastFailure(d); got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
			if c.want != "" && d.done.Error.Category() != "configuration" {
				t.Errorf("category %s", d.done.Error.Category())
			}
		})
	}
}

func TestMessagesNobodyOrdered(t *testing.T) {
	wait := func(ctx *Context, _ string) (string, error) {
		ctx.Activity("A", "")
		return ctx.Timer(time.Hour).Await()
	}
	for name, c := range map[string]struct {
		message core.WorkItemPayload
		want    string
	}{
		"unknown":       {done(9, ""), "nondeterministic: no matching schedule for activity completion id=9"},
		"wrong kind":    {done(3, ""), "nondeterministic: completion kind mismatch for id=3: expected timer, got activity"},
		"timer":         {core.TimerFired{Instance: "i", ExecutionID: 1, ID: 2}, "nondeterministic: completion kind mismatch for id=2: expected activity, got timer"},
		"child":         {core.SubOrchCompleted{ParentInstance: "i", ParentExecutionID: 1, ParentID: 2}, "nondeterministic: completion kind mismatch for id=2: expected activity, got sub-orchestration"},
		"old execution": {core.ActivityCompleted{Instance: "i", ExecutionID: 7, ID: 9}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, wait)
			s.turn(startO)
			d := s.turn(c.message)
			if got := lastFailure(d); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if c.want == "" && len(d.ack.HistoryDelta) != 0 {
				t.Errorf("a late message left %v", kinds(d.ack.HistoryDelta))
			}
		})
	}
}

func TestRepeatedAnswersLeaveNoTrace(t *testing.T) {
	s := newStage(t, func(ctx *Context, _ string) (string, error) {
		a, _ := ctx.Activity("A", "").Await()
		_, err := ctx.WaitForEvent("e").Await()
		return a, err
	})
	s.turn(startO)
	if d := s.turn(done(2, "first"), done(2, "second")); len(d.ack.HistoryDelta) != 2 {
		t.Errorf("%v", kinds(d.ack.HistoryDelta))
	}
	if d := s.turn(done(2, "third")); len(d.ack.HistoryDelta) != 0 || d.ack.Metadata != (core.ExecutionMetadata{}) {
		t.Errorf("%+v", d.ack)
	}
	if d := s.turn(core.ExternalRaised{Instance: "i", Name: "e"}); d.done == nil || d.done.Output != "first" {
		t.Errorf("%+v", d.done)
	}
}

func TestSystemErrorsEndTheOrchestration(t *testing.T) {
	for _, details := range []core.ErrorDetails{
		core.Infrastructure{Operation: "op", Message: "m"},
		core.Configuration{Resource: "r"},
		core.Poison{AttemptCount: 11, MaxAttempts: 10, MessageType: core.PoisonActivity{ActivityName: "A"}},
	} {
		s := newStage(t, func(ctx *Context, _ string) (string, error) {
			_, _ = ctx.Activity("A", "").Await()
			return "survived", nil
		})
		s.turn(startO)
		d := s.turn(core.ActivityFailed{Instance: "i", ExecutionID: 1, ID: 2, Details: details})
		if got := lastFailure(d); got != details.Display() {
			t.Errorf("got %q, want %q", got, details.Display())
		}
		if count(s.history, core.EventActivityFailed) != 1 {
			t.Errorf("%v", kinds(s.history))
		}
	}
}

func TestEndedInstancesAreDrained(t *testing.T) {
	quick := func(ctx *Context, _ string) (string, error) { return "", nil }
	s := newStage(t, quick)
	s.turn(startO)
	for _, m := range []core.WorkItemPayload{
		startO, done(2, ""), core.CancelInstance{Instance: "i"}, core.ExternalRaised{Instance: "i"}, core.ContinueAsNew{Instance: "i"},
	} {
		d := s.decide(m)
		if d.ack == nil || len(d.ack.HistoryDelta) != 0 || d.ack.Metadata != (core.ExecutionMetadata{}) || d.done != nil {
			t.Errorf("%T: %+v", m, d)
		}
	}
	// Also when they were tried too often: the failure would reopen the instance.
	s.attempt = 99
	if d := s.decide(startO); d.ack == nil || len(d.ack.HistoryDelta) != 0 {
		t.Errorf("%+v", d)
	}
}

func TestContinuedExecutionNeedsItsMessage(t *testing.T) {
	s := newStage(t, func(ctx *Context, in string) (string, error) {
		if ctx.ExecutionID() == 1 {
			return ctx.ContinueAsNew("next")
		}
		return in, nil
	})
	d := s.turn(startO)
	next := d.ack.OrchestratorItems[0].Payload()
	if d := s.decide(core.ExternalRaised{Instance: "i", Name: "e"}); len(d.ack.HistoryDelta) != 0 {
		t.Errorf("%v", kinds(d.ack.HistoryDelta))
	}
	d = s.decide(done(2, "late"), next)
	if d.ack.ExecutionID != 2 || d.done == nil || d.done.Output != "next" || d.ack.HistoryDelta[0].ID() != 1 {
		t.Errorf("%+v", d)
	}
	if m := d.ack.Metadata; *m.OrchestrationName != "O" || *m.OrchestrationVersion != "1.0.0" || m.PinnedVersion.String() != "0.1.29" {
		t.Errorf("%+v", m)
	}
}

func TestMessagesWithoutAStartAreDropped(t *testing.T) {
	d := newStage(t, nil).decide(core.ExternalRaised{Instance: "i", Name: "e"})
	if d.ack == nil || len(d.ack.HistoryDelta) != 0 {
		t.Errorf("%+v", d)
	}
}

func TestPoison(t *testing.T) {
	wait := func(ctx *Context, _ string) (string, error) { return ctx.Activity("A", "").Await() }
	parent, id := "p", uint64(3)
	child := startO
	child.Instance, child.ParentInstance, child.ParentID = "i", &parent, &id
	for name, first := range map[string]core.WorkItemPayload{"new": nil, "running": child} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, wait)
			if first != nil {
				s.turn(first)
			}
			s.attempt = 10
			if d := s.decide(child, done(2, "")); d.why == "tried too often, given up" {
				t.Error("gave up one attempt early")
			}
			s.attempt = 11
			d := s.turn(child, done(2, ""))
			if got, want := lastFailure(d), "poison: orchestration i exceeded 11 attempts (max 10)"; got != want {
				t.Errorf("got %q, want %q", got, want)
			}
			m := d.ack.Metadata
			if *m.Status != core.StatusFailed || *m.OrchestrationName != "O" || m.OrchestrationVersion == nil {
				t.Errorf("%+v", m)
			}
			if len(d.ack.OrchestratorItems) != 1 || d.ack.OrchestratorItems[0].Kind() != core.KindSubOrchFailed {
				t.Errorf("parent not told: %v", d.ack.OrchestratorItems)
			}
			if s.history[0].Kind() != core.EventOrchestrationStarted {
				t.Errorf("%v", kinds(s.history))
			}
		})
	}
}

func TestUndecodableHistory(t *testing.T) {
	r, err := New(nil, func(*Registry) {}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	f := &core.FetchedOrchestration{AttemptCount: 10, LockToken: "t", Item: core.OrchestrationItem{
		Instance: "i", OrchestrationName: "O", Version: "2.0.0", ExecutionID: 4, HistoryError: "bad event",
	}}
	if d := r.decide(f); d.ack != nil || d.delay != time.Second {
		t.Errorf("%+v", d)
	}
	f.AttemptCount = 11
	d := r.decide(f)
	if len(d.ack.HistoryDelta) != 1 || d.ack.HistoryDelta[0].ID() != 99999 || d.ack.ExecutionID != 4 {
		t.Fatalf("%+v", d.ack)
	}
	want := "poison: orchestration i history deserialization failed after 11 attempts (max 10): bad event"
	if m := d.ack.Metadata; *m.Status != core.StatusFailed || *m.Output != want || *m.OrchestrationVersion != "2.0.0" {
		t.Errorf("%+v", m)
	}
}

func TestUnregisteredAndUnsupportedAreGivenBack(t *testing.T) {
	s := newStage(t, nil)
	other := startO
	other.Orchestration = "Unknown"
	for attempt, want := range map[uint32]time.Duration{1: time.Second, 2: 2 * time.Second, 5: 16 * time.Second, 7: time.Minute, 10: time.Minute} {
		s.attempt = attempt
		if d := s.decide(other); d.ack != nil || d.delay != want {
			t.Errorf("attempt %d: %+v", attempt, d)
		}
	}
	bad := startO
	version := "1.0.7"
	bad.Version = &version
	if d := s.decide(bad); d.ack != nil {
		t.Errorf("%+v", d)
	}

	s = newStage(t, func(ctx *Context, _ string) (string, error) { return ctx.WaitForEvent("e").Await() })
	s.opts.DuroxideVersion = "0.2.0"
	s.turn(startO)
	s.opts = Options{DuroxideVersion: "0.1.29"}
	if d := s.decide(core.ExternalRaised{Instance: "i", Name: "e"}); d.ack != nil || d.delay != time.Second {
		t.Errorf("%+v", d)
	}
}

func TestCancelWinsOverTheCode(t *testing.T) {
	s := newStage(t, func(ctx *Context, _ string) (string, error) { return ctx.Activity("A", "").Await() })
	s.turn(startO)
	d := s.turn(done(2, "r"), core.CancelInstance{Instance: "i", Reason: "stop"}, core.CancelInstance{Instance: "i", Reason: "again"})
	if got := lastFailure(d); got != "canceled: stop" {
		t.Errorf("got %q", got)
	}
	if n := count(s.history, core.EventOrchestrationCancelRequested); n != 1 {
		t.Errorf("%d cancel requests", n)
	}
	// A cancellation that comes with the start.
	s = newStage(t, func(*Context, string) (string, error) { return "", nil })
	if d := s.turn(core.CancelInstance{Instance: "i", Reason: "early"}, startO); lastFailure(d) != "canceled: early" {
		t.Errorf("got %q", lastFailure(d))
	}
}

func TestForeignGoexitIsAFailure(t *testing.T) {
	s := newStage(t, func(*Context, string) (string, error) { runtime.Goexit(); return "", nil })
	if got := lastFailure(s.turn(startO)); got != "orchestration panicked: runtime.Goexit was called" {
		t.Errorf("got %q", got)
	}
}

func TestContinuationMustBeReturned(t *testing.T) {
	s := newStage(t, func(ctx *Context, _ string) (string, error) {
		_, err := ctx.ContinueAsNew("x")
		return "", fmt.Errorf("wrapped: %w", err)
	})
	if d := s.turn(startO); *d.ack.Metadata.Status != core.StatusContinuedAsNew {
		t.Errorf("%+v", d.ack.Metadata)
	}
	s = newStage(t, func(ctx *Context, _ string) (string, error) {
		_, _ = ctx.ContinueAsNew("x")
		return "", errors.New("other")
	})
	if got := lastFailure(s.turn(startO)); got != "other" {
		t.Errorf("got %q", got)
	}
}

func TestParentExecution(t *testing.T) {
	for child, want := range map[string]uint64{
		"p::sub::4": 1, "p::sub::12_4": 12, "other": 1, "p::sub::x_4": 1, "p::sub::0_4": 1, "p::sub::2_5::sub::9": 2,
	} {
		if got := parentExecution("p", child); got != want {
			t.Errorf("%s: %d, want %d", child, got, want)
		}
	}
	if got := parentExecution("p::sub::2_5", "p::sub::2_5::sub::9"); got != 1 {
		t.Errorf("grandchild: %d", got)
	}
}

func TestRenewalInterval(t *testing.T) {
	for _, c := range []struct{ timeout, buffer, want time.Duration }{
		{30 * time.Second, 5 * time.Second, 25 * time.Second},
		{15 * time.Second, 20 * time.Second, time.Second},
		{5 * time.Second, 2 * time.Second, 3 * time.Second},
		{2 * time.Second, 0, time.Second},
		{time.Second, 0, 500 * time.Millisecond},
		{50 * time.Millisecond, 0, 25 * time.Millisecond},
	} {
		if got := renewalInterval(c.timeout, c.buffer); got != c.want {
			t.Errorf("%v/%v: %v, want %v", c.timeout, c.buffer, got, c.want)
		}
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for name, o := range map[string]Options{
		"SessionIdleTimeout": {SessionIdleTimeout: 25 * time.Second},
		"DuroxideVersion":    {DuroxideVersion: "new"},
	} {
		if _, err := New(nil, func(*Registry) {}, o); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
