package stress

import (
	"context"
	"iter"
	"sync"
	"time"

	"github.com/durokit/duro/client"
	"github.com/durokit/duro/core"
	"github.com/durokit/duro/internal/miniruntime"
)

// launchClosed keeps MaxConcurrent instances in flight, each followed by the next
// one at once.
func (r *run) launchClosed(launching, working context.Context, jobs iter.Seq[job]) {
	next, stop := iter.Pull(jobs)
	defer stop()
	var mu sync.Mutex
	take := func() (job, bool) {
		mu.Lock()
		defer mu.Unlock()
		if launching.Err() != nil {
			return job{}, false
		}
		return next()
	}
	var slots sync.WaitGroup
	for range r.cfg.MaxConcurrent {
		slots.Go(func() {
			for {
				j, ok := take()
				if !ok {
					r.tally.closeWindow()
					return
				}
				r.tally.launch()
				r.takeOnCallback(working, j)
			}
		})
	}
	slots.Wait()
}

// takeOnCallback asks to be told before the instance is started, or it could have
// ended already.
func (r *run) takeOnCallback(ctx context.Context, j job) {
	told := r.ends.expect(r.instance(j.number))
	defer r.ends.forget(r.instance(j.number))
	r.take(ctx, j, func(ctx context.Context, instance string) (ending, error) {
		return r.waitForCallback(ctx, instance, told)
	})
}

// lookInterval is how often a waiting slot looks at the store itself. The
// callback does not come when another process ran the last turn, or when the
// store committed it and reported an error.
const lookInterval = 2 * time.Second

func (r *run) waitForCallback(ctx context.Context, instance string, told <-chan miniruntime.Completion) (ending, error) {
	deadline := now().Add(r.cfg.WaitTimeout)
	for {
		look := time.NewTimer(min(lookInterval, max(deadline.Sub(now()), 0)))
		select {
		case c := <-told:
			look.Stop()
			return ending{completed: c.Status == core.StatusCompleted, details: c.Error}, nil
		case <-ctx.Done():
			look.Stop()
			return ending{}, ctx.Err()
		case <-look.C:
		}
		var st *client.Status
		err := r.persist(ctx, func() (err error) {
			st, err = r.client.GetStatus(ctx, instance)
			return err
		})
		if err != nil {
			return ending{}, err
		}
		if st.State == client.Completed || st.State == client.Failed {
			return endingOf(st), nil
		}
		if !now().Before(deadline) {
			return ending{}, errWaitTimeout
		}
	}
}

// ends passes completions from the runtime's loops to who waits for them.
type ends struct {
	mu      sync.Mutex
	waiting map[string]chan miniruntime.Completion
}

func (e *ends) expect(instance string) <-chan miniruntime.Completion {
	ch := make(chan miniruntime.Completion, 1)
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.waiting == nil {
		e.waiting = map[string]chan miniruntime.Completion{}
	}
	e.waiting[instance] = ch
	return ch
}

func (e *ends) forget(instance string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.waiting, instance)
}

// tell is the runtime's callback. Children have nobody waiting here.
func (e *ends) tell(c miniruntime.Completion) {
	e.mu.Lock()
	ch := e.waiting[c.Instance]
	delete(e.waiting, c.Instance)
	e.mu.Unlock()
	if ch != nil {
		ch <- c
	}
}
