package engine

import (
	"context"
	"time"

	"github.com/durokit/duro/core"
)

// message is a work item as the orchestrator queue stores it.
type message struct {
	instance  string
	kind      int64
	visibleAt int64
	parent    any
	raw       []byte
}

// newMessage makes a checked item visible delay after now; a timer never before
// it fires (contract 2.5).
func newMessage(item core.WorkItem, now, delayMS int64) message {
	m := message{
		instance: item.RoutingInstance(), kind: kindOther,
		visibleAt: later(now, delayMS), raw: []byte(item.Raw()),
	}
	switch p := item.Payload().(type) {
	case core.StartOrchestration:
		m.kind, m.parent = kindContext, optText(p.ParentInstance)
	case core.ContinueAsNew:
		m.kind = kindContext
	case core.QueueMessage:
		m.kind = kindQueue
	case core.TimerFired:
		m.visibleAt = max(m.visibleAt, int64(min(p.FireAtMS, uint64(Never-1))))
	}
	return m
}

// EnqueueForOrchestrator implements core.Provider (contract 2.5).
func (e *Engine) EnqueueForOrchestrator(ctx context.Context, item core.WorkItem, delay time.Duration) error {
	const op = "EnqueueForOrchestrator"
	if err := e.enter(op); err != nil {
		return err
	}
	defer e.leave()
	if err := refused(op, core.CheckMessage(item)); err != nil {
		return err
	}
	if err := checkDuration(op, "the delay", delay); err != nil {
		return err
	}
	return e.do(ctx, &enqueue{e: e, item: item, delayMS: millis(delay)})
}

// enqueue appends one message to the orchestrator queue.
type enqueue struct {
	e       *Engine
	item    core.WorkItem
	delayMS int64
}

func (m *enqueue) op() string  { return "EnqueueForOrchestrator" }
func (m *enqueue) key() string { return "" }
func (m *enqueue) size() int   { return len(m.item.Raw()) }

func (m *enqueue) add(b *batch) {
	msg := newMessage(m.item, b.now, m.delayMS)
	b.target(msg.instance)
	b.row(&m.e.s.MessagesInsert, msg.instance, msg.kind, msg.visibleAt, msg.parent, msg.raw)
}

func (m *enqueue) alive(*batch) bool { return true }
