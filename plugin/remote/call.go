package remote

import (
	"context"
	"errors"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/plugin/wire"
)

// effect says what it means when nobody knows whether a call was executed.
type effect int

const (
	// look: nothing. It may be repeated.
	look effect = iota
	// lock: a lock was perhaps taken, which runs out.
	lock
	// change: the caller must be told that it may have happened.
	change
)

// call runs one operation on the open store. A store that the other end does not know
// any more is opened again and the call repeated, because nothing was done; and so is
// a call that only looks, once, when the connection broke.
func call[A any](ctx context.Context, p *Provider, op string, e effect, limit time.Duration,
	run func(context.Context, *session) (A, error),
) (A, error) {
	var none A
	if err := p.enter(op); err != nil {
		return none, err
	}
	defer p.calls.Done()
	limited, cancel := within(ctx, limit)
	defer cancel()
	for attempt := 0; ; attempt++ {
		if ctx.Err() != nil {
			return none, core.AsProviderError(op, ctx.Err())
		}
		s, err := p.session(limited)
		if err != nil {
			return none, core.AsProviderError(op, err)
		}
		answer, err := run(limited, s)
		if err == nil {
			return answer, nil
		}
		unknown := wire.Detail(err).GetUnknownHandle()
		if unknown {
			p.forget(s)
		}
		if attempt > 0 || !unknown && (e != look || !isBroken(err) || limited.Err() != nil) {
			return none, p.translate(ctx, limited, s.conn, op, e, err)
		}
	}
}

// within sets a deadline where the caller has none.
func within(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	if _, set := ctx.Deadline(); set {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, limit)
}

// isBroken tells a call that the connection failed from one that was answered.
func isBroken(err error) bool {
	return wire.Detail(err) == nil && status.Code(err) == codes.Unavailable
}

// translate makes the provider's error of what a call returned. ctx is the caller's,
// and limited the call's.
func (p *Provider) translate(
	ctx, limited context.Context, conn grpc.ClientConnInterface, op string, e effect, err error,
) *core.ProviderError {
	if d := wire.Detail(err); d != nil {
		pe := wire.Error(d)
		pe.Op = op
		return pe
	}
	code := status.Code(err)
	sent := wasSent(err)
	ended := ctx.Err()
	if _, callers := ctx.Deadline(); callers && code == codes.DeadlineExceeded {
		ended = context.DeadlineExceeded // the other end's clock was ahead by a little
	}
	switch {
	case ended != nil:
		return unsure(core.Wrap(op, core.ErrCanceled, ended, "the caller's context ended"), e, sent)
	case limited.Err() != nil || code == codes.DeadlineExceeded:
		return unsure(core.Errorf(op, core.ErrUnavailable, "%s has not answered in time", p.options.Where), e, sent)
	case code == codes.Unimplemented:
		return core.Errorf(op, core.ErrUnsupported, "%s does not have this call; it is of an older version", p.options.Where)
	case code == codes.Unauthenticated || code == codes.PermissionDenied:
		return core.Errorf(op, core.ErrInvalidArgument, "%s refuses: %s", p.options.Where, status.Convert(err).Message())
	case code == codes.ResourceExhausted:
		return core.Errorf(op, core.ErrInvalidArgument,
			"a message to or from %s is too large: %s", p.options.Where, status.Convert(err).Message())
	case code == codes.Internal && strings.Contains(err.Error(), "UTF-8"):
		return core.Errorf(op, core.ErrInvalidArgument, "a text is not valid UTF-8")
	case code == codes.Internal || code == codes.Unknown:
		return unsure(core.Errorf(op, core.ErrInternal, "%s: %s", p.options.Where, status.Convert(err).Message()), e, sent)
	}
	return unsure(core.Errorf(op, core.ErrUnavailable,
		"the connection to %s failed: %s", p.options.Where, p.explain(conn, status.Convert(err).Message())), e, sent)
}

// explain adds what became of the other end.
func (p *Provider) explain(conn grpc.ClientConnInterface, message string) string {
	if p.options.Explain != nil {
		if why := p.options.Explain(conn); why != "" {
			return message + "; " + why
		}
	}
	return message
}

// unsure marks the error of a change that was perhaps made.
func unsure(pe *core.ProviderError, e effect, sent bool) *core.ProviderError {
	pe.MayHaveHappened = e == change && sent
	return pe
}

// unsent is the error of a call that never left this process.
type unsent struct{ error }

func (u unsent) Unwrap() error { return u.error }

func wasSent(err error) bool {
	_, never := errors.AsType[unsent](err)
	return !never
}

// garbled is the error for an answer that holds something else than the protocol says.
func (p *Provider) garbled(op string, err error) error {
	return core.Wrap(op, core.ErrInternal, err, "decode the answer of "+p.options.Where)
}
