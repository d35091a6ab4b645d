package conformance

import (
	"errors"
	"sync"
	"time"

	"github.com/durokit/duro/core"
)

// chaos runs orchestrations of three activities, one after the other, with
// dispatchers and workers that abandon, forget, and ack twice. Every choice comes
// from the case's seed, though not the order in which they fall.
type chaos struct {
	t         *T
	instances int

	mu          sync.Mutex
	done        map[string]bool
	completions map[string]int // how often each activity's completion arrived
}

// chaosSteps is how many activities an orchestration runs.
const chaosSteps = 3

func newChaos(t *T, instances int) *chaos {
	return &chaos{t: t, instances: instances, done: map[string]bool{}, completions: map[string]int{}}
}

func (c *chaos) run() {
	t := c.t
	for i := range c.instances {
		t.enqueue(start(name("inst", i)))
	}
	const dispatchers, workers = 6, 6
	t.Together(dispatchers+workers+1, func(who int) {
		for !c.finished() && !t.ended() {
			switch {
			case who < dispatchers:
				c.dispatch()
			case who < dispatchers+workers:
				c.work()
			default: // forgotten locks expire while the others go on
				t.Pause(t.timing.Poll / 2)
				t.Wait(t.timing.Lock)
			}
		}
	})
	c.verify()
}

func (c *chaos) finished() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.done) == c.instances
}

// dispatch runs one turn of whatever comes.
func (c *chaos) dispatch() {
	t := c.t
	f, err := t.tryFetch(lock(t.timing.Lock), poll(t.timing.Poll/10))
	c.failed(err, "fetch")
	if f == nil {
		c.rest()
		return
	}
	switch t.IntN(12) {
	case 0:
		c.failed(t.tryAbandon(f.LockToken), "abandon")
		return
	case 1:
		c.failed(t.tryAbandon(f.LockToken, after(time.Millisecond), uncounted), "abandon with a delay")
		return
	case 2:
		return // forget it: the lock will expire
	}
	parts, end := c.turn(f)
	if c.failed(t.tryAck(f, 1, parts...), "ack") {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, m := range f.Item.Messages {
		if m.Kind() == core.KindActivityCompleted {
			c.completions[m.Raw()]++
		}
	}
	if end {
		c.done[f.Item.Instance] = true
	}
	if t.IntN(8) == 0 {
		t.lost(t.tryAck(f, 1, parts...), "a second ack with the same token")
	}
}

// turn is what the orchestration does next, by its history and messages.
func (c *chaos) turn(f *core.FetchedOrchestration) (parts []part, end bool) {
	id := f.Item.Instance
	next := uint64(len(f.Item.History)) + 1
	if next == 1 {
		return []part{full, events(started(), scheduled(2, "Work")), work(activity(id, 2))}, false
	}
	for _, m := range f.Item.Messages {
		if p, ok := m.Payload().(core.ActivityCompleted); !ok || p.ID != next-1 {
			c.t.Errorf("instance %q with a history of %d got the message %s", id, next-1, m.Raw())
			return nil, false
		}
	}
	parts = []part{events(ev(next, core.ActivityCompletedEvent{Result: "ok"}))}
	if next == 1+2*chaosSteps {
		return append(parts, events(orchCompleted(next+1, "done")), ended(core.StatusCompleted, "done")), true
	}
	return append(parts, events(scheduled(next+1, "Work")), work(activity(id, next+1))), false
}

// work runs one activity.
func (c *chaos) work() {
	t := c.t
	w, err := t.tryFetchWork(lock(t.timing.Lock), poll(t.timing.Poll/10))
	c.failed(err, "fetch work")
	if w == nil {
		c.rest()
		return
	}
	p, _ := w.Item.Payload().(core.ActivityExecute)
	result := completed(p.Instance, p.ID)
	switch t.IntN(12) {
	case 0:
		c.failed(t.tryAbandonWork(w.LockToken), "abandon work")
		return
	case 1:
		return // forget it
	case 2:
		c.failed(t.tryRenewWork(w.LockToken, t.timing.Lock), "renew work")
	}
	if c.failed(t.tryAckWork(w.LockToken, &result), "ack work") {
		return
	}
	if t.IntN(8) == 0 {
		t.lost(t.tryAckWork(w.LockToken, &result), "a second ack of work with the same token")
	}
}

// rest keeps those who find nothing from spinning where fetches do not wait.
func (c *chaos) rest() {
	if c.t.timing.ShortPolling {
		c.t.Pause(c.t.timing.Poll / 100)
	}
}

// failed reports whether err is set. Losing a lock, and errors that may be
// retried, are part of the game.
func (c *chaos) failed(err error, what string) bool {
	if pe, ok := errors.AsType[*core.ProviderError](err); err != nil && (!ok || !pe.Retryable && pe.Code != core.ErrLockLost) {
		c.t.Errorf("%s: %v", what, err)
	}
	return err != nil
}

// verify looks at what is left.
func (c *chaos) verify() {
	t := c.t
	var whole []uint64
	for n := uint64(1); n <= 2+2*chaosSteps; n++ {
		whole = append(whole, n)
	}
	for i := range c.instances {
		t.stored(name("inst", i), whole...)
	}
	equal(t, "how many completions arrived", len(c.completions), c.instances*chaosSteps)
	for raw, n := range c.completions {
		t.truthf(n == 1, "%s arrived %d times", raw, n)
	}
	equal(t, "the depths at the end", t.depths(), core.QueueDepths{})
	equal(t, "how many instances have completed", t.metrics().CompletedInstances, uint64(c.instances))
}
