package core

// StartOrchestration starts an execution of an orchestration, as a root or, with
// ParentInstance, as a child (docs/contract.md 1.1). ParentID may be absent
// although ParentInstance is there.
type StartOrchestration struct {
	Instance       string
	Orchestration  string
	Input          string
	Version        *string
	ParentInstance *string
	ParentID       *uint64
	ExecutionID    uint64
}

func (StartOrchestration) workItem() WorkItemKind { return KindStartOrchestration }

func (p StartOrchestration) clone() WorkItemPayload {
	p.Version, p.ParentInstance, p.ParentID = copyOf(p.Version), copyOf(p.ParentInstance), copyOf(p.ParentID)
	return p
}

func (p *StartOrchestration) fields() []field {
	return []field{
		{"instance", &p.Instance, required},
		{"orchestration", &p.Orchestration, required},
		{"input", &p.Input, required},
		{"version", &p.Version, nullable},
		{"parent_instance", &p.ParentInstance, nullable},
		{"parent_id", &p.ParentID, nullable},
		{"execution_id", &p.ExecutionID, required},
	}
}

// ActivityExecute asks a worker to run an activity; the only variant of the
// worker queue (docs/contract.md 1.1). ID is the event id of its ActivityScheduled.
type ActivityExecute struct {
	Instance    string
	ExecutionID uint64
	ID          uint64
	Name        string
	Input       string
	SessionID   *string
	Tag         *string
}

func (ActivityExecute) workItem() WorkItemKind { return KindActivityExecute }

func (p ActivityExecute) clone() WorkItemPayload {
	p.SessionID, p.Tag = copyOf(p.SessionID), copyOf(p.Tag)
	return p
}

func (p *ActivityExecute) fields() []field {
	return []field{
		{"instance", &p.Instance, required},
		{"execution_id", &p.ExecutionID, required},
		{"id", &p.ID, required},
		{"name", &p.Name, required},
		{"input", &p.Input, required},
		{"session_id", &p.SessionID, omitted},
		{"tag", &p.Tag, omitted},
	}
}

// ActivityCompleted brings an activity's result to its instance (docs/contract.md 1.1).
type ActivityCompleted struct {
	Instance    string
	ExecutionID uint64
	ID          uint64
	Result      string
}

func (ActivityCompleted) workItem() WorkItemKind { return KindActivityCompleted }

func (p *ActivityCompleted) fields() []field {
	return []field{
		{"instance", &p.Instance, required},
		{"execution_id", &p.ExecutionID, required},
		{"id", &p.ID, required},
		{"result", &p.Result, required},
	}
}

// ActivityFailed brings an activity's failure to its instance (docs/contract.md 1.1).
type ActivityFailed struct {
	Instance    string
	ExecutionID uint64
	ID          uint64
	Details     ErrorDetails
}

func (ActivityFailed) workItem() WorkItemKind { return KindActivityFailed }

func (p ActivityFailed) clone() WorkItemPayload {
	p.Details = cloneDetails(p.Details)
	return p
}

func (p *ActivityFailed) fields() []field {
	return []field{
		{"instance", &p.Instance, required},
		{"execution_id", &p.ExecutionID, required},
		{"id", &p.ID, required},
		{"details", errorDetails{&p.Details}, required},
	}
}

// TimerFired tells an instance that its timer is due. It is enqueued when the
// timer is created, visible from FireAtMS on (docs/contract.md 1.1).
type TimerFired struct {
	Instance    string
	ExecutionID uint64
	ID          uint64
	FireAtMS    uint64
}

func (TimerFired) workItem() WorkItemKind { return KindTimerFired }

func (p *TimerFired) fields() []field {
	return []field{
		{"instance", &p.Instance, required},
		{"execution_id", &p.ExecutionID, required},
		{"id", &p.ID, required},
		{"fire_at_ms", &p.FireAtMS, required},
	}
}

// ExternalRaised brings an external event by name (docs/contract.md 1.1).
type ExternalRaised struct {
	Instance string
	Name     string
	Data     string
}

func (ExternalRaised) workItem() WorkItemKind { return KindExternalRaised }

func (p *ExternalRaised) fields() []field {
	return []field{
		{"instance", &p.Instance, required},
		{"name", &p.Name, required},
		{"data", &p.Data, required},
	}
}
