package stress

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/durokit/duro/core"
)

// Resume finishes the run with the id cfg.RunID: it waits for the instances that
// run left unfinished, starts those it never started (all below the highest
// number found, and up to cfg.Count), and checks all of them, those finished
// before as well. cfg must be that run's. It needs the admin half.
func Resume(ctx context.Context, p core.Provider, cfg Config, watch Observer) (*Result, error) {
	if cfg.RunID == "" {
		return nil, errors.New("stress: resuming needs the id of a run")
	}
	admin, ok := core.Admin(p)
	if !ok {
		return nil, fmt.Errorf("stress: run %s cannot be resumed: %w", cfg.RunID, core.ErrUnsupported)
	}
	atLeast := cfg.Count
	cfg.Duration, cfg.Count = 0, max(cfg.Count, 1) // the work left is finite
	r, err := newRun(p, cfg)
	if err != nil {
		return nil, err
	}
	jobs, err := r.left(ctx, admin, atLeast)
	if err != nil {
		return nil, err
	}
	return r.do(ctx, slices.Values(jobs), watch)
}

// left finds what is to be done up to the number highest, or above when there is
// more, and notes what is not.
func (r *run) left(ctx context.Context, admin core.ProviderAdmin, highest int) ([]job, error) {
	status := map[int]string{}
	for _, s := range []string{core.StatusRunning, core.StatusContinuedAsNew, core.StatusCompleted, core.StatusFailed} {
		instances, err := admin.ListInstancesByStatus(ctx, s)
		if err != nil {
			return nil, fmt.Errorf("stress: listing the instances of run %s: %w", r.cfg.RunID, err)
		}
		for n := range r.numbers(instances) {
			status[n] = s
		}
	}
	for n := range status {
		highest = max(highest, n)
	}
	var jobs []job
	for n := 1; n <= highest; n++ {
		switch s := status[n]; s {
		case core.StatusCompleted, core.StatusFailed:
			r.finished = append(r.finished, n)
		default:
			// A start that waits in the queue is not listed; a second one is ignored.
			jobs = append(jobs, job{number: n, exists: s != ""})
			if s != "" {
				r.resumed++
			}
		}
	}
	return jobs, nil
}

// numbers yields the numbers of the run's own instances, children left out.
func (r *run) numbers(instances []string) iter.Seq[int] {
	return func(yield func(int) bool) {
		for _, instance := range instances {
			number, ours := strings.CutPrefix(instance, instancePrefix(r.cfg.RunID))
			if n, err := strconv.Atoi(number); ours && err == nil && n > 0 && !yield(n) {
				return
			}
		}
	}
}
