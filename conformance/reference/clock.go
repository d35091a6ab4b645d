package reference

import (
	"sync"
	"time"
)

// Clock is where a Provider takes the time from.
type Clock interface {
	// NowMillis returns the time in Unix milliseconds.
	NowMillis() int64
	// OnJump registers f to be called after the clock was set forward by hand.
	// It returns how to unregister.
	OnJump(f func()) (stop func())
}

// SystemClock is the machine's own clock.
type SystemClock struct{}

// NowMillis returns time.Now in Unix milliseconds.
func (SystemClock) NowMillis() int64 {
	return time.Now().UnixMilli() //nolint:forbidigo // this is the clock
}

// OnJump does nothing: nobody sets the machine's clock by hand.
func (SystemClock) OnJump(func()) func() { return func() {} }

// ManualClock stands still between calls of Advance, so that what happens at an
// exact instant can be tested. Make one with NewManualClock.
type ManualClock struct {
	mu    sync.Mutex
	now   int64
	jumps map[int]func()
	next  int
}

// NewManualClock returns a clock that shows the machine's time, stopped.
func NewManualClock() *ManualClock {
	return &ManualClock{now: SystemClock{}.NowMillis(), jumps: map[int]func(){}}
}

// NowMillis implements Clock.
func (c *ManualClock) NowMillis() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance sets the clock forward by d, whole milliseconds, and wakes waiters.
func (c *ManualClock) Advance(d time.Duration) {
	c.mu.Lock()
	c.now += d.Milliseconds()
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
	id := c.next
	c.next++
	c.jumps[id] = f
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.jumps, id)
	}
}
