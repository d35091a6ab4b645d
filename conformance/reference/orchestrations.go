package reference

import (
	"context"
	"crypto/rand"
	"maps"
	"slices"
	"time"

	"github.com/durokit/duro/core"
)

// FetchOrchestrationItem implements core.Provider.
func (p *Provider) FetchOrchestrationItem(ctx context.Context, q core.FetchOrchestrationParams) (f *core.FetchedOrchestration,
	err error) {
	err = p.poll(ctx, "FetchOrchestrationItem", q.PollTimeout, func(s *store) (bool, error) {
		if q.Filter == nil || len(q.Filter.SupportedVersions) > 0 {
			f = s.claim(q)
		}
		return f != nil, nil
	})
	return f, err
}

// claim locks the eligible instance whose oldest visible message came first.
func (s *store) claim(q core.FetchOrchestrationParams) *core.FetchedOrchestration {
	var in *instance
	var oldest int64
	for _, c := range s.instances {
		batch := c.visible(s.now)
		if len(batch) == 0 || c.locked(s.now) {
			continue
		}
		if !c.hasContext(batch) {
			c.dropLoneQueueMessages(batch)
			continue
		}
		var pinned *core.Semver
		if e := c.current(); e != nil {
			pinned = e.pinned
		}
		if q.Filter.Supports(pinned) && (in == nil || batch[0].seq < oldest) {
			in, oldest = c, batch[0].seq
		}
	}
	if in == nil {
		return nil
	}
	delete(s.holders, in.token)
	in.token, in.until = rand.Text(), s.at(q.LockTimeout)
	s.holders[in.token] = in
	f := &core.FetchedOrchestration{LockToken: in.token}
	batch := in.visible(s.now)
	for _, m := range batch {
		m.token = in.token
		m.attempts++
		if m.raw != "" { // kept for the operator once; the ack will delete the message
			s.aside = append(s.aside, aside{in.id, m.raw})
			m.raw = ""
		}
		f.AttemptCount = max(f.AttemptCount, m.attempts)
	}
	f.Item = in.item(batch)
	return f
}

// hasContext reports whether a turn could be made of the batch: something says
// which orchestration it is for.
func (in *instance) hasContext(batch []*message) bool {
	return in.record != nil || len(in.history) > 0 ||
		slices.ContainsFunc(batch, func(m *message) bool { _, _, ok := starts(m.item); return ok })
}

// starts returns what a StartOrchestration or ContinueAsNew says about its instance.
func starts(item core.WorkItem) (name string, version *string, ok bool) {
	switch p := item.Payload().(type) {
	case core.StartOrchestration:
		return p.Orchestration, p.Version, true
	case core.ContinueAsNew:
		return p.Orchestration, p.Version, true
	}
	return "", nil, false
}

// dropLoneQueueMessages deletes the batch when it is queue messages alone: there
// is nobody they could be for. Everything else waits for its start.
func (in *instance) dropLoneQueueMessages(batch []*message) {
	if slices.ContainsFunc(batch, func(m *message) bool { return m.item.Kind() != core.KindQueueMessage }) {
		return
	}
	in.messages = slices.DeleteFunc(in.messages, func(m *message) bool { return slices.Contains(batch, m) })
}

// item describes the locked instance. Without a record, the history of the
// latest execution says what it is, else the first start in the batch.
func (in *instance) item(batch []*message) core.OrchestrationItem {
	it := core.OrchestrationItem{Instance: in.id, OrchestrationName: "unknown", ExecutionID: in.latest(),
		KVSnapshot: map[string]core.KVEntry{}}
	if len(in.history[it.ExecutionID]) == 0 {
		it.ExecutionID = 1
	}
	var version *string
	named := false
	if r := in.record; r != nil {
		it.OrchestrationName, version, it.ExecutionID, named = r.name, r.version, r.current, true
	}
	it.History, it.HistoryError = in.events(it.ExecutionID)
	for _, e := range it.History {
		if started, ok := e.Payload().(core.OrchestrationStartedEvent); ok && !named {
			it.OrchestrationName, version, named = started.Name, &started.Version, true
		}
	}
	for _, m := range batch {
		if m.fault != "" {
			it.HistoryError = "an undecodable message: " + m.fault
			continue
		}
		it.Messages = append(it.Messages, m.item)
		if name, v, ok := starts(m.item); ok && !named {
			it.OrchestrationName, version, named = name, v, true
		}
	}
	it.Version = orUnknown(version)
	if it.HistoryError != "" {
		it.History = nil
		return it
	}
	maps.Copy(it.KVSnapshot, in.kv)
	return it
}

func orUnknown(version *string) string {
	if version == nil {
		return "unknown"
	}
	return *version
}

// held returns the instance whose latest lock has this token, expired or not.
func (s *store) held(token string) (*instance, error) {
	if in := s.holders[token]; in != nil {
		return in, nil
	}
	return nil, fail(core.ErrLockLost, "no instance is locked with this token")
}

// heldActive is held, and fails when the lock has expired.
func (s *store) heldActive(token string) (*instance, error) {
	in, err := s.held(token)
	if err == nil && !in.locked(s.now) {
		err = fail(core.ErrLockLost, "the lock of instance %q has expired", in.id)
	}
	return in, err
}

func (s *store) release(in *instance) {
	delete(s.holders, in.token)
	in.token, in.until = "", 0
}

