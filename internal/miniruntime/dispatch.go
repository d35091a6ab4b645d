package miniruntime

import (
	"context"
	"log/slog"
	"time"

	"github.com/durokit/duro/core"
)

// step fetches one item, waiting for up to poll, and handles it. It reports
// whether there was one; its error is the fetch's.
type step func(fetching context.Context, poll time.Duration) (bool, error)

// How long to wait after a fetch failed.
const (
	fetchErrorPause    = 100 * time.Millisecond
	maxFetchErrorPause = 3 * time.Second
)

// loop runs steps until fetching ends.
func (r *Runtime) loop(fetching context.Context, what string, run step) {
	errs := 0
	for fetching.Err() == nil {
		began := r.opts.Clock.Now()
		found, err := run(fetching, r.opts.LongPollTimeout)
		if err != nil {
			if fetching.Err() != nil {
				return
			}
			errs++
			pause := fetchErrorPause
			if core.AsProviderError("", err).Retryable {
				pause = min(fetchErrorPause<<min(errs, 10), maxFetchErrorPause)
			} else {
				errs = 0
			}
			r.opts.Logger.Warn("miniruntime: fetch failed",
				slog.String("loop", what), errorAttr(err), slog.Duration("pause", pause))
			sleep(fetching, r.opts.Clock, pause)
			continue
		}
		errs = 0
		if !found {
			// A provider that does not wait must not be asked all the time.
			sleep(fetching, r.opts.Clock, r.opts.MinPollInterval-r.opts.Clock.Now().Sub(began))
		}
	}
}

// turnStep returns the step of an orchestration loop. Its fetch ends with
// fetching; once an item is locked, its turn ends with working only.
func (r *Runtime) turnStep(working context.Context) step {
	fetch := core.FetchOrchestrationParams{LockTimeout: r.opts.OrchestrationLockTimeout, Filter: &r.filter}
	return func(fetching context.Context, poll time.Duration) (bool, error) {
		fetch.PollTimeout = poll
		f, err := r.p.FetchOrchestrationItem(fetching, fetch)
		if f == nil || err != nil {
			return false, err
		}
		r.forTurn().handle(working, f)
		return true, nil
	}
}

// handle decides and commits, renewing the lock meanwhile.
func (r *Runtime) handle(ctx context.Context, f *core.FetchedOrchestration) {
	stop := r.renewWhile(renewalInterval(r.opts.OrchestrationLockTimeout, r.opts.OrchestrationRenewalBuffer), func() bool {
		err := r.p.RenewOrchestrationItemLock(ctx, f.LockToken, r.opts.OrchestrationLockTimeout)
		if err != nil {
			r.opts.Logger.Debug("miniruntime: lock not renewed", instanceAttr(f.Item.Instance), errorAttr(err))
		}
		return err == nil
	})
	defer stop()
	r.commit(ctx, f, r.decide(f))
}

// forTurn returns the runtime to run a turn or an activity with.
func (r *Runtime) forTurn() *Runtime {
	if !r.opts.RebuildEachTurn {
		return r
	}
	return newRuntime(r.p, r.register, r.opts, r.id)
}

// RunTurn handles one orchestration item that is ready now and reports whether
// there was one. It is for tests and needs no Start.
func (r *Runtime) RunTurn(ctx context.Context) (bool, error) { return r.turnStep(ctx)(ctx, 0) }

// RunActivity runs one activity that is ready now and reports whether there was
// one. It is for tests and needs no Start.
func (r *Runtime) RunActivity(ctx context.Context) (bool, error) {
	return r.activityStep(ctx, r.owner(0))(ctx, 0)
}

// Drain runs turns and activities, one after the other, until neither queue has
// anything ready.
func (r *Runtime) Drain(ctx context.Context) error {
	for {
		turn, err := r.RunTurn(ctx)
		if err != nil {
			return err
		}
		activity, err := r.RunActivity(ctx)
		if err != nil {
			return err
		}
		if !turn && !activity {
			return nil
		}
	}
}
