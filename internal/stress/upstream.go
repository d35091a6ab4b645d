package stress

import (
	"context"
	"iter"
	"time"
)

// The pauses of upstream's driver (docs/contract.md A4.2).
const (
	pauseWhenFull  = 10 * time.Millisecond
	pauseBetween   = time.Millisecond
	drainInterval  = 100 * time.Millisecond
	maxDrainChecks = 1200
)

// launchAsUpstream is the published driver, step by step.
func (r *run) launchAsUpstream(launching, working context.Context, jobs iter.Seq[job]) {
	next, stop := iter.Pull(jobs)
	defer stop()
	for launching.Err() == nil {
		if r.tally.running() >= r.cfg.MaxConcurrent {
			_ = rest(launching, pauseWhenFull)
			continue
		}
		j, ok := next()
		if !ok {
			break
		}
		r.tally.launch()
		go r.take(working, j, r.waitByPolling)
		_ = rest(launching, pauseBetween)
	}
	r.tally.closeWindow()
	for range maxDrainChecks {
		if r.tally.running() == 0 {
			return
		}
		_ = rest(context.WithoutCancel(working), drainInterval)
	}
}

// waitByPolling is the client's wait, which polls as upstream's does.
func (r *run) waitByPolling(ctx context.Context, instance string) (ending, error) {
	st, err := r.client.Wait(ctx, instance, r.cfg.WaitTimeout)
	if err != nil {
		return ending{}, err
	}
	return endingOf(st), nil
}
