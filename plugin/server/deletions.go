package server

import (
	"context"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/plugin/wire"

	providerv1 "github.com/durokit/duro/plugin/proto/duro/provider/v1"
)

// DeleteInstance implements AdminService.
func (s *adminService) DeleteInstance(
	ctx context.Context, q *providerv1.DeleteInstanceRequest,
) (*providerv1.DeleteInstanceResponse, error) {
	return doAdmin(s.stores, "DeleteInstance", q, func(a core.ProviderAdmin) (*providerv1.DeleteInstanceResponse, error) {
		r, err := a.DeleteInstance(ctx, q.GetInstance(), q.GetForce())
		return &providerv1.DeleteInstanceResponse{Result: deleteResult(r)}, err
	})
}

// DeleteInstancesAtomic implements AdminService.
func (s *adminService) DeleteInstancesAtomic(
	ctx context.Context, q *providerv1.DeleteInstancesAtomicRequest,
) (*providerv1.DeleteInstancesAtomicResponse, error) {
	return doAdmin(s.stores, "DeleteInstancesAtomic", q, func(a core.ProviderAdmin) (*providerv1.DeleteInstancesAtomicResponse, error) {
		r, err := a.DeleteInstancesAtomic(ctx, q.GetInstances(), q.GetForce())
		return &providerv1.DeleteInstancesAtomicResponse{Result: deleteResult(r)}, err
	})
}

// DeleteInstanceBulk implements AdminService.
func (s *adminService) DeleteInstanceBulk(
	ctx context.Context, q *providerv1.DeleteInstanceBulkRequest,
) (*providerv1.DeleteInstanceBulkResponse, error) {
	return doAdmin(s.stores, "DeleteInstanceBulk", q, func(a core.ProviderAdmin) (*providerv1.DeleteInstanceBulkResponse, error) {
		r, err := a.DeleteInstanceBulk(ctx, wire.ParseInstances(q.GetFilter()))
		return &providerv1.DeleteInstanceBulkResponse{Result: deleteResult(r)}, err
	})
}

// PruneExecutions implements AdminService.
func (s *adminService) PruneExecutions(
	ctx context.Context, q *providerv1.PruneExecutionsRequest,
) (*providerv1.PruneExecutionsResponse, error) {
	return doAdmin(s.stores, "PruneExecutions", q, func(a core.ProviderAdmin) (*providerv1.PruneExecutionsResponse, error) {
		r, err := a.PruneExecutions(ctx, q.GetInstance(), wire.ParsePrune(q.GetOptions()))
		return &providerv1.PruneExecutionsResponse{Result: pruneResult(r)}, err
	})
}

// PruneExecutionsBulk implements AdminService.
func (s *adminService) PruneExecutionsBulk(
	ctx context.Context, q *providerv1.PruneExecutionsBulkRequest,
) (*providerv1.PruneExecutionsBulkResponse, error) {
	return doAdmin(s.stores, "PruneExecutionsBulk", q, func(a core.ProviderAdmin) (*providerv1.PruneExecutionsBulkResponse, error) {
		r, err := a.PruneExecutionsBulk(ctx, wire.ParseInstances(q.GetFilter()), wire.ParsePrune(q.GetOptions()))
		return &providerv1.PruneExecutionsBulkResponse{Result: pruneResult(r)}, err
	})
}

func deleteResult(r *core.DeleteResult) *providerv1.DeleteResult {
	if r == nil {
		return nil
	}
	return &providerv1.DeleteResult{
		InstancesDeleted: r.InstancesDeleted, ExecutionsDeleted: r.ExecutionsDeleted,
		EventsDeleted: r.EventsDeleted, QueueMessagesDeleted: r.QueueMessagesDeleted,
	}
}

func pruneResult(r *core.PruneResult) *providerv1.PruneResult {
	if r == nil {
		return nil
	}
	return &providerv1.PruneResult{
		InstancesProcessed: r.InstancesProcessed, ExecutionsDeleted: r.ExecutionsDeleted, EventsDeleted: r.EventsDeleted,
	}
}
