package core

// WorkItemKind is the name of a WorkItem's variant, as on the wire (docs/contract.md 1.1).
type WorkItemKind string

// The variants of WorkItem, each the key of its JSON object (docs/contract.md 1.1).
const (
	KindStartOrchestration WorkItemKind = "StartOrchestration"
	KindActivityExecute    WorkItemKind = "ActivityExecute"
	KindActivityCompleted  WorkItemKind = "ActivityCompleted"
	KindActivityFailed     WorkItemKind = "ActivityFailed"
	KindTimerFired         WorkItemKind = "TimerFired"
	KindExternalRaised     WorkItemKind = "ExternalRaised"
	KindSubOrchCompleted   WorkItemKind = "SubOrchCompleted"
	KindSubOrchFailed      WorkItemKind = "SubOrchFailed"
	KindCancelInstance     WorkItemKind = "CancelInstance"
	KindContinueAsNew      WorkItemKind = "ContinueAsNew"
	KindQueueMessage       WorkItemKind = "QueueMessage"
)

// workItemTypes holds the codec of every variant. ExternalRaised2 exists upstream
// only in test builds; like any unknown variant it is refused.
var workItemTypes = map[WorkItemKind]codec[WorkItemPayload]{
	KindStartOrchestration: codecOf[WorkItemPayload, StartOrchestration](),
	KindActivityExecute:    codecOf[WorkItemPayload, ActivityExecute](),
	KindActivityCompleted:  codecOf[WorkItemPayload, ActivityCompleted](),
	KindActivityFailed:     codecOf[WorkItemPayload, ActivityFailed](),
	KindTimerFired:         codecOf[WorkItemPayload, TimerFired](),
	KindExternalRaised:     codecOf[WorkItemPayload, ExternalRaised](),
	KindSubOrchCompleted:   codecOf[WorkItemPayload, SubOrchCompleted](),
	KindSubOrchFailed:      codecOf[WorkItemPayload, SubOrchFailed](),
	KindCancelInstance:     codecOf[WorkItemPayload, CancelInstance](),
	KindContinueAsNew:      codecOf[WorkItemPayload, ContinueAsNew](),
	KindQueueMessage:       codecOf[WorkItemPayload, QueueMessage](),
}
