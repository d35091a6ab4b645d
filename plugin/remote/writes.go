package remote

import (
	"context"
	"time"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/plugin/wire"

	providerv1 "github.com/durokit/duro/plugin/proto/duro/provider/v1"
)

// AckOrchestrationItem implements core.Provider.
func (p *Provider) AckOrchestrationItem(ctx context.Context, q core.AckOrchestrationParams) error {
	_, err := call(ctx, p, "AckOrchestrationItem", change, answerWithin,
		func(ctx context.Context, s *session) (*providerv1.AckOrchestrationItemResponse, error) {
			turn := wire.Ack(q)
			turn.Handle = s.handle()
			return s.provider.AckOrchestrationItem(ctx, turn)
		})
	return err
}

// AckWorkItem implements core.Provider.
func (p *Provider) AckWorkItem(ctx context.Context, token string, completion *core.WorkItem) error {
	_, err := call(ctx, p, "AckWorkItem", change, answerWithin,
		func(ctx context.Context, s *session) (*providerv1.AckWorkItemResponse, error) {
			q := &providerv1.AckWorkItemRequest{Handle: s.handle(), LockToken: []byte(token)}
			if completion != nil {
				q.Completion = append([]byte{}, completion.Raw()...) // not nil: there is one, whatever it holds
			}
			return s.provider.AckWorkItem(ctx, q)
		})
	return err
}

// EnqueueForOrchestrator implements core.Provider.
func (p *Provider) EnqueueForOrchestrator(ctx context.Context, item core.WorkItem, delay time.Duration) error {
	_, err := call(ctx, p, "EnqueueForOrchestrator", change, answerWithin,
		func(ctx context.Context, s *session) (*providerv1.EnqueueForOrchestratorResponse, error) {
			return s.provider.EnqueueForOrchestrator(ctx, &providerv1.EnqueueForOrchestratorRequest{
				Handle: s.handle(), Item: []byte(item.Raw()), Delay: wire.Duration(delay),
			})
		})
	return err
}

// EnqueueForWorker implements core.Provider.
func (p *Provider) EnqueueForWorker(ctx context.Context, item core.WorkItem) error {
	_, err := call(ctx, p, "EnqueueForWorker", change, answerWithin,
		func(ctx context.Context, s *session) (*providerv1.EnqueueForWorkerResponse, error) {
			return s.provider.EnqueueForWorker(ctx, &providerv1.EnqueueForWorkerRequest{
				Handle: s.handle(), Item: []byte(item.Raw()),
			})
		})
	return err
}

// AbandonOrchestrationItem implements core.Provider.
func (p *Provider) AbandonOrchestrationItem(ctx context.Context, q core.AbandonParams) error {
	_, err := call(ctx, p, "AbandonOrchestrationItem", change, answerWithin,
		func(ctx context.Context, s *session) (*providerv1.AbandonOrchestrationItemResponse, error) {
			return s.provider.AbandonOrchestrationItem(ctx, &providerv1.AbandonOrchestrationItemRequest{
				Handle: s.handle(), LockToken: []byte(q.LockToken), Delay: wire.Duration(q.Delay), IgnoreAttempt: q.IgnoreAttempt,
			})
		})
	return err
}

// RenewOrchestrationItemLock implements core.Provider.
func (p *Provider) RenewOrchestrationItemLock(ctx context.Context, token string, extendFor time.Duration) error {
	_, err := call(ctx, p, "RenewOrchestrationItemLock", change, answerWithin,
		func(ctx context.Context, s *session) (*providerv1.RenewOrchestrationItemLockResponse, error) {
			return s.provider.RenewOrchestrationItemLock(ctx, &providerv1.RenewOrchestrationItemLockRequest{
				Handle: s.handle(), LockToken: []byte(token), ExtendFor: wire.Duration(extendFor),
			})
		})
	return err
}

// AbandonWorkItem implements core.Provider.
func (p *Provider) AbandonWorkItem(ctx context.Context, q core.AbandonParams) error {
	_, err := call(ctx, p, "AbandonWorkItem", change, answerWithin,
		func(ctx context.Context, s *session) (*providerv1.AbandonWorkItemResponse, error) {
			return s.provider.AbandonWorkItem(ctx, &providerv1.AbandonWorkItemRequest{
				Handle: s.handle(), LockToken: []byte(q.LockToken), Delay: wire.Duration(q.Delay), IgnoreAttempt: q.IgnoreAttempt,
			})
		})
	return err
}

// RenewWorkItemLock implements core.Provider.
func (p *Provider) RenewWorkItemLock(ctx context.Context, token string, extendFor time.Duration) error {
	_, err := call(ctx, p, "RenewWorkItemLock", change, answerWithin,
		func(ctx context.Context, s *session) (*providerv1.RenewWorkItemLockResponse, error) {
			return s.provider.RenewWorkItemLock(ctx, &providerv1.RenewWorkItemLockRequest{
				Handle: s.handle(), LockToken: []byte(token), ExtendFor: wire.Duration(extendFor),
			})
		})
	return err
}

// RenewSessionLock implements core.Provider.
func (p *Provider) RenewSessionLock(ctx context.Context, q core.RenewSessionParams) (int, error) {
	answer, err := call(ctx, p, "RenewSessionLock", change, answerWithin,
		func(ctx context.Context, s *session) (*providerv1.RenewSessionLockResponse, error) {
			return s.provider.RenewSessionLock(ctx, &providerv1.RenewSessionLockRequest{
				Handle: s.handle(), OwnerIds: q.OwnerIDs, ExtendFor: wire.Duration(q.ExtendFor), IdleTimeout: wire.Duration(q.IdleTimeout),
			})
		})
	return int(answer.GetCount()), err
}

// CleanupOrphanedSessions implements core.Provider.
func (p *Provider) CleanupOrphanedSessions(ctx context.Context, idleTimeout time.Duration) (int, error) {
	answer, err := call(ctx, p, "CleanupOrphanedSessions", change, answerWithin,
		func(ctx context.Context, s *session) (*providerv1.CleanupOrphanedSessionsResponse, error) {
			return s.provider.CleanupOrphanedSessions(ctx, &providerv1.CleanupOrphanedSessionsRequest{
				Handle: s.handle(), IdleTimeout: wire.Duration(idleTimeout),
			})
		})
	return int(answer.GetCount()), err
}
