package core

// ActivityScheduledEvent records that an activity was ordered (docs/contract.md
// 1.2).
type ActivityScheduledEvent struct {
	Name      string
	Input     string
	SessionID *string
	Tag       *string
}

func (ActivityScheduledEvent) event() EventKind { return EventActivityScheduled }

func (p ActivityScheduledEvent) clone() EventPayload {
	p.SessionID, p.Tag = copyOf(p.SessionID), copyOf(p.Tag)
	return p
}

func (p *ActivityScheduledEvent) fields() []field {
	return []field{
		{"name", &p.Name, required},
		{"input", &p.Input, required},
		{"session_id", &p.SessionID, omitted},
		{"tag", &p.Tag, omitted},
	}
}

// ActivityCompletedEvent records an activity's result (docs/contract.md 1.2).
type ActivityCompletedEvent struct {
	Result string
}

func (ActivityCompletedEvent) event() EventKind { return EventActivityCompleted }

func (p *ActivityCompletedEvent) fields() []field {
	return []field{
		{"result", &p.Result, required},
	}
}

// ActivityFailedEvent records an activity's failure (docs/contract.md 1.2).
type ActivityFailedEvent struct {
	Details ErrorDetails
}

func (ActivityFailedEvent) event() EventKind { return EventActivityFailed }

func (p ActivityFailedEvent) clone() EventPayload {
	p.Details = cloneDetails(p.Details)
	return p
}

func (p *ActivityFailedEvent) fields() []field {
	return []field{
		{"details", errorDetails{&p.Details}, required},
	}
}

// ActivityCancelRequestedEvent records that an activity is no longer wanted
// (docs/contract.md 1.2).
type ActivityCancelRequestedEvent struct {
	Reason string
}

func (ActivityCancelRequestedEvent) event() EventKind { return EventActivityCancelRequested }

func (p *ActivityCancelRequestedEvent) fields() []field {
	return []field{
		{"reason", &p.Reason, required},
	}
}

// TimerCreatedEvent records a timer and when it is due (docs/contract.md 1.2).
type TimerCreatedEvent struct {
	FireAtMS uint64
}

func (TimerCreatedEvent) event() EventKind { return EventTimerCreated }

func (p *TimerCreatedEvent) fields() []field {
	return []field{
		{"fire_at_ms", &p.FireAtMS, required},
	}
}

// TimerFiredEvent records that a timer fired (docs/contract.md 1.2).
type TimerFiredEvent struct {
	FireAtMS uint64
}

func (TimerFiredEvent) event() EventKind { return EventTimerFired }

func (p *TimerFiredEvent) fields() []field {
	return []field{
		{"fire_at_ms", &p.FireAtMS, required},
	}
}
