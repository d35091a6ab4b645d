package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/core/engine"
)

// noCall is the index of a failure that no call is guilty of.
const noCall = -1

// misuse is a call that its statement cannot take: a mistake in the program,
// which trying again does not mend.
func misuse(format string, args ...any) error {
	return &engine.Failure{
		Class: engine.Class{Outcome: engine.Tell, Code: core.ErrInvalidArgument},
		Err:   fmt.Errorf("sqldb: "+format, args...),
	}
}

// failure gives an error its class. call is the index of the call it came from.
func (d *DB) failure(ctx context.Context, err error, call int) *engine.Failure {
	f, ok := errors.AsType[*engine.Failure](err)
	if !ok {
		f = &engine.Failure{Err: err}
		f.Class, f.Native = d.classify(ctx, err)
	}
	f.Call = call
	return f
}

// classify finds out what an error means: the end of the caller's context, a
// code of the database, a connection that is gone, in this order. What nobody
// knows is told, as internal and retryable.
func (d *DB) classify(ctx context.Context, err error) (engine.Class, string) {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return engine.Class{Outcome: engine.Tell, Code: core.ErrCanceled}, ""
	}
	if errors.Is(err, errClosed) {
		return engine.Class{Outcome: engine.Tell, Code: core.ErrUnavailable}, ""
	}
	code := d.opts.Code(err)
	if class, ok := d.lookup(code); ok {
		return class, code
	}
	if ctx.Err() != nil {
		return engine.Class{Outcome: engine.Tell, Code: core.ErrCanceled}, code
	}
	if connectionLost(err) {
		return engine.Class{Outcome: engine.RetryStatement, Code: core.ErrUnavailable}, code
	}
	return engine.Class{Outcome: engine.Tell, Code: core.ErrInternal}, code
}

// lookup asks the dialect for a code, then for the part before its detail.
func (d *DB) lookup(code string) (engine.Class, bool) {
	classify := d.opts.Dialect.Classify
	if classify == nil || code == "" {
		return engine.Class{}, false
	}
	if class, ok := classify(code); ok {
		return class, true
	}
	if primary, _, detailed := strings.Cut(code, "/"); detailed {
		return classify(primary)
	}
	return engine.Class{}, false
}

func connectionLost(err error) bool {
	if errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) {
		return true
	}
	_, network := errors.AsType[net.Error](err)
	return network
}

// OpenError turns what went wrong while a store was opened into the caller's
// error. what says what was attempted, on which store.
func OpenError(err error, what string) error {
	if err == nil {
		return nil
	}
	if pe, ok := errors.AsType[*core.ProviderError](err); ok {
		return core.AsProviderError("Open", pe)
	}
	if f, ok := errors.AsType[*engine.Failure](err); ok {
		return core.Wrap("Open", f.Class.Code, err, what)
	}
	return core.Wrap("Open", core.ErrUnavailable, err, what)
}

// DetailedCode spells a code that has a more detailed one: "5", or "5/517" when
// the detail says more.
func DetailedCode(code, detail int) string {
	switch {
	case code == 0:
		return ""
	case detail == code:
		return strconv.Itoa(code)
	}
	return strconv.Itoa(code) + "/" + strconv.Itoa(detail)
}
