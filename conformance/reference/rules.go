package reference

import (
	"time"

	"github.com/durokit/duro/core"
)

// require ends the operation with an error unless the rule holds. It panics, and
// poll recovers: so the rules of an operation read as a list.
func require(holds bool, code core.Code, format string, args ...any) { //nolint:goprintffuncname // what it prints is an aside
	if !holds {
		panic(core.Errorf("", code, format, args...))
	}
}

// told makes the broken rule that ended an operation its error.
func told(op string, broken any) error {
	switch broken := broken.(type) {
	case nil:
		return nil
	case *core.ProviderError:
		return core.AsProviderError(op, broken)
	default:
		panic(broken)
	}
}

// valid requires that there is no reason why an argument is invalid.
func valid(reason string) { require(reason == "", core.ErrInvalidArgument, "%s", reason) }

// millis is a duration as the store knows it.
func millis(d time.Duration) uint64 {
	valid(core.CheckDuration("the duration", d))
	return uint64(d.Milliseconds())
}

// requireNew requires that nothing is overwritten in an execution's history.
func requireNew(in *instance, execution uint64, events []core.Event) {
	seen := map[uint64]bool{}
	for _, e := range events {
		_, stored := in.history[position{execution, e.ID()}]
		require(!stored && !seen[e.ID()], core.ErrDuplicateEvent, "event %d of execution %d of instance %q", e.ID(), execution, in.id)
		seen[e.ID()] = true
	}
}
