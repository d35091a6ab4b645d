package engine

import (
	"context"

	"github.com/durokit/duro/core"
)

// AckOrchestrationItem implements core.Provider (contract 2.2).
func (e *Engine) AckOrchestrationItem(ctx context.Context, p core.AckOrchestrationParams) error {
	const op = "AckOrchestrationItem"
	if err := e.enter(op); err != nil {
		return err
	}
	defer e.leave()
	m, err := e.newTurn(op, p)
	if err != nil {
		return err
	}
	if err := e.do(ctx, m); err != nil {
		e.cache.drop(m.token.instance)
		return err
	}
	return nil
}

// turn commits one orchestration turn.
type turn struct {
	core.AckOrchestrationParams
	e     *Engine
	token token
	state turnState
	bytes int
}

func (e *Engine) newTurn(op string, p core.AckOrchestrationParams) (*turn, error) {
	t, ok := parseInstanceToken(p.LockToken)
	if !ok {
		return nil, lockLost(op)
	}
	m := &turn{AckOrchestrationParams: p, e: e, token: t}
	if err := m.check(op); err != nil {
		return nil, err
	}
	if err := m.putClasses(); err != nil {
		return nil, e.told(op, err, "store the classes of a turn")
	}
	return m, nil
}

// check validates the whole turn, so that a member of a batch never fails for
// its content, and sums its size.
func (m *turn) check(op string) error {
	if err := refused(op, core.CheckTurn(m.AckOrchestrationParams)); err != nil {
		return err
	}
	for _, items := range [][]core.WorkItem{m.WorkerItems, m.OrchestratorItems} {
		for _, item := range items {
			m.bytes += len(item.Raw())
		}
	}
	for _, ev := range m.HistoryDelta {
		m.bytes += len(ev.Raw())
	}
	for _, text := range []*string{m.Metadata.Output, m.Metadata.OrchestrationName, m.Metadata.OrchestrationVersion} {
		if text != nil {
			m.bytes += len(*text)
		}
	}
	m.state = stateOf(m.HistoryDelta)
	m.bytes += m.state.size()
	return nil
}

// putClasses makes the turn's pinned version and tags known to the store.
func (m *turn) putClasses() error {
	var rows [][]any
	if v := m.Metadata.PinnedVersion; v != nil {
		rows = append(rows, []any{classKindVersion, versionClass(*v), v.String()})
	}
	for _, item := range m.WorkerItems {
		if a, ok := item.Payload().(core.ActivityExecute); ok && a.Tag != nil {
			rows = append(rows, []any{classKindTag, tagClass(a.Tag), *a.Tag})
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return m.e.classes.put(rows)
}

func (m *turn) op() string  { return "AckOrchestrationItem" }
func (m *turn) key() string { return "o" + m.token.instance }
func (m *turn) size() int   { return m.bytes }

func (m *turn) add(b *batch) {
	s, id, nonce := m.e.s, m.token.instance, m.token.nonce
	b.touch(id, b.e.nextSeq(b.now))
	b.madeMessages = true
	b.row(&s.AckMessages, id, nonce)
	m.addRecords(b)
	for _, ev := range m.HistoryDelta {
		b.row(&s.AckInsertHistory, id, nonce, int64(m.ExecutionID), int64(ev.ID()), []byte(ev.Raw()))
	}
	m.state.add(b, m.token, closes(m.Metadata.Status))
	m.addWork(b)
	for _, item := range m.OrchestratorItems {
		msg := newMessage(item, b.now, 0)
		b.target(msg.instance)
		b.row(&s.AckInsertMessages, id, nonce, msg.instance, msg.kind, msg.visibleAt, msg.parent, msg.raw)
	}
	var class any
	if v := m.Metadata.PinnedVersion; v != nil {
		class = versionClass(*v)
	}
	named := flag(m.Metadata.OrchestrationName != nil)
	b.row(&s.AckRelease, id, nonce, int64(m.ExecutionID), int64(len(m.HistoryDelta)), named, class)
}

// addRecords upserts the instance and execution records (contract 2.2 steps 3 to 8).
func (m *turn) addRecords(b *batch) {
	s, id, nonce, md := m.e.s, m.token.instance, m.token.nonce, m.Metadata
	if md.OrchestrationName != nil {
		name, version := []byte(*md.OrchestrationName), optBytes(md.OrchestrationVersion)
		b.row(&s.AckCreateInstance, id, nonce, name, version, optText(md.ParentInstanceID))
	} else {
		b.row(&s.AckTouchInstance, id, nonce)
	}
	b.row(&s.AckCreateExecution, id, nonce, int64(m.ExecutionID))
	if md.Status != nil {
		var completed any
		if closes(md.Status) {
			completed = b.now
		}
		b.row(&s.AckSetStatus, id, nonce, int64(m.ExecutionID), *md.Status, optBytes(md.Output), completed)
	}
	if md.PinnedVersion != nil {
		b.row(&s.AckPin, id, nonce, int64(m.ExecutionID), md.PinnedVersion.String())
	}
}

// addWork inserts the turn's activities and cancels others.
func (m *turn) addWork(b *batch) {
	s, id, nonce := m.e.s, m.token.instance, m.token.nonce
	for _, item := range m.WorkerItems {
		w := newWork(item)
		w.dirtySession(b)
		b.row(&s.AckInsertWork, append([]any{id, nonce}, w.columns()...)...)
		b.madeWork = true
	}
	for _, c := range m.CancelledActivities {
		if c.ExecutionID > core.MaxCounter || c.ActivityID > core.MaxCounter || checkInstance("", c.Instance) != nil {
			continue // names nothing: such ids are never stored
		}
		row := []any{id, nonce, c.Instance, int64(c.ExecutionID), int64(c.ActivityID)}
		b.dirties()
		b.row(&s.AckCancelSessions, row...)
		b.row(&s.AckCancelWork, row...)
	}
}

func (m *turn) alive(b *batch) bool { return b.active(m.token) }

func (m *turn) committed() {
	m.e.cache.committed(m.LockToken, m.token.instance, int64(m.ExecutionID), m.HistoryDelta)
}

// closes reports whether a status ends its execution.
func closes(status *string) bool {
	if status == nil {
		return false
	}
	switch *status {
	case core.StatusCompleted, core.StatusFailed, core.StatusContinuedAsNew:
		return true
	}
	return false
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

func optText(s *string) any {
	if s == nil {
		return nil
	}
	return *s
}

func optBytes(s *string) any {
	if s == nil {
		return nil
	}
	return []byte(*s)
}
