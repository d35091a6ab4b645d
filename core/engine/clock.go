package engine

import (
	"sync"
	"sync/atomic"
	"time"
)

// Clock is the host's clock, as the engine sees it. Tests inject a ManualClock;
// everything else uses SystemClock.
type Clock interface {
	// NowMillis returns the time in Unix milliseconds.
	NowMillis() int64
	// OnJump registers f to be called after the clock was set forward by hand,
	// so that waiters look again. It returns how to unregister.
	OnJump(f func()) (stop func())
}

// SystemClock is the machine's own clock.
type SystemClock struct{}

// NowMillis returns time.Now in Unix milliseconds.
func (SystemClock) NowMillis() int64 { return time.Now().UnixMilli() }

// OnJump does nothing: the system clock is never set by hand.
func (SystemClock) OnJump(func()) func() { return func() {} }

// ManualClock runs with the machine's clock and can be set forward. It is safe
// for concurrent use.
type ManualClock struct {
	offset atomic.Int64
	mu     sync.Mutex
	next   int
	jumps  map[int]func()
}

// NowMillis returns the machine's time plus everything Advance added.
func (c *ManualClock) NowMillis() int64 { return SystemClock{}.NowMillis() + c.offset.Load() }

// Advance sets the clock forward by d, whole milliseconds, and wakes waiters.
func (c *ManualClock) Advance(d time.Duration) {
	c.offset.Add(d.Milliseconds())
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
