package core

import "slices"

// SubOrchCompleted brings a child's output to its parent, which it is routed to
// (docs/contract.md 1.1).
type SubOrchCompleted struct {
	ParentInstance    string
	ParentExecutionID uint64
	ParentID          uint64
	Result            string
}

func (SubOrchCompleted) workItem() WorkItemKind { return KindSubOrchCompleted }

func (p *SubOrchCompleted) fields() []field {
	return []field{
		{"parent_instance", &p.ParentInstance, required},
		{"parent_execution_id", &p.ParentExecutionID, required},
		{"parent_id", &p.ParentID, required},
		{"result", &p.Result, required},
	}
}

// SubOrchFailed brings a child's failure to its parent, which it is routed to
// (docs/contract.md 1.1).
type SubOrchFailed struct {
	ParentInstance    string
	ParentExecutionID uint64
	ParentID          uint64
	Details           ErrorDetails
}

func (SubOrchFailed) workItem() WorkItemKind { return KindSubOrchFailed }

func (p SubOrchFailed) clone() WorkItemPayload {
	p.Details = cloneDetails(p.Details)
	return p
}

func (p *SubOrchFailed) fields() []field {
	return []field{
		{"parent_instance", &p.ParentInstance, required},
		{"parent_execution_id", &p.ParentExecutionID, required},
		{"parent_id", &p.ParentID, required},
		{"details", errorDetails{&p.Details}, required},
	}
}

// CancelInstance asks an instance to end (docs/contract.md 1.1).
type CancelInstance struct {
	Instance string
	Reason   string
}

func (CancelInstance) workItem() WorkItemKind { return KindCancelInstance }

func (p *CancelInstance) fields() []field {
	return []field{
		{"instance", &p.Instance, required},
		{"reason", &p.Reason, required},
	}
}

// ContinueAsNew starts the next execution of its own instance
// (docs/contract.md 1.1). CarryForwardEvents is always written, nil as an empty
// array.
type ContinueAsNew struct {
	Instance            string
	Orchestration       string
	Input               string
	Version             *string
	CarryForwardEvents  []CarriedEvent
	InitialCustomStatus *string
}

func (ContinueAsNew) workItem() WorkItemKind { return KindContinueAsNew }

func (p ContinueAsNew) clone() WorkItemPayload {
	p.Version, p.InitialCustomStatus = copyOf(p.Version), copyOf(p.InitialCustomStatus)
	p.CarryForwardEvents = slices.Clone(p.CarryForwardEvents)
	return p
}

func (p *ContinueAsNew) fields() []field {
	return []field{
		{"instance", &p.Instance, required},
		{"orchestration", &p.Orchestration, required},
		{"input", &p.Input, required},
		{"version", &p.Version, nullable},
		{"carry_forward_events", &p.CarryForwardEvents, defaulted},
		{"initial_custom_status", &p.InitialCustomStatus, omitted},
	}
}

// CarriedEvent is an unconsumed external event handed to the next execution,
// [name, data] on the wire (docs/contract.md 1.1).
type CarriedEvent struct{ Name, Data string }

// QueueMessage brings a message of a persistent queue by name (docs/contract.md 1.1).
type QueueMessage struct {
	Instance string
	Name     string
	Data     string
}

func (QueueMessage) workItem() WorkItemKind { return KindQueueMessage }

func (p *QueueMessage) fields() []field {
	return []field{
		{"instance", &p.Instance, required},
		{"name", &p.Name, required},
		{"data", &p.Data, required},
	}
}
