package miniruntime

import (
	"sync"
	"time"
)

// renewal calls renew at intervals on a timer of its own, so that ordinary short
// turns cost a timer that never fires, and no goroutine.
type renewal struct {
	r     *Runtime
	every time.Duration
	renew func() bool

	mu      sync.Mutex
	stopped bool
	stop    func() bool
}

// renewWhile renews a lock until the returned function is called or renew says
// no. A renewal under way is not waited for.
func (r *Runtime) renewWhile(every time.Duration, renew func() bool) (stop func()) {
	w := &renewal{r: r, every: every, renew: renew}
	w.arm()
	return w.end
}

func (w *renewal) arm() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.stopped {
		w.stop = w.r.opts.Clock.AfterFunc(w.every, w.fire)
	}
}

func (w *renewal) fire() {
	if w.renew() {
		w.arm()
	}
}

func (w *renewal) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stopped = true
	w.stop()
}
