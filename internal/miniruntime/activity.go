package miniruntime

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/durokit/duro/core"
)

// ActivityInfo says which activity is running.
type ActivityInfo struct {
	Instance    string
	ExecutionID uint64
	ActivityID  uint64
	Name        string
	// Attempt is 1 for the first delivery.
	Attempt   uint32
	SessionID *string
	Tag       *string
}

type infoKey struct{}

// InfoFrom returns what is running under an activity's context, the zero value
// for any other context.
func InfoFrom(ctx context.Context) ActivityInfo {
	info, _ := ctx.Value(infoKey{}).(ActivityInfo)
	return info
}

// failedWorkDelay hides an activity whose ack failed, or whose session does not
// fit, for a while.
const failedWorkDelay = 100 * time.Millisecond

// activityStep returns the step of a worker loop.
func (r *Runtime) activityStep(working context.Context, owner string) step {
	return func(fetching context.Context, poll time.Duration) (bool, error) {
		f, err := r.p.FetchWorkItem(fetching, core.FetchWorkParams{
			LockTimeout: r.opts.WorkerLockTimeout, PollTimeout: poll,
			Session: r.sessionFetch(owner), Tags: r.opts.WorkerTags,
		})
		if f == nil || err != nil {
			return false, err
		}
		item, ok := f.Item.Payload().(core.ActivityExecute)
		if !ok {
			r.opts.Logger.Error("miniruntime: not an activity in the worker queue", slog.String("kind", string(f.Item.Kind())))
			return true, nil // left to its lock: the provider handed out what it must not
		}
		r.work(working, f, item)
		return true, nil
	}
}

// work runs an activity, unless the session limit, its attempts or its name stand
// against it.
func (r *Runtime) work(ctx context.Context, f *core.FetchedWork, item core.ActivityExecute) {
	if item.SessionID != nil {
		if !r.sessions.enter(*item.SessionID, r.opts.MaxSessions) {
			// Another loop was faster to reach the limit; that is not the item's fault.
			r.giveWorkBack(ctx, f, core.AbandonParams{Delay: failedWorkDelay, IgnoreAttempt: true})
			return
		}
		defer r.sessions.leave(*item.SessionID)
	}
	if f.AttemptCount > r.opts.MaxAttempts {
		r.completeWork(ctx, f, failedActivity(item, core.Poison{
			AttemptCount: f.AttemptCount, MaxAttempts: r.opts.MaxAttempts, Message: f.Item.Raw(),
			MessageType: core.PoisonActivity{
				Instance: item.Instance, ExecutionID: item.ExecutionID, ActivityName: item.Name, ActivityID: item.ID,
			},
		}))
		return
	}
	run, ok := r.forTurn().registry.activities[item.Name]
	if !ok {
		delay := unregisteredDelay(f.AttemptCount)
		r.opts.Logger.Warn("miniruntime: activity not registered, given back", instanceAttr(item.Instance),
			slog.String("activity", item.Name), attemptAttr(f.AttemptCount), slog.Duration("delay", delay))
		r.giveWorkBack(ctx, f, core.AbandonParams{Delay: delay})
		return
	}
	r.execute(ctx, f, item, run)
}

// errRenewal is why an activity's context ends when its lock was not renewed.
var errRenewal = errors.New("miniruntime: the activity's lock could not be renewed")

// execute runs the activity while its lock is renewed. A failed renewal, of any
// kind, cancels the activity's context: that is how a cancellation gets here.
func (r *Runtime) execute(ctx context.Context, f *core.FetchedWork, item core.ActivityExecute, run Activity) {
	running, cancel := context.WithCancelCause(context.WithValue(ctx, infoKey{}, ActivityInfo{
		Instance: item.Instance, ExecutionID: item.ExecutionID, ActivityID: item.ID, Name: item.Name,
		Attempt: f.AttemptCount, SessionID: item.SessionID, Tag: item.Tag,
	}))
	defer cancel(nil)
	stop := r.renewWhile(renewalInterval(r.opts.WorkerLockTimeout, r.opts.WorkerRenewalBuffer), func() bool {
		err := r.p.RenewWorkItemLock(ctx, f.LockToken, r.opts.WorkerLockTimeout)
		if err != nil {
			cancel(fmt.Errorf("%w: %w", errRenewal, err))
		}
		return err == nil
	})
	result, err := call(running, run, item.Input)
	stop()
	switch lost := context.Cause(running); {
	case core.CodeOf(lost) == core.ErrLockLost:
		// Cancelled, or taken over by another worker: there is no row of ours to ack.
		r.opts.Logger.Info("miniruntime: activity cancelled",
			instanceAttr(item.Instance), slog.String("activity", item.Name), slog.Uint64("id", item.ID))
	case err == nil:
		r.completeWork(ctx, f, core.NewWorkItem(core.ActivityCompleted{
			Instance: item.Instance, ExecutionID: item.ExecutionID, ID: item.ID, Result: result,
		}))
	case lost != nil:
		// The store could not renew, or the runtime is being stopped, and the activity
		// gave up for that reason. It did not fail: let it run again.
		r.giveWorkBack(ctx, f, core.AbandonParams{Delay: failedWorkDelay})
	default:
		r.completeWork(ctx, f, failedActivity(item, core.Application{Kind: core.AppActivityFailed, Message: err.Error()}))
	}
}

var errGoexit = errors.New("activity called runtime.Goexit")

// call runs the activity on a goroutine of its own, so that neither a panic nor a
// runtime.Goexit in it ends the loop.
func call(ctx context.Context, run Activity, input string) (result string, err error) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		err = errGoexit
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("activity panicked: %v", p)
			}
		}()
		result, err = run(ctx, input)
	}()
	<-done
	return result, err
}

func failedActivity(item core.ActivityExecute, details core.ErrorDetails) core.WorkItem {
	return core.NewWorkItem(core.ActivityFailed{
		Instance: item.Instance, ExecutionID: item.ExecutionID, ID: item.ID, Details: details,
	})
}

func (r *Runtime) completeWork(ctx context.Context, f *core.FetchedWork, completion core.WorkItem) {
	err := r.p.AckWorkItem(ctx, f.LockToken, &completion)
	if err == nil {
		return
	}
	r.opts.Logger.Warn("miniruntime: activity's ack failed", errorAttr(err))
	if core.CodeOf(err) != core.ErrLockLost {
		r.giveWorkBack(ctx, f, core.AbandonParams{Delay: failedWorkDelay})
	}
}

func (r *Runtime) giveWorkBack(ctx context.Context, f *core.FetchedWork, p core.AbandonParams) {
	p.LockToken = f.LockToken
	if err := r.p.AbandonWorkItem(ctx, p); err != nil {
		r.opts.Logger.Warn("miniruntime: abandon failed, the lock has to expire", errorAttr(err))
	}
}
