package core

// OrchestrationChainedEvent records the start of an independent orchestration
// (docs/contract.md 1.2).
type OrchestrationChainedEvent struct {
	Name     string
	Instance string
	Input    string
}

func (OrchestrationChainedEvent) event() EventKind { return EventOrchestrationChained }

func (p *OrchestrationChainedEvent) fields() []field {
	return []field{
		{"name", &p.Name, required},
		{"instance", &p.Instance, required},
		{"input", &p.Input, required},
	}
}

// SubOrchestrationScheduledEvent records the start of a child (docs/contract.md
// 1.2).
type SubOrchestrationScheduledEvent struct {
	Name     string
	Instance string
	Input    string
}

func (SubOrchestrationScheduledEvent) event() EventKind { return EventSubOrchestrationScheduled }

func (p *SubOrchestrationScheduledEvent) fields() []field {
	return []field{
		{"name", &p.Name, required},
		{"instance", &p.Instance, required},
		{"input", &p.Input, required},
	}
}

// SubOrchestrationCompletedEvent records a child's output (docs/contract.md
// 1.2).
type SubOrchestrationCompletedEvent struct {
	Result string
}

func (SubOrchestrationCompletedEvent) event() EventKind { return EventSubOrchestrationCompleted }

func (p *SubOrchestrationCompletedEvent) fields() []field {
	return []field{
		{"result", &p.Result, required},
	}
}

// SubOrchestrationFailedEvent records a child's failure (docs/contract.md 1.2).
type SubOrchestrationFailedEvent struct {
	Details ErrorDetails
}

func (SubOrchestrationFailedEvent) event() EventKind { return EventSubOrchestrationFailed }

func (p SubOrchestrationFailedEvent) clone() EventPayload {
	p.Details = cloneDetails(p.Details)
	return p
}

func (p *SubOrchestrationFailedEvent) fields() []field {
	return []field{
		{"details", errorDetails{&p.Details}, required},
	}
}

// SubOrchestrationCancelRequestedEvent records that a child was asked to end
// (docs/contract.md 1.2).
type SubOrchestrationCancelRequestedEvent struct {
	Reason string
}

func (SubOrchestrationCancelRequestedEvent) event() EventKind {
	return EventSubOrchestrationCancelRequested
}

func (p *SubOrchestrationCancelRequestedEvent) fields() []field {
	return []field{
		{"reason", &p.Reason, required},
	}
}
