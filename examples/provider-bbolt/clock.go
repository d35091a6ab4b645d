package main

import (
	"sync"
	"time"
)

// Clock tells a store the time.
type Clock interface {
	Now() time.Time
}

// machineClock is the machine's clock.
type machineClock struct{}

// Now implements Clock.
func (machineClock) Now() time.Time { return time.Now() }

// manualClock stands still until it is set forward.
type manualClock struct {
	mu sync.Mutex
	at time.Time
}

// newManualClock makes a clock that has stopped now.
func newManualClock() *manualClock { return &manualClock{at: machineClock{}.Now()} }

// Now implements Clock.
func (c *manualClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// advance sets the clock forward.
func (c *manualClock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}
