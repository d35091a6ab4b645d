package engine

import (
	"errors"

	"github.com/durokit/duro/core"
)

// lockLost is what every dead token gets, whatever killed it.
func lockLost(op string) error {
	return core.Errorf(op, core.ErrLockLost,
		"the lock has expired, was released or belongs to somebody else; fetch again")
}

func invalid(op, format string, args ...any) error {
	return core.Errorf(op, core.ErrInvalidArgument, format, args...)
}

// told turns what a seam returned into the caller's error. what says what was
// attempted, on what.
func (e *Engine) told(op string, err error, what string) error {
	if err == nil {
		return nil
	}
	if pe, ok := errors.AsType[*core.ProviderError](err); ok {
		return core.AsProviderError(op, pe)
	}
	f := asFailure(err)
	code := f.Class.Code
	if f.Ambiguous { // whatever the driver calls it: the answer cannot be had
		code = core.ErrUnavailable
	}
	pe := core.Wrap(op, code, f, e.d.Name+": "+what)
	pe.MayHaveHappened = f.Ambiguous
	return pe
}
