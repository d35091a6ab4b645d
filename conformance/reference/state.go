package reference

import (
	"context"

	"github.com/durokit/duro/core"
)

// Read implements core.Provider.
func (p *Provider) Read(ctx context.Context, id string) ([]core.Event, error) {
	return ask(ctx, p, "Read", id, readLatest)
}

// ReadHistory implements core.ProviderAdmin.
func (p *Provider) ReadHistory(ctx context.Context, id string) ([]core.Event, error) {
	return ask(ctx, p, "ReadHistory", id, readLatest)
}

// ReadWithExecution implements core.Provider.
func (p *Provider) ReadWithExecution(ctx context.Context, id string, execution uint64) ([]core.Event, error) {
	return ask(ctx, p, "ReadWithExecution", id, read(execution))
}

// ReadHistoryWithExecutionID implements core.ProviderAdmin.
func (p *Provider) ReadHistoryWithExecutionID(ctx context.Context, id string, execution uint64) ([]core.Event, error) {
	return ask(ctx, p, "ReadHistoryWithExecutionID", id, read(execution))
}

func readLatest(s *store, in *instance) []core.Event { return read(in.latest())(s, in) }

func read(execution uint64) func(*store, *instance) []core.Event {
	return func(_ *store, in *instance) []core.Event {
		events, fault := in.events(execution)
		require(fault == "", core.ErrCorrupt, "instance %q: %s", in.id, fault)
		return events
	}
}

// AppendWithExecution implements core.Provider.
func (p *Provider) AppendWithExecution(ctx context.Context, id string, execution uint64, events []core.Event) error {
	_, err := ask(ctx, p, "AppendWithExecution", id, func(_ *store, in *instance) any {
		validEvents(in, execution, events)
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
		validCounter("the last seen version", lastSeen)
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
		if in.record == nil {
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
