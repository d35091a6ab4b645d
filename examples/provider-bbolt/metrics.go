package main

import (
	"context"

	"github.com/durokit/duro/core"
)

// GetSystemMetrics implements core.ProviderAdmin.
func (s *Store) GetSystemMetrics(ctx context.Context) (m *core.SystemMetrics, err error) {
	err = s.view(ctx, "GetSystemMetrics", func(t *tx) error {
		m = &core.SystemMetrics{TotalExecutions: t.executions().count(nil), TotalEvents: t.history().count(nil)}
		for _, in := range t.instances().all(nil) {
			m.TotalInstances++
			switch t.current(in).Status {
			case core.StatusRunning:
				m.RunningInstances++
			case core.StatusCompleted:
				m.CompletedInstances++
			case core.StatusFailed:
				m.FailedInstances++
			}
		}
		return nil
	})
	return m, err
}

// GetQueueDepths implements core.ProviderAdmin.
func (s *Store) GetQueueDepths(ctx context.Context) (d *core.QueueDepths, err error) {
	err = s.view(ctx, "GetQueueDepths", func(t *tx) error {
		d = &core.QueueDepths{SetAside: t.bucket("aside").count(nil)}
		counters := map[string]*uint64{} // of instances' visible messages
		for m := range t.messages().all() {
			if counters[m.Instance] == nil {
				counters[m.Instance] = t.counter(m.Instance, d)
			}
			*pick(!t.due(m.Visible), &d.OrchestratorDelayed, counters[m.Instance])++
		}
		for a := range t.work().all() {
			*pick(!t.due(a.Visible), &d.WorkerDelayed, pick(!t.due(a.Until), &d.WorkerLocked, &d.WorkerQueue))++
		}
		return nil
	})
	return d, err
}

// counter is where the visible messages of an instance are counted.
func (t *tx) counter(id string, d *core.QueueDepths) *uint64 {
	switch {
	case t.busy(id):
		return &d.OrchestratorLocked
	case !t.hasContext(id):
		return &d.Parked
	}
	return &d.OrchestratorQueue
}

func pick[T any](first bool, a, b T) T {
	if first {
		return a
	}
	return b
}
