package core

// WorkItem is one message of a queue (docs/contract.md 1.1). It is immutable,
// cheap to copy, and keeps the JSON it was decoded from, which is what a store
// writes: a newer runtime's unknown fields survive. Compare items by Raw, not
// with ==. The zero value holds nothing.
type WorkItem struct {
	raw     string
	payload WorkItemPayload
}

// WorkItemPayload is the decoded content of a WorkItem: one of the eleven struct
// types StartOrchestration to QueueMessage, never a pointer to one (docs/contract.md 1.1).
// Switch on its type.
type WorkItemPayload interface {
	workItem() WorkItemKind
}

// NewWorkItem encodes a payload as serde_json would: compact, fields in the
// contract's order (docs/contract.md 1.0, 1.1). Later changes to what p points
// to do not reach the item. A nil payload gives the zero WorkItem.
//
// Strings are taken as they are: one that is not valid UTF-8 goes into Raw
// verbatim and Decode would refuse it; providers reject it with
// ErrInvalidArgument (see CheckText). A payload that leaves out a required
// ErrorDetails has no JSON form, and NewWorkItem panics.
func NewWorkItem(p WorkItemPayload) WorkItem {
	if p == nil {
		return WorkItem{}
	}
	v := workItemTypes[p.workItem()].own(p)
	return WorkItem{raw: encodeWorkItem(v), payload: v}
}

// DecodeWorkItem reads the JSON form strictly, accepting what serde accepts and
// no more (docs/contract.md 1.0). It copies raw. Its error is a *DecodeError.
func DecodeWorkItem(raw []byte) (WorkItem, error) {
	s := string(raw)
	p, err := decodeWorkItem(s)
	if err != nil {
		return WorkItem{}, err
	}
	return WorkItem{raw: s, payload: p}, nil
}

// Payload returns the decoded content, nil for the zero WorkItem. What it points
// to belongs to the caller.
func (w WorkItem) Payload() WorkItemPayload { return cloned(w.payload) }

// Kind returns the variant, "" for the zero WorkItem.
func (w WorkItem) Kind() WorkItemKind {
	if w.payload == nil {
		return ""
	}
	return w.payload.workItem()
}

// RoutingInstance returns the instance whose queue the item belongs in
// (docs/contract.md 1.1): the parent for results of sub-orchestrations, the
// item's own instance for all others, "" for the zero WorkItem. An
// ActivityExecute goes to the worker queue; its instance is who ordered it.
func (w WorkItem) RoutingInstance() string {
	switch p := w.payload.(type) {
	case StartOrchestration:
		return p.Instance
	case ActivityExecute:
		return p.Instance
	case ActivityCompleted:
		return p.Instance
	case ActivityFailed:
		return p.Instance
	case TimerFired:
		return p.Instance
	case ExternalRaised:
		return p.Instance
	case SubOrchCompleted:
		return p.ParentInstance
	case SubOrchFailed:
		return p.ParentInstance
	case CancelInstance:
		return p.Instance
	case ContinueAsNew:
		return p.Instance
	case QueueMessage:
		return p.Instance
	}
	return ""
}

// Raw returns the JSON the item was decoded from or encoded to, verbatim. It is
// what stores keep and plugins forward (docs/contract.md 1.0).
func (w WorkItem) Raw() string { return w.raw }

// IsZero reports whether w holds no item.
func (w WorkItem) IsZero() bool { return w.payload == nil }

// MarshalJSON returns Raw, or null for the zero WorkItem. encoding/json may
// rewrite its escapes; use Raw where bytes matter.
func (w WorkItem) MarshalJSON() ([]byte, error) {
	if w.IsZero() {
		return []byte("null"), nil
	}
	return []byte(w.raw), nil
}

// UnmarshalJSON is DecodeWorkItem; null is an error like any other non-item.
func (w *WorkItem) UnmarshalJSON(raw []byte) error {
	v, err := DecodeWorkItem(raw)
	if err != nil {
		return err
	}
	*w = v
	return nil
}
