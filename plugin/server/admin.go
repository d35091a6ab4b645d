package server

import (
	"context"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/plugin/wire"

	providerv1 "github.com/durokit/duro/plugin/proto/duro/provider/v1"
)

// adminService answers the calls of operators.
type adminService struct {
	providerv1.UnimplementedAdminServiceServer
	stores *stores
}

// doAdmin is do for stores that have the admin half.
func doAdmin[Q handled, A any](s *stores, op string, q Q, call func(core.ProviderAdmin) (A, error)) (A, error) {
	return do(s, op, q, func(st *store) (A, error) {
		if st.admin == nil {
			var none A
			return none, core.Errorf(op, core.ErrUnsupported, "the provider %s has no admin half", st.provider.Name())
		}
		return call(st.admin)
	})
}

// ListInstances implements AdminService.
func (s *adminService) ListInstances(
	ctx context.Context, q *providerv1.ListInstancesRequest,
) (*providerv1.ListInstancesResponse, error) {
	return doAdmin(s.stores, "ListInstances", q, func(a core.ProviderAdmin) (*providerv1.ListInstancesResponse, error) {
		list, err := a.ListInstances(ctx)
		return &providerv1.ListInstancesResponse{Instances: list}, err
	})
}

// ListInstancesByStatus implements AdminService.
func (s *adminService) ListInstancesByStatus(
	ctx context.Context, q *providerv1.ListInstancesByStatusRequest,
) (*providerv1.ListInstancesByStatusResponse, error) {
	return doAdmin(s.stores, "ListInstancesByStatus", q, func(a core.ProviderAdmin) (*providerv1.ListInstancesByStatusResponse, error) {
		list, err := a.ListInstancesByStatus(ctx, q.GetStatus())
		return &providerv1.ListInstancesByStatusResponse{Instances: list}, err
	})
}

// ListExecutions implements AdminService.
func (s *adminService) ListExecutions(
	ctx context.Context, q *providerv1.ListExecutionsRequest,
) (*providerv1.ListExecutionsResponse, error) {
	return doAdmin(s.stores, "ListExecutions", q, func(a core.ProviderAdmin) (*providerv1.ListExecutionsResponse, error) {
		list, err := a.ListExecutions(ctx, q.GetInstance())
		return &providerv1.ListExecutionsResponse{Executions: list}, err
	})
}

// ReadHistoryWithExecutionID implements AdminService.
func (s *adminService) ReadHistoryWithExecutionID(
	ctx context.Context, q *providerv1.ReadHistoryWithExecutionIDRequest,
) (*providerv1.ReadHistoryWithExecutionIDResponse, error) {
	return doAdmin(s.stores, "ReadHistoryWithExecutionID", q, func(a core.ProviderAdmin) (*providerv1.ReadHistoryWithExecutionIDResponse, error) {
		events, err := a.ReadHistoryWithExecutionID(ctx, q.GetInstance(), q.GetExecutionId())
		return &providerv1.ReadHistoryWithExecutionIDResponse{Events: wire.Events(events)}, err
	})
}

// ReadHistory implements AdminService.
func (s *adminService) ReadHistory(
	ctx context.Context, q *providerv1.ReadHistoryRequest,
) (*providerv1.ReadHistoryResponse, error) {
	return doAdmin(s.stores, "ReadHistory", q, func(a core.ProviderAdmin) (*providerv1.ReadHistoryResponse, error) {
		events, err := a.ReadHistory(ctx, q.GetInstance())
		return &providerv1.ReadHistoryResponse{Events: wire.Events(events)}, err
	})
}

// LatestExecutionID implements AdminService.
func (s *adminService) LatestExecutionID(
	ctx context.Context, q *providerv1.LatestExecutionIDRequest,
) (*providerv1.LatestExecutionIDResponse, error) {
	return doAdmin(s.stores, "LatestExecutionID", q, func(a core.ProviderAdmin) (*providerv1.LatestExecutionIDResponse, error) {
		id, err := a.LatestExecutionID(ctx, q.GetInstance())
		return &providerv1.LatestExecutionIDResponse{ExecutionId: id}, err
	})
}

// GetInstanceInfo implements AdminService.
func (s *adminService) GetInstanceInfo(
	ctx context.Context, q *providerv1.GetInstanceInfoRequest,
) (*providerv1.GetInstanceInfoResponse, error) {
	return doAdmin(s.stores, "GetInstanceInfo", q, func(a core.ProviderAdmin) (*providerv1.GetInstanceInfoResponse, error) {
		info, err := a.GetInstanceInfo(ctx, q.GetInstance())
		if err != nil {
			return nil, err
		}
		return &providerv1.GetInstanceInfoResponse{
			InstanceId: info.InstanceID, OrchestrationName: info.OrchestrationName,
			OrchestrationVersion: info.OrchestrationVersion, CurrentExecutionId: info.CurrentExecutionID, Status: info.Status,
			Output: wire.Text(info.Output), CreatedAtMs: info.CreatedAtMS, UpdatedAtMs: info.UpdatedAtMS,
			ParentInstanceId: info.ParentInstanceID,
		}, nil
	})
}

