package stress

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/durokit/duro/client"
	"github.com/durokit/duro/core"
)

// Check is what looking at the instances in the store brought.
type Check struct {
	// Instances were looked at, children included.
	Instances int `json:"instances"`
	// Problems says what is wrong, at most maxProblems of it.
	Problems []string `json:"problems"`
	// Skipped says what could not be looked at.
	Skipped []string `json:"skipped"`
}

const (
	maxProblems = 50
	// checkers look at instances in parallel.
	checkers = 8
	// settleTime is how long the queues may take to become empty: an instance may
	// have got messages after its end.
	settleTime = 5 * time.Second
)

// checker collects what is wrong.
type checker struct {
	r  *run
	mu sync.Mutex
	Check
}

// check looks at every instance that has completed, in this run and before, and
// at the queues, unless something is still running.
func (r *run) check(ctx context.Context, unfinished bool) *Check {
	c := &checker{r: r}
	r.tally.mu.Lock()
	numbers := slices.Concat(r.finished, r.tally.completed)
	r.tally.mu.Unlock()
	next := make(chan int)
	var wg sync.WaitGroup
	for range checkers {
		wg.Go(func() {
			for n := range next {
				c.tree(ctx, r.instance(n))
			}
		})
	}
	for _, n := range numbers {
		next <- n
	}
	close(next)
	wg.Wait()
	if unfinished {
		c.Skipped = append(c.Skipped, "queues: instances are still running")
	} else {
		c.queues(ctx)
	}
	return &c.Check
}

func (c *checker) problemf(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.Problems) < maxProblems {
		c.Problems = append(c.Problems, fmt.Sprintf(format, args...))
	}
}

// tree looks at an instance and its children.
func (c *checker) tree(ctx context.Context, instance string) {
	events := c.history(ctx, instance, c.r.plan.events)
	children := 0
	for _, e := range events {
		if p, ok := e.Payload().(core.SubOrchestrationScheduledEvent); ok {
			children++
			c.history(ctx, instance+"::"+p.Instance, c.r.plan.childEvents)
		}
	}
	if events != nil && children != c.r.plan.children {
		c.problemf("%s: %d children, want %d", instance, children, c.r.plan.children)
	}
}

// history expects one start, one completion, so many events without a gap, and no
// more than one answer to anything that was scheduled.
func (c *checker) history(ctx context.Context, instance string, want int) []core.Event {
	c.mu.Lock()
	c.Instances++
	c.mu.Unlock()
	events, err := c.r.p.Read(ctx, instance)
	if err != nil {
		c.problemf("%s: %v", instance, err)
		return nil
	}
	if len(events) != want {
		c.problemf("%s: %d events, want %d", instance, len(events), want)
	}
	started, completed := 0, 0
	answers := map[uint64]int{}
	for i, e := range events {
		if source := e.SourceID(); source != nil {
			answers[*source]++
			if answers[*source] == 2 {
				c.problemf("%s: event %d has two answers", instance, *source)
			}
		}
		switch e.Kind() {
		case core.EventOrchestrationStarted:
			started++
		case core.EventOrchestrationCompleted:
			completed++
		default:
		}
		if e.ID() != uint64(i)+1 {
			c.problemf("%s: event %d has the id %d", instance, i+1, e.ID())
			break
		}
	}
	if started != 1 || completed != 1 {
		c.problemf("%s: %d starts and %d completions, want one of each", instance, started, completed)
	}
	return events
}

// queues expects that nothing is queued, delayed or locked any more.
func (c *checker) queues(ctx context.Context) {
	cl := client.New(c.r.p, client.Options{})
	if !cl.HasManagement() {
		c.Skipped = append(c.Skipped, "queues: the provider has no admin half")
		return
	}
	var depths *core.QueueDepths
	for began := now(); since(began) < settleTime; _ = rest(ctx, drainInterval) {
		var err error
		if depths, err = cl.GetQueueDepths(ctx); err != nil {
			c.problemf("queues: %v", err)
			return
		}
		if *depths == (core.QueueDepths{}) {
			return
		}
	}
	c.problemf("queues are not empty: %+v", *depths)
}
