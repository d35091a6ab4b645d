package reference

import (
	"context"

	"github.com/durokit/duro/core"
)

// on runs f with the instance, which is nil when nothing carries the id.
func (p *Provider) on(ctx context.Context, op, id string, f func(*store, *instance) error) error {
	return p.read(ctx, op, func(s *store) error {
		if err := checkInstance(id); err != nil {
			return err
		}
		return f(s, s.instances[id])
	})
}

// history reads one execution of an instance, the latest when execution is 0.
func (p *Provider) history(ctx context.Context, op, id string, execution uint64, latest bool) (out []core.Event, err error) {
	err = p.on(ctx, op, id, func(_ *store, in *instance) error {
		if in == nil {
			return nil
		}
		if latest {
			execution = in.latest()
		}
		events, fault := in.events(execution)
		if fault != "" {
			return fail(core.ErrCorrupt, "execution %d of instance %q: %s", execution, id, fault)
		}
		out = events
		return nil
	})
	return out, err
}

// Read implements core.Provider.
func (p *Provider) Read(ctx context.Context, id string) ([]core.Event, error) {
	return p.history(ctx, "Read", id, 0, true)
}

// ReadWithExecution implements core.Provider.
func (p *Provider) ReadWithExecution(ctx context.Context, id string, execution uint64) ([]core.Event, error) {
	return p.history(ctx, "ReadWithExecution", id, execution, false)
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
func (p *Provider) GetCustomStatus(ctx context.Context, id string, lastSeen uint64) (out *core.CustomStatus, err error) {
	err = p.on(ctx, "GetCustomStatus", id, func(_ *store, in *instance) error {
		if err := checkCounter("the last seen version", lastSeen); err != nil {
			return err
		}
		if in != nil && in.record != nil && in.record.customVersion > lastSeen {
			out = &core.CustomStatus{Status: in.record.custom, Version: in.record.customVersion}
		}
		return nil
	})
	return out, err
}

// GetKVValue implements core.Provider.
func (p *Provider) GetKVValue(ctx context.Context, id, key string) (value string, found bool, err error) {
	err = p.on(ctx, "GetKVValue", id, func(_ *store, in *instance) error {
		if err := checkID("KV key", key, core.MaxIDBytes); err != nil {
			return err
		}
		if in != nil {
			value, found = in.live()[key]
		}
		return nil
	})
	return value, found, err
}

// GetKVAllValues implements core.Provider.
func (p *Provider) GetKVAllValues(ctx context.Context, id string) (out map[string]string, err error) {
	out = map[string]string{}
	err = p.on(ctx, "GetKVAllValues", id, func(_ *store, in *instance) error {
		if in != nil {
			out = in.live()
		}
		return nil
	})
	return out, err
}

// GetInstanceStats implements core.Provider.
func (p *Provider) GetInstanceStats(ctx context.Context, id string) (out *core.InstanceStats, err error) {
	err = p.on(ctx, "GetInstanceStats", id, func(_ *store, in *instance) error {
		if in == nil || in.record == nil {
			return nil
		}
		st := &core.InstanceStats{}
		stored := in.history[in.record.current]
		for _, e := range stored {
			st.HistoryEventCount++
			st.HistorySizeBytes += uint64(len(e.raw))
		}
		if e := stored[1]; e != nil {
			if e.fault != "" {
				return fail(core.ErrCorrupt, "event 1 of instance %q: %s", id, e.fault)
			}
			if started, ok := e.Payload().(core.OrchestrationStartedEvent); ok {
				st.QueuePendingCount = uint64(len(started.CarryForwardEvents))
			}
		}
		for _, v := range in.live() {
			st.KVUserKeyCount++
			st.KVTotalValueBytes += uint64(len(v))
		}
		out = st
		return nil
	})
	return out, err
}
