package server

import (
	"context"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/plugin/wire"

	providerv1 "github.com/durokit/duro/plugin/proto/duro/provider/v1"
)

// providerService answers the calls of a runtime.
type providerService struct {
	providerv1.UnimplementedProviderServiceServer
	stores *stores
}

// FetchOrchestrationItem implements ProviderService.
func (s *providerService) FetchOrchestrationItem(
	ctx context.Context, q *providerv1.FetchOrchestrationItemRequest,
) (*providerv1.FetchOrchestrationItemResponse, error) {
	const op = "FetchOrchestrationItem"
	return do(s.stores, op, q, func(st *store) (*providerv1.FetchOrchestrationItemResponse, error) {
		filter, err := wire.ParseFilter(q.GetFilter())
		if err != nil {
			return nil, malformed(op, err)
		}
		call := st.fetches.begin(q.GetCallId())
		f, err := st.provider.FetchOrchestrationItem(ctx, core.FetchOrchestrationParams{
			LockTimeout: q.GetLockTimeout().AsDuration(), PollTimeout: q.GetPollTimeout().AsDuration(), Filter: filter,
		})
		if f == nil {
			st.fetches.end(call, nil)
			return wire.Fetched(nil), err
		}
		err = delivered(ctx, op, st, call, func(ctx context.Context) error {
			return st.provider.AbandonOrchestrationItem(ctx, core.AbandonParams{LockToken: f.LockToken, IgnoreAttempt: true})
		})
		answer := wire.Fetched(f)
		leaveOut(answer.GetItem(), q.GetHeld())
		return answer, err
	})
}

// FetchWorkItem implements ProviderService.
func (s *providerService) FetchWorkItem(
	ctx context.Context, q *providerv1.FetchWorkItemRequest,
) (*providerv1.FetchWorkItemResponse, error) {
	const op = "FetchWorkItem"
	return do(s.stores, op, q, func(st *store) (*providerv1.FetchWorkItemResponse, error) {
		params, err := wire.ParseFetchWork(q)
		if err != nil {
			return nil, malformed(op, err)
		}
		call := st.fetches.begin(q.GetCallId())
		f, err := st.provider.FetchWorkItem(ctx, params)
		if f == nil {
			st.fetches.end(call, nil)
			return &providerv1.FetchWorkItemResponse{}, err
		}
		err = delivered(ctx, op, st, call, func(ctx context.Context) error {
			return st.provider.AbandonWorkItem(ctx, core.AbandonParams{LockToken: f.LockToken, IgnoreAttempt: true})
		})
		return &providerv1.FetchWorkItemResponse{
			Item: []byte(f.Item.Raw()), LockToken: []byte(f.LockToken), AttemptCount: f.AttemptCount,
		}, err
	})
}

// Discard implements ProviderService.
func (s *providerService) Discard(ctx context.Context, q *providerv1.DiscardRequest) (*providerv1.DiscardResponse, error) {
	return do(s.stores, "Discard", q, func(st *store) (*providerv1.DiscardResponse, error) {
		st.fetches.discard(ctx, q.GetCallId())
		return &providerv1.DiscardResponse{}, nil
	})
}

// AckOrchestrationItem implements ProviderService.
func (s *providerService) AckOrchestrationItem(
	ctx context.Context, q *providerv1.AckOrchestrationItemRequest,
) (*providerv1.AckOrchestrationItemResponse, error) {
	const op = "AckOrchestrationItem"
	return do(s.stores, op, q, func(st *store) (*providerv1.AckOrchestrationItemResponse, error) {
		p, err := wire.ParseAck(q)
		if err != nil {
			return nil, malformed(op, err)
		}
		return &providerv1.AckOrchestrationItemResponse{}, st.provider.AckOrchestrationItem(ctx, p)
	})
}

// AckWorkItem implements ProviderService.
func (s *providerService) AckWorkItem(
	ctx context.Context, q *providerv1.AckWorkItemRequest,
) (*providerv1.AckWorkItemResponse, error) {
	const op = "AckWorkItem"
	return do(s.stores, op, q, func(st *store) (*providerv1.AckWorkItemResponse, error) {
		var completion *core.WorkItem
		if q.Completion != nil {
			item, err := core.DecodeWorkItem(q.GetCompletion())
			if err != nil {
				return nil, malformed(op, err)
			}
			completion = &item
		}
		return &providerv1.AckWorkItemResponse{}, st.provider.AckWorkItem(ctx, string(q.GetLockToken()), completion)
	})
}

// EnqueueForOrchestrator implements ProviderService.
func (s *providerService) EnqueueForOrchestrator(
	ctx context.Context, q *providerv1.EnqueueForOrchestratorRequest,
) (*providerv1.EnqueueForOrchestratorResponse, error) {
	const op = "EnqueueForOrchestrator"
	return do(s.stores, op, q, func(st *store) (*providerv1.EnqueueForOrchestratorResponse, error) {
		item, err := core.DecodeWorkItem(q.GetItem())
		if err != nil {
			return nil, malformed(op, err)
		}
		return &providerv1.EnqueueForOrchestratorResponse{}, st.provider.EnqueueForOrchestrator(ctx, item, q.GetDelay().AsDuration())
	})
}

