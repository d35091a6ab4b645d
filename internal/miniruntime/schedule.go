package miniruntime

import (
	"time"

	"github.com/durokit/duro/core"
)

// ActivityOption changes how an activity is scheduled.
type ActivityOption func(*core.ActivityScheduledEvent)

// WithSession keeps the activity on the worker that owns the session.
func WithSession(id string) ActivityOption {
	return func(e *core.ActivityScheduledEvent) { e.SessionID = &id }
}

// WithTag lets only workers that ask for the tag run the activity.
func WithTag(tag string) ActivityOption {
	return func(e *core.ActivityScheduledEvent) { e.Tag = &tag }
}

// Activity schedules an activity.
func (c *Context) Activity(name, input string, opts ...ActivityOption) *Future {
	p := core.ActivityScheduledEvent{Name: name, Input: input}
	for _, o := range opts {
		o(&p)
	}
	if p.Tag != nil && len(*p.Tag) > core.MaxTagBytes {
		c.exceedsf("tag of activity %q of %d bytes exceeds the limit of %d", name, len(*p.Tag), core.MaxTagBytes)
	}
	e, isNew := c.act(0, p)
	if isNew {
		c.effect.work = append(c.effect.work, core.NewWorkItem(core.ActivityExecute{
			Instance: c.j.instance, ExecutionID: c.j.execution, ID: e.id,
			Name: name, Input: input, SessionID: p.SessionID, Tag: p.Tag,
		}))
	}
	return c.ordered(e.id, futureActivity, "", isNew)
}

// Timer fires after d, by the runtime's clock when it is scheduled.
func (c *Context) Timer(d time.Duration) *Future {
	fireAt := c.j.nowMS + uint64(max(d, 0).Milliseconds())
	e, isNew := c.act(0, core.TimerCreatedEvent{FireAtMS: fireAt})
	if isNew {
		c.effect.messages = append(c.effect.messages, core.NewWorkItem(core.TimerFired{
			Instance: c.j.instance, ExecutionID: c.j.execution, ID: e.id, FireAtMS: fireAt,
		}))
	}
	return c.ordered(e.id, futureTimer, "", isNew)
}

// SubOrchestration starts a child in the newest version. It is cancelled when
// this orchestration ends before it.
func (c *Context) SubOrchestration(name, input string) *Future {
	return c.child(name, nil, input)
}

// SubOrchestrationVersion starts a child in an exact version.
func (c *Context) SubOrchestrationVersion(name, version, input string) *Future {
	return c.child(name, &version, input)
}

func (c *Context) child(name string, version *string, input string) *Future {
	suffix := childSuffix(c.j.execution, c.j.nextID())
	e, isNew := c.act(0, core.SubOrchestrationScheduledEvent{Name: name, Instance: suffix, Input: input})
	if isNew {
		parent, id := c.j.instance, e.id
		c.effect.messages = append(c.effect.messages, core.NewWorkItem(core.StartOrchestration{
			Instance: childID(parent, suffix), Orchestration: name, Input: input, Version: version,
			ParentInstance: &parent, ParentID: &id, ExecutionID: 1,
		}))
	}
	if s, ok := e.payload.(core.SubOrchestrationScheduledEvent); ok {
		suffix = s.Instance // as recorded, should the way to name children ever change
	}
	return c.ordered(e.id, futureChild, suffix, isNew)
}

// StartDetached starts an independent orchestration under an id of the caller's
// choice. It outlives this one, and nothing is heard of it.
func (c *Context) StartDetached(name, instance, input string) {
	_, isNew := c.act(0, core.OrchestrationChainedEvent{Name: name, Instance: instance, Input: input})
	if isNew {
		c.effect.detached = append(c.effect.detached, core.NewWorkItem(core.StartOrchestration{
			Instance: instance, Orchestration: name, Input: input, ExecutionID: 1,
		}))
	}
}

func (c *Context) cancelActivity(id uint64) {
	c.effect.cancelled = append(c.effect.cancelled, core.ScheduledActivityID{
		Instance: c.j.instance, ExecutionID: c.j.execution, ActivityID: id,
	})
}

// cancelChild sends the child a cancellation.
func (c *Context) cancelChild(id uint64, suffix, reason string) {
	m := core.NewWorkItem(core.CancelInstance{Instance: childID(c.j.instance, suffix), Reason: reason})
	if c.j.ledger.find(id).unsent {
		// Behind the child's start, and not without it: to an instance that never
		// starts, the message would wait for ever.
		c.effect.messages = append(c.effect.messages, m)
		return
	}
	c.effect.cancels = append(c.effect.cancels, m)
}
