package core

// ExternalSubscribedEvent records a wait for an external event by name
// (docs/contract.md 1.2).
type ExternalSubscribedEvent struct {
	Name string
}

func (ExternalSubscribedEvent) event() EventKind { return EventExternalSubscribed }

func (p *ExternalSubscribedEvent) fields() []field {
	return []field{
		{"name", &p.Name, required},
	}
}

// ExternalEvent is an external event that arrived (docs/contract.md 1.2).
type ExternalEvent struct {
	Name string
	Data string
}

func (ExternalEvent) event() EventKind { return EventExternalEvent }

func (p *ExternalEvent) fields() []field {
	return []field{
		{"name", &p.Name, required},
		{"data", &p.Data, required},
	}
}

// ExternalSubscribedCancelledEvent records that the wait for an external event
// was given up (docs/contract.md 1.2).
type ExternalSubscribedCancelledEvent struct {
	Reason string
}

func (ExternalSubscribedCancelledEvent) event() EventKind { return EventExternalSubscribedCancelled }

func (p *ExternalSubscribedCancelledEvent) fields() []field {
	return []field{
		{"reason", &p.Reason, required},
	}
}

// QueueSubscribedEvent records a wait for a message of a persistent queue;
// ExternalSubscribedPersistent on the wire (docs/contract.md 1.2).
type QueueSubscribedEvent struct {
	Name string
}

func (QueueSubscribedEvent) event() EventKind { return EventQueueSubscribed }

func (p *QueueSubscribedEvent) fields() []field {
	return []field{
		{"name", &p.Name, required},
	}
}

// QueueEventDeliveredEvent records a message of a persistent queue;
// ExternalEventPersistent on the wire (docs/contract.md 1.2).
type QueueEventDeliveredEvent struct {
	Name string
	Data string
}

func (QueueEventDeliveredEvent) event() EventKind { return EventQueueEventDelivered }

func (p *QueueEventDeliveredEvent) fields() []field {
	return []field{
		{"name", &p.Name, required},
		{"data", &p.Data, required},
	}
}

// QueueSubscriptionCancelledEvent records that the wait for a queue message was
// given up; ExternalSubscribedPersistentCancelled on the wire (docs/contract.md
// 1.2).
type QueueSubscriptionCancelledEvent struct {
	Reason string
}

func (QueueSubscriptionCancelledEvent) event() EventKind { return EventQueueSubscriptionCancelled }

func (p *QueueSubscriptionCancelledEvent) fields() []field {
	return []field{
		{"reason", &p.Reason, required},
	}
}
