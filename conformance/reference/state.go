package reference

import (
	"context"
	"math"

	"github.com/durokit/duro/core"
)

// ask reads something of an instance, which is empty when nothing carries the id.
func ask[V any](ctx context.Context, p *Provider, op, id string, f func(*store, *instance) (V, error)) (v V, err error) {
	err = p.read(ctx, op, func(s *store) error {
		if err := checkInstance(id); err != nil {
			return err
		}
		in := s.instances[id]
		if in == nil {
			in = &instance{id: id}
		}
		v, err = f(s, in)
		return err
	})
	return v, err
}

// latestExecution stands for the latest in history; no execution has this id.
const latestExecution = math.MaxUint64

// history reads one execution of an instance.
func (p *Provider) history(ctx context.Context, op, id string, execution uint64) ([]core.Event, error) {
	return ask(ctx, p, op, id, func(_ *store, in *instance) ([]core.Event, error) {
		if execution == latestExecution {
			execution = in.latest()
		}
		events, fault := in.events(execution)
		if fault != "" {
			return nil, fail(core.ErrCorrupt, "execution %d of instance %q: %s", execution, id, fault)
		}
		return events, nil
	})
}

// Read implements core.Provider.
func (p *Provider) Read(ctx context.Context, id string) ([]core.Event, error) {
	return p.history(ctx, "Read", id, latestExecution)
}

// ReadWithExecution implements core.Provider.
func (p *Provider) ReadWithExecution(ctx context.Context, id string, execution uint64) ([]core.Event, error) {
	return p.history(ctx, "ReadWithExecution", id, execution)
}

// AppendWithExecution implements core.Provider.
func (p *Provider) AppendWithExecution(ctx context.Context, id string, execution uint64, events []core.Event) error {
	return p.write(ctx, "AppendWithExecution", func(s *store) error {
		if err := checkInstance(id); err != nil {
			return err
		}
		if len(events) == 0 {
			return nil
		}
		in := s.instance(id)
		if err := checkEvents(in, execution, events); err != nil {
			return err
		}
		for _, e := range events {
			in.put(execution, e)
		}
		return nil
	})
}

// GetCustomStatus implements core.Provider.
func (p *Provider) GetCustomStatus(ctx context.Context, id string, lastSeen uint64) (*core.CustomStatus, error) {
	return ask(ctx, p, "GetCustomStatus", id, func(_ *store, in *instance) (*core.CustomStatus, error) {
		if r := in.record; r != nil && r.customVersion > lastSeen {
			return &core.CustomStatus{Status: r.custom, Version: r.customVersion}, nil
		}
		return nil, checkCounter("the last seen version", lastSeen)
	})
}

// GetKVValue implements core.Provider.
func (p *Provider) GetKVValue(ctx context.Context, id, key string) (value string, found bool, err error) {
	all, err := ask(ctx, p, "GetKVValue", id, func(_ *store, in *instance) (map[string]string, error) {
		return in.live(), checkID("KV key", key, core.MaxIDBytes)
	})
	if err == nil {
		value, found = all[key]
	}
	return value, found, err
}

// GetKVAllValues implements core.Provider.
func (p *Provider) GetKVAllValues(ctx context.Context, id string) (map[string]string, error) {
	return ask(ctx, p, "GetKVAllValues", id, func(_ *store, in *instance) (map[string]string, error) {
		return in.live(), nil
	})
}

// GetInstanceStats implements core.Provider.
func (p *Provider) GetInstanceStats(ctx context.Context, id string) (*core.InstanceStats, error) {
	return ask(ctx, p, "GetInstanceStats", id, func(_ *store, in *instance) (*core.InstanceStats, error) {
		if in.record == nil {
			return nil, nil
		}
		st := &core.InstanceStats{}
		stored := in.history[in.record.current]
		for _, e := range stored {
			st.HistoryEventCount++
			st.HistorySizeBytes += uint64(len(e.raw))
		}
		if e := stored[1]; e != nil {
			if e.fault != "" {
				return nil, fail(core.ErrCorrupt, "event 1 of instance %q: %s", id, e.fault)
			}
			if started, ok := e.Payload().(core.OrchestrationStartedEvent); ok {
				st.QueuePendingCount = uint64(len(started.CarryForwardEvents))
			}
		}
		for _, v := range in.live() {
			st.KVUserKeyCount++
			st.KVTotalValueBytes += uint64(len(v))
		}
		return st, nil
	})
}
