package server

import (
	"context"

	"github.com/durokit/duro/plugin/wire"

	providerv1 "github.com/durokit/duro/plugin/proto/duro/provider/v1"
)

// Read implements ProviderService.
func (s *providerService) Read(
	ctx context.Context, q *providerv1.ReadRequest,
) (*providerv1.ReadResponse, error) {
	return do(s.stores, "Read", q, func(st *store) (*providerv1.ReadResponse, error) {
		events, err := st.provider.Read(ctx, q.GetInstance())
		return &providerv1.ReadResponse{Events: wire.Events(events)}, err
	})
}

// ReadWithExecution implements ProviderService.
func (s *providerService) ReadWithExecution(
	ctx context.Context, q *providerv1.ReadWithExecutionRequest,
) (*providerv1.ReadWithExecutionResponse, error) {
	return do(s.stores, "ReadWithExecution", q, func(st *store) (*providerv1.ReadWithExecutionResponse, error) {
		events, err := st.provider.ReadWithExecution(ctx, q.GetInstance(), q.GetExecutionId())
		return &providerv1.ReadWithExecutionResponse{Events: wire.Events(events)}, err
	})
}

// AppendWithExecution implements ProviderService.
func (s *providerService) AppendWithExecution(
	ctx context.Context, q *providerv1.AppendWithExecutionRequest,
) (*providerv1.AppendWithExecutionResponse, error) {
	return do(s.stores, "AppendWithExecution", q, func(st *store) (*providerv1.AppendWithExecutionResponse, error) {
		events, err := wire.ParseEvents(q.GetEvents())
		if err != nil {
			return nil, malformed("AppendWithExecution", err)
		}
		return &providerv1.AppendWithExecutionResponse{}, st.provider.AppendWithExecution(ctx, q.GetInstance(), q.GetExecutionId(), events)
	})
}

// GetCustomStatus implements ProviderService.
func (s *providerService) GetCustomStatus(
	ctx context.Context, q *providerv1.GetCustomStatusRequest,
) (*providerv1.GetCustomStatusResponse, error) {
	return do(s.stores, "GetCustomStatus", q, func(st *store) (*providerv1.GetCustomStatusResponse, error) {
		status, err := st.provider.GetCustomStatus(ctx, q.GetInstance(), q.GetLastSeen())
		if status == nil {
			return &providerv1.GetCustomStatusResponse{}, err
		}
		return &providerv1.GetCustomStatusResponse{Newer: true, Status: wire.Text(status.Status), Version: status.Version}, err
	})
}

// GetKVValue implements ProviderService.
func (s *providerService) GetKVValue(
	ctx context.Context, q *providerv1.GetKVValueRequest,
) (*providerv1.GetKVValueResponse, error) {
	return do(s.stores, "GetKVValue", q, func(st *store) (*providerv1.GetKVValueResponse, error) {
		value, found, err := st.provider.GetKVValue(ctx, q.GetInstance(), q.GetKey())
		if !found {
			return &providerv1.GetKVValueResponse{}, err
		}
		return &providerv1.GetKVValueResponse{Value: wire.Text(&value)}, err
	})
}

// GetKVAllValues implements ProviderService.
func (s *providerService) GetKVAllValues(
	ctx context.Context, q *providerv1.GetKVAllValuesRequest,
) (*providerv1.GetKVAllValuesResponse, error) {
	return do(s.stores, "GetKVAllValues", q, func(st *store) (*providerv1.GetKVAllValuesResponse, error) {
		values, err := st.provider.GetKVAllValues(ctx, q.GetInstance())
		answer := &providerv1.GetKVAllValuesResponse{Values: make(map[string][]byte, len(values))}
		for key, value := range values {
			answer.Values[key] = []byte(value)
		}
		return answer, err
	})
}

// GetInstanceStats implements ProviderService.
func (s *providerService) GetInstanceStats(
	ctx context.Context, q *providerv1.GetInstanceStatsRequest,
) (*providerv1.GetInstanceStatsResponse, error) {
	return do(s.stores, "GetInstanceStats", q, func(st *store) (*providerv1.GetInstanceStatsResponse, error) {
		stats, err := st.provider.GetInstanceStats(ctx, q.GetInstance())
		if stats == nil {
			return &providerv1.GetInstanceStatsResponse{}, err
		}
		return &providerv1.GetInstanceStatsResponse{Stats: &providerv1.InstanceStats{
			HistoryEventCount: stats.HistoryEventCount, HistorySizeBytes: stats.HistorySizeBytes,
			QueuePendingCount: stats.QueuePendingCount, KvUserKeyCount: stats.KVUserKeyCount,
			KvTotalValueBytes: stats.KVTotalValueBytes,
		}}, err
	})
}
