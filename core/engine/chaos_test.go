package engine_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/durokit/duro/core"
)

// chain is orchestrations that run over several engines, each a chain of turns:
// message n makes event n, and an activity whose completion is message n+1. What
// is lost stops its chain, what happens twice shows in its history.
type chain struct {
	t       *testing.T
	engines []*testEngine
	length  int
	left    atomic.Int64
	done    chan struct{}
	stop    context.Context
}

func (c *chain) fetchTurn(e *testEngine, rnd *rand.Rand) {
	ctx, cancel := c.impatient(rnd)
	defer cancel()
	f, err := e.FetchOrchestrationItem(ctx, core.FetchOrchestrationParams{LockTimeout: hold, PollTimeout: time.Second})
	if err != nil || f == nil {
		return
	}
	p := core.AckOrchestrationParams{LockToken: f.LockToken, ExecutionID: 1}
	id, n := f.Item.Instance, len(f.Item.History)
	for _, m := range f.Item.Messages {
		if !isNext(m, n) {
			continue // came twice: an enqueue whose answer was lost
		}
		n++
		p = turnOf(f.LockToken, eventOf(id, uint64(n), strconv.Itoa(n)))
		p.WorkerItems = []core.WorkItem{activityOf(id, uint64(n))}
	}
	if n == c.length {
		p.WorkerItems = nil
	}
	if rnd.IntN(10) == 0 {
		_ = e.AbandonOrchestrationItem(c.stop, core.AbandonParams{LockToken: f.LockToken})
		return
	}
	if err := e.AckOrchestrationItem(c.stop, p); err != nil && c.stop.Err() == nil {
		c.t.Errorf("turn %d of %s: %v", n, id, err)
	} else if err == nil && n == c.length && len(p.HistoryDelta) > 0 && c.left.Add(-1) == 0 {
		close(c.done)
	}
}

// isNext tells the message that makes event n+1.
func isNext(m core.WorkItem, n int) bool {
	switch p := m.Payload().(type) {
	case core.StartOrchestration:
		return n == 0
	case core.ActivityCompleted:
		return p.ID == uint64(n)
	}
	return false
}

func (c *chain) fetchWork(e *testEngine, rnd *rand.Rand) {
	ctx, cancel := c.impatient(rnd)
	defer cancel()
	w, err := e.FetchWorkItem(ctx, core.FetchWorkParams{LockTimeout: hold, PollTimeout: time.Second})
	if err != nil || w == nil {
		return
	}
	a, _ := w.Item.Payload().(core.ActivityExecute)
	if rnd.IntN(10) == 0 {
		_ = e.AbandonWorkItem(c.stop, core.AbandonParams{LockToken: w.LockToken})
		return
	}
	if err := e.AckWorkItem(c.stop, w.LockToken, new(completionOf(a.Instance, a.ID))); err != nil && c.stop.Err() == nil {
		c.t.Errorf("activity %d of %s: %v", a.ID, a.Instance, err)
	}
}

// impatient is a context that sometimes ends while the fetch waits or is served.
func (c *chain) impatient(rnd *rand.Rand) (context.Context, context.CancelFunc) {
	if rnd.IntN(3) > 0 {
		return context.WithCancel(c.stop)
	}
	return context.WithTimeout(c.stop, time.Duration(rnd.IntN(3000))*time.Microsecond)
}

// TestNothingIsLostOrDoneTwice: two engines on one file, callers who leave, and
// commits that conflict, get lost, or lose their answers.
func TestNothingIsLostOrDoneTwice(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	const instances, length = 12, 10
	s := newStore(t)
	stop, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	poll := pollEvery(20 * time.Millisecond)
	c := &chain{
		t: t, length: length, done: make(chan struct{}), stop: stop,
		engines: []*testEngine{s.open(poll, cacheOf(20000)), s.open(poll, twoLanes)},
	}
	c.left.Store(instances)
	var mu sync.Mutex
	dice := rand.New(rand.NewPCG(seed, 1))
	for _, e := range c.engines {
		for i := range instances / 2 {
			e.enqueue(startOf(fmt.Sprintf("%p-%d", e, i)))
		}
		e.db.chaos = func() (fault, bool) {
			mu.Lock()
			defer mu.Unlock()
			return []fault{conflict, unanswered, unheard}[dice.IntN(3)], dice.IntN(8) == 0
		}
	}
	var wg sync.WaitGroup
	for i, e := range c.engines {
		for n := range 8 {
			rnd := rand.New(rand.NewPCG(seed, uint64(10*i+n)))
			wg.Go(func() {
				for stop.Err() == nil {
					if n%2 == 0 {
						c.fetchTurn(e, rnd)
					} else {
						c.fetchWork(e, rnd)
					}
				}
			})
		}
	}
	select {
	case <-c.done:
	case <-stop.Done():
		t.Errorf("%d of %d chains did not end", c.left.Load(), instances)
	}
	cancel()
	wg.Wait()
	var want []string
	for n := range length {
		want = append(want, strconv.Itoa(n+1))
	}
	for _, e := range c.engines {
		e.db.heal()
		for i := range instances / 2 {
			if diff := cmp.Diff(want, c.engines[0].history(fmt.Sprintf("%p-%d", e, i))); diff != "" {
				t.Errorf("history of instance %d (-want +got):\n%s", i, diff)
			}
		}
	}
}
