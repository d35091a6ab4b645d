package engine

import (
	"sync"
	"sync/atomic"
	"time"
)

// Clock is the host's clock, as the engine sees it. Tests inject a ManualClock;
// everything else uses SystemClock.
type Clock interface {
	// NowMillis returns the time in Unix milliseconds, with what the clock was set
	// forward.
	NowMillis() int64
	// Ahead returns how many milliseconds the clock was set forward by hand.
	Ahead() int64
	// OnJump registers f to be called after the clock was set forward by hand,
	// so that waiters look again. It returns how to unregister.
	OnJump(f func()) (stop func())
}

// SystemClock is the machine's own clock.
type SystemClock struct{}

// NowMillis returns time.Now in Unix milliseconds.
func (SystemClock) NowMillis() int64 { return time.Now().UnixMilli() }

// Ahead is 0: the system clock is never set by hand.
func (SystemClock) Ahead() int64 { return 0 }

// OnJump does nothing.
func (SystemClock) OnJump(func()) func() { return func() {} }

// ManualClock runs with the machine's clock and can be set forward. It is safe
// for concurrent use.
type ManualClock struct {
	ahead atomic.Int64
	mu    sync.Mutex
	next  int
	jumps map[int]func()
}

// NowMillis returns the machine's time plus everything Advance added.
func (c *ManualClock) NowMillis() int64 { return SystemClock{}.NowMillis() + c.Ahead() }

// Ahead implements Clock.
func (c *ManualClock) Ahead() int64 { return c.ahead.Load() }

// Advance sets the clock forward by d, whole milliseconds, and wakes waiters.
func (c *ManualClock) Advance(d time.Duration) {
	c.ahead.Add(d.Milliseconds())
	c.mu.Lock()
	calls := make([]func(), 0, len(c.jumps))
	for _, f := range c.jumps {
		calls = append(calls, f)
	}
	c.mu.Unlock()
	for _, f := range calls {
		f()
	}
}

// OnJump implements Clock.
func (c *ManualClock) OnJump(f func()) func() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.jumps == nil {
		c.jumps = map[int]func(){}
	}
	id := c.next
	c.next++
	c.jumps[id] = f
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.jumps, id)
	}
}

// SkewedClock is a host's clock that is wrong, for tests.
type SkewedClock struct {
	Clock
	// By is how far it is ahead of the right time.
	By time.Duration
}

// NowMillis implements Clock.
func (c SkewedClock) NowMillis() int64 { return c.Clock.NowMillis() + c.By.Milliseconds() }
