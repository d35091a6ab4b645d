package reference

import (
	"context"

	"github.com/durokit/duro/core"
)

// Read implements core.Provider.
func (p *Provider) Read(ctx context.Context, id string) ([]core.Event, error) {
	return ask(ctx, p, "Read", id, func(_ *store, in *instance) []core.Event { return in.read(in.latest()) })
}

// ReadHistory implements core.ProviderAdmin.
func (p *Provider) ReadHistory(ctx context.Context, id string) ([]core.Event, error) {
	return ask(ctx, p, "ReadHistory", id, func(_ *store, in *instance) []core.Event { return in.read(in.latest()) })
}

// ReadWithExecution implements core.Provider.
func (p *Provider) ReadWithExecution(ctx context.Context, id string, execution uint64) ([]core.Event, error) {
	return ask(ctx, p, "ReadWithExecution", id, func(_ *store, in *instance) []core.Event { return in.read(execution) })
}

// ReadHistoryWithExecutionID implements core.ProviderAdmin.
func (p *Provider) ReadHistoryWithExecutionID(ctx context.Context, id string, execution uint64) ([]core.Event, error) {
	return ask(ctx, p, "ReadHistoryWithExecutionID", id, func(_ *store, in *instance) []core.Event { return in.read(execution) })
}

func (in *instance) read(execution uint64) []core.Event {
	events, fault := in.events(execution)
	require(fault == "", core.ErrCorrupt, "instance %q: %s", in.id, fault)
	return events
}

// AppendWithExecution implements core.Provider.
func (p *Provider) AppendWithExecution(ctx context.Context, id string, execution uint64, events []core.Event) error {
	_, err := ask(ctx, p, "AppendWithExecution", id, func(_ *store, in *instance) any {
		valid(core.CheckEvents(execution, events))
		requireNew(in, execution, events)
		for _, e := range events {
			in.history[position{execution, e.ID()}] = e
		}
		return nil
	})
	return err
}

// GetCustomStatus implements core.Provider.
func (p *Provider) GetCustomStatus(ctx context.Context, id string, lastSeen uint64) (*core.CustomStatus, error) {
	return ask(ctx, p, "GetCustomStatus", id, func(_ *store, in *instance) *core.CustomStatus {
		require(lastSeen <= core.MaxCounter, core.ErrInvalidArgument, "the last seen version %d is above 2^63-1", lastSeen)
		if in.custom.Version <= lastSeen {
			return nil
		}
		return new(in.custom)
	})
}

// GetKVValue implements core.Provider.
func (p *Provider) GetKVValue(ctx context.Context, id, key string) (value string, found bool, err error) {
	e, err := ask(ctx, p, "GetKVValue", id, func(_ *store, in *instance) *core.KVEntry {
		validID("KV key", key)
		return in.live()[key]
	})
	return or(e, core.KVEntry{}).Value, e != nil, err
}

// GetKVAllValues implements core.Provider.
func (p *Provider) GetKVAllValues(ctx context.Context, id string) (map[string]string, error) {
	return ask(ctx, p, "GetKVAllValues", id, func(_ *store, in *instance) map[string]string {
		values := map[string]string{}
		for k, e := range in.live() {
			values[k] = e.Value
		}
		return values
	})
}

// GetInstanceStats implements core.Provider.
func (p *Provider) GetInstanceStats(ctx context.Context, id string) (*core.InstanceStats, error) {
	return ask(ctx, p, "GetInstanceStats", id, func(_ *store, in *instance) *core.InstanceStats {
		if !in.recorded() {
			return nil
		}
		execution := in.record.CurrentExecutionID
		stats := &core.InstanceStats{}
		for _, n := range in.eventIDs(execution) {
			e := in.history[position{execution, n}]
			stats.HistoryEventCount++
			stats.HistorySizeBytes += uint64(len(e.Raw()))
			require(n > 1 || !e.IsZero(), core.ErrCorrupt, "instance %q: event 1 cannot be decoded", id)
			if started, ok := e.Payload().(core.OrchestrationStartedEvent); ok && n == 1 {
				stats.QueuePendingCount = uint64(len(started.CarryForwardEvents))
			}
		}
		for _, e := range in.live() {
			stats.KVUserKeyCount++
			stats.KVTotalValueBytes += uint64(len(e.Value))
		}
		return stats
	})
}
