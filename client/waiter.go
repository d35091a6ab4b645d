package client

import (
	"context"
	"time"

	"github.com/durokit/duro/core"
)

// How long the pauses between two checks are.
const (
	firstPause = 5 * time.Millisecond
	// upstreamCap ends upstream's doubling.
	upstreamCap = 100 * time.Millisecond
	// adaptiveShare: a pause is at most this part of what was waited already, so
	// that a wait overshoots by a fraction of its own length.
	adaptiveShare = 8
	adaptiveCap   = 500 * time.Millisecond
	// watchedPause is for changes a Watcher did not see, made by another process.
	watchedPause = 2 * time.Second
)

// waiter paces the checks of one wait.
type waiter struct {
	c        *Client
	op       string
	instance string
	start    time.Time
	timeout  time.Duration
	// fixed is the pause a caller chose, 0 for the client's own.
	fixed time.Duration
	// checks counts the checks made.
	checks  int
	last    bool // the next pause is the end
	changed <-chan struct{}
	stop    func()
}

func (c *Client) newWaiter(op, instance string, timeout time.Duration) *waiter {
	w := &waiter{c: c, op: op, instance: instance, start: c.clock.Now(), timeout: timeout, stop: func() {}}
	if watcher, ok := c.p.(Watcher); ok && !c.opts.UpstreamPolling {
		w.changed, w.stop = watcher.WatchInstance(instance)
	}
	return w
}

// pause waits until the next check is due and reports ErrTimeout when none is.
func (w *waiter) pause(ctx context.Context) error {
	w.checks++
	if w.last || w.expired() {
		return w.timedOut()
	}
	d := w.length()
	if !w.upstream() {
		// The last check comes at the deadline, not before or after it.
		if left := w.left(); d >= left {
			d, w.last = left, true
		}
	}
	if d <= 0 {
		return nil
	}
	if err := w.sleep(ctx, d); err != nil {
		return err
	}
	if w.upstream() && w.expired() {
		return w.timedOut() // upstream does not look again after its last sleep
	}
	return nil
}

// length is how long to pause after the check just made.
func (w *waiter) length() time.Duration {
	switch {
	case w.fixed > 0:
		return w.fixed
	case w.upstream():
		// Upstream checks twice before it first sleeps, then doubles.
		if w.checks == 1 {
			return 0
		}
		return min(firstPause<<min(w.checks-2, 10), upstreamCap)
	case w.changed != nil:
		return watchedPause
	}
	return min(max(w.c.clock.Now().Sub(w.start)/adaptiveShare, firstPause), adaptiveCap)
}

func (w *waiter) upstream() bool { return w.c.opts.UpstreamPolling && w.fixed == 0 }

func (w *waiter) left() time.Duration { return w.timeout - w.c.clock.Now().Sub(w.start) }

func (w *waiter) expired() bool { return w.left() <= 0 }

func (w *waiter) timedOut() error {
	return &Error{Kind: ErrTimeout, Op: w.op, Instance: w.instance, Message: "after " + w.timeout.String()}
}

func (w *waiter) sleep(ctx context.Context, d time.Duration) error {
	due := make(chan struct{})
	stop := w.c.clock.AfterFunc(d, func() { close(due) })
	defer stop()
	select {
	case <-due:
		return nil
	case <-w.changed:
		w.last = false
		return nil
	case <-ctx.Done():
		return fromProvider(w.op, w.instance, core.AsProviderError(w.op, ctx.Err()))
	}
}
