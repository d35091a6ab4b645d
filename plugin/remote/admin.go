package remote

import (
	"context"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/plugin/wire"

	providerv1 "github.com/durokit/duro/plugin/proto/duro/provider/v1"
)

// admin is the admin half of a provider that has one.
type admin struct{ p *Provider }

var _ core.ProviderAdmin = admin{}

// ListInstances implements core.ProviderAdmin.
func (a admin) ListInstances(ctx context.Context) ([]string, error) {
	answer, err := call(ctx, a.p, "ListInstances", look, bulkWithin,
		func(ctx context.Context, s *session) (*providerv1.ListInstancesResponse, error) {
			return s.admin.ListInstances(ctx, &providerv1.ListInstancesRequest{
				Handle: s.handle(),
			})
		})
	if err != nil {
		return nil, err
	}
	return append([]string{}, answer.GetInstances()...), nil
}

// ListInstancesByStatus implements core.ProviderAdmin.
func (a admin) ListInstancesByStatus(ctx context.Context, status string) ([]string, error) {
	answer, err := call(ctx, a.p, "ListInstancesByStatus", look, bulkWithin,
		func(ctx context.Context, s *session) (*providerv1.ListInstancesByStatusResponse, error) {
			return s.admin.ListInstancesByStatus(ctx, &providerv1.ListInstancesByStatusRequest{
				Handle: s.handle(), Status: status,
			})
		})
	if err != nil {
		return nil, err
	}
	return append([]string{}, answer.GetInstances()...), nil
}

// ListExecutions implements core.ProviderAdmin.
func (a admin) ListExecutions(ctx context.Context, instance string) ([]uint64, error) {
	answer, err := call(ctx, a.p, "ListExecutions", look, bulkWithin,
		func(ctx context.Context, s *session) (*providerv1.ListExecutionsResponse, error) {
			return s.admin.ListExecutions(ctx, &providerv1.ListExecutionsRequest{
				Handle: s.handle(), Instance: instance,
			})
		})
	if err != nil {
		return nil, err
	}
	return append([]uint64{}, answer.GetExecutions()...), nil
}

// ReadHistoryWithExecutionID implements core.ProviderAdmin.
func (a admin) ReadHistoryWithExecutionID(ctx context.Context, instance string, execution uint64) ([]core.Event, error) {
	answer, err := call(ctx, a.p, "ReadHistoryWithExecutionID", look, bulkWithin,
		func(ctx context.Context, s *session) (*providerv1.ReadHistoryWithExecutionIDResponse, error) {
			return s.admin.ReadHistoryWithExecutionID(ctx, &providerv1.ReadHistoryWithExecutionIDRequest{
				Handle: s.handle(), Instance: instance, ExecutionId: execution,
			})
		})
	if err != nil {
		return nil, err
	}
	return a.p.events("ReadHistoryWithExecutionID", answer.GetEvents())
}

// ReadHistory implements core.ProviderAdmin.
func (a admin) ReadHistory(ctx context.Context, instance string) ([]core.Event, error) {
	answer, err := call(ctx, a.p, "ReadHistory", look, bulkWithin,
		func(ctx context.Context, s *session) (*providerv1.ReadHistoryResponse, error) {
			return s.admin.ReadHistory(ctx, &providerv1.ReadHistoryRequest{
				Handle: s.handle(), Instance: instance,
			})
		})
	if err != nil {
		return nil, err
	}
	return a.p.events("ReadHistory", answer.GetEvents())
}

// LatestExecutionID implements core.ProviderAdmin.
func (a admin) LatestExecutionID(ctx context.Context, instance string) (uint64, error) {
	answer, err := call(ctx, a.p, "LatestExecutionID", look, bulkWithin,
		func(ctx context.Context, s *session) (*providerv1.LatestExecutionIDResponse, error) {
			return s.admin.LatestExecutionID(ctx, &providerv1.LatestExecutionIDRequest{
				Handle: s.handle(), Instance: instance,
			})
		})
	return answer.GetExecutionId(), err
}

// GetInstanceInfo implements core.ProviderAdmin.
func (a admin) GetInstanceInfo(ctx context.Context, instance string) (*core.InstanceInfo, error) {
	answer, err := call(ctx, a.p, "GetInstanceInfo", look, bulkWithin,
		func(ctx context.Context, s *session) (*providerv1.GetInstanceInfoResponse, error) {
			return s.admin.GetInstanceInfo(ctx, &providerv1.GetInstanceInfoRequest{
				Handle: s.handle(), Instance: instance,
			})
		})
	if err != nil {
		return nil, err
	}
	return &core.InstanceInfo{
		InstanceID: answer.GetInstanceId(), OrchestrationName: answer.GetOrchestrationName(),
		OrchestrationVersion: answer.GetOrchestrationVersion(), CurrentExecutionID: answer.GetCurrentExecutionId(),
		Status: answer.GetStatus(), Output: wire.ParseText(answer.GetOutput()), CreatedAtMS: answer.GetCreatedAtMs(),
		UpdatedAtMS: answer.GetUpdatedAtMs(), ParentInstanceID: answer.ParentInstanceId,
	}, nil
}

