package miniruntime

import (
	"fmt"

	"github.com/durokit/duro/core"
)

// absorbed says what the messages decided before any code ran.
type absorbed struct {
	// failure ends the execution: a message nobody ordered, or a system error of an
	// activity or a child.
	failure core.ErrorDetails
	// cancelled ends it, too; reason is the caller's.
	cancelled bool
	reason    string
}

// absorb turns messages into events of the journal. Late and repeated ones leave
// no trace: those of an earlier execution, and second answers to one order.
func (j *journal) absorb(messages []core.WorkItemPayload) absorbed {
	var a absorbed
	for _, m := range messages {
		switch p := m.(type) {
		case core.ActivityCompleted:
			j.answer(&a, p.ExecutionID, p.ID, orderActivity, core.ActivityCompletedEvent{Result: p.Result})
		case core.ActivityFailed:
			if j.answer(&a, p.ExecutionID, p.ID, orderActivity, core.ActivityFailedEvent{Details: p.Details}) {
				a.systemError(p.Details)
			}
		case core.TimerFired:
			j.answer(&a, p.ExecutionID, p.ID, orderTimer, core.TimerFiredEvent{FireAtMS: p.FireAtMS})
		case core.SubOrchCompleted:
			j.answer(&a, p.ParentExecutionID, p.ParentID, orderChild, core.SubOrchestrationCompletedEvent{Result: p.Result})
		case core.SubOrchFailed:
			if j.answer(&a, p.ParentExecutionID, p.ParentID, orderChild, core.SubOrchestrationFailedEvent{Details: p.Details}) {
				a.systemError(p.Details)
			}
		case core.ExternalRaised:
			j.add(0, core.ExternalEvent{Name: p.Name, Data: p.Data})
		case core.QueueMessage:
			j.add(0, core.QueueEventDeliveredEvent{Name: p.Name, Data: p.Data})
		case core.CancelInstance:
			if !a.cancelled {
				a.cancelled, a.reason = true, p.Reason
				j.add(0, core.OrchestrationCancelRequestedEvent{Reason: p.Reason})
			}
		}
	}
	return a
}

// answer records the answer to an order and reports whether it did.
func (j *journal) answer(a *absorbed, execution, id uint64, kind orderKind, p core.EventPayload) bool {
	if execution != j.execution {
		return false
	}
	o := j.ledger.find(id)
	switch {
	case o == nil:
		a.nondeterministic(fmt.Sprintf("no matching schedule for %s completion id=%d", kind, id))
		return false
	case o.kind != kind:
		a.nondeterministic(fmt.Sprintf("completion kind mismatch for id=%d: expected %s, got %s", id, o.kind, kind))
		return false
	case o.answered:
		return false
	}
	j.add(id, p)
	return true
}

func (a *absorbed) nondeterministic(message string) {
	if a.failure == nil {
		a.failure = nondeterminism(message)
	}
}

// systemError lets failures pass that are not the application's own: whoever
// ordered the work cannot handle them.
func (a *absorbed) systemError(d core.ErrorDetails) {
	if _, app := d.(core.Application); !app && a.failure == nil {
		a.failure = d
	}
}

func nondeterminism(message string) core.ErrorDetails {
	return core.Configuration{Kind: core.Nondeterminism, Message: &message}
}
