package reference

import (
	"cmp"
	"slices"
	"time"

	"github.com/durokit/duro/core"
)

func (s *store) EnqueueForOrchestrator(item core.WorkItem, delay time.Duration) {
	valid(core.CheckMessage(item))
	s.send(item, s.at(delay))
}

// send stores a message for its routing instance; a timer never fires early.
func (s *store) send(item core.WorkItem, visible uint64) {
	if timer, ok := item.Payload().(core.TimerFired); ok {
		visible = max(visible, timer.FireAtMS)
	}
	s.messages = append(s.messages, &row{instance: item.RoutingInstance(), item: item, visible: visible})
}

func (s *store) FetchOrchestrationItem(q core.FetchOrchestrationParams) *core.FetchedOrchestration {
	until := s.at(q.LockTimeout)
	in := s.eligible(q.Filter)
	if in == nil {
		return nil
	}
	batch := s.batch(in)
	f := &core.FetchedOrchestration{Item: in.describe(batch)}
	f.LockToken, f.AttemptCount = s.take(batch, until)
	return f
}

// eligible finds the instance whose oldest visible message came first.
func (s *store) eligible(filter *core.CapabilityFilter) *instance {
	if filter != nil && len(filter.SupportedVersions) == 0 {
		return nil
	}
	for _, m := range s.messages {
		in := s.instance(m.instance)
		switch {
		case !s.due(m.visible) || s.busy(in):
		case !s.hasContext(in):
			s.dropQueueMessages(in)
		case filter.Supports(in.current().pinned):
			return in
		}
	}
	return nil
}

// busy reports whether the instance is locked.
func (s *store) busy(in *instance) bool {
	return slices.ContainsFunc(s.messages, func(m *row) bool { return m.instance == in.id && !s.due(m.until) })
}

// batch lists the instance's visible messages.
func (s *store) batch(in *instance) []*row {
	return keep(s.messages, func(m *row) bool { return m.instance == in.id && s.due(m.visible) })
}

// hasContext reports whether something says which orchestration the visible
// messages are for, so that a turn could be made of them.
func (s *store) hasContext(in *instance) bool {
	return in.recorded() || len(in.history) > 0 || slices.ContainsFunc(s.batch(in), func(m *row) bool {
		return m.item.Kind() == core.KindStartOrchestration || m.item.Kind() == core.KindContinueAsNew
	})
}

// dropQueueMessages deletes the visible messages of an instance without context
// when they are queue messages alone. Everything else waits for its start.
func (s *store) dropQueueMessages(in *instance) {
	batch := s.batch(in)
	if !slices.ContainsFunc(batch, func(m *row) bool { return m.item.Kind() != core.KindQueueMessage }) {
		remove(&s.messages, func(m *row) bool { return slices.Contains(batch, m) })
	}
}

// describe says what an instance is and what there is to do.
func (in *instance) describe(batch []*row) core.OrchestrationItem {
	it := core.OrchestrationItem{Instance: in.id, ExecutionID: in.latest(), KVSnapshot: map[string]core.KVEntry{}}
	if !in.recorded() && len(in.eventIDs(it.ExecutionID)) == 0 {
		it.ExecutionID = 1
	}
	it.History, it.HistoryError = in.events(it.ExecutionID)
	for _, m := range batch {
		if m.fault != "" {
			it.HistoryError = m.fault
			continue
		}
		it.Messages = append(it.Messages, m.item)
	}
	it.OrchestrationName, it.Version = in.named(it.History, it.Messages)
	if it.HistoryError != "" {
		it.History = nil
		return it
	}
	for k, e := range in.kv {
		it.KVSnapshot[k] = *e
	}
	return it
}

// unknown is the name or version of what nothing is known about.
const unknown = "unknown"

// named returns name and version of the orchestration: the record knows it,
// without one the history, else the first start among the messages.
func (in *instance) named(history []core.Event, messages []core.WorkItem) (name, version string) {
	if in.recorded() {
		return in.record.OrchestrationName, in.record.OrchestrationVersion
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

func (s *store) AckOrchestrationItem(q core.AckOrchestrationParams) {
	batch := s.locked(s.messages, q.LockToken)
	in := s.instance(batch[0].instance)
	valid(core.CheckTurn(q))
	requireNew(in, q.ExecutionID, q.HistoryDelta)

	remove(&s.messages, func(m *row) bool { return slices.Contains(batch, m) })
	s.putRecords(in, q.ExecutionID, q.Metadata)
	in.putEvents(q.ExecutionID, q.HistoryDelta)
	if closes(q.Metadata.Status) {
		in.kv, in.delta = in.live(), map[string]*core.KVEntry{}
	}
	for _, w := range q.WorkerItems {
		s.addWork(w)
	}
	remove(&s.work, func(a *row) bool { return slices.Contains(q.CancelledActivities, a.id()) })
	for _, m := range q.OrchestratorItems {
		s.send(m, s.now)
	}
}

// closes reports whether a status ends its execution.
func closes(status *string) bool {
	return slices.Contains([]string{core.StatusCompleted, core.StatusFailed, core.StatusContinuedAsNew}, or(status, ""))
}

// putRecords makes or updates the records of an instance, which only a name
// makes, and of an execution.
func (s *store) putRecords(in *instance, number uint64, md core.ExecutionMetadata) {
	r := &in.record
	if md.OrchestrationName != nil {
		if !in.recorded() {
			*r = core.InstanceInfo{InstanceID: in.id, OrchestrationVersion: unknown, CreatedAtMS: s.now}
		}
		r.OrchestrationName, r.OrchestrationVersion = *md.OrchestrationName, or(md.OrchestrationVersion, r.OrchestrationVersion)
		r.ParentInstanceID = cmp.Or(r.ParentInstanceID, md.ParentInstanceID)
	}
	if in.recorded() {
		r.UpdatedAtMS, r.CurrentExecutionID = s.now, max(r.CurrentExecutionID, number)
	}
	e, exists := in.executions[number]
	if !exists {
		e.ExecutionInfo = core.ExecutionInfo{ExecutionID: number, Status: core.StatusRunning, StartedAtMS: s.now}
	}
	e.pinned = cmp.Or(md.PinnedVersion, e.pinned)
	if md.Status != nil {
		e.Status, e.Output, e.CompletedAtMS = *md.Status, md.Output, nil
		if closes(md.Status) {
			e.CompletedAtMS = new(s.now)
		}
	}
	in.executions[number] = e
}

// putEvents appends a turn's events, and lets them change custom status and KV.
func (in *instance) putEvents(execution uint64, events []core.Event) {
	version := in.custom.Version
	for _, e := range events {
		in.history[position{execution, e.ID()}] = e
		switch p := e.Payload().(type) {
		case core.CustomStatusUpdatedEvent:
			if in.recorded() {
				in.custom = core.CustomStatus{Status: p.Status, Version: version + 1} // once per turn, however many
			}
		case core.KeyValueSetEvent:
			in.delta[p.Key] = &core.KVEntry{Value: p.Value, LastUpdatedMS: p.LastUpdatedMS}
		case core.KeyValueClearedEvent:
			in.delta[p.Key] = nil
		case core.KeyValuesClearedEvent:
			for k := range in.live() {
				in.delta[k] = nil
			}
		}
	}
}

func (s *store) AbandonOrchestrationItem(q core.AbandonParams) { s.abandon(s.messages, q) }

func (s *store) RenewOrchestrationItemLock(token string, extendFor time.Duration) {
	s.renew(s.messages, token, extendFor)
}
