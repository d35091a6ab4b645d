package miniruntime

import (
	"github.com/durokit/duro/core"
)

// Failure is the error of an activity or a child that failed.
type Failure struct{ Details core.ErrorDetails }

// Error returns the details' display text.
func (f *Failure) Error() string { return f.Details.Display() }

// errCancelled is what waiting for a cancelled future gives.
var errCancelled = &Failure{core.Application{Kind: core.AppCancelled, CancelReason: cancelReason}}

// cancelReason is recorded for what the orchestration itself cancels.
const cancelReason = "cancelled by the orchestration"

// Future is something an orchestration can wait for.
type Future struct {
	c    *Context
	id   uint64 // of the event that scheduled it
	kind futureKind
	name string // of the event or queue; the suffix of a child

	answer int // in the order of answers, 0 for none yet
	value  string
	err    error
	gone   bool // cancelled
	// msg is the queue message that answers it.
	msg *queueMessage
}

type futureKind uint8

const (
	futureActivity futureKind = iota
	futureTimer
	futureChild
	futureEvent
	futureQueue
)

// Await returns the future's value, ending the turn if there is none yet. The
// error is a *Failure. A timer's value is "".
func (f *Future) Await() (string, error) {
	for !f.ready() {
		f.c.step()
	}
	return f.take()
}

// take hands the answer to the code.
func (f *Future) take() (string, error) {
	if f.msg != nil {
		f.msg.read = true
	}
	if f.gone && f.answer == 0 {
		return "", errCancelled
	}
	return f.value, f.err
}

func (f *Future) ready() bool { return f.answer != 0 || f.gone }

// resolve answers the future. Of a cancelled one the answer is dropped.
func (f *Future) resolve(value string, err error) {
	if f.ready() {
		return
	}
	f.c.answers++
	f.answer, f.value, f.err = f.c.answers, value, err
}

// WaitAll waits for all futures and returns their values in order. The error is
// that of the first future, in order, that failed.
func WaitAll(futures ...*Future) ([]string, error) {
	values := make([]string, len(futures))
	var first error
	for i, f := range futures {
		v, err := f.Await()
		values[i] = v
		if first == nil {
			first = err
		}
	}
	return values, first
}

// WaitAny waits for one of the futures and returns the index of the one that was
// answered first. The others go on; Cancel them if they are not wanted. It
// returns -1 for no futures.
func WaitAny(futures ...*Future) int {
	if len(futures) == 0 {
		return -1
	}
	for {
		best, first := -1, 0
		for i, f := range futures {
			if f.ready() && (best < 0 || f.answer < first) {
				best, first = i, f.answer
			}
		}
		if best >= 0 {
			return best
		}
		futures[0].c.step()
	}
}

// Cancel gives up on a future that has no answer yet: a running activity's context
// ends, a child is cancelled, a wait no longer takes an event. Waiting for it
// fails from now on. A timer fires unnoticed.
func (f *Future) Cancel() {
	if f.kind == futureQueue {
		f.cancelQueue()
		return
	}
	if f.ready() {
		return
	}
	f.gone = true
	switch f.kind {
	case futureActivity:
		if _, isNew := f.c.act(f.id, core.ActivityCancelRequestedEvent{Reason: cancelReason}); isNew {
			f.c.cancelActivity(f.id)
		}
	case futureChild:
		if _, isNew := f.c.act(f.id, core.SubOrchestrationCancelRequestedEvent{Reason: cancelReason}); isNew {
			f.c.cancelChild(f.id, f.name, cancelReason)
		}
	case futureEvent:
		// The wait keeps its place: the n-th raise stays the answer to the n-th wait.
		f.c.act(f.id, core.ExternalSubscribedCancelledEvent{Reason: cancelReason})
	default: // a timer fires unnoticed
	}
}

// apply hands an event to whom it answers.
func (c *Context) apply(e *entry) {
	switch p := e.payload.(type) {
	case core.ActivityCompletedEvent:
		c.answerTo(e).resolve(p.Result, nil)
	case core.ActivityFailedEvent:
		c.answerTo(e).resolve("", &Failure{p.Details})
	case core.TimerFiredEvent:
		c.answerTo(e).resolve("", nil)
	case core.SubOrchestrationCompletedEvent:
		c.answerTo(e).resolve(p.Result, nil)
	case core.SubOrchestrationFailedEvent:
		c.answerTo(e).resolve("", &Failure{p.Details})
	case core.ExternalEvent:
		c.eventChannel(p.Name).arrive(p.Data)
	case core.QueueEventDeliveredEvent:
		c.arriveInQueue(p.Name, p.Data)
	default:
		return // the code's own doing, which is not news to it
	}
	c.now = max(c.now, e.ms)
}

// answerTo returns the future an answer is for. The ledger has checked new ones;
// a stored one without an order means that the history was tampered with.
func (c *Context) answerTo(e *entry) *Future {
	o := c.j.ledger.find(e.source)
	if o == nil || o.future == nil {
		c.exit(failed(nondeterminism("completion without open schedule")))
	}
	return o.future
}

// ordered makes the future of an order. unsent marks one that goes out with this
// turn, or not at all.
func (c *Context) ordered(id uint64, kind futureKind, name string, unsent bool) *Future {
	o := c.j.ledger.find(id)
	o.unsent = unsent
	o.future = &Future{c: c, id: id, kind: kind, name: name}
	return o.future
}
