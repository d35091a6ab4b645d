package model

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"pgregory.net/rapid"

	"github.com/durokit/duro/core"
)

// What sequences are made of. Ids are few, so that steps meet; every item and event
// has a number of its own, so that none is taken for another.

// The orchestration that all instances run.
const (
	orchestration = "orch"
	version       = "1.0.0"
)

// versions are those that executions are pinned to and fetches support.
var versions = []core.Semver{{Major: 1}, {Major: 2}}

func (w *world) instance() string { return pick(w, "instance", instances...) }

// message draws an item for the orchestrator queue.
func (w *world) message() core.WorkItem {
	id, n := w.instance(), w.names.number()
	text := strconv.Itoa(n)
	switch pick(w, "message", "start", "poke", "child", "timer", "completed", "cancel", "again", "ended") {
	case "start":
		return w.names.item(core.StartOrchestration{
			Instance: id, Orchestration: orchestration, Input: text, Version: new(version), ExecutionID: 1,
		}, "start %s #%d", id, n)
	case "child":
		parent := w.instance()
		return w.names.item(core.StartOrchestration{
			Instance: id, Orchestration: orchestration, Input: text, ParentInstance: &parent, ParentID: new(uint64(1)), ExecutionID: 1,
		}, "start %s of parent %s #%d", id, parent, n)
	case "timer":
		return w.timer(id, n)
	case "completed":
		return w.completion(id, n)
	case "cancel":
		return w.names.item(core.CancelInstance{Instance: id, Reason: text}, "cancel %s #%d", id, n)
	case "again":
		return w.names.item(core.ContinueAsNew{Instance: id, Orchestration: orchestration, Input: text}, "continue %s as new #%d", id, n)
	case "ended":
		return w.names.item(core.SubOrchCompleted{ParentInstance: id, ParentExecutionID: 1, ParentID: 2, Result: text},
			"child of %s ended #%d", id, n)
	default:
		return w.names.item(core.ExternalRaised{Instance: id, Name: "poke", Data: text}, "poke %s #%d", id, n)
	}
}

// timer fires half a tick before time has passed by whole ticks, because the two
// stores' clocks may be a little apart.
func (w *world) timer(id string, n int) core.WorkItem {
	after := w.ticks("fires after", 1, 0, 2)
	at := w.clock.Add(after - tick/2).UnixMilli()
	return w.names.item(core.TimerFired{Instance: id, ExecutionID: 1, ID: uint64(n), FireAtMS: uint64(at)},
		"timer %s #%d after %s", id, n, hours(after))
}

func (w *world) completion(id string, n int) core.WorkItem {
	return w.names.item(core.ActivityCompleted{Instance: id, ExecutionID: 1, ID: uint64(n), Result: "ok"}, "completion %s #%d", id, n)
}

// activity draws an item for the worker queue.
func (w *world) activity() core.WorkItem {
	id, n := w.instance(), w.names.number()
	p := core.ActivityExecute{Instance: id, ExecutionID: 1, ID: uint64(n), Name: "a", Input: "in"}
	if tag := pick(w, "tag", "", "", "red", "blue"); tag != "" {
		p.Tag = &tag
	}
	if session := pick(w, "session", "", "", "s1", "s2"); session != "" {
		p.SessionID = &session
	}
	w.activities = append(w.activities, core.ScheduledActivityID{Instance: id, ExecutionID: 1, ActivityID: p.ID})
	return w.names.item(p, "activity %s #%d%s", id, n, adjectives(p.Tag, p.SessionID))
}

func adjectives(tag, session *string) string {
	var b strings.Builder
	if tag != nil {
		b.WriteString(" " + *tag)
	}
	if session != nil {
		b.WriteString(" of " + *session)
	}
	return b.String()
}

// scheduled draws an activity that there was, if any, and names it.
func (w *world) scheduled() core.ScheduledActivityID {
	if len(w.activities) == 0 {
		return core.ScheduledActivityID{Instance: instances[0], ExecutionID: 1, ActivityID: 1}
	}
	return pick(w, "activity", w.activities...)
}

// history draws the events of a turn, which follow those that the execution has.
// Seldom one has an id that is taken.
func (w *world) history(id string, execution uint64) []core.Event {
	stored, err := w.ref.ReadWithExecution(w.t.Context(), id, execution)
	if err != nil {
		w.t.Fatalf("read the reference: %v", err)
	}
	next := uint64(1)
	if len(stored) > 0 {
		next = stored[len(stored)-1].ID() + 1
		if rapid.IntRange(0, 15).Draw(w.t, "a duplicate") == 15 {
			next--
		}
	}
	return some(w, "events", 2, func() core.Event {
		e := w.event(core.EventHeader{EventID: next, InstanceID: id, ExecutionID: execution, TimestampMS: 1, DuroxideVersion: "0.1.29"})
		next++
		return e
	})
}

// event draws one event.
func (w *world) event(h core.EventHeader) core.Event {
	n := w.names.number()
	text := fmt.Sprint("v", n)
	key := pick(w, "key", "k1", "k2")
	switch pick(w, "event", "scheduled", "set", "clear", "clear all", "status", "no status", "started") {
	case "set":
		return w.names.event(h, core.KeyValueSetEvent{Key: key, Value: text, LastUpdatedMS: uint64(n)}, "%d %s=%s", h.EventID, key, text)
	case "clear":
		return w.names.event(h, core.KeyValueClearedEvent{Key: key}, "%d clear %s", h.EventID, key)
	case "clear all":
		return w.names.event(h, core.KeyValuesClearedEvent{}, "%d clear all", h.EventID)
	case "status":
		return w.names.event(h, core.CustomStatusUpdatedEvent{Status: &text}, "%d status %s", h.EventID, text)
	case "no status":
		return w.names.event(h, core.CustomStatusUpdatedEvent{}, "%d status none", h.EventID)
	case "started":
		return w.names.event(h, core.OrchestrationStartedEvent{Name: orchestration, Version: version, Input: text},
			"%d started #%d", h.EventID, n)
	default:
		return w.names.event(h, core.ActivityScheduledEvent{Name: "a", Input: text}, "%d scheduled #%d", h.EventID, n)
	}
}

// metadata draws what a turn says of its execution. A runtime pins what it names.
func (w *world) metadata() (md core.ExecutionMetadata) {
	if pick(w, "named", true, true, false) {
		md.OrchestrationName, md.OrchestrationVersion = new(orchestration), new(version)
		if pick(w, "child", false, false, true) {
			md.ParentInstanceID = new(w.instance())
		}
	}
	status := pick(w, "status", "", core.StatusRunning, core.StatusCompleted, core.StatusFailed, core.StatusContinuedAsNew)
	if status != "" {
		md.Status = &status
	}
	if pick(w, "output", false, true) {
		md.Output = new(fmt.Sprint("out", w.names.number()))
	}
	if md.OrchestrationName != nil && pick(w, "pinned", false, false, true) {
		md.PinnedVersion = new(pick(w, "version", versions...))
	}
	return md
}

// ticks draws a time of whole ticks.
func (w *world) ticks(what string, values ...int) time.Duration {
	return time.Duration(pick(w, what, values...)) * tick
}