// GetExecutionInfo implements AdminService.
func (s *adminService) GetExecutionInfo(
	ctx context.Context, q *providerv1.GetExecutionInfoRequest,
) (*providerv1.GetExecutionInfoResponse, error) {
	return doAdmin(s.stores, "GetExecutionInfo", q, func(a core.ProviderAdmin) (*providerv1.GetExecutionInfoResponse, error) {
		info, err := a.GetExecutionInfo(ctx, q.GetInstance(), q.GetExecutionId())
		if err != nil {
			return nil, err
		}
		return &providerv1.GetExecutionInfoResponse{
			ExecutionId: info.ExecutionID, Status: info.Status, Output: wire.Text(info.Output),
			StartedAtMs: info.StartedAtMS, CompletedAtMs: info.CompletedAtMS, EventCount: info.EventCount,
		}, nil
	})
}

// GetSystemMetrics implements AdminService.
func (s *adminService) GetSystemMetrics(
	ctx context.Context, q *providerv1.GetSystemMetricsRequest,
) (*providerv1.GetSystemMetricsResponse, error) {
	return doAdmin(s.stores, "GetSystemMetrics", q, func(a core.ProviderAdmin) (*providerv1.GetSystemMetricsResponse, error) {
		m, err := a.GetSystemMetrics(ctx)
		if err != nil {
			return nil, err
		}
		return &providerv1.GetSystemMetricsResponse{
			TotalInstances: m.TotalInstances, TotalExecutions: m.TotalExecutions, RunningInstances: m.RunningInstances,
			CompletedInstances: m.CompletedInstances, FailedInstances: m.FailedInstances, TotalEvents: m.TotalEvents,
		}, nil
	})
}

// GetQueueDepths implements AdminService.
func (s *adminService) GetQueueDepths(
	ctx context.Context, q *providerv1.GetQueueDepthsRequest,
) (*providerv1.GetQueueDepthsResponse, error) {
	return doAdmin(s.stores, "GetQueueDepths", q, func(a core.ProviderAdmin) (*providerv1.GetQueueDepthsResponse, error) {
		d, err := a.GetQueueDepths(ctx)
		if err != nil {
			return nil, err
		}
		return &providerv1.GetQueueDepthsResponse{
			OrchestratorQueue: d.OrchestratorQueue, WorkerQueue: d.WorkerQueue, TimerQueue: d.TimerQueue,
			OrchestratorDelayed: d.OrchestratorDelayed, WorkerDelayed: d.WorkerDelayed,
			OrchestratorLocked: d.OrchestratorLocked, WorkerLocked: d.WorkerLocked, Parked: d.Parked, SetAside: d.SetAside,
		}, nil
	})
}

// ListChildren implements AdminService.
func (s *adminService) ListChildren(
	ctx context.Context, q *providerv1.ListChildrenRequest,
) (*providerv1.ListChildrenResponse, error) {
	return doAdmin(s.stores, "ListChildren", q, func(a core.ProviderAdmin) (*providerv1.ListChildrenResponse, error) {
		list, err := a.ListChildren(ctx, q.GetInstance())
		return &providerv1.ListChildrenResponse{Instances: list}, err
	})
}

// GetParentID implements AdminService.
func (s *adminService) GetParentID(
	ctx context.Context, q *providerv1.GetParentIDRequest,
) (*providerv1.GetParentIDResponse, error) {
	return doAdmin(s.stores, "GetParentID", q, func(a core.ProviderAdmin) (*providerv1.GetParentIDResponse, error) {
		parent, found, err := a.GetParentID(ctx, q.GetInstance())
		if !found {
			return &providerv1.GetParentIDResponse{}, err
		}
		return &providerv1.GetParentIDResponse{Parent: &parent}, err
	})
}

// GetInstanceTree implements AdminService.
func (s *adminService) GetInstanceTree(
	ctx context.Context, q *providerv1.GetInstanceTreeRequest,
) (*providerv1.GetInstanceTreeResponse, error) {
	return doAdmin(s.stores, "GetInstanceTree", q, func(a core.ProviderAdmin) (*providerv1.GetInstanceTreeResponse, error) {
		tree, err := a.GetInstanceTree(ctx, q.GetInstance())
		if err != nil {
			return nil, err
		}
		return &providerv1.GetInstanceTreeResponse{RootId: tree.RootID, AllIds: tree.AllIDs}, nil
	})
}
