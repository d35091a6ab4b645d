package miniruntime

import (
	"cmp"
	"slices"

	"github.com/durokit/duro/core"
)

// order is one piece of work an execution scheduled and expects an answer to.
type order struct {
	id   uint64
	kind orderKind
	// child is the suffix of a sub-orchestration's instance id.
	child string
	// answered is set by a completion, cancelled by a cancel request. Work may be
	// both.
	answered, cancelled bool
	// unsent orders were made by this very turn: nobody has heard of them yet.
	unsent bool
	// future is what the code waits for, once it has (again) made the order.
	future *Future
}

type orderKind uint8

const (
	orderActivity orderKind = iota
	orderTimer
	orderChild
)

func (k orderKind) String() string {
	return [...]string{"activity", "timer", "sub-orchestration"}[k]
}

// ledger lists an execution's orders by event id.
type ledger []order

// find returns the order with that id, nil when there is none.
func (l ledger) find(id uint64) *order {
	i, ok := slices.BinarySearchFunc(l, id, func(o order, id uint64) int { return cmp.Compare(o.id, id) })
	if !ok {
		return nil
	}
	return &l[i]
}

// note books one event. Events come in ascending order of their ids.
func (l *ledger) note(e entry) {
	switch p := e.payload.(type) {
	case core.ActivityScheduledEvent:
		*l = append(*l, order{id: e.id, kind: orderActivity})
	case core.TimerCreatedEvent:
		*l = append(*l, order{id: e.id, kind: orderTimer})
	case core.SubOrchestrationScheduledEvent:
		*l = append(*l, order{id: e.id, kind: orderChild, child: p.Instance})
	case core.ActivityCompletedEvent, core.ActivityFailedEvent, core.TimerFiredEvent,
		core.SubOrchestrationCompletedEvent, core.SubOrchestrationFailedEvent:
		if o := l.find(e.source); o != nil {
			o.answered = true
		}
	case core.ActivityCancelRequestedEvent, core.SubOrchestrationCancelRequestedEvent:
		if o := l.find(e.source); o != nil {
			o.cancelled = true
		}
	}
}

// open reports whether somebody may still be working on the order.
func (o *order) open() bool { return !o.answered && !o.cancelled }
