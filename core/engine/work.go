package engine

import (
	"context"
	"time"

	"github.com/durokit/duro/core"
)

// work is an activity as the worker queue stores it.
type work struct {
	core.ActivityExecute
	raw []byte
}

// newWork takes a checked item.
func newWork(item core.WorkItem) work {
	a, _ := item.Payload().(core.ActivityExecute) // core.CheckActivity has seen to it
	return work{a, []byte(item.Raw())}
}

// home is the row's route when it is ready.
func (w work) home() int64 {
	base := int64(0)
	if w.SessionID != nil {
		base = sessionBase(*w.SessionID)
	}
	return base + tagClass(w.Tag)
}

// columns are the inputs of WorkInsert, which end those of AckInsertWork.
func (w work) columns() []any {
	return []any{
		w.Instance, int64(w.ExecutionID), int64(w.ID),
		optText(w.SessionID), optText(w.Tag), tagClass(w.Tag), w.home(), w.raw,
	}
}

// dirtySession makes the next claim look at the row's session.
func (w work) dirtySession(b *batch) {
	if w.SessionID != nil {
		b.dirties()
		b.row(&b.e.s.SessionsDirty, *w.SessionID, tagClass(w.Tag), w.home())
	}
}

// EnqueueForWorker implements core.Provider (contract 2.6).
func (e *Engine) EnqueueForWorker(ctx context.Context, item core.WorkItem) error {
	const op = "EnqueueForWorker"
	if err := e.enter(op); err != nil {
		return err
	}
	defer e.leave()
	if err := refused(op, core.CheckActivity(item)); err != nil {
		return err
	}
	if a := item.Payload().(core.ActivityExecute); a.Tag != nil {
		if err := e.classes.put([][]any{{classKindTag, tagClass(a.Tag), *a.Tag}}); err != nil {
			return e.told(op, err, "store the tag's class")
		}
	}
	return e.do(ctx, &enqueueWork{e: e, work: newWork(item)})
}

// enqueueWork appends one activity to the worker queue.
type enqueueWork struct {
	e    *Engine
	work work
}

func (m *enqueueWork) op() string  { return "EnqueueForWorker" }
func (m *enqueueWork) key() string { return "" }
func (m *enqueueWork) size() int   { return len(m.work.raw) }

func (m *enqueueWork) add(b *batch) {
	m.work.dirtySession(b)
	b.row(&m.e.s.WorkInsert, m.work.columns()...)
	b.madeWork = true
}

func (m *enqueueWork) alive(*batch) bool { return true }

// AckWorkItem implements core.Provider (contract 2.8).
func (e *Engine) AckWorkItem(ctx context.Context, tk string, completion *core.WorkItem) error {
	const op = "AckWorkItem"
	return e.presenting(op, tk, parseWorkToken, func(t token) error {
		if completion != nil {
			if err := refused(op, core.CheckCompletion(*completion)); err != nil {
				return err
			}
		}
		return e.do(ctx, &ackWork{e: e, token: t, completion: completion})
	})
}

// ackWork deletes a locked activity and enqueues its completion.
type ackWork struct {
	e          *Engine
	token      token
	completion *core.WorkItem
}

func (m *ackWork) op() string  { return "AckWorkItem" }
func (m *ackWork) key() string { return workKey(m.token) }

func (m *ackWork) size() int {
	if m.completion == nil {
		return 0
	}
	return len(m.completion.Raw())
}

func (m *ackWork) add(b *batch) {
	s, id, nonce := m.e.s, m.token.id, m.token.nonce
	b.touchWork(id)
	if m.token.session {
		b.row(&s.WorkTouchSession, id, nonce)
	}
	if m.completion != nil {
		msg := newMessage(*m.completion, b.now, 0)
		b.target(msg.instance)
		b.row(&s.WorkComplete, id, nonce, msg.instance, msg.kind, msg.visibleAt, msg.raw)
	}
	b.row(&s.WorkDelete, id, nonce)
}

func (m *ackWork) alive(b *batch) bool { return b.active(m.token) }

// AbandonWorkItem implements core.Provider (contract 2.9).
func (e *Engine) AbandonWorkItem(ctx context.Context, p core.AbandonParams) error {
	const op = "AbandonWorkItem"
	return e.presenting(op, p.LockToken, parseWorkToken, func(t token) error {
		if err := checkDuration(op, "the delay", p.Delay); err != nil {
			return err
		}
		return e.do(ctx, &abandonWork{e: e, token: t, delayMS: millis(p.Delay), uncount: p.IgnoreAttempt})
	})
}

// abandonWork gives an activity back; it keeps its id and so its place.
type abandonWork struct {
	e       *Engine
	token   token
	delayMS int64
	uncount bool
}

func (m *abandonWork) op() string  { return "AbandonWorkItem" }
func (m *abandonWork) key() string { return workKey(m.token) }
func (m *abandonWork) size() int   { return 0 }

func (m *abandonWork) add(b *batch) {
	s, id, nonce := m.e.s, m.token.id, m.token.nonce
	b.touchWork(id)
	if m.token.session {
		b.dirties()
		b.row(&s.WorkDirtySession, id, nonce)
	}
	due := later(b.now, m.delayMS)
	if m.delayMS > 0 {
		b.waits(due)
	}
	b.row(&s.WorkAbandon, id, nonce, due, flag(m.uncount))
	b.madeWork = true
}

func (m *abandonWork) alive(b *batch) bool { return b.held(m.token) }

// RenewWorkItemLock implements core.Provider (contract 2.10).
func (e *Engine) RenewWorkItemLock(ctx context.Context, tk string, extendFor time.Duration) error {
	const op = "RenewWorkItemLock"
	return e.presenting(op, tk, parseWorkToken, func(t token) error {
		if err := checkDuration(op, "the extension", extendFor); err != nil {
			return err
		}
		return e.renew(ctx, &renewWork{e: e, token: t, forMS: millis(extendFor)}, extendFor)
	})
}

// renewWork moves the deadline of a work lock.
type renewWork struct {
	e     *Engine
	token token
	forMS int64
}

func (m *renewWork) op() string  { return "RenewWorkItemLock" }
func (m *renewWork) key() string { return workKey(m.token) }
func (m *renewWork) size() int   { return 0 }

func (m *renewWork) add(b *batch) {
	s, id, nonce := m.e.s, m.token.id, m.token.nonce
	b.touchWork(id)
	if m.token.session {
		b.row(&s.WorkTouchSession, id, nonce)
	}
	due := later(b.now, m.forMS)
	b.waits(due)
	b.row(&s.WorkExtend, id, nonce, due)
	b.madeWork = true // a shortened lock becomes due earlier
}

func (m *renewWork) alive(b *batch) bool { return b.active(m.token) }

func workKey(t token) string { return workToken(nil, t.id, false) }
