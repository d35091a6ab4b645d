package miniruntime

import (
	"context"
	"log/slog"
	"time"

	"github.com/durokit/duro/core"
)

const (
	// ackRetries is how often an ack is tried again after a retryable error.
	ackRetries    = 5
	firstAckPause = 10 * time.Millisecond
	// failedAckDelay hides an item whose ack failed for a while.
	failedAckDelay = 50 * time.Millisecond
)

// commit carries a decision out.
func (r *Runtime) commit(ctx context.Context, f *core.FetchedOrchestration, d decision) {
	if d.ack == nil {
		r.opts.Logger.Warn("miniruntime: item given back", instanceAttr(f.Item.Instance), attemptAttr(f.AttemptCount),
			slog.String("why", d.why), slog.Duration("delay", d.delay))
		r.giveBack(ctx, f, d.delay)
		return
	}
	if d.why != "" {
		r.opts.Logger.Debug("miniruntime: unusual turn", instanceAttr(f.Item.Instance), slog.String("why", d.why))
	}
	err := r.ack(ctx, d.ack)
	switch {
	case err == nil:
		r.report(d.done)
	case core.CodeOf(err) == core.ErrLockLost:
		// Somebody else has the instance now, or our first try went through.
		r.opts.Logger.Warn("miniruntime: lock lost", instanceAttr(f.Item.Instance), errorAttr(err))
	case core.AsProviderError("", err).Retryable:
		r.opts.Logger.Warn("miniruntime: ack failed, item given back", instanceAttr(f.Item.Instance), errorAttr(err))
		r.giveBack(ctx, f, failedAckDelay)
	default:
		r.opts.Logger.Error("miniruntime: ack refused, failing the orchestration", instanceAttr(f.Item.Instance), errorAttr(err))
		r.failInstead(ctx, f, core.AsProviderError("AckOrchestrationItem", err))
	}
}

// ack tries again while the error says that may help.
func (r *Runtime) ack(ctx context.Context, p *core.AckOrchestrationParams) error {
	for n := 0; ; n++ {
		err := r.p.AckOrchestrationItem(ctx, *p)
		if err == nil || n == ackRetries || ctx.Err() != nil || !core.AsProviderError("", err).Retryable {
			return err
		}
		sleep(ctx, r.opts.Clock, firstAckPause<<n)
	}
}

// failInstead uses the same token for a second ack: a turn the store will never
// take must not be tried again and again.
func (r *Runtime) failInstead(ctx context.Context, f *core.FetchedOrchestration, cause *core.ProviderError) {
	d := r.failedTurn(f, cause.Details())
	if d.ack == nil {
		return
	}
	if err := r.ack(ctx, d.ack); err != nil {
		r.opts.Logger.Error("miniruntime: failure not recorded, item given back", instanceAttr(f.Item.Instance), errorAttr(err))
		r.giveBack(ctx, f, failedAckDelay)
		return
	}
	r.report(d.done)
}

// failedTurn is the turn that records nothing but a failure.
func (r *Runtime) failedTurn(f *core.FetchedOrchestration, details core.ErrorDetails) decision {
	item := &f.Item
	b := readBatch(item.Messages)
	j := newJournal(r, item.Instance, item.ExecutionID, item.History)
	if superfluous(j, &b) != "" || item.HistoryError != "" {
		return decision{}
	}
	if b.continued {
		b.inheritParent(j.started())
		j = newJournal(r, item.Instance, item.ExecutionID+1, nil)
	}
	j.open(&b, item.Version)
	return newContext(j, r.opts, nil).finish(f, failed(details))
}

func (r *Runtime) giveBack(ctx context.Context, f *core.FetchedOrchestration, delay time.Duration) {
	err := r.p.AbandonOrchestrationItem(ctx, core.AbandonParams{LockToken: f.LockToken, Delay: delay})
	if err != nil {
		r.opts.Logger.Warn("miniruntime: abandon failed, the lock has to expire", instanceAttr(f.Item.Instance), errorAttr(err))
	}
}

func (r *Runtime) report(done *Completion) {
	if done != nil && r.opts.OnCompletion != nil {
		r.opts.OnCompletion(*done)
	}
}
