package reference

import (
	"time"
	"unicode/utf8"

	"github.com/durokit/duro/core"
)

// require ends the operation with an error unless the rule holds. It panics, and
// told recovers: so the rules of an operation read as a list.
func require(holds bool, code core.Code, format string, args ...any) {
	if !holds {
		panic(core.Errorf("", code, format, args...))
	}
}

// told makes the broken rule of an operation its error. It is deferred.
func told(op string, err *error) {
	switch broken := recover().(type) {
	case nil:
	case *core.ProviderError:
		*err = core.AsProviderError(op, broken)
	default:
		panic(broken)
	}
}

func requireRecord(in *instance) {
	require(in.record != nil, core.ErrNotFound, "instance %q", in.id)
}

// valid requires that there is no reason why an argument is invalid.
func valid(reason string) { require(reason == "", core.ErrInvalidArgument, "%s", reason) }

func validID(id string) { valid(core.CheckText("id", id, 1, core.MaxIDBytes)) }

func validOwner(id string) { valid(core.CheckText("owner id", id, 1, core.MaxSessionBytes)) }

func validCounters(counters ...uint64) {
	for _, n := range counters {
		require(n <= core.MaxCounter, core.ErrInvalidArgument, "the id or counter %d is above 2^63-1", n)
	}
}

// validPayload checks what is stored verbatim.
func validPayload(raw string) {
	require(len(raw) <= core.MaxPayloadBytes && utf8.ValidString(raw), core.ErrInvalidArgument,
		"a payload of %d bytes is no UTF-8 of at most %d bytes", len(raw), core.MaxPayloadBytes)
}

func millis(d time.Duration) uint64 {
	require(d >= 0, core.ErrInvalidArgument, "the duration %v is negative", d)
	return uint64(d.Milliseconds())
}

// validMessage checks an item for the orchestrator queue.
func validMessage(item core.WorkItem) {
	switch m := item.Payload().(type) {
	case nil, core.ActivityExecute:
		require(false, core.ErrInvalidArgument, "%q does not belong in the orchestrator queue", item.Kind())
	case core.StartOrchestration:
		validCounters(m.ExecutionID, or(m.ParentID, 0))
	case core.ActivityCompleted:
		validCounters(m.ExecutionID, m.ID)
	case core.ActivityFailed:
		validCounters(m.ExecutionID, m.ID)
	case core.TimerFired:
		validCounters(m.ExecutionID, m.ID) // fire_at_ms is an instant, and may be any
	case core.SubOrchCompleted:
		validCounters(m.ParentExecutionID, m.ParentID)
	case core.SubOrchFailed:
		validCounters(m.ParentExecutionID, m.ParentID)
	}
	validID(item.RoutingInstance())
	validPayload(item.Raw())
}

// validWork checks an item for the worker queue.
func validWork(item core.WorkItem) {
	a, ok := item.Payload().(core.ActivityExecute)
	require(ok, core.ErrInvalidArgument, "%q does not belong in the worker queue", item.Kind())
	validID(a.Instance)
	validCounters(a.ExecutionID, a.ID)
	valid(core.CheckText("session id", or(a.SessionID, "none"), 1, core.MaxSessionBytes))
	valid(core.CheckText("tag", or(a.Tag, ""), 0, core.MaxTagBytes))
	validPayload(item.Raw())
}

// validEvents checks events about to be appended to one execution.
func validEvents(in *instance, execution uint64, events []core.Event) {
	validCounters(execution)
	seen := map[uint64]bool{}
	for _, e := range events {
		id := e.ID()
		require(id != 0, core.ErrInvalidArgument, "an event has no id")
		validCounters(id)
		validPayload(e.Raw())
		switch p := e.Payload().(type) {
		case core.KeyValueSetEvent:
			validID(p.Key)
			validCounters(p.LastUpdatedMS)
		case core.KeyValueClearedEvent:
			validID(p.Key)
		}
		_, stored := in.history[position{execution, id}]
		require(!stored && !seen[id], core.ErrDuplicateEvent, "event %d of execution %d of instance %q", id, execution, in.id)
		seen[id] = true
	}
}

// validTurn checks everything an ack is about to write.
func validTurn(in *instance, q core.AckOrchestrationParams) {
	validEvents(in, q.ExecutionID, q.HistoryDelta)
	for _, w := range q.WorkerItems {
		validWork(w)
	}
	for _, m := range q.OrchestratorItems {
		validMessage(m)
	}
	validID(or(q.Metadata.ParentInstanceID, "none"))
	for _, text := range []*string{q.Metadata.OrchestrationName, q.Metadata.OrchestrationVersion, q.Metadata.Output} {
		validPayload(or(text, ""))
	}
}
