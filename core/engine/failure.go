package engine

import (
	"context"
	"errors"
	"fmt"

	"github.com/durokit/duro/core"
)

// Outcome is what the engine does about a driver's error (rule 8).
type Outcome uint8

const (
	// Tell the caller: a semantic failure, or one nobody classified.
	Tell Outcome = iota
	// RetryStatement on a fresh connection: the old one is gone.
	RetryStatement
	// ReplayTransaction says that it collided with another one.
	ReplayTransaction
	// NextCandidate says that somebody else holds the row.
	NextCandidate
)

// String names the outcome as descriptions spell it.
func (o Outcome) String() string {
	switch o {
	case RetryStatement:
		return "retry_statement"
	case ReplayTransaction:
		return "replay_transaction"
	case NextCandidate:
		return "next_candidate"
	case Tell:
	}
	return "tell"
}

// Class is an outcome with the code a caller sees when the engine gives up.
type Class struct {
	Outcome Outcome
	Code    core.Code
}

// Failure is a database error with its class.
type Failure struct {
	Class Class
	// Native is the driver's code, for logs.
	Native string
	// Call is the index of the failing call, -1 when it was none of them.
	Call int
	// Ambiguous is set when a COMMIT was sent and its answer never came.
	Ambiguous bool
	// Results of an ambiguous failure are what the calls had returned before the
	// COMMIT, nil when that never came either.
	Results []Result
	Err     error
}

// Error describes the failure with the driver's own text.
func (f *Failure) Error() string {
	if f.Native == "" {
		return f.Err.Error()
	}
	return fmt.Sprintf("%v (code %s)", f.Err, f.Native)
}

// Unwrap returns the driver's error.
func (f *Failure) Unwrap() error { return f.Err }

// semantic reports whether a call failed for what it was given, so that others
// in its transaction may do better without it. A code that nobody listed may
// mean that.
func (f *Failure) semantic() bool {
	code := f.Class.Code
	return f.Call >= 0 && f.Class.Outcome == Tell && (!code.Retryable() || code == core.ErrInternal)
}

// overdue puts the end of the engine's own patience right: to a caller whose
// context is alive the store was unavailable, not he canceled.
func overdue(caller context.Context, err error) error {
	f, ok := errors.AsType[*Failure](err)
	if !ok || f.Class.Code != core.ErrCanceled || caller.Err() != nil {
		return err
	}
	late := *f
	late.Class.Code = core.ErrUnavailable
	return &late
}

// asFailure gives any error a class; a plain one is told as internal.
func asFailure(err error) *Failure {
	if f, ok := errors.AsType[*Failure](err); ok {
		return f
	}
	return &Failure{Call: -1, Err: err}
}
