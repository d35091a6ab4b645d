package engine

import (
	"time"
	"unicode/utf8"

	"github.com/durokit/duro/core"
)

// What callers hand in is checked before anything travels, alike for every
// database (design decision 2 and 3).

func checkInstance(op, id string) error { return checkText(op, "instance id", id, 1, core.MaxIDBytes) }

func checkText(op, what, s string, minBytes, maxBytes int) error {
	if why := core.CheckText(what, s, minBytes, maxBytes); why != "" {
		return invalid(op, "%s", why)
	}
	return nil
}

func checkExecution(op string, id uint64) error {
	if id == 0 || id > core.MaxCounter {
		return invalid(op, "execution id %d is not between 1 and 2^63-1", id)
	}
	return nil
}

func checkDuration(op, what string, d time.Duration) error {
	if d < 0 {
		return invalid(op, "%s is negative: %v", what, d)
	}
	return nil
}

// checkPayload refuses what no store keeps: too much, or text that is not UTF-8.
func checkPayload(op, what, s string) error {
	if len(s) > core.MaxPayloadBytes {
		return invalid(op, "%s has %d bytes, more than %d", what, len(s), core.MaxPayloadBytes)
	}
	if !utf8.ValidString(s) {
		return invalid(op, "%s is not valid UTF-8", what)
	}
	return nil
}

// checkActivity checks an item for the worker queue and returns it.
func checkActivity(op string, item core.WorkItem) (core.ActivityExecute, error) {
	a, ok := item.Payload().(core.ActivityExecute)
	if !ok {
		return a, invalid(op, "the worker queue takes ActivityExecute only, not %q", item.Kind())
	}
	if err := checkPayload(op, "the work item", item.Raw()); err != nil {
		return a, err
	}
	if err := checkInstance(op, a.Instance); err != nil {
		return a, err
	}
	if a.ExecutionID > core.MaxCounter || a.ID > core.MaxCounter {
		return a, invalid(op, "execution id %d or activity id %d is above 2^63-1", a.ExecutionID, a.ID)
	}
	if a.SessionID != nil {
		if err := checkText(op, "session id", *a.SessionID, 1, core.MaxSessionBytes); err != nil {
			return a, err
		}
	}
	if a.Tag != nil {
		return a, checkText(op, "tag", *a.Tag, 0, core.MaxTagBytes)
	}
	return a, nil
}

// checkMessage checks an item for the orchestrator queue.
func checkMessage(op string, item core.WorkItem) error {
	payload := item.Payload()
	switch p := payload.(type) {
	case nil:
		return invalid(op, "the work item is empty")
	case core.ActivityExecute:
		return invalid(op, "the orchestrator queue does not take ActivityExecute; enqueue it for a worker")
	case core.StartOrchestration:
		if p.ParentInstance != nil {
			if err := checkText(op, "parent instance id", *p.ParentInstance, 1, core.MaxIDBytes); err != nil {
				return err
			}
		}
	}
	for _, n := range counters(payload) {
		if n > core.MaxCounter {
			return invalid(op, "an id of the %s is above 2^63-1: %d", item.Kind(), n)
		}
	}
	if err := checkPayload(op, "the work item", item.Raw()); err != nil {
		return err
	}
	return checkInstance(op, item.RoutingInstance())
}

// counters are the execution and event ids in a message.
func counters(p core.WorkItemPayload) []uint64 {
	switch p := p.(type) {
	case core.StartOrchestration:
		if p.ParentID != nil {
			return []uint64{p.ExecutionID, *p.ParentID}
		}
		return []uint64{p.ExecutionID}
	case core.ActivityCompleted:
		return []uint64{p.ExecutionID, p.ID}
	case core.ActivityFailed:
		return []uint64{p.ExecutionID, p.ID}
	case core.TimerFired:
		return []uint64{p.ExecutionID, p.ID}
	case core.SubOrchCompleted:
		return []uint64{p.ParentExecutionID, p.ParentID}
	case core.SubOrchFailed:
		return []uint64{p.ParentExecutionID, p.ParentID}
	}
	return nil
}

func checkEvents(op string, events []core.Event) error {
	for _, e := range events {
		id := e.ID()
		if e.IsZero() || id == 0 || id > core.MaxCounter {
			return invalid(op, "event id %d is not between 1 and 2^63-1", id)
		}
		if err := checkPayload(op, "an event", e.Raw()); err != nil {
			return err
		}
	}
	return nil
}

func checkMetadata(op string, m core.ExecutionMetadata) error {
	texts := []struct {
		what string
		s    *string
	}{
		{"the output", m.Output}, {"the orchestration name", m.OrchestrationName},
		{"the orchestration version", m.OrchestrationVersion},
	}
	for _, t := range texts {
		if t.s != nil {
			if err := checkPayload(op, t.what, *t.s); err != nil {
				return err
			}
		}
	}
	if m.Status != nil {
		if err := checkText(op, "the status", *m.Status, 1, core.MaxTagBytes); err != nil {
			return err
		}
	}
	if m.ParentInstanceID != nil {
		return checkText(op, "the parent instance id", *m.ParentInstanceID, 1, core.MaxIDBytes)
	}
	return nil
}

// millis rounds a duration up to whole milliseconds.
func millis(d time.Duration) int64 {
	ms := int64(d / time.Millisecond)
	if d%time.Millisecond > 0 {
		ms++
	}
	return ms
}
