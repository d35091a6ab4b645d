package miniruntime

import (
	"context"
	"crypto/rand"
	"fmt"
	"sync"

	"github.com/durokit/duro/core"
)

// Runtime runs orchestrations and activities against a provider. Make one with
// New; then either Start its loops and Shutdown them, or drive it step by step
// with RunTurn, RunActivity and Drain.
type Runtime struct {
	p        core.Provider
	register func(*Registry)
	registry *Registry
	opts     *Options
	filter   core.CapabilityFilter
	id       string // distinguishes the session owners of runtimes

	sessions sessionTracker
	loops    sync.WaitGroup
	// stopFetching ends the waits for new work, stopWorking also what runs.
	stopFetching, stopWorking context.CancelFunc
}

// New makes a runtime that runs what register registers. It does not own the
// provider.
func New(p core.Provider, register func(*Registry), opts Options) (*Runtime, error) {
	if err := opts.complete(); err != nil {
		return nil, err
	}
	return newRuntime(p, register, &opts, rand.Text()), nil
}

func newRuntime(p core.Provider, register func(*Registry), opts *Options, id string) *Runtime {
	return &Runtime{
		p: p, register: register, registry: newRegistry(register), opts: opts, id: id,
		filter: core.CapabilityFilter{SupportedVersions: opts.SupportedVersions},
	}
}

// Start starts the loops. It must be called once only.
func (r *Runtime) Start() {
	fetching, stopFetching := context.WithCancel(context.Background())
	working, stopWorking := context.WithCancel(context.Background())
	r.stopFetching, r.stopWorking = stopFetching, stopWorking
	for range r.opts.OrchestrationConcurrency {
		r.loops.Go(func() { r.loop(fetching, "orchestration", r.turnStep(working)) })
	}
	owners := make([]string, max(r.opts.WorkerConcurrency, 0))
	for i := range owners {
		owners[i] = r.owner(i)
		r.loops.Go(func() { r.loop(fetching, "activity", r.activityStep(working, owners[i])) })
	}
	if len(owners) > 0 {
		r.loops.Go(func() { r.keepSessions(fetching, owners) })
		r.loops.Go(func() { r.cleanSessions(fetching) })
	}
}

// owner is the identity a worker loop owns sessions under.
func (r *Runtime) owner(slot int) string {
	if r.opts.WorkerNodeID != "" {
		return r.opts.WorkerNodeID
	}
	return fmt.Sprintf("work-%d-%s", slot, r.id)
}

// Shutdown stops fetching and waits for the turns and activities under way. When
// ctx ends first, the contexts of activities and provider calls are cancelled and
// the context's error is returned; what was not committed is tried again by
// another runtime once its locks expire.
func (r *Runtime) Shutdown(ctx context.Context) error {
	if r.stopFetching == nil {
		return nil
	}
	r.stopFetching()
	defer r.stopWorking()
	idle := make(chan struct{})
	go func() {
		r.loops.Wait()
		close(idle)
	}()
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("miniruntime: shutdown: work is still under way: %w", ctx.Err())
	}
}
