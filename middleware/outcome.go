package middleware

import (
	"context"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/durokit/duro/core"
)

// scope names the instrumentation in traces and metrics.
const scope = "github.com/durokit/duro/middleware"

// The keys of attributes, the same in spans, metrics and logs.
const (
	keyProvider  = "duro.provider"
	keyMethod    = "duro.method"
	keyInstance  = "duro.instance"
	keyOutcome   = "duro.outcome"
	keyFound     = "duro.found"
	keyMessages  = "duro.messages"
	keyAttempt   = "duro.attempt"
	keyDuration  = "duro.duration"
	keyCode      = "error.type" // as OpenTelemetry names it
	keyRetryable = "duro.retryable"
	keyHappened  = "duro.may_have_happened"
	keyError     = "error"
)

// The outcomes of calls that did not fail; those that did have the code's name.
const (
	outcomeOK = "ok"
	// outcomeNone is that of calls which found nothing. Fetches that wait in vain are
	// told apart by it, or their waiting would be taken for the time that fetches take.
	outcomeNone = "none"
)

// outcome names how the call ended.
func (c *call) outcome(err error) string {
	switch {
	case err != nil:
		return describe(err).Code.String()
	case c.nothing(err):
		return outcomeNone
	default:
		return outcomeOK
	}
}

// fate is what an error means to those who operate the store.
type fate uint8

const (
	// ended: the caller gave up, as everybody does who stops.
	ended fate = iota
	// answered: the store has said no, which a runtime counts on.
	answered
	// passing: the same call may succeed later.
	passing
	// broken: it will not, and nobody expects that.
	broken
)

// fateOf judges the error of a call that was made with a context.
func fateOf(ctx context.Context, err error) fate {
	described := describe(err)
	switch described.Code {
	case core.ErrLockLost, core.ErrDuplicateEvent, core.ErrNotFound, core.ErrStillRunning, core.ErrSubOrchestration,
		core.ErrWouldOrphan, core.ErrInvalidArgument, core.ErrUnsupported:
		return answered
	case core.ErrCanceled:
		if errors.Is(ctx.Err(), context.Canceled) {
			return ended
		}
	}
	if described.Retryable {
		return passing
	}
	return broken
}

// describe returns an error as the contract has it. What is no *core.ProviderError
// should not come out of a provider, but is to be recorded as well.
func describe(err error) *core.ProviderError { return core.AsProviderError("", err) }

// recorded returns an instance id as it can be recorded: a caller may have called a
// long or broken text one.
func recorded(instance string) string {
	if len(instance) > core.MaxIDBytes {
		instance = instance[:core.MaxIDBytes]
	}
	if !utf8.ValidString(instance) {
		return strings.ToValidUTF8(instance, "\uFFFD")
	}
	return instance
}