// EnqueueForWorker implements ProviderService.
func (s *providerService) EnqueueForWorker(
	ctx context.Context, q *providerv1.EnqueueForWorkerRequest,
) (*providerv1.EnqueueForWorkerResponse, error) {
	const op = "EnqueueForWorker"
	return do(s.stores, op, q, func(st *store) (*providerv1.EnqueueForWorkerResponse, error) {
		item, err := core.DecodeWorkItem(q.GetItem())
		if err != nil {
			return nil, malformed(op, err)
		}
		return &providerv1.EnqueueForWorkerResponse{}, st.provider.EnqueueForWorker(ctx, item)
	})
}

// AbandonOrchestrationItem implements ProviderService.
func (s *providerService) AbandonOrchestrationItem(
	ctx context.Context, q *providerv1.AbandonOrchestrationItemRequest,
) (*providerv1.AbandonOrchestrationItemResponse, error) {
	return do(s.stores, "AbandonOrchestrationItem", q, func(st *store) (*providerv1.AbandonOrchestrationItemResponse, error) {
		return &providerv1.AbandonOrchestrationItemResponse{}, st.provider.AbandonOrchestrationItem(ctx, core.AbandonParams{
			LockToken: string(q.GetLockToken()), Delay: q.GetDelay().AsDuration(), IgnoreAttempt: q.GetIgnoreAttempt(),
		})
	})
}

// RenewOrchestrationItemLock implements ProviderService.
func (s *providerService) RenewOrchestrationItemLock(
	ctx context.Context, q *providerv1.RenewOrchestrationItemLockRequest,
) (*providerv1.RenewOrchestrationItemLockResponse, error) {
	return do(s.stores, "RenewOrchestrationItemLock", q, func(st *store) (*providerv1.RenewOrchestrationItemLockResponse, error) {
		err := st.provider.RenewOrchestrationItemLock(ctx, string(q.GetLockToken()), q.GetExtendFor().AsDuration())
		return &providerv1.RenewOrchestrationItemLockResponse{}, err
	})
}

// AbandonWorkItem implements ProviderService.
func (s *providerService) AbandonWorkItem(
	ctx context.Context, q *providerv1.AbandonWorkItemRequest,
) (*providerv1.AbandonWorkItemResponse, error) {
	return do(s.stores, "AbandonWorkItem", q, func(st *store) (*providerv1.AbandonWorkItemResponse, error) {
		return &providerv1.AbandonWorkItemResponse{}, st.provider.AbandonWorkItem(ctx, core.AbandonParams{
			LockToken: string(q.GetLockToken()), Delay: q.GetDelay().AsDuration(), IgnoreAttempt: q.GetIgnoreAttempt(),
		})
	})
}

// RenewWorkItemLock implements ProviderService.
func (s *providerService) RenewWorkItemLock(
	ctx context.Context, q *providerv1.RenewWorkItemLockRequest,
) (*providerv1.RenewWorkItemLockResponse, error) {
	return do(s.stores, "RenewWorkItemLock", q, func(st *store) (*providerv1.RenewWorkItemLockResponse, error) {
		err := st.provider.RenewWorkItemLock(ctx, string(q.GetLockToken()), q.GetExtendFor().AsDuration())
		return &providerv1.RenewWorkItemLockResponse{}, err
	})
}

// RenewSessionLock implements ProviderService.
func (s *providerService) RenewSessionLock(
	ctx context.Context, q *providerv1.RenewSessionLockRequest,
) (*providerv1.RenewSessionLockResponse, error) {
	return do(s.stores, "RenewSessionLock", q, func(st *store) (*providerv1.RenewSessionLockResponse, error) {
		n, err := st.provider.RenewSessionLock(ctx, core.RenewSessionParams{
			OwnerIDs: q.GetOwnerIds(), ExtendFor: q.GetExtendFor().AsDuration(), IdleTimeout: q.GetIdleTimeout().AsDuration(),
		})
		return &providerv1.RenewSessionLockResponse{Count: uint64(n)}, err
	})
}

// CleanupOrphanedSessions implements ProviderService.
func (s *providerService) CleanupOrphanedSessions(
	ctx context.Context, q *providerv1.CleanupOrphanedSessionsRequest,
) (*providerv1.CleanupOrphanedSessionsResponse, error) {
	return do(s.stores, "CleanupOrphanedSessions", q, func(st *store) (*providerv1.CleanupOrphanedSessionsResponse, error) {
		n, err := st.provider.CleanupOrphanedSessions(ctx, q.GetIdleTimeout().AsDuration())
		return &providerv1.CleanupOrphanedSessionsResponse{Count: uint64(n)}, err
	})
}
