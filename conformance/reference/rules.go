package reference

import (
	"time"

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

func validID(what, id string) { valid(core.CheckText(what, id, 1, core.MaxIDBytes)) }

func validOwner(id string) { valid(core.CheckText("owner id", id, 1, core.MaxSessionBytes)) }

func validCounter(what string, n uint64) {
	require(n <= core.MaxCounter, core.ErrInvalidArgument, "%s %d is above 2^63-1", what, n)
}

func millis(d time.Duration) uint64 {
	require(d >= 0, core.ErrInvalidArgument, "the duration %v is negative", d)
	return uint64(d.Milliseconds())
}

// validEvents checks events about to be appended to one execution.
func validEvents(in *instance, execution uint64, events []core.Event) {
	validCounter("execution id", execution)
	seen := map[uint64]bool{}
	for _, e := range events {
		valid(core.CheckEvent(e))
		_, stored := in.history[position{execution, e.ID()}]
		require(!stored && !seen[e.ID()], core.ErrDuplicateEvent, "event %d of execution %d of instance %q", e.ID(), execution, in.id)
		seen[e.ID()] = true
	}
}

// validTurn checks everything an ack is about to write.
func validTurn(in *instance, q core.AckOrchestrationParams) {
	validEvents(in, q.ExecutionID, q.HistoryDelta)
	valid(core.CheckMetadata(q.Metadata))
	for _, w := range q.WorkerItems {
		valid(core.CheckActivity(w))
	}
	for _, m := range q.OrchestratorItems {
		valid(core.CheckMessage(m))
	}
}
