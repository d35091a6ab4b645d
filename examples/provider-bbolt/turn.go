package main

import (
	"cmp"
	"context"
	"slices"

	"github.com/durokit/duro/core"
)

// AckOrchestrationItem implements core.Provider.
func (s *Store) AckOrchestrationItem(ctx context.Context, p core.AckOrchestrationParams) error {
	return s.update(ctx, "AckOrchestrationItem", func(t *tx) error {
		batch, err := t.messages().locked(p.LockToken)
		if err != nil {
			return err
		}
		if err := valid(core.CheckTurn(p)); err != nil {
			return err
		}
		return t.commitTurn(batch, p)
	})
}

// commitTurn stores what a turn decided. The order matters: an activity that the same
// turn schedules and cancels is cancelled.
func (t *tx) commitTurn(batch []*row, p core.AckOrchestrationParams) error {
	id := batch[0].Instance
	if err := t.appendEvents(id, p.ExecutionID, p.HistoryDelta); err != nil {
		return err
	}
	t.messages().remove(slices.Values(batch), func(*row) bool { return true })
	t.putInstance(id, p.ExecutionID, p.Metadata)
	t.putExecution(id, p.ExecutionID, p.Metadata)
	t.applyEvents(id, p.HistoryDelta)
	if closes(p.Metadata.Status) {
		t.mergeKV(id)
	}
	for _, item := range p.WorkerItems {
		t.addWork(item)
	}
	for _, c := range p.CancelledActivities {
		t.work().remove(t.work().ofInstance(c.Instance), func(r *row) bool { return r.id() == c })
	}
	for _, item := range p.OrchestratorItems {
		t.send(item, t.now)
	}
	return nil
}

// closes reports whether a status ends its execution.
func closes(status *string) bool {
	return slices.Contains([]string{core.StatusCompleted, core.StatusFailed, core.StatusContinuedAsNew}, or(status, ""))
}

// putInstance updates the record of an instance, which only a name makes.
func (t *tx) putInstance(id string, execution uint64, md core.ExecutionMetadata) {
	in := t.instance(id)
	if md.OrchestrationName != nil {
		if in == nil {
			in = &instance{InstanceInfo: core.InstanceInfo{InstanceID: id, OrchestrationVersion: unknown, CreatedAtMS: t.now}}
		}
		in.OrchestrationName, in.OrchestrationVersion = *md.OrchestrationName, or(md.OrchestrationVersion, in.OrchestrationVersion)
		in.ParentInstanceID = cmp.Or(in.ParentInstanceID, md.ParentInstanceID)
		if in.ParentInstanceID != nil {
			t.bucket("children").put(childKey(in), nil)
		}
	}
	if in != nil {
		in.UpdatedAtMS, in.CurrentExecutionID = t.now, max(in.CurrentExecutionID, execution)
		t.instances().put([]byte(id), in)
	}
}

// putExecution makes or updates the record of an execution.
func (t *tx) putExecution(id string, n uint64, md core.ExecutionMetadata) {
	e := t.executions().get(key(id, n))
	if e == nil {
		e = &execution{ExecutionInfo: core.ExecutionInfo{ExecutionID: n, Status: core.StatusRunning, StartedAtMS: t.now}}
	}
	e.Pinned = cmp.Or(md.PinnedVersion, e.Pinned)
	if md.Status != nil {
		e.Status, e.Output, e.CompletedAtMS = *md.Status, md.Output, nil
		if closes(md.Status) {
			e.CompletedAtMS = new(t.now)
		}
	}
	t.executions().put(key(id, n), e)
}

// applyEvents lets a turn's events change the custom status and the values.
func (t *tx) applyEvents(id string, events []core.Event) {
	for _, e := range events {
		switch p := e.Payload().(type) {
		case core.KeyValueSetEvent:
			t.setKV(id, p.Key, &core.KVEntry{Value: p.Value, LastUpdatedMS: p.LastUpdatedMS})
		case core.KeyValueClearedEvent:
			t.setKV(id, p.Key, nil)
		case core.KeyValuesClearedEvent:
			for name := range t.liveKV(id) {
				t.setKV(id, name, nil)
			}
		}
	}
	t.applyStatus(id, events)
}
