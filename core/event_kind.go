package core

// EventKind is the type of an Event, as on the wire (docs/contract.md 1.2).
type EventKind string

// The kinds of Event, each the value of its field "type". Those of persistent
// queues differ from their names (docs/contract.md 1.2).
const (
	EventOrchestrationStarted            EventKind = "OrchestrationStarted"
	EventOrchestrationCompleted          EventKind = "OrchestrationCompleted"
	EventOrchestrationFailed             EventKind = "OrchestrationFailed"
	EventActivityScheduled               EventKind = "ActivityScheduled"
	EventActivityCompleted               EventKind = "ActivityCompleted"
	EventActivityFailed                  EventKind = "ActivityFailed"
	EventActivityCancelRequested         EventKind = "ActivityCancelRequested"
	EventTimerCreated                    EventKind = "TimerCreated"
	EventTimerFired                      EventKind = "TimerFired"
	EventExternalSubscribed              EventKind = "ExternalSubscribed"
	EventExternalEvent                   EventKind = "ExternalEvent"
	EventOrchestrationChained            EventKind = "OrchestrationChained"
	EventSubOrchestrationScheduled       EventKind = "SubOrchestrationScheduled"
	EventSubOrchestrationCompleted       EventKind = "SubOrchestrationCompleted"
	EventSubOrchestrationFailed          EventKind = "SubOrchestrationFailed"
	EventSubOrchestrationCancelRequested EventKind = "SubOrchestrationCancelRequested"
	EventOrchestrationContinuedAsNew     EventKind = "OrchestrationContinuedAsNew"
	EventOrchestrationCancelRequested    EventKind = "OrchestrationCancelRequested"
	EventExternalSubscribedCancelled     EventKind = "ExternalSubscribedCancelled"
	EventQueueSubscribed                 EventKind = "ExternalSubscribedPersistent"
	EventQueueEventDelivered             EventKind = "ExternalEventPersistent"
	EventQueueSubscriptionCancelled      EventKind = "ExternalSubscribedPersistentCancelled"
	EventCustomStatusUpdated             EventKind = "CustomStatusUpdated"
	EventKeyValueSet                     EventKind = "KeyValueSet"
	EventKeyValueCleared                 EventKind = "KeyValueCleared"
	EventKeyValuesCleared                EventKind = "KeyValuesCleared"
)

// eventTypes holds the codec of every kind. ExternalSubscribed2 and
// ExternalEvent2 exist upstream only in test builds; like any unknown type they
// are refused.
var eventTypes = map[EventKind]codec[EventPayload]{
	EventOrchestrationStarted:            codecOf[EventPayload, OrchestrationStartedEvent](),
	EventOrchestrationCompleted:          codecOf[EventPayload, OrchestrationCompletedEvent](),
	EventOrchestrationFailed:             codecOf[EventPayload, OrchestrationFailedEvent](),
	EventActivityScheduled:               codecOf[EventPayload, ActivityScheduledEvent](),
	EventActivityCompleted:               codecOf[EventPayload, ActivityCompletedEvent](),
	EventActivityFailed:                  codecOf[EventPayload, ActivityFailedEvent](),
	EventActivityCancelRequested:         codecOf[EventPayload, ActivityCancelRequestedEvent](),
	EventTimerCreated:                    codecOf[EventPayload, TimerCreatedEvent](),
	EventTimerFired:                      codecOf[EventPayload, TimerFiredEvent](),
	EventExternalSubscribed:              codecOf[EventPayload, ExternalSubscribedEvent](),
	EventExternalEvent:                   codecOf[EventPayload, ExternalEvent](),
	EventOrchestrationChained:            codecOf[EventPayload, OrchestrationChainedEvent](),
	EventSubOrchestrationScheduled:       codecOf[EventPayload, SubOrchestrationScheduledEvent](),
	EventSubOrchestrationCompleted:       codecOf[EventPayload, SubOrchestrationCompletedEvent](),
	EventSubOrchestrationFailed:          codecOf[EventPayload, SubOrchestrationFailedEvent](),
	EventSubOrchestrationCancelRequested: codecOf[EventPayload, SubOrchestrationCancelRequestedEvent](),
	EventOrchestrationContinuedAsNew:     codecOf[EventPayload, OrchestrationContinuedAsNewEvent](),
	EventOrchestrationCancelRequested:    codecOf[EventPayload, OrchestrationCancelRequestedEvent](),
	EventExternalSubscribedCancelled:     codecOf[EventPayload, ExternalSubscribedCancelledEvent](),
	EventQueueSubscribed:                 codecOf[EventPayload, QueueSubscribedEvent](),
	EventQueueEventDelivered:             codecOf[EventPayload, QueueEventDeliveredEvent](),
	EventQueueSubscriptionCancelled:      codecOf[EventPayload, QueueSubscriptionCancelledEvent](),
	EventCustomStatusUpdated:             codecOf[EventPayload, CustomStatusUpdatedEvent](),
	EventKeyValueSet:                     codecOf[EventPayload, KeyValueSetEvent](),
	EventKeyValueCleared:                 codecOf[EventPayload, KeyValueClearedEvent](),
	EventKeyValuesCleared:                codecOf[EventPayload, KeyValuesClearedEvent](),
}
