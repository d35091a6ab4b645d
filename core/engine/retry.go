package engine

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/durokit/duro/core"
)

// What went wrong through no fault of the call is tried until time is up: a retry
// never outlives a quarter of the smallest lock timeout seen, nor retryCeiling
// (rule 8). Where a try changes what the next one finds, a few must do.
const (
	replays      = 3
	retryBase    = 5 * time.Millisecond
	retryCeiling = 2 * time.Second
)

// retrying calls attempt until it succeeds, fails for good, or time is up. It
// repeats on conflicts, contention and lost connections, unless the fate of a
// commit is unknown: that is the caller's to find out.
func (e *Engine) retrying(ctx context.Context, attempt func() error) error {
	limit := min(retryCeiling, time.Duration(e.minLock.Load())*time.Millisecond/4)
	deadline := after(limit)
	for n := 0; ; n++ {
		err := attempt()
		if err == nil {
			return nil
		}
		f := asFailure(err)
		if f.Class.Outcome == Tell || f.Ambiguous || !e.pause(ctx, n, deadline) {
			return err
		}
	}
}

// pause waits before try n+1, longer each time; false when that cannot be made
// before the deadline or the end of ctx.
func (e *Engine) pause(ctx context.Context, n int, deadline time.Time) bool {
	d := jitter(retryBase << min(n, 6))
	return after(d).Before(deadline) && sleep(ctx, d)
}

// renew carries a renewal, again while its failure is the store's and the lock
// cannot have expired: a renewal that fails cancels the work under the lock.
func (e *Engine) renew(ctx context.Context, m member, extendFor time.Duration) error {
	deadline := after(extendFor)
	for n := 0; ; n++ {
		err := e.do(ctx, m)
		pe, failed := errors.AsType[*core.ProviderError](err)
		if !failed || !pe.Retryable || ctx.Err() != nil || e.run.Err() != nil || !e.pause(ctx, n, deadline) {
			return err
		}
	}
}

// after is the instant after d, by the monotonic clock: it bounds waiting, and
// means nothing to the store.
func after(d time.Duration) time.Time { return time.Now().Add(d) }

// jitter spreads d over half to one and a half of itself.
func jitter(d time.Duration) time.Duration {
	return d/2 + rand.N(max(d, 1))
}

// sleep waits for d and reports whether ctx is still alive.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
