package miniruntime

import (
	"github.com/durokit/duro/core"
)

// entry is one event, taken apart once per turn.
type entry struct {
	id      uint64
	source  uint64 // 0 for none
	ms      uint64
	payload core.EventPayload
}

func entryOf(e core.Event) entry {
	h := e.Header()
	out := entry{id: h.EventID, ms: h.TimestampMS, payload: e.Payload()}
	if h.SourceEventID != nil {
		out.source = *h.SourceEventID
	}
	return out
}

// journal is the history of one execution as a turn sees it: the events that were
// stored, then those the turn adds, which go into the ack.
type journal struct {
	instance  string
	execution uint64
	nowMS     uint64
	version   string // the runtime's, stamped into new events

	entries []entry
	// stored is how many of entries were in the store already.
	stored int
	delta  []core.Event
	ledger ledger
	// closed is the event that ended the execution, nil while it is open.
	closed core.EventPayload
}

func newJournal(r *Runtime, instance string, execution uint64, stored []core.Event) *journal {
	j := &journal{
		instance: instance, execution: execution, version: r.opts.DuroxideVersion,
		nowMS:   uint64(r.opts.Clock.Now().UnixMilli()),
		entries: make([]entry, 0, len(stored)+8),
	}
	for _, e := range stored {
		j.note(entryOf(e))
	}
	j.stored = len(j.entries)
	return j
}

// add makes a new event, the next of the execution. source is the event that
// scheduled the work, 0 for none.
func (j *journal) add(source uint64, p core.EventPayload) uint64 {
	id := j.nextID()
	j.addAt(id, source, p)
	return id
}

func (j *journal) nextID() uint64 {
	if n := len(j.entries); n > 0 {
		return j.entries[n-1].id + 1
	}
	return 1
}

func (j *journal) addAt(id, source uint64, p core.EventPayload) {
	h := core.EventHeader{
		EventID: id, InstanceID: j.instance, ExecutionID: j.execution,
		TimestampMS: j.nowMS, DuroxideVersion: j.version,
	}
	if source != 0 {
		h.SourceEventID = &source
	}
	j.delta = append(j.delta, core.NewEvent(h, p))
	j.note(entry{id: id, source: source, ms: j.nowMS, payload: p})
}

func (j *journal) note(e entry) {
	j.entries = append(j.entries, e)
	j.ledger.note(e)
	switch e.payload.(type) {
	case core.OrchestrationCompletedEvent, core.OrchestrationFailedEvent, core.OrchestrationContinuedAsNewEvent:
		j.closed = e.payload
	}
}

// started returns the event that opened the execution, nil when there is none.
func (j *journal) started() *core.OrchestrationStartedEvent {
	if len(j.entries) == 0 {
		return nil
	}
	if s, ok := j.entries[0].payload.(core.OrchestrationStartedEvent); ok {
		return &s
	}
	return nil
}