// GetExecutionInfo implements core.ProviderAdmin.
func (a admin) GetExecutionInfo(ctx context.Context, instance string, execution uint64) (*core.ExecutionInfo, error) {
	answer, err := call(ctx, a.p, "GetExecutionInfo", look, bulkWithin,
		func(ctx context.Context, s *session) (*providerv1.GetExecutionInfoResponse, error) {
			return s.admin.GetExecutionInfo(ctx, &providerv1.GetExecutionInfoRequest{
				Handle: s.handle(), Instance: instance, ExecutionId: execution,
			})
		})
	if err != nil {
		return nil, err
	}
	return &core.ExecutionInfo{
		ExecutionID: answer.GetExecutionId(), Status: answer.GetStatus(), Output: wire.ParseText(answer.GetOutput()),
		StartedAtMS: answer.GetStartedAtMs(), CompletedAtMS: answer.CompletedAtMs, EventCount: answer.GetEventCount(),
	}, nil
}

// GetSystemMetrics implements core.ProviderAdmin.
func (a admin) GetSystemMetrics(ctx context.Context) (*core.SystemMetrics, error) {
	answer, err := call(ctx, a.p, "GetSystemMetrics", look, bulkWithin,
		func(ctx context.Context, s *session) (*providerv1.GetSystemMetricsResponse, error) {
			return s.admin.GetSystemMetrics(ctx, &providerv1.GetSystemMetricsRequest{
				Handle: s.handle(),
			})
		})
	if err != nil {
		return nil, err
	}
	return &core.SystemMetrics{
		TotalInstances: answer.GetTotalInstances(), TotalExecutions: answer.GetTotalExecutions(),
		RunningInstances: answer.GetRunningInstances(), CompletedInstances: answer.GetCompletedInstances(),
		FailedInstances: answer.GetFailedInstances(), TotalEvents: answer.GetTotalEvents(),
	}, nil
}

// GetQueueDepths implements core.ProviderAdmin.
func (a admin) GetQueueDepths(ctx context.Context) (*core.QueueDepths, error) {
	answer, err := call(ctx, a.p, "GetQueueDepths", look, bulkWithin,
		func(ctx context.Context, s *session) (*providerv1.GetQueueDepthsResponse, error) {
			return s.admin.GetQueueDepths(ctx, &providerv1.GetQueueDepthsRequest{
				Handle: s.handle(),
			})
		})
	if err != nil {
		return nil, err
	}
	return &core.QueueDepths{
		OrchestratorQueue: answer.GetOrchestratorQueue(), WorkerQueue: answer.GetWorkerQueue(),
		TimerQueue: answer.GetTimerQueue(), OrchestratorDelayed: answer.GetOrchestratorDelayed(),
		WorkerDelayed: answer.GetWorkerDelayed(), OrchestratorLocked: answer.GetOrchestratorLocked(),
		WorkerLocked: answer.GetWorkerLocked(), Parked: answer.GetParked(), SetAside: answer.GetSetAside(),
	}, nil
}

// ListChildren implements core.ProviderAdmin.
func (a admin) ListChildren(ctx context.Context, instance string) ([]string, error) {
	answer, err := call(ctx, a.p, "ListChildren", look, bulkWithin,
		func(ctx context.Context, s *session) (*providerv1.ListChildrenResponse, error) {
			return s.admin.ListChildren(ctx, &providerv1.ListChildrenRequest{
				Handle: s.handle(), Instance: instance,
			})
		})
	if err != nil {
		return nil, err
	}
	return append([]string{}, answer.GetInstances()...), nil
}

// GetParentID implements core.ProviderAdmin.
func (a admin) GetParentID(ctx context.Context, instance string) (parent string, found bool, err error) {
	answer, err := call(ctx, a.p, "GetParentID", look, bulkWithin,
		func(ctx context.Context, s *session) (*providerv1.GetParentIDResponse, error) {
			return s.admin.GetParentID(ctx, &providerv1.GetParentIDRequest{
				Handle: s.handle(), Instance: instance,
			})
		})
	return answer.GetParent(), err == nil && answer.Parent != nil, err
}

// GetInstanceTree implements core.ProviderAdmin.
func (a admin) GetInstanceTree(ctx context.Context, instance string) (*core.InstanceTree, error) {
	answer, err := call(ctx, a.p, "GetInstanceTree", look, bulkWithin,
		func(ctx context.Context, s *session) (*providerv1.GetInstanceTreeResponse, error) {
			return s.admin.GetInstanceTree(ctx, &providerv1.GetInstanceTreeRequest{
				Handle: s.handle(), Instance: instance,
			})
		})
	if err != nil {
		return nil, err
	}
	return &core.InstanceTree{RootID: answer.GetRootId(), AllIDs: answer.GetAllIds()}, nil
}
