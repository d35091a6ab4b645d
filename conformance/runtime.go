package conformance

import (
	"context"
	"log/slog"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/internal/miniruntime"
)

// runner runs orchestrations on a case's store, one step after the other: nothing
// happens between two calls. Every turn is replayed from what the store gives.
type runner struct {
	*T
	runtime *miniruntime.Runtime
}

// runs makes a runner for the orchestration that all cases start, and for an
// activity that returns its input.
func (t *T) runs(body miniruntime.Orchestration) *runner {
	r, err := miniruntime.New(t.p, func(r *miniruntime.Registry) {
		r.Orchestration(orch, body)
		r.Activity("echo", func(_ context.Context, input string) (string, error) { return input, nil })
	}, miniruntime.Options{
		OrchestrationLockTimeout: t.timing.Hold, WorkerLockTimeout: t.timing.Hold,
		SessionIdleTimeout: 2 * t.timing.Hold, // must be longer than a worker's lock
		RebuildEachTurn:    true, Logger: slog.New(slog.DiscardHandler),
	})
	t.must(err, "make a runtime")
	return &runner{t, r}
}

// drain runs turns and activities until nothing is ready.
func (r *runner) drain() {
	r.must(r.runtime.Drain(r.ctx), "run what is ready")
	r.Stepf("run turns and activities until nothing is ready")
}

// turn runs one turn, which must be ready.
func (r *runner) turn() {
	found, err := r.runtime.RunTurn(r.ctx)
	r.must(err, "run a turn")
	r.truthf(found, "no turn is ready")
	r.Stepf("run a turn")
}

// completes demands that the instance has ended well.
func (r *runner) completes(id string, execution uint64, output string) {
	r.execStatus(id, execution, core.StatusCompleted, &output)
}
