package core

import "slices"

// OrchestrationStartedEvent opens an execution. A nil CarryForwardEvents is
// absent, an empty one is written as [] (docs/contract.md 1.2).
type OrchestrationStartedEvent struct {
	Name                string
	Version             string
	Input               string
	ParentInstance      *string
	ParentID            *uint64
	CarryForwardEvents  []CarriedEvent
	InitialCustomStatus *string
}

func (OrchestrationStartedEvent) event() EventKind { return EventOrchestrationStarted }

func (p OrchestrationStartedEvent) clone() EventPayload {
	p.ParentInstance, p.ParentID, p.InitialCustomStatus = copyOf(p.ParentInstance), copyOf(p.ParentID), copyOf(p.InitialCustomStatus)
	p.CarryForwardEvents = slices.Clone(p.CarryForwardEvents)
	return p
}

func (p *OrchestrationStartedEvent) fields() []field {
	return []field{
		{"name", &p.Name, required},
		{"version", &p.Version, required},
		{"input", &p.Input, required},
		{"parent_instance", &p.ParentInstance, nullable},
		{"parent_id", &p.ParentID, nullable},
		{"carry_forward_events", &p.CarryForwardEvents, omitted},
		{"initial_custom_status", &p.InitialCustomStatus, omitted},
	}
}

// OrchestrationCompletedEvent ends an execution with its output
// (docs/contract.md 1.2).
type OrchestrationCompletedEvent struct {
	Output string
}

func (OrchestrationCompletedEvent) event() EventKind { return EventOrchestrationCompleted }

func (p *OrchestrationCompletedEvent) fields() []field {
	return []field{
		{"output", &p.Output, required},
	}
}

// OrchestrationFailedEvent ends an execution with an error (docs/contract.md
// 1.2).
type OrchestrationFailedEvent struct {
	Details ErrorDetails
}

func (OrchestrationFailedEvent) event() EventKind { return EventOrchestrationFailed }

func (p OrchestrationFailedEvent) clone() EventPayload {
	p.Details = cloneDetails(p.Details)
	return p
}

func (p *OrchestrationFailedEvent) fields() []field {
	return []field{
		{"details", errorDetails{&p.Details}, required},
	}
}

// OrchestrationContinuedAsNewEvent ends an execution with the input of the next
// one (docs/contract.md 1.2).
type OrchestrationContinuedAsNewEvent struct {
	Input string
}

func (OrchestrationContinuedAsNewEvent) event() EventKind { return EventOrchestrationContinuedAsNew }

func (p *OrchestrationContinuedAsNewEvent) fields() []field {
	return []field{
		{"input", &p.Input, required},
	}
}

// OrchestrationCancelRequestedEvent records that somebody asked the execution
// to end (docs/contract.md 1.2).
type OrchestrationCancelRequestedEvent struct {
	Reason string
}

func (OrchestrationCancelRequestedEvent) event() EventKind { return EventOrchestrationCancelRequested }

func (p *OrchestrationCancelRequestedEvent) fields() []field {
	return []field{
		{"reason", &p.Reason, required},
	}
}
