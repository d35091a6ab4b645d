package client

import (
	"context"
	"strings"

	"github.com/durokit/duro/core"
)

// Start asks for an orchestration to be started under the id instance, in the
// newest version a runtime has registered. Starting an id that exists already is
// no error: the runtime ignores it (docs/contract.md A7.2).
//
// Ids that look like a child's, "sub::..." or "...::sub::...", are refused with
// ErrInvalidInput: they would collide with ids runtimes generate.
func (c *Client) Start(ctx context.Context, instance, orchestration, input string) error {
	return c.start(ctx, "Start", instance, orchestration, nil, input)
}

// StartVersioned is Start for one exact version.
func (c *Client) StartVersioned(ctx context.Context, instance, orchestration, version, input string) error {
	return c.start(ctx, "StartVersioned", instance, orchestration, &version, input)
}

func (c *Client) start(ctx context.Context, op, instance, orchestration string, version *string, input string) error {
	if strings.HasPrefix(instance, "sub::") || strings.Contains(instance, "::sub::") {
		return invalidInput(op, instance, `ids with "sub::" are reserved for sub-orchestrations`, nil)
	}
	return c.enqueue(ctx, op, instance, core.StartOrchestration{
		Instance: instance, Orchestration: orchestration, Input: input, Version: version, ExecutionID: 1,
	})
}

// RaiseEvent sends an external event. The n-th raise of a name meets the n-th
// wait for it in the current execution; events do not outlive a continue-as-new.
func (c *Client) RaiseEvent(ctx context.Context, instance, name, data string) error {
	return c.enqueue(ctx, "RaiseEvent", instance, core.ExternalRaised{Instance: instance, Name: name, Data: data})
}

// EnqueueEvent appends to a persistent queue of an instance, a FIFO that
// survives continue-as-new. A store may drop what is sent before the start.
func (c *Client) EnqueueEvent(ctx context.Context, instance, queue, data string) error {
	return c.enqueue(ctx, "EnqueueEvent", instance, core.QueueMessage{Instance: instance, Name: queue, Data: data})
}

// Cancel asks an instance to end. It becomes Failed with "canceled: reason",
// its activities are cancelled and its children as well.
func (c *Client) Cancel(ctx context.Context, instance, reason string) error {
	return c.enqueue(ctx, "Cancel", instance, core.CancelInstance{Instance: instance, Reason: reason})
}

func (c *Client) enqueue(ctx context.Context, op, instance string, p core.WorkItemPayload) error {
	return fromProvider(op, instance, c.p.EnqueueForOrchestrator(ctx, core.NewWorkItem(p), 0))
}
