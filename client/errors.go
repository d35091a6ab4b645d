package client

import (
	"errors"

	"github.com/durokit/duro/core"
)

// Kind is the closed set of reasons a client call fails for (docs/contract.md A7.1). A
// Kind is an error, so that errors.Is(err, client.ErrTimeout) works on every
// error of this package.
type Kind uint8

// The kinds of client errors.
const (
	// ErrProvider is an error of the provider that has no kind of its own; the
	// zero value. Retryable when the provider says so.
	ErrProvider Kind = iota
	// ErrManagementNotAvailable: the provider has no admin half.
	ErrManagementNotAvailable
	// ErrInvalidInput: the caller's input, or a stored value, has the wrong form.
	ErrInvalidInput
	// ErrTimeout: what was waited for did not happen in time. Retryable.
	ErrTimeout
	// ErrInstanceStillRunning: deletion needs force, because a member runs.
	ErrInstanceStillRunning
	// ErrCannotDeleteSubOrchestration: the instance is a child; delete its root.
	ErrCannotDeleteSubOrchestration
	// ErrInstanceNotFound: the instance has no record.
	ErrInstanceNotFound
	numKinds
)

// kinds is the one table from kind to its text and the core code it also answers to.
var kinds = [numKinds]struct {
	text string
	code core.Code
}{
	ErrProvider:                     {"provider error", core.ErrInternal},
	ErrManagementNotAvailable:       {"management is not available with this provider", core.ErrUnsupported},
	ErrInvalidInput:                 {"invalid input", core.ErrInvalidArgument},
	ErrTimeout:                      {"timed out", core.ErrInternal},
	ErrInstanceStillRunning:         {"instance is still running", core.ErrStillRunning},
	ErrCannotDeleteSubOrchestration: {"cannot delete a sub-orchestration, delete the root", core.ErrSubOrchestration},
	ErrInstanceNotFound:             {"instance not found", core.ErrNotFound},
}

// Error returns the text of the kind.
func (k Kind) Error() string {
	if k >= numKinds {
		k = ErrProvider
	}
	return kinds[k].text
}

// Error is the error type of this package. errors.Is finds its Kind, the
// core.Code of its cause, and the core.Code its Kind stands for.
type Error struct {
	// Kind says why the call failed.
	Kind Kind
	// Op is the client's method, for example "Wait".
	Op string
	// Instance is the instance the call was about, "" when there is none.
	Instance string
	// Message says more than Kind and Err do; it may be empty.
	Message string
	// Err is the cause, a *core.ProviderError for everything a provider said.
	Err error
}

// Error returns "client.Op: instance: kind: message: cause", without empty parts.
// The kind is left out where the provider's words are all there is to say.
func (e *Error) Error() string {
	text := "client." + e.Op
	if e.Instance != "" {
		text += ": " + e.Instance
	}
	if e.Kind != ErrProvider || e.Err == nil {
		text += ": " + e.Kind.Error()
	}
	if e.Message != "" {
		text += ": " + e.Message
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is reports whether target is the error's kind, or the core code of that kind.
func (e *Error) Is(target error) bool {
	switch t := target.(type) {
	case Kind:
		return t == e.Kind
	case core.Code:
		return t == kinds[e.Kind].code && t != core.ErrInternal
	}
	return false
}

// Retryable reports whether the same call may succeed later: a timeout may, and
// a provider's error when it says so.
func (e *Error) Retryable() bool {
	if e.Kind == ErrTimeout {
		return true
	}
	pe, ok := errors.AsType[*core.ProviderError](e.Err)
	return e.Kind == ErrProvider && ok && pe.Retryable
}

// fromProvider turns a provider's error into the client's, by its code and never
// by its text: an instance may be called "not found".
func fromProvider(op, instance string, err error) error {
	if err == nil {
		return nil
	}
	return &Error{Kind: kindOf(err), Op: op, Instance: instance, Err: err}
}

func kindOf(err error) Kind {
	switch core.CodeOf(err) {
	case core.ErrNotFound:
		return ErrInstanceNotFound
	case core.ErrStillRunning:
		return ErrInstanceStillRunning
	case core.ErrSubOrchestration:
		return ErrCannotDeleteSubOrchestration
	case core.ErrInvalidArgument:
		return ErrInvalidInput
	case core.ErrUnsupported:
		return ErrManagementNotAvailable
	default:
		return ErrProvider
	}
}

func invalidInput(op, instance, message string, cause error) error {
	return &Error{Kind: ErrInvalidInput, Op: op, Instance: instance, Message: message, Err: cause}
}
