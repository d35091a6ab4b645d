package remote

import (
	"context"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/plugin/wire"

	providerv1 "github.com/durokit/duro/plugin/proto/duro/provider/v1"
)

// DeleteInstance implements core.ProviderAdmin.
func (a admin) DeleteInstance(ctx context.Context, instance string, force bool) (*core.DeleteResult, error) {
	answer, err := call(ctx, a.p, "DeleteInstance", change, bulkWithin,
		func(ctx context.Context, s *session) (*providerv1.DeleteInstanceResponse, error) {
			return s.admin.DeleteInstance(ctx, &providerv1.DeleteInstanceRequest{
				Handle: s.handle(), Instance: instance, Force: force,
			})
		})
	if err != nil {
		return nil, err
	}
	return deleteResult(answer.GetResult()), nil
}

// DeleteInstancesAtomic implements core.ProviderAdmin.
func (a admin) DeleteInstancesAtomic(ctx context.Context, instances []string, force bool) (*core.DeleteResult, error) {
	answer, err := call(ctx, a.p, "DeleteInstancesAtomic", change, bulkWithin,
		func(ctx context.Context, s *session) (*providerv1.DeleteInstancesAtomicResponse, error) {
			return s.admin.DeleteInstancesAtomic(ctx, &providerv1.DeleteInstancesAtomicRequest{
				Handle: s.handle(), Instances: instances, Force: force,
			})
		})
	if err != nil {
		return nil, err
	}
	return deleteResult(answer.GetResult()), nil
}

// DeleteInstanceBulk implements core.ProviderAdmin.
func (a admin) DeleteInstanceBulk(ctx context.Context, filter core.InstanceFilter) (*core.DeleteResult, error) {
	answer, err := call(ctx, a.p, "DeleteInstanceBulk", change, bulkWithin,
		func(ctx context.Context, s *session) (*providerv1.DeleteInstanceBulkResponse, error) {
			return s.admin.DeleteInstanceBulk(ctx, &providerv1.DeleteInstanceBulkRequest{
				Handle: s.handle(), Filter: wire.Instances(filter),
			})
		})
	if err != nil {
		return nil, err
	}
	return deleteResult(answer.GetResult()), nil
}

// PruneExecutions implements core.ProviderAdmin.
func (a admin) PruneExecutions(ctx context.Context, instance string, opts core.PruneOptions) (*core.PruneResult, error) {
	answer, err := call(ctx, a.p, "PruneExecutions", change, bulkWithin,
		func(ctx context.Context, s *session) (*providerv1.PruneExecutionsResponse, error) {
			return s.admin.PruneExecutions(ctx, &providerv1.PruneExecutionsRequest{
				Handle: s.handle(), Instance: instance, Options: wire.Prune(opts),
			})
		})
	if err != nil {
		return nil, err
	}
	return pruneResult(answer.GetResult()), nil
}

// PruneExecutionsBulk implements core.ProviderAdmin.
func (a admin) PruneExecutionsBulk(ctx context.Context, filter core.InstanceFilter, opts core.PruneOptions) (*core.PruneResult, error) {
	answer, err := call(ctx, a.p, "PruneExecutionsBulk", change, bulkWithin,
		func(ctx context.Context, s *session) (*providerv1.PruneExecutionsBulkResponse, error) {
			return s.admin.PruneExecutionsBulk(ctx, &providerv1.PruneExecutionsBulkRequest{
				Handle: s.handle(), Filter: wire.Instances(filter), Options: wire.Prune(opts),
			})
		})
	if err != nil {
		return nil, err
	}
	return pruneResult(answer.GetResult()), nil
}

func deleteResult(r *providerv1.DeleteResult) *core.DeleteResult {
	return &core.DeleteResult{
		InstancesDeleted: r.GetInstancesDeleted(), ExecutionsDeleted: r.GetExecutionsDeleted(),
		EventsDeleted: r.GetEventsDeleted(), QueueMessagesDeleted: r.GetQueueMessagesDeleted(),
	}
}

func pruneResult(r *providerv1.PruneResult) *core.PruneResult {
	return &core.PruneResult{
		InstancesProcessed: r.GetInstancesProcessed(), ExecutionsDeleted: r.GetExecutionsDeleted(),
		EventsDeleted: r.GetEventsDeleted(),
	}
}
