package core

// Event is one entry of a history (docs/contract.md 1.2). It is immutable, cheap
// to copy, and keeps the JSON it was decoded from, which is what a store writes:
// a newer runtime's unknown fields survive. Compare events by Raw, not with ==.
// The zero value holds nothing.
type Event struct {
	raw  string
	body *eventBody
}

// eventBody is shared by all copies of an Event and never written to.
type eventBody struct {
	header  EventHeader
	payload EventPayload
}

// EventHeader holds the fields every event has (docs/contract.md 1.2). A store
// never keys by its InstanceID and ExecutionID, which may be empty and 0.
type EventHeader struct {
	// EventID is the position in the history, from 1; 0 means not assigned.
	EventID uint64
	// SourceEventID is, for a completion, the event that scheduled the work.
	SourceEventID *uint64
	InstanceID    string
	ExecutionID   uint64
	// TimestampMS is the runtime's wall clock when it made the event.
	TimestampMS uint64
	// DuroxideVersion is the version of the runtime that made the event.
	DuroxideVersion string
}

func (h *EventHeader) fields() []field {
	return []field{
		{"event_id", &h.EventID, required},
		{"source_event_id", &h.SourceEventID, nullable},
		{"instance_id", &h.InstanceID, required},
		{"execution_id", &h.ExecutionID, required},
		{"timestamp_ms", &h.TimestampMS, required},
		{"duroxide_version", &h.DuroxideVersion, required},
	}
}

func (h EventHeader) clone() EventHeader {
	h.SourceEventID = copyOf(h.SourceEventID)
	return h
}

// EventPayload is what an Event of its kind says: one of the 26 struct types
// OrchestrationStartedEvent to KeyValuesClearedEvent, never a pointer to one
// (docs/contract.md 1.2). Switch on its type.
type EventPayload interface {
	event() EventKind
}

// NewEvent encodes an event as serde_json would: compact, fields in the
// contract's order (docs/contract.md 1.0, 1.2). Later changes to what h and p
// point to do not reach the event. A nil payload gives the zero Event.
//
// Strings are taken as they are: one that is not valid UTF-8 goes into Raw
// verbatim and Decode would refuse it; providers reject it with
// ErrInvalidArgument (see CheckText). A payload that leaves out a required
// ErrorDetails has no JSON form, and NewEvent panics.
func NewEvent(h EventHeader, p EventPayload) Event {
	if p == nil {
		return Event{}
	}
	b := &eventBody{header: h.clone(), payload: eventTypes[p.event()].own(p)}
	return Event{raw: encodeEvent(b), body: b}
}

// DecodeEvent reads the JSON form strictly, accepting what serde accepts and no
// more (docs/contract.md 1.0, 1.2). It copies raw. Its error is a *DecodeError.
func DecodeEvent(raw []byte) (Event, error) {
	s := string(raw)
	b, err := decodeEvent(s)
	if err != nil {
		return Event{}, err
	}
	return Event{raw: s, body: b}, nil
}

// ID returns the event id, 0 for the zero Event.
func (e Event) ID() uint64 {
	if e.body == nil {
		return 0
	}
	return e.body.header.EventID
}

// SourceID returns the id of the event that scheduled the work, or nil. The
// pointer belongs to the caller.
func (e Event) SourceID() *uint64 { return e.Header().SourceEventID }

// Header returns the common fields. What it points to belongs to the caller.
func (e Event) Header() EventHeader {
	if e.body == nil {
		return EventHeader{}
	}
	return e.body.header.clone()
}

// Kind returns the wire's type, "" for the zero Event.
func (e Event) Kind() EventKind {
	if e.body == nil {
		return ""
	}
	return e.body.payload.event()
}

// Payload returns what the event says, nil for the zero Event. What it points to
// belongs to the caller.
func (e Event) Payload() EventPayload {
	if e.body == nil {
		return nil
	}
	return cloned(e.body.payload)
}

// Raw returns the JSON the event was decoded from or encoded to, verbatim. It is
// what stores keep and plugins forward (docs/contract.md 1.0).
func (e Event) Raw() string { return e.raw }

// IsZero reports whether e holds no event.
func (e Event) IsZero() bool { return e.body == nil }

// IsTerminal reports whether the event ends its execution: completed, failed or
// continued as new (docs/contract.md 1.2).
func (e Event) IsTerminal() bool {
	switch e.Kind() {
	case EventOrchestrationCompleted, EventOrchestrationFailed, EventOrchestrationContinuedAsNew:
		return true
	}
	return false
}

// MarshalJSON returns Raw, or null for the zero Event. encoding/json may rewrite
// its escapes; use Raw where bytes matter.
func (e Event) MarshalJSON() ([]byte, error) {
	if e.IsZero() {
		return []byte("null"), nil
	}
	return []byte(e.raw), nil
}

// UnmarshalJSON is DecodeEvent; null is an error like any other non-event.
func (e *Event) UnmarshalJSON(raw []byte) error {
	v, err := DecodeEvent(raw)
	if err != nil {
		return err
	}
	*e = v
	return nil
}
