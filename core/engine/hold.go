package engine

import (
	"context"
	"time"

	"github.com/durokit/duro/core"
)

// AbandonOrchestrationItem implements core.Provider (contract 2.3).
func (e *Engine) AbandonOrchestrationItem(ctx context.Context, p core.AbandonParams) error {
	const op = "AbandonOrchestrationItem"
	if err := e.enter(op); err != nil {
		return err
	}
	defer e.leave()
	t, ok := parseInstanceToken(p.LockToken)
	if !ok {
		return lockLost(op)
	}
	if err := checkDuration(op, "the delay", p.Delay); err != nil {
		return err
	}
	return e.do(ctx, &abandonInstance{e: e, token: t, delayMS: millis(p.Delay), uncount: p.IgnoreAttempt})
}

// abandonInstance gives an instance's lock and messages back. An expired lock
// that nobody took over may still be given back.
type abandonInstance struct {
	e       *Engine
	token   token
	delayMS int64
	uncount bool
}

func (m *abandonInstance) op() string  { return "AbandonOrchestrationItem" }
func (m *abandonInstance) key() string { return "o" + m.token.instance }
func (m *abandonInstance) size() int   { return 0 }

func (m *abandonInstance) add(b *batch) {
	s, id, nonce := m.e.s, m.token.instance, m.token.nonce
	var visibleAt any
	if m.delayMS > 0 {
		visibleAt = later(b.now, m.delayMS)
	}
	b.touch(id, nil)
	b.madeMessages = true
	b.row(&s.ClaimsHeld, id, nonce)
	b.row(&s.AbandonMessages, id, nonce, visibleAt, flag(m.uncount))
	b.row(&s.AbandonRelease, id, nonce)
}

func (m *abandonInstance) outcome(b *batch) error {
	if !has(b.heldInstances, m.token.instance) {
		return lockLost(m.op())
	}
	return nil
}

// RenewOrchestrationItemLock implements core.Provider (contract 2.4).
func (e *Engine) RenewOrchestrationItemLock(ctx context.Context, tk string, extendFor time.Duration) error {
	const op = "RenewOrchestrationItemLock"
	if err := e.enter(op); err != nil {
		return err
	}
	defer e.leave()
	t, ok := parseInstanceToken(tk)
	if !ok {
		return lockLost(op)
	}
	if err := checkDuration(op, "the extension", extendFor); err != nil {
		return err
	}
	return e.renew(ctx, &renewInstance{e: e, token: t, forMS: millis(extendFor)}, extendFor)
}

// renewInstance moves the deadline of an instance's lock.
type renewInstance struct {
	e     *Engine
	token token
	forMS int64
}

func (m *renewInstance) op() string  { return "RenewOrchestrationItemLock" }
func (m *renewInstance) key() string { return "o" + m.token.instance }
func (m *renewInstance) size() int   { return 0 }

func (m *renewInstance) add(b *batch) {
	s, id, nonce := m.e.s, m.token.instance, m.token.nonce
	b.touch(id, nil)
	b.madeMessages = true // a shortened lock becomes due earlier
	b.row(&s.ClaimsActive, id, nonce)
	b.row(&s.ClaimsExtend, id, nonce, later(b.now, m.forMS))
}

func (m *renewInstance) outcome(b *batch) error {
	if !has(b.activeInstances, m.token.instance) {
		return lockLost(m.op())
	}
	return nil
}
