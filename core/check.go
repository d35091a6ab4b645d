package core

import (
	"cmp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// The Check functions hold the rules that every provider keeps alike before it
// stores anything (docs/contract.md 1.0). Each returns why the rule is broken, for
// an ErrInvalidArgument, or "".

// CheckText returns why s is not a valid identifier of min to max bytes, or "".
// Identifiers are UTF-8 without NUL and compare byte-exactly.
func CheckText(what, s string, minBytes, maxBytes int) string {
	switch {
	case len(s) < minBytes:
		return what + " is empty"
	case len(s) > maxBytes:
		return what + " is longer than " + itoa(maxBytes) + " bytes"
	case strings.IndexByte(s, 0) >= 0:
		return what + " holds a NUL byte"
	case !utf8.ValidString(s):
		return what + " is not valid UTF-8"
	}
	return ""
}

// CheckMessage checks an item for the orchestrator queue.
func CheckMessage(item WorkItem) string {
	switch p := item.payload.(type) {
	case nil:
		return "the work item is empty"
	case ActivityExecute:
		return "the orchestrator queue does not take ActivityExecute; enqueue it for a worker"
	case StartOrchestration:
		if p.ParentInstance != nil {
			if why := CheckText("parent instance id", *p.ParentInstance, 1, MaxIDBytes); why != "" {
				return why
			}
		}
	}
	return checkItem(item)
}

// CheckActivity checks an item for the worker queue.
func CheckActivity(item WorkItem) string {
	p, ok := item.payload.(ActivityExecute)
	if !ok {
		return "the worker queue takes ActivityExecute only, not " + strconv.Quote(string(item.Kind()))
	}
	if p.SessionID != nil {
		if why := CheckText("session id", *p.SessionID, 1, MaxSessionBytes); why != "" {
			return why
		}
	}
	if p.Tag != nil {
		if why := CheckText("tag", *p.Tag, 0, MaxTagBytes); why != "" {
			return why
		}
	}
	return checkItem(item)
}

// CheckCompletion checks what AckWorkItem is to enqueue.
func CheckCompletion(item WorkItem) string {
	switch item.Kind() {
	case KindActivityCompleted, KindActivityFailed:
		return CheckMessage(item)
	}
	return "a completion is ActivityCompleted or ActivityFailed, not " + strconv.Quote(string(item.Kind()))
}

func checkItem(item WorkItem) string {
	for _, n := range counters(item.payload) {
		if n > MaxCounter {
			return "an id of the " + string(item.Kind()) + " is above 2^63-1: " + utoa(n)
		}
	}
	if why := checkPayload("the work item", item.raw); why != "" {
		return why
	}
	return CheckText("instance id", item.RoutingInstance(), 1, MaxIDBytes)
}

// counters are the execution and event ids in an item. Instants are none.
func counters(p WorkItemPayload) []uint64 {
	switch p := p.(type) {
	case StartOrchestration:
		if p.ParentID != nil {
			return []uint64{p.ExecutionID, *p.ParentID}
		}
		return []uint64{p.ExecutionID}
	case ActivityExecute:
		return []uint64{p.ExecutionID, p.ID}
	case ActivityCompleted:
		return []uint64{p.ExecutionID, p.ID}
	case ActivityFailed:
		return []uint64{p.ExecutionID, p.ID}
	case TimerFired:
		return []uint64{p.ExecutionID, p.ID}
	case SubOrchCompleted:
		return []uint64{p.ParentExecutionID, p.ParentID}
	case SubOrchFailed:
		return []uint64{p.ParentExecutionID, p.ParentID}
	}
	return nil
}

// CheckTurn checks what AckOrchestrationItem is to store.
func CheckTurn(p AckOrchestrationParams) string {
	if why := CheckEvents(p.ExecutionID, p.HistoryDelta); why != "" {
		return why
	}
	if why := checkMetadata(p.Metadata); why != "" {
		return why
	}
	for _, item := range p.WorkerItems {
		if why := CheckActivity(item); why != "" {
			return why
		}
	}
	for _, item := range p.OrchestratorItems {
		if why := CheckMessage(item); why != "" {
			return why
		}
	}
	return ""
}

// CheckEvents checks events that are to be appended to an execution's history.
func CheckEvents(execution uint64, events []Event) string {
	if execution == 0 || execution > MaxCounter {
		return "execution id " + utoa(execution) + " is not between 1 and 2^63-1"
	}
	for _, e := range events {
		if why := checkEvent(e); why != "" {
			return why
		}
	}
	return ""
}

func checkEvent(e Event) string {
	if id := e.ID(); id == 0 || id > MaxCounter {
		return "event id " + utoa(id) + " is not between 1 and 2^63-1"
	}
	if why := checkPayload("an event", e.raw); why != "" {
		return why
	}
	switch p := e.body.payload.(type) {
	case KeyValueSetEvent:
		if p.LastUpdatedMS > MaxCounter {
			return "last_updated_at_ms " + utoa(p.LastUpdatedMS) + " is above 2^63-1"
		}
		return CheckText("a key-value key", p.Key, 1, MaxIDBytes)
	case KeyValueClearedEvent:
		return CheckText("a key-value key", p.Key, 1, MaxIDBytes)
	}
	return ""
}

func checkMetadata(m ExecutionMetadata) string {
	for _, text := range []struct {
		what string
		s    *string
	}{
		{"the output", m.Output}, {"the orchestration name", m.OrchestrationName},
		{"the orchestration version", m.OrchestrationVersion},
	} {
		if text.s != nil {
			if why := checkPayload(text.what, *text.s); why != "" {
				return why
			}
		}
	}
	if m.Status != nil {
		if why := CheckText("the status", *m.Status, 1, MaxTagBytes); why != "" {
			return why
		}
	}
	if m.ParentInstanceID != nil {
		return CheckText("the parent instance id", *m.ParentInstanceID, 1, MaxIDBytes)
	}
	return ""
}

// CheckFetchWork checks the inputs of FetchWorkItem.
func CheckFetchWork(p FetchWorkParams) string {
	session := SessionFetch{OwnerID: "none"}
	if p.Session != nil {
		session = *p.Session
	}
	if p.Tags.Mode > TagsNone {
		return "tag filter mode " + itoa(int(p.Tags.Mode)) + " is unknown"
	}
	for _, tag := range p.Tags.Tags {
		if why := CheckText("a tag of the filter", tag, 0, MaxTagBytes); why != "" {
			return why
		}
	}
	return cmp.Or(CheckDuration("the lock timeout", p.LockTimeout), CheckDuration("the poll timeout", p.PollTimeout),
		CheckDuration("the session lock timeout", session.LockTimeout), CheckOwner(session.OwnerID))
}

// CheckOwner checks a session owner's id.
func CheckOwner(id string) string { return CheckText("the session owner id", id, 1, MaxSessionBytes) }

// CheckDuration checks any duration handed to a provider.
func CheckDuration(what string, d time.Duration) string {
	if d < 0 {
		return what + " is negative: " + d.String()
	}
	return ""
}

// checkPayload refuses what no store keeps: too much, or text that is not UTF-8.
func checkPayload(what, s string) string {
	if len(s) > MaxPayloadBytes {
		return what + " has " + itoa(len(s)) + " bytes, more than " + itoa(MaxPayloadBytes)
	}
	if !utf8.ValidString(s) {
		return what + " is not valid UTF-8"
	}
	return ""
}

func utoa(n uint64) string { return strconv.FormatUint(n, 10) }
