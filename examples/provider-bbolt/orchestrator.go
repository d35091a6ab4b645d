package main

import (
	"context"
	"slices"
	"time"

	"github.com/durokit/duro/core"
)

// unknown is the name or version of what nothing is known about.
const unknown = "unknown"

// EnqueueForOrchestrator implements core.Provider.
func (s *Store) EnqueueForOrchestrator(ctx context.Context, item core.WorkItem, delay time.Duration) error {
	return s.update(ctx, "EnqueueForOrchestrator", func(t *tx) error {
		if err := valid(core.CheckMessage(item), core.CheckDuration("the delay", delay)); err != nil {
			return err
		}
		t.send(item, t.at(delay))
		return nil
	})
}

// send stores a message for the instance that it is routed to.
func (t *tx) send(item core.WorkItem, visible uint64) {
	t.messages().add(rowOf(item, visible), []byte(item.Raw()))
}

// FetchOrchestrationItem implements core.Provider.
func (s *Store) FetchOrchestrationItem(ctx context.Context, p core.FetchOrchestrationParams) (f *core.FetchedOrchestration, err error) {
	err = s.poll(ctx, "FetchOrchestrationItem", p.PollTimeout, func(t *tx) (bool, error) {
		if err := valid(core.CheckDuration("the lock timeout", p.LockTimeout)); err != nil {
			return false, err
		}
		id := t.eligible(p.Filter)
		if id == "" {
			return false, nil
		}
		batch := t.batch(id)
		f = &core.FetchedOrchestration{Item: t.describe(id, batch)}
		f.LockToken, f.AttemptCount = t.messages().take(batch, t.at(p.LockTimeout))
		return true, nil
	})
	if err != nil {
		return nil, err
	}
	return f, nil
}

// eligible finds the instance whose oldest visible message came first.
func (t *tx) eligible(filter *core.CapabilityFilter) (id string) {
	if filter != nil && len(filter.SupportedVersions) == 0 {
		return ""
	}
	refused := map[string]bool{}
	for m := range t.messages().all() {
		switch {
		case refused[m.Instance] || !t.due(m.Visible):
			continue
		case t.busy(m.Instance):
		case !t.hasContext(m.Instance):
			t.dropQueueMessages(m.Instance)
		case filter.Supports(t.current(t.instance(m.Instance)).Pinned):
			return m.Instance
		}
		refused[m.Instance] = true
	}
	return ""
}

// busy reports whether the instance is locked.
func (t *tx) busy(id string) bool {
	for m := range t.messages().ofInstance(id) {
		if !t.due(m.Until) {
			return true
		}
	}
	return false
}

// batch lists the instance's visible messages.
func (t *tx) batch(id string) (rows []*row) {
	for m := range t.messages().ofInstance(id) {
		if t.due(m.Visible) {
			rows = append(rows, m)
		}
	}
	return rows
}

// hasContext reports whether something says which orchestration the visible messages are
// for, so that a turn could be made of them.
func (t *tx) hasContext(id string) bool {
	return t.instance(id) != nil || t.history().any(key(id)) || slices.ContainsFunc(t.batch(id), (*row).startsExecution)
}

// dropQueueMessages deletes the visible messages of an instance without context when they
// are queue messages alone. Everything else waits for its start.
func (t *tx) dropQueueMessages(id string) {
	batch := t.batch(id)
	if !slices.ContainsFunc(batch, func(m *row) bool { return m.Kind != core.KindQueueMessage }) {
		t.messages().remove(slices.Values(batch), func(*row) bool { return true })
	}
}

// describe says what an instance is and what there is to do.
func (t *tx) describe(id string, batch []*row) core.OrchestrationItem {
	it := core.OrchestrationItem{Instance: id, ExecutionID: t.latest(id), KVSnapshot: map[string]core.KVEntry{}}
	in := t.instance(id)
	if in == nil && !t.history().any(key(id, it.ExecutionID)) {
		it.ExecutionID = 1
	}
	var fault error
	it.History, fault = t.events(id, it.ExecutionID)
	for _, m := range batch {
		item, err := t.messages().item(m)
		if err != nil {
			t.messages().setAside(m)
			fault = err
			continue
		}
		it.Messages = append(it.Messages, item)
	}
	it.OrchestrationName, it.Version = named(in, it.History, it.Messages)
	if fault != nil {
		it.History, it.HistoryError = nil, fault.Error()
		return it
	}
	it.KVSnapshot = t.snapshot(id)
	return it
}

// named returns name and version of the orchestration: the record knows it, without one
// the history, else the first start among the messages.
func named(in *instance, history []core.Event, messages []core.WorkItem) (name, version string) {
	if in != nil {
		return in.OrchestrationName, in.OrchestrationVersion
	}
	for _, e := range history {
		if start, ok := e.Payload().(core.OrchestrationStartedEvent); ok {
			return start.Name, start.Version
		}
	}
	for _, m := range messages {
		switch start := m.Payload().(type) {
		case core.StartOrchestration:
			return start.Orchestration, or(start.Version, unknown)
		case core.ContinueAsNew:
			return start.Orchestration, or(start.Version, unknown)
		}
	}
	return unknown, unknown
}

// AbandonOrchestrationItem implements core.Provider.
func (s *Store) AbandonOrchestrationItem(ctx context.Context, p core.AbandonParams) error {
	return s.update(ctx, "AbandonOrchestrationItem", func(t *tx) error { return t.messages().abandon(p) })
}

// RenewOrchestrationItemLock implements core.Provider.
func (s *Store) RenewOrchestrationItemLock(ctx context.Context, token string, extendFor time.Duration) error {
	return s.update(ctx, "RenewOrchestrationItemLock", func(t *tx) error {
		_, err := t.messages().renew(token, extendFor)
		return err
	})
}
