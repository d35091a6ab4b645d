package main

import (
	"context"

	"github.com/durokit/duro/core"
)

// applyStatus lets a turn's events set the custom status of an instance that has a record.
// The version grows once per turn, however many there are.
func (t *tx) applyStatus(id string, events []core.Event) {
	in, set := t.instance(id), false
	if in == nil {
		return
	}
	for _, e := range events {
		if p, ok := e.Payload().(core.CustomStatusUpdatedEvent); ok {
			in.Custom.Status, set = p.Status, true
		}
	}
	if set {
		in.Custom.Version++
		t.instances().put([]byte(id), in)
	}
}

// GetCustomStatus implements core.Provider.
func (s *Store) GetCustomStatus(ctx context.Context, id string, lastSeen uint64) (custom *core.CustomStatus, err error) {
	err = s.view(ctx, "GetCustomStatus", func(t *tx) error {
		if lastSeen > core.MaxCounter {
			return refuse(core.ErrInvalidArgument, "the last seen version %d is above 2^63-1", lastSeen)
		}
		if err := validID(id); err != nil {
			return err
		}
		if in := t.instance(id); in != nil && in.Custom.Version > lastSeen {
			custom = &in.Custom
		}
		return nil
	})
	return custom, err
}

// GetInstanceStats implements core.Provider.
func (s *Store) GetInstanceStats(ctx context.Context, id string) (stats *core.InstanceStats, err error) {
	err = s.view(ctx, "GetInstanceStats", func(t *tx) error {
		if err := validID(id); err != nil {
			return err
		}
		in := t.instance(id)
		if in == nil {
			return nil
		}
		found, err := t.stats(in)
		stats = found
		return err
	})
	return stats, err
}

// stats counts what an instance holds.
func (t *tx) stats(in *instance) (*core.InstanceStats, error) {
	stats := &core.InstanceStats{}
	for k, raw := range t.history().scan(key(in.InstanceID, in.CurrentExecutionID)) {
		stats.HistoryEventCount++
		stats.HistorySizeBytes += uint64(len(raw))
		if lastNumber(k) > 1 {
			continue
		}
		first, err := core.DecodeEvent(raw)
		if err != nil {
			return nil, refuse(core.ErrCorrupt, "instance %q: event 1 cannot be decoded", in.InstanceID)
		}
		if started, ok := first.Payload().(core.OrchestrationStartedEvent); ok {
			stats.QueuePendingCount = uint64(len(started.CarryForwardEvents))
		}
	}
	for _, e := range t.liveKV(in.InstanceID) {
		stats.KVUserKeyCount++
		stats.KVTotalValueBytes += uint64(len(e.Value))
	}
	return stats, nil
}
