package stress

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/durokit/duro/client"
	"github.com/durokit/duro/core"
	"github.com/durokit/duro/internal/miniruntime"
)

// Observer hears every second how far a run has come. It may be nil.
type Observer func(Progress)

// progressInterval is how often an Observer is told.
const progressInterval = time.Second

// run is one run of a workload.
type run struct {
	cfg     Config
	plan    plan
	p       core.Provider // the caller's
	counter *counter
	client  *client.Client
	runtime *miniruntime.Runtime
	tally   tally
	ends    ends

	// finished are instances of an earlier run that had ended before this one.
	finished []int
	resumed  int
}

// job is one instance to take care of.
type job struct {
	number int
	// exists says that an earlier run has started it; it is only waited for.
	exists bool
}

// Run launches instances, waits for them, looks at their histories and reports.
// When ctx ends it stops launching, gives what runs Config.Grace to finish, and
// reports that; an error means that there is nothing to report.
func Run(ctx context.Context, p core.Provider, cfg Config, watch Observer) (*Result, error) {
	if cfg.RunID == "" {
		cfg.RunID = strings.ToLower(rand.Text()[:8])
	}
	r, err := newRun(p, cfg)
	if err != nil {
		return nil, err
	}
	return r.do(ctx, r.fresh(), watch)
}

// fresh yields the instances 1, 2, 3, ... up to the count.
func (r *run) fresh() iter.Seq[job] {
	return func(yield func(job) bool) {
		for n := 1; r.cfg.Count == 0 || n <= r.cfg.Count; n++ {
			if !yield(job{number: n}) {
				return
			}
		}
	}
}

func newRun(p core.Provider, cfg Config) (*run, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.Default()
	}
	r := &run{cfg: cfg, plan: cfg.plan(), p: p, tally: tally{byKind: map[string]int{}}}
	var counted core.Provider
	r.counter, counted = newCounter(p)
	r.client = client.New(counted, client.Options{UpstreamPolling: cfg.Driver == Upstream, Logger: cfg.Logger})
	opts := cfg.Runtime
	opts.OrchestrationConcurrency, opts.WorkerConcurrency = cfg.OrchestrationConcurrency, cfg.WorkerConcurrency
	// One owner for all worker loops: fetches that accept the same rows are then
	// served by one claim. The workloads use no sessions.
	opts.WorkerNodeID = cmp.Or(opts.WorkerNodeID, "stress-"+cfg.RunID)
	opts.OnCompletion = r.ends.tell
	if opts.Logger == nil {
		opts.Logger = cfg.Logger
	}
	var err error
	r.runtime, err = miniruntime.New(counted, r.plan.register, opts)
	return r, err
}

func (r *run) instance(number int) string {
	return instancePrefix(r.cfg.RunID) + strconv.Itoa(number)
}

func instancePrefix(runID string) string { return "stress-" + runID + "-" }

// do takes care of the jobs until they, the duration or ctx end.
func (r *run) do(ctx context.Context, jobs iter.Seq[job], watch Observer) (*Result, error) {
	working, giveUp := context.WithCancel(context.WithoutCancel(ctx))
	defer giveUp()
	defer context.AfterFunc(ctx, func() {
		_ = rest(working, r.cfg.Grace) // what is still in flight afterwards is given up
		giveUp()
	})()
	began := now()
	r.runtime.Start()
	stopWatching := r.watch(began, watch)
	r.launch(ctx, working, jobs)
	stopWatching()
	res := r.result(began)
	res.Interrupted, res.Resumed, res.FinishedEarlier = ctx.Err() != nil, r.resumed, len(r.finished)
	if !r.cfg.SkipCheck {
		res.Check = r.check(context.WithoutCancel(ctx), res.Unfinished > 0)
	}
	return res, r.shutdown(working)
}

// launch runs the driver. launching ends with ctx or the duration, what runs then
// goes on under working.
func (r *run) launch(ctx, working context.Context, jobs iter.Seq[job]) {
	launching, stop := ctx, context.CancelFunc(func() {})
	if r.cfg.Duration > 0 {
		launching, stop = context.WithTimeout(ctx, r.cfg.Duration)
	}
	defer stop()
	defer context.AfterFunc(launching, r.tally.closeWindow)()
	if r.cfg.Driver == Upstream {
		r.launchAsUpstream(launching, working, jobs)
	} else {
		r.launchClosed(launching, working, jobs)
	}
}

// shutdown stops the runtime. Nothing is in flight any more, unless the run was
// interrupted and has given up.
func (r *run) shutdown(working context.Context) error {
	ctx, cancel := context.WithTimeout(working, max(r.cfg.Grace, time.Second))
	defer cancel()
	err := r.runtime.Shutdown(ctx)
	if err != nil && (errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)) {
		r.cfg.Logger.Warn("stress: the runtime was stopped with work under way", slog.Any("error", err))
		return nil
	}
	return err
}

// watch reports progress until the returned function is called.
func (r *run) watch(began time.Time, watch Observer) (stop func()) {
	if watch == nil {
		return func() {}
	}
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(progressInterval)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				watch(r.tally.progress(began))
			case <-done:
				return
			}
		}
	}()
	return func() {
		close(done)
		<-ended
	}
}

// take starts an instance, if it is to be started, and waits for its end.
func (r *run) take(ctx context.Context, j job, wait func(context.Context, string) (ending, error)) {
	instance := r.instance(j.number)
	began := now()
	e, err := ending{}, error(nil)
	if !j.exists {
		err = r.persist(ctx, func() error { return r.client.Start(ctx, instance, orchestrationName, r.plan.input) })
	}
	if err == nil {
		e, err = wait(ctx, instance)
	}
	if err != nil {
		e.unfinished = ctx.Err() != nil
		if !e.unfinished {
			r.cfg.Logger.Warn("stress: instance failed", slog.String("instance", instance), slog.Any("error", err))
		}
	}
	if !j.exists {
		e.latency = since(began)
	}
	r.tally.end(j.number, e)
}

// persistInterval is how long a store that cannot be reached is left alone.
const persistInterval = 100 * time.Millisecond

// persist repeats what failed for the store's sake, for as long as an instance is
// waited for: a server that starts again costs time, not results. What it calls must
// do no harm when it happens twice, as a start does not.
func (r *run) persist(ctx context.Context, call func() error) error {
	for deadline := now().Add(r.cfg.WaitTimeout); ; {
		err := call()
		pe, failed := errors.AsType[*core.ProviderError](err)
		if !failed || !pe.Retryable || !now().Before(deadline) || rest(ctx, persistInterval) != nil {
			return err
		}
	}
}

// endingOf says how an instance ended.
func endingOf(st *client.Status) ending {
	return ending{completed: st.State == client.Completed, details: st.Error}
}

var errWaitTimeout = fmt.Errorf("stress: the instance did not end in time: %w", client.ErrTimeout)
