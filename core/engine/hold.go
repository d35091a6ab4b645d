package engine

import (
	"context"
	"time"

	"github.com/durokit/duro/core"
)

// presenting admits a call with a lock token, as parse reads it.
func (e *Engine) presenting(op, tk string, parse func(string) (token, bool), call func(token) error) error {
	if err := e.enter(op); err != nil {
		return err
	}
	defer e.leave()
	t, ok := parse(tk)
	if !ok {
		return lockLost(op)
	}
	return call(t)
}

// AbandonOrchestrationItem implements core.Provider (contract 2.3).
func (e *Engine) AbandonOrchestrationItem(ctx context.Context, p core.AbandonParams) error {
	const op = "AbandonOrchestrationItem"
	return e.presenting(op, p.LockToken, parseInstanceToken, func(t token) error {
		if err := checkDuration(op, "the delay", p.Delay); err != nil {
			return err
		}
		return e.do(ctx, &abandonInstance{e: e, token: t, delayMS: millis(p.Delay), uncount: p.IgnoreAttempt})
	})
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
	b.row(&s.AbandonMessages, id, nonce, visibleAt, flag(m.uncount))
	b.row(&s.AbandonRelease, id, nonce)
}

func (m *abandonInstance) alive(b *batch) bool { return b.held(m.token) }

// RenewOrchestrationItemLock implements core.Provider (contract 2.4).
func (e *Engine) RenewOrchestrationItemLock(ctx context.Context, tk string, extendFor time.Duration) error {
	const op = "RenewOrchestrationItemLock"
	return e.presenting(op, tk, parseInstanceToken, func(t token) error {
		if err := checkDuration(op, "the extension", extendFor); err != nil {
			return err
		}
		return e.renew(ctx, &renewInstance{e: e, token: t, forMS: millis(extendFor)}, extendFor)
	})
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
	b.madeMessages, b.renewed = true, true
	b.row(&s.ClaimsExtend, id, nonce, later(b.now, m.forMS))
}

func (m *renewInstance) alive(b *batch) bool { return b.active(m.token) }
