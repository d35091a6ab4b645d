package core

import (
	"context"
	"errors"
	"fmt"
	"strconv"
)

// Code is the closed set of reasons an operation fails for. A Code is an error,
// so that errors.Is(err, core.ErrNotFound) works on every error of a provider,
// wherever the provider runs.
type Code uint8

// The codes. Each is retryable or not, and carries the words that upstream's
// clients and validations look for; see the table in docs/contract.md.
const (
	// ErrInternal is an error nobody classified; the zero value. Retryable.
	ErrInternal Code = iota
	// ErrLockLost: the token matches no active lock.
	ErrLockLost
	// ErrDuplicateEvent: the (instance, execution, event id) is stored already.
	ErrDuplicateEvent
	// ErrNotFound: the named instance or execution has no record.
	ErrNotFound
	// ErrStillRunning: deletion needs force, because a member is running.
	ErrStillRunning
	// ErrSubOrchestration: the instance is a child; delete its root.
	ErrSubOrchestration
	// ErrWouldOrphan: a child would be left without its parent.
	ErrWouldOrphan
	// ErrInvalidArgument: the caller's input breaks a rule.
	ErrInvalidArgument
	// ErrCorrupt: stored data cannot be decoded.
	ErrCorrupt
	// ErrSchemaMismatch: the store's schema is not the one this code knows.
	ErrSchemaMismatch
	// ErrUnavailable: the store cannot be reached at the moment. Retryable.
	ErrUnavailable
	// ErrConflict: concurrent transactions collided once too often. Retryable.
	ErrConflict
	// ErrExhausted: connections, memory or disk ran out. Retryable.
	ErrExhausted
	// ErrUnsupported: the provider does not have this capability.
	ErrUnsupported
	// ErrCanceled: the caller's context ended first. Retryable.
	ErrCanceled
	numCodes
)

// codes is the one table from code to its name, class and upstream's words.
var codes = [numCodes]struct {
	name      string
	retryable bool
	words     string
}{
	ErrInternal:         {"internal", true, "internal error"},
	ErrLockLost:         {"lock_lost", false, "Invalid lock token"},
	ErrDuplicateEvent:   {"duplicate_event", false, "duplicate event"},
	ErrNotFound:         {"not_found", false, "not found"},
	ErrStillRunning:     {"still_running", false, "still running"},
	ErrSubOrchestration: {"sub_orchestration", false, "sub-orchestration: delete the root instead"},
	ErrWouldOrphan:      {"would_orphan", false, "would orphan a child outside the deleted tree"},
	ErrInvalidArgument:  {"invalid_argument", false, "invalid argument"},
	ErrCorrupt:          {"corrupt", false, "corrupt data"},
	ErrSchemaMismatch:   {"schema_mismatch", false, "schema mismatch"},
	ErrUnavailable:      {"unavailable", true, "unavailable"},
	ErrConflict:         {"conflict", true, "conflict (deadlock or serialization)"},
	ErrExhausted:        {"exhausted", true, "resources exhausted"},
	ErrUnsupported:      {"unsupported", false, "unsupported"},
	ErrCanceled:         {"canceled", true, "canceled"},
}

// Error returns the words of the code, the same that upstream matches on.
func (c Code) Error() string { return c.row().words }

// String returns the stable name of the code, for logs and wires.
func (c Code) String() string { return c.row().name }

// Retryable reports whether the same call may succeed later.
func (c Code) Retryable() bool { return c.row().retryable }

func (c Code) row() struct {
	name      string
	retryable bool
	words     string
} {
	if c >= numCodes {
		c = ErrInternal
	}
	return codes[c]
}

// Codes lists every code, in order.
func Codes() []Code {
	all := make([]Code, numCodes)
	for i := range all {
		all[i] = Code(i)
	}
	return all
}

// ParseCode returns the code of a stable name, and false for an unknown one.
func ParseCode(name string) (Code, bool) {
	for i := range codes {
		if codes[i].name == name {
			return Code(i), true
		}
	}
	return ErrInternal, false
}

// ProviderError is the one error type of providers (contract 1.5). The same
// value comes out in-process, from a child process and from an address.
type ProviderError struct {
	// Op is the name of the called method, for example "AckOrchestrationItem".
	Op string
	// Code says why; Retryable whether trying again may help.
	Code      Code
	Retryable bool
	// Message says what was attempted, on what, and what to do. It never holds
	// a secret.
	Message string
	// MayHaveHappened is set when a write's fate is unknown.
	MayHaveHappened bool
	// Err is the cause; it does not cross process boundaries.
	Err error
}

// Errorf makes an error of a code, retryable as the code is. The message starts
// with the code's words unless the format is empty.
func Errorf(op string, code Code, format string, args ...any) *ProviderError {
	msg := code.Error()
	if format != "" {
		msg += ": " + fmt.Sprintf(format, args...)
	}
	return &ProviderError{Op: op, Code: code, Retryable: code.Retryable(), Message: msg}
}

// Wrap makes an error of a code with a cause, whose text ends the message.
func Wrap(op string, code Code, err error, what string) *ProviderError {
	e := Errorf(op, code, "%s: %v", what, err)
	e.Err = err
	return e
}

// Error returns "Op: Message".
func (e *ProviderError) Error() string { return e.Op + ": " + e.Message }

// Unwrap returns the cause.
func (e *ProviderError) Unwrap() error { return e.Err }

// Is reports whether target is the error's code, so that errors.Is works with
// the Err constants; ErrCanceled also matches context.Canceled and
// context.DeadlineExceeded through the cause.
func (e *ProviderError) Is(target error) bool {
	c, ok := target.(Code)
	return ok && c == e.Code
}

// AsProviderError turns any error into a *ProviderError: one already inside err
// with its Op filled, a context error as ErrCanceled, anything else as
// ErrInternal, retryable. It returns nil for nil.
func AsProviderError(op string, err error) *ProviderError {
	if err == nil {
		return nil
	}
	if pe, ok := errors.AsType[*ProviderError](err); ok {
		if pe.Op == op {
			return pe
		}
		c := *pe
		c.Op = op
		return &c
	}
	if c, ok := errors.AsType[Code](err); ok {
		return Wrap(op, c, err, "the operation failed")
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return Wrap(op, ErrCanceled, err, "the caller's context ended")
	}
	return Wrap(op, ErrInternal, err, "unclassified error")
}

// CodeOf returns the code inside err, ErrInternal when there is none.
func CodeOf(err error) Code {
	if pe, ok := errors.AsType[*ProviderError](err); ok {
		return pe.Code
	}
	c, _ := errors.AsType[Code](err)
	return c
}

func itoa(n int) string { return strconv.Itoa(n) }
