package client

import (
	"context"
	"slices"

	"github.com/durokit/duro/core"
)

// State is where an instance stands, as its history tells.
type State uint8

// The states of an instance (docs/contract.md A7.3).
const (
	// NotFound has no history; a start that waits in the queue looks like this.
	NotFound State = iota
	// Running includes the gap between two executions of a continue-as-new.
	Running
	// Completed ended with an output.
	Completed
	// Failed ended with an error, which may be a cancellation.
	Failed
)

// String returns the state's name.
func (s State) String() string {
	return [...]string{"NotFound", "Running", "Completed", "Failed"}[s]
}

// Terminal reports whether the state is final.
func (s State) Terminal() bool { return s == Completed || s == Failed }

// Status is what is known of an instance.
type Status struct {
	State State
	// Output is the result of a Completed instance.
	Output string
	// Error says why a Failed instance failed, nil for all others.
	Error core.ErrorDetails
	// CustomStatus is the instance's own text, nil when it set none or cleared it.
	CustomStatus *string
	// CustomStatusVersion counts the changes of CustomStatus.
	CustomStatusVersion uint64
}

// GetStatus reads the latest execution's history and the custom status. An
// unknown instance is NotFound, not an error. The custom status is best effort:
// an error reading it leaves it absent (docs/contract.md A7.3).
func (c *Client) GetStatus(ctx context.Context, instance string) (*Status, error) {
	return c.getStatus(ctx, "GetStatus", instance)
}

func (c *Client) getStatus(ctx context.Context, op, instance string) (*Status, error) {
	events, err := c.p.Read(ctx, instance)
	if err != nil {
		return nil, fromProvider(op, instance, err)
	}
	st := statusOf(events)
	if custom, err := c.p.GetCustomStatus(ctx, instance, 0); err == nil && custom != nil {
		st.CustomStatus, st.CustomStatusVersion = custom.Status, custom.Version
	}
	return st, nil
}

// statusOf scans from the end, because what ended an execution is its last event
// or close to it.
func statusOf(events []core.Event) *Status {
	for _, e := range slices.Backward(events) {
		switch p := e.Payload().(type) {
		case core.OrchestrationCompletedEvent:
			return &Status{State: Completed, Output: p.Output}
		case core.OrchestrationFailedEvent:
			return &Status{State: Failed, Error: p.Details}
		case core.OrchestrationStartedEvent:
			return &Status{State: Running}
		}
	}
	return &Status{State: NotFound}
}

// GetOrchestrationStats counts what an instance holds, nil when it has no
// record. It needs no management capability.
func (c *Client) GetOrchestrationStats(ctx context.Context, instance string) (*core.InstanceStats, error) {
	s, err := c.p.GetInstanceStats(ctx, instance)
	return s, fromProvider("GetOrchestrationStats", instance, err)
}
