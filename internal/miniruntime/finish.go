package miniruntime

import (
	"log/slog"

	"github.com/durokit/duro/core"
)

// terminalReason is what is recorded for work that its execution did not wait
// for.
var terminalReason = map[string]string{
	core.StatusCompleted:      "orchestration_terminal_completed",
	core.StatusFailed:         "orchestration_terminal_failed",
	core.StatusContinuedAsNew: "orchestration_terminal_continued_as_new",
}

// finish turns the outcome of a turn into its ack.
func (c *Context) finish(f *core.FetchedOrchestration, out *outcome) decision {
	if c.effect.limit != "" {
		// What exceeds the limit stays in the history; it says what went wrong.
		out = failed(core.Application{Kind: core.AppOrchestrationFailed, Message: c.effect.limit})
	}
	ack := ackOf(f, c.j.execution)
	d := decision{ack: ack}
	if c.j.stored == 0 {
		c.describeExecution(&ack.Metadata)
	}
	if out.status == core.StatusRunning {
		ack.WorkerItems = c.effect.work
		ack.OrchestratorItems = c.effect.messages
	} else {
		d.done = c.conclude(ack, out)
	}
	ack.OrchestratorItems = append(ack.OrchestratorItems, c.effect.detached...)
	ack.OrchestratorItems = append(ack.OrchestratorItems, c.effect.cancels...)
	ack.HistoryDelta = c.j.delta
	ack.CancelledActivities = c.effect.cancelled
	return d
}

// describeExecution is sent once, with the first turn of an execution.
func (c *Context) describeExecution(m *core.ExecutionMetadata) {
	m.OrchestrationName, m.OrchestrationVersion = &c.started.Name, &c.started.Version
	m.ParentInstanceID = c.started.ParentInstance
	if v, err := core.ParseSemver(c.opts.DuroxideVersion); err == nil {
		m.PinnedVersion = &v
	}
}

// conclude closes the execution: what is still open is cancelled, the last event is
// written, and whoever waits for it is told.
func (c *Context) conclude(ack *core.AckOrchestrationParams, out *outcome) *Completion {
	c.cancelOpen(terminalReason[out.status])
	m := &ack.Metadata
	m.Status, m.Output = &out.status, &out.output
	switch out.status {
	case core.StatusContinuedAsNew:
		c.j.add(0, core.OrchestrationContinuedAsNewEvent{Input: out.output})
		ack.OrchestratorItems = append(ack.OrchestratorItems, c.next(out))
		return nil
	case core.StatusFailed:
		m.Output = new(out.failure.Display())
		c.j.add(0, core.OrchestrationFailedEvent{Details: out.failure})
	default:
		c.j.add(0, core.OrchestrationCompletedEvent{Output: out.output})
	}
	if p, ok := c.reportToParent(out); ok {
		ack.OrchestratorItems = append(ack.OrchestratorItems, p)
	}
	return completion(c.j, *m, out.failure)
}

// cancelOpen cancels the activities and children nobody will wait for any more.
// Those this turn would have sent are just not sent.
func (c *Context) cancelOpen(reason string) {
	for i := range c.j.ledger {
		// By value: adding events may move the ledger.
		o := c.j.ledger[i]
		if !o.open() {
			continue
		}
		switch o.kind {
		case orderActivity:
			c.j.add(o.id, core.ActivityCancelRequestedEvent{Reason: reason})
			if !o.unsent {
				c.cancelActivity(o.id)
			}
		case orderChild:
			c.j.add(o.id, core.SubOrchestrationCancelRequestedEvent{Reason: reason})
			c.cancelChild(o.id, o.child, "parent ended")
		default: // a timer fires unnoticed
		}
	}
}

// next is the message that starts the next execution.
func (c *Context) next(out *outcome) core.WorkItem {
	carried := c.unread()
	if most := c.opts.MaxCarryForward; len(carried) > most {
		c.opts.Logger.Warn("miniruntime: queue messages dropped at continue-as-new",
			instanceAttr(c.j.instance), slog.Int("dropped", len(carried)-most), slog.Int("limit", most))
		carried = carried[:most]
	}
	return core.NewWorkItem(core.ContinueAsNew{
		Instance: c.j.instance, Orchestration: c.started.Name, Input: out.output, Version: out.version,
		CarryForwardEvents: carried, InitialCustomStatus: c.status,
	})
}

// reportToParent is the message a parent waits for.
func (c *Context) reportToParent(out *outcome) (core.WorkItem, bool) {
	s := &c.started
	if s.ParentInstance == nil || s.ParentID == nil {
		return core.WorkItem{}, false
	}
	execution := parentExecution(*s.ParentInstance, c.j.instance)
	if out.status == core.StatusCompleted {
		return core.NewWorkItem(core.SubOrchCompleted{
			ParentInstance: *s.ParentInstance, ParentExecutionID: execution, ParentID: *s.ParentID, Result: out.output,
		}), true
	}
	return core.NewWorkItem(core.SubOrchFailed{
		ParentInstance: *s.ParentInstance, ParentExecutionID: execution, ParentID: *s.ParentID, Details: out.failure,
	}), true
}

func completion(j *journal, m core.ExecutionMetadata, failure core.ErrorDetails) *Completion {
	return &Completion{
		Instance: j.instance, ExecutionID: j.execution, Status: *m.Status, Output: *m.Output, Error: failure,
	}
}
