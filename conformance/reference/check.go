package reference

import (
	"unicode/utf8"

	"github.com/durokit/duro/core"
)

// checkID checks an identifier that may not be empty.
func checkID(what, s string, maxBytes int) error {
	return invalidIf(core.CheckText(what, s, 1, maxBytes))
}

func checkInstance(id string) error { return checkID("instance id", id, core.MaxIDBytes) }

// invalidIf makes an error of a reason, nil of none.
func invalidIf(reason string) error {
	if reason == "" {
		return nil
	}
	return fail(core.ErrInvalidArgument, "%s", reason)
}

// checkPayload checks what is stored verbatim.
func checkPayload(what, raw string) error {
	switch {
	case len(raw) > core.MaxPayloadBytes:
		return fail(core.ErrInvalidArgument, "%s has %d bytes, the most is %d", what, len(raw), core.MaxPayloadBytes)
	case !utf8.ValidString(raw):
		return fail(core.ErrInvalidArgument, "%s is not valid UTF-8", what)
	}
	return nil
}

func checkCounter(what string, n uint64) error {
	if n > core.MaxCounter {
		return fail(core.ErrInvalidArgument, "%s %d is above 2^63-1", what, n)
	}
	return nil
}

// first returns the first error.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// checkMessage checks an item for the orchestrator queue.
func checkMessage(item core.WorkItem) error {
	var n uint64
	switch p := item.Payload().(type) {
	case nil, core.ActivityExecute:
		return fail(core.ErrInvalidArgument, "%q does not belong in the orchestrator queue", item.Kind())
	case core.StartOrchestration:
		n = p.ExecutionID
	case core.ActivityCompleted:
		n = max(p.ExecutionID, p.ID)
	case core.ActivityFailed:
		n = max(p.ExecutionID, p.ID)
	case core.TimerFired:
		n = max(p.ExecutionID, p.ID) // fire_at_ms is an instant: it is clamped
	case core.SubOrchCompleted:
		n = max(p.ParentExecutionID, p.ParentID)
	case core.SubOrchFailed:
		n = max(p.ParentExecutionID, p.ParentID)
	}
	return first(checkInstance(item.RoutingInstance()), checkCounter("the work item's id", n),
		checkPayload("the work item", item.Raw()))
}

// checkWork checks an item for the worker queue.
func checkWork(item core.WorkItem) error {
	p, ok := item.Payload().(core.ActivityExecute)
	if !ok {
		return fail(core.ErrInvalidArgument, "%q does not belong in the worker queue", item.Kind())
	}
	if p.SessionID != nil {
		if err := checkID("session id", *p.SessionID, core.MaxSessionBytes); err != nil {
			return err
		}
	}
	if p.Tag != nil {
		if err := invalidIf(core.CheckText("tag", *p.Tag, 0, core.MaxTagBytes)); err != nil {
			return err
		}
	}
	return first(checkInstance(p.Instance), checkCounter("the work item's id", max(p.ExecutionID, p.ID)),
		checkPayload("the work item", item.Raw()))
}

func checkCompletion(item core.WorkItem) error {
	if k := item.Kind(); k != core.KindActivityCompleted && k != core.KindActivityFailed {
		return fail(core.ErrInvalidArgument, "%q is no completion of an activity", k)
	}
	return checkMessage(item)
}

func checkFetchWork(q core.FetchWorkParams) error {
	for _, tag := range q.Tags.Tags {
		if err := invalidIf(core.CheckText("tag", tag, 0, core.MaxTagBytes)); err != nil {
			return err
		}
	}
	if q.Session == nil {
		return nil
	}
	return checkID("owner id", q.Session.OwnerID, core.MaxSessionBytes)
}

// checkTurn checks everything an ack is about to write.
func checkTurn(in *instance, q core.AckOrchestrationParams) error {
	if err := checkEvents(in, q.ExecutionID, q.HistoryDelta); err != nil {
		return err
	}
	for _, w := range q.WorkerItems {
		if err := checkWork(w); err != nil {
			return err
		}
	}
	for _, m := range q.OrchestratorItems {
		if err := checkMessage(m); err != nil {
			return err
		}
	}
	if md := q.Metadata; md.ParentInstanceID != nil {
		if err := checkInstance(*md.ParentInstanceID); err != nil {
			return err
		}
	}
	for _, text := range []*string{q.Metadata.OrchestrationName, q.Metadata.OrchestrationVersion, q.Metadata.Output} {
		if text != nil {
			if err := checkPayload("the metadata", *text); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkEvents checks events about to be appended to one execution.
func checkEvents(in *instance, execution uint64, events []core.Event) error {
	if err := checkCounter("execution id", execution); err != nil {
		return err
	}
	seen := map[uint64]bool{}
	for _, e := range events {
		if e.ID() == 0 {
			return fail(core.ErrInvalidArgument, "an event has no id")
		}
		if err := first(checkCounter("event id", e.ID()), checkPayload("an event", e.Raw())); err != nil {
			return err
		}
		if seen[e.ID()] || in.history[execution][e.ID()] != nil {
			return fail(core.ErrDuplicateEvent, "event %d of execution %d of instance %q", e.ID(), execution, in.id)
		}
		seen[e.ID()] = true
		var err error
		switch p := e.Payload().(type) {
		case core.KeyValueSetEvent:
			err = first(checkID("KV key", p.Key, core.MaxIDBytes), checkCounter("last_updated_at_ms", p.LastUpdatedMS))
		case core.KeyValueClearedEvent:
			err = checkID("KV key", p.Key, core.MaxIDBytes)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
