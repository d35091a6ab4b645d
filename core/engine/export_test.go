package engine

import (
	"runtime"
	"testing"
	"time"
)

// Queued counts the members that wait for the write lane.
func (e *Engine) Queued() int {
	l := e.lanes[0]
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.queue)
}

// Waiting counts the fetches that wait and are not part of a claim under way.
func (e *Engine) Waiting() int {
	e.waiting.mu.Lock()
	defer e.waiting.mu.Unlock()
	n := 0
	for _, g := range e.waiting.groups {
		n += len(g.waiters)
	}
	return n
}

// Hurry leaves retries a quarter of a lock.
func (e *Engine) Hurry(lock time.Duration) { e.sawLock(lock.Milliseconds()) }

// Nudge makes everybody who waits claim again.
func (e *Engine) Nudge() { e.waiting.signal(true, true) }

// Settled reports whether n fetches wait and nobody has a reason to claim for them.
func (e *Engine) Settled(n int) bool {
	e.waiting.mu.Lock()
	defer e.waiting.mu.Unlock()
	for _, g := range e.waiting.groups {
		if g.busy || len(g.waiters) > 0 && (g.dirty || g.asked) {
			return false
		}
		n -= len(g.waiters)
	}
	return n == 0
}

// Until gives other goroutines their turn until f holds.
func Until(tb testing.TB, what string, f func() bool) {
	tb.Helper()
	for deadline := time.Now().Add(20 * time.Second); !f(); runtime.Gosched() {
		if time.Now().After(deadline) {
			tb.Fatalf("waited too long for %s", what)
		}
	}
}
