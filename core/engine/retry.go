package engine

import (
	"context"
	"math/rand/v2"
	"time"
)

// Conflicts are replayed a few times; a retry never outlives a quarter of the
// smallest lock timeout seen, nor retryCeiling (rule 8).
const (
	replays      = 3
	retryBase    = 5 * time.Millisecond
	retryCeiling = 2 * time.Second
)

// retrying calls attempt until it succeeds, fails for good, or time is up. It
// repeats on conflicts and on lost connections, unless the fate of a commit is
// unknown: that is the caller's to find out.
func (e *Engine) retrying(ctx context.Context, attempt func() error) error {
	limit := min(retryCeiling, time.Duration(e.minLock.Load())*time.Millisecond/4)
	deadline := time.Now().Add(limit)
	for n := 0; ; n++ {
		err := attempt()
		if err == nil {
			return nil
		}
		f := asFailure(err)
		again := f.Class.Outcome == ReplayTransaction || f.Class.Outcome == RetryStatement
		if !again || f.Ambiguous || n == replays || !time.Now().Before(deadline) {
			return err
		}
		if !sleep(ctx, jitter(retryBase<<n)) {
			return err
		}
	}
}

// jitter spreads d over half to one and a half of itself.
func jitter(d time.Duration) time.Duration {
	return d/2 + rand.N(d)
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
