package remote

import (
	"context"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/plugin/wire"

	providerv1 "github.com/durokit/duro/plugin/proto/duro/provider/v1"
)

// Read implements core.Provider.
func (p *Provider) Read(ctx context.Context, instance string) ([]core.Event, error) {
	answer, err := call(ctx, p, "Read", look, answerWithin,
		func(ctx context.Context, s *session) (*providerv1.ReadResponse, error) {
			return s.provider.Read(ctx, &providerv1.ReadRequest{
				Handle: s.handle(), Instance: instance,
			})
		})
	if err != nil {
		return nil, err
	}
	return p.events("Read", answer.GetEvents())
}

// ReadWithExecution implements core.Provider.
func (p *Provider) ReadWithExecution(ctx context.Context, instance string, execution uint64) ([]core.Event, error) {
	answer, err := call(ctx, p, "ReadWithExecution", look, answerWithin,
		func(ctx context.Context, s *session) (*providerv1.ReadWithExecutionResponse, error) {
			return s.provider.ReadWithExecution(ctx, &providerv1.ReadWithExecutionRequest{
				Handle: s.handle(), Instance: instance, ExecutionId: execution,
			})
		})
	if err != nil {
		return nil, err
	}
	return p.events("ReadWithExecution", answer.GetEvents())
}

// events decodes a history that was read.
func (p *Provider) events(op string, raw [][]byte) ([]core.Event, error) {
	events, err := wire.ParseEvents(raw)
	if err != nil {
		return nil, p.garbled(op, err)
	}
	return events, nil
}

// AppendWithExecution implements core.Provider.
func (p *Provider) AppendWithExecution(ctx context.Context, instance string, execution uint64, events []core.Event) error {
	_, err := call(ctx, p, "AppendWithExecution", change, answerWithin,
		func(ctx context.Context, s *session) (*providerv1.AppendWithExecutionResponse, error) {
			return s.provider.AppendWithExecution(ctx, &providerv1.AppendWithExecutionRequest{
				Handle: s.handle(), Instance: instance, ExecutionId: execution, Events: wire.Events(events),
			})
		})
	return err
}

// GetCustomStatus implements core.Provider.
func (p *Provider) GetCustomStatus(ctx context.Context, instance string, lastSeen uint64) (*core.CustomStatus, error) {
	answer, err := call(ctx, p, "GetCustomStatus", look, answerWithin,
		func(ctx context.Context, s *session) (*providerv1.GetCustomStatusResponse, error) {
			return s.provider.GetCustomStatus(ctx, &providerv1.GetCustomStatusRequest{
				Handle: s.handle(), Instance: instance, LastSeen: lastSeen,
			})
		})
	if err != nil || !answer.GetNewer() {
		return nil, err
	}
	return &core.CustomStatus{Status: wire.ParseText(answer.GetStatus()), Version: answer.GetVersion()}, nil
}

// GetKVValue implements core.Provider.
func (p *Provider) GetKVValue(ctx context.Context, instance, key string) (value string, found bool, err error) {
	answer, err := call(ctx, p, "GetKVValue", look, answerWithin,
		func(ctx context.Context, s *session) (*providerv1.GetKVValueResponse, error) {
			return s.provider.GetKVValue(ctx, &providerv1.GetKVValueRequest{
				Handle: s.handle(), Instance: instance, Key: key,
			})
		})
	return string(answer.GetValue()), err == nil && answer.Value != nil, err
}

// GetKVAllValues implements core.Provider.
func (p *Provider) GetKVAllValues(ctx context.Context, instance string) (map[string]string, error) {
	answer, err := call(ctx, p, "GetKVAllValues", look, answerWithin,
		func(ctx context.Context, s *session) (*providerv1.GetKVAllValuesResponse, error) {
			return s.provider.GetKVAllValues(ctx, &providerv1.GetKVAllValuesRequest{
				Handle: s.handle(), Instance: instance,
			})
		})
	if err != nil {
		return nil, err
	}
	values := make(map[string]string, len(answer.GetValues()))
	for key, value := range answer.GetValues() {
		values[key] = string(value)
	}
	return values, nil
}

// GetInstanceStats implements core.Provider.
func (p *Provider) GetInstanceStats(ctx context.Context, instance string) (*core.InstanceStats, error) {
	answer, err := call(ctx, p, "GetInstanceStats", look, answerWithin,
		func(ctx context.Context, s *session) (*providerv1.GetInstanceStatsResponse, error) {
			return s.provider.GetInstanceStats(ctx, &providerv1.GetInstanceStatsRequest{
				Handle: s.handle(), Instance: instance,
			})
		})
	if err != nil || answer.GetStats() == nil {
		return nil, err
	}
	stats := answer.GetStats()
	return &core.InstanceStats{
		HistoryEventCount: stats.GetHistoryEventCount(), HistorySizeBytes: stats.GetHistorySizeBytes(),
		QueuePendingCount: stats.GetQueuePendingCount(), KVUserKeyCount: stats.GetKvUserKeyCount(),
		KVTotalValueBytes: stats.GetKvTotalValueBytes(),
	}, nil
}