// AckOrchestrationItem implements core.Provider.
func (p *Provider) AckOrchestrationItem(ctx context.Context, q core.AckOrchestrationParams) error {
	return p.write(ctx, "AckOrchestrationItem", func(s *store) error {
		in, err := s.heldActive(q.LockToken)
		if err == nil {
			err = checkTurn(in, q)
		}
		if err != nil {
			return err
		}
		in.messages = slices.DeleteFunc(in.messages, func(m *message) bool { return m.token == q.LockToken })
		s.putRecord(in, q)
		s.putExecution(in, q)
		for _, e := range q.HistoryDelta {
			in.put(q.ExecutionID, e)
		}
		s.applyState(in, q)
		for _, w := range q.WorkerItems {
			s.enqueueWork(w)
		}
		s.work = slices.DeleteFunc(s.work, func(a *activity) bool { return slices.Contains(q.CancelledActivities, a.id()) })
		for _, m := range q.OrchestratorItems {
			s.enqueue(m, s.now)
		}
		s.release(in)
		return nil
	})
}

// putRecord makes or updates the record; only a name makes one.
func (s *store) putRecord(in *instance, q core.AckOrchestrationParams) {
	md := q.Metadata
	if md.OrchestrationName != nil {
		if in.record == nil {
			in.record = &record{current: q.ExecutionID, created: s.now}
		}
		in.record.name = *md.OrchestrationName
		if md.OrchestrationVersion != nil {
			in.record.version = md.OrchestrationVersion
		}
		if in.record.parent == nil {
			in.record.parent = md.ParentInstanceID
		}
	}
	if in.record != nil {
		in.record.updated = s.now
		in.record.current = max(in.record.current, q.ExecutionID)
	}
}

func (s *store) putExecution(in *instance, q core.AckOrchestrationParams) {
	e := in.executions[q.ExecutionID]
	if e == nil {
		e = &execution{status: core.StatusRunning, started: s.now}
		in.executions[q.ExecutionID] = e
	}
	if q.Metadata.PinnedVersion != nil {
		e.pinned = q.Metadata.PinnedVersion
	}
	if st := q.Metadata.Status; st != nil {
		e.status, e.output, e.completed = *st, q.Metadata.Output, nil
		if closes(st) {
			now := s.now
			e.completed = &now
		}
	}
}

// closes reports whether a status ends its execution.
func closes(status *string) bool {
	return status != nil && slices.Contains([]string{core.StatusCompleted, core.StatusFailed, core.StatusContinuedAsNew}, *status)
}

// put stores an event under the execution given, whatever the event itself says.
func (in *instance) put(execution uint64, e core.Event) {
	if in.history[execution] == nil {
		in.history[execution] = map[uint64]*event{}
	}
	in.history[execution][e.ID()] = &event{Event: e, raw: e.Raw()}
}

// applyState lets the turn's events change custom status and KV.
func (s *store) applyState(in *instance, q core.AckOrchestrationParams) {
	var status *core.CustomStatusUpdatedEvent
	for _, e := range q.HistoryDelta {
		switch p := e.Payload().(type) {
		case core.CustomStatusUpdatedEvent:
			status = &p
		case core.KeyValueSetEvent:
			in.delta[p.Key] = change{&p.Value, p.LastUpdatedMS}
		case core.KeyValueClearedEvent:
			in.delta[p.Key] = change{nil, uint64(s.now)}
		case core.KeyValuesClearedEvent:
			for k := range in.live() {
				in.delta[k] = change{nil, uint64(s.now)}
			}
		}
	}
	if status != nil && in.record != nil {
		in.record.custom = status.Status
		in.record.customVersion++ // once per turn, however many updates
	}
	if closes(q.Metadata.Status) {
		for k, c := range in.delta {
			if c.value == nil {
				delete(in.kv, k)
			} else {
				in.kv[k] = core.KVEntry{Value: *c.value, LastUpdatedMS: c.updated}
			}
		}
		clear(in.delta)
	}
}

// enqueue stores a message for its routing instance; a timer never fires early.
func (s *store) enqueue(item core.WorkItem, visible int64) {
	if t, ok := item.Payload().(core.TimerFired); ok {
		visible = max(visible, int64(min(t.FireAtMS, core.MaxCounter)))
	}
	in := s.instance(item.RoutingInstance())
	in.messages = append(in.messages, &message{seq: s.nextSeq(), item: item, visible: visible})
}

// EnqueueForOrchestrator implements core.Provider.
func (p *Provider) EnqueueForOrchestrator(ctx context.Context, item core.WorkItem, delay time.Duration) error {
	return p.write(ctx, "EnqueueForOrchestrator", func(s *store) error {
		if err := checkMessage(item); err != nil {
			return err
		}
		s.enqueue(item, s.at(delay))
		return nil
	})
}

// AbandonOrchestrationItem implements core.Provider.
func (p *Provider) AbandonOrchestrationItem(ctx context.Context, q core.AbandonParams) error {
	return p.write(ctx, "AbandonOrchestrationItem", func(s *store) error {
		in, err := s.held(q.LockToken)
		if err != nil {
			return err
		}
		for _, m := range in.messages {
			if m.token != q.LockToken {
				continue // arrived during the lock, or is a timer still to come
			}
			m.token = ""
			if q.IgnoreAttempt && m.attempts > 0 {
				m.attempts--
			}
			if q.Delay > 0 {
				m.visible = s.at(q.Delay)
			}
		}
		s.release(in)
		return nil
	})
}

// RenewOrchestrationItemLock implements core.Provider.
func (p *Provider) RenewOrchestrationItemLock(ctx context.Context, token string, extendFor time.Duration) error {
	return p.write(ctx, "RenewOrchestrationItemLock", func(s *store) error {
		in, err := s.heldActive(token)
		if err == nil {
			in.until = s.at(extendFor)
		}
		return err
	})
}
