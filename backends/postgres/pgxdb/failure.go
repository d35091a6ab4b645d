package pgxdb

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/puddle/v2"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/core/engine"
)

// noCall is the index of a failure that no call is guilty of.
const noCall = -1

// misuse is a call that its statement cannot take: a mistake in the program,
// which trying again does not mend.
func misuse(format string, args ...any) *engine.Failure {
	return &engine.Failure{
		Class: engine.Class{Outcome: engine.Tell, Code: core.ErrInvalidArgument},
		Call:  noCall, Err: fmt.Errorf("pgxdb: "+format, args...),
	}
}

// failure gives an error its class.
func (d *DB) failure(ctx context.Context, err error) *engine.Failure {
	if f, ok := errors.AsType[*engine.Failure](err); ok {
		return f
	}
	code := ""
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		code = e.Code
	}
	return &engine.Failure{Class: d.classify(ctx, err, code), Native: code, Call: noCall, Err: err}
}

// classify finds out what an error means. One that the server did not send comes
// from the way there: the connection is gone, or could not be made.
func (d *DB) classify(ctx context.Context, err error, code string) engine.Class {
	const queryCanceled = "57014"
	switch {
	case errors.Is(err, puddle.ErrClosedPool):
		return engine.Class{Outcome: engine.Tell, Code: core.ErrUnavailable}
	case ctx.Err() != nil && (code == "" || code == queryCanceled):
		return engine.Class{Outcome: engine.Tell, Code: core.ErrCanceled}
	case code == "":
		return engine.Class{Outcome: engine.RetryStatement, Code: core.ErrUnavailable}
	}
	if classify := d.opts.Dialect.Classify; classify != nil {
		if class, ok := classify(code); ok {
			return class
		}
	}
	return engine.Class{Outcome: engine.Tell, Code: core.ErrInternal}
}

// changedNothing reports whether a pipeline with a COMMIT in it certainly ended in
// nothing: it was not sent, or the server itself said what stopped it. A server that
// throws the client out says so where the pipeline stood; a pooler that lost the
// server says it at any time.
func changedNothing(err error, beforeCommit bool) bool {
	if pgconn.SafeToRetry(err) {
		return true
	}
	e, ok := errors.AsType[*pgconn.PgError](err)
	if !ok || strings.HasPrefix(e.Code, "08") {
		return false
	}
	return beforeCommit || e.SeverityUnlocalized == "ERROR"
}

// outOfDate reports whether the server refuses a statement for the way it was
// prepared: it is not there, or there twice, or its tables have changed since.
func outOfDate(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		return false
	}
	const missing, twice, changed = "26000", "42P05", "0A000"
	return e.Code == missing || e.Code == twice || e.Code == changed && e.Routine == "RevalidateCachedQuery"
}
