package reference

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/durokit/duro/core"
)

// store is everything kept, under one mutex. Instants are Unix milliseconds.
type store struct {
	mu      sync.Mutex
	changed sync.Cond // wakes waiting fetches: after every call, and when time has passed

	stoppedAt time.Time
	ahead     time.Duration // how far the clock was set forward
	now       uint64        // one reading for each look, never going back
	next      uint64        // the earliest instant to come that was asked about since

	instances map[string]*instance
	messages  []*row // the orchestrator queue, in order of arrival
	work      []*row // the worker queue, in order of arrival
	aside     []*row // undecodable rows, kept for the operator
	sessions  map[string]*session
}

// instance is everything that carries one instance id but the rows of the queues.
type instance struct {
	id         string
	record     core.InstanceInfo // but Status and Output; empty until an ack names the orchestration
	custom     core.CustomStatus
	executions map[uint64]execution
	history    map[position]core.Event // a zero event is one that cannot be decoded
	kv         map[string]*core.KVEntry
	delta      map[string]*core.KVEntry // what the running execution changed; nil is a tombstone
}

type execution struct {
	core.ExecutionInfo // but EventCount

	pinned *core.Semver
}

// position is where an event is stored, whatever the event itself says.
type position struct{ execution, event uint64 }

type session struct {
	owner          string
	until, touched uint64
}

// wake lets every waiting fetch look again.
func (s *store) wake() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changed.Broadcast()
}

func (s *store) readClock() {
	t := s.stoppedAt
	if t.IsZero() {
		t = time.Now() //nolint:forbidigo // this is the clock
	}
	s.now = max(s.now, uint64(t.Add(s.ahead).UnixMilli()))
	s.next = s.now + uint64(time.Hour.Milliseconds())
}

// at is the instant d from now.
func (s *store) at(d time.Duration) uint64 { return s.now + millis(d) }

// due reports whether an instant has come. A lock has ended when its end is now.
// A fetch that finds nothing sleeps until the earliest instant that has not come.
func (s *store) due(instant uint64) bool {
	if instant > s.now {
		s.next = min(s.next, instant)
	}
	return instant <= s.now
}

// instance returns what carries the id, making an empty one when nothing does.
func (s *store) instance(id string) *instance {
	in := s.instances[id]
	if in == nil {
		in = &instance{
			id: id, executions: map[uint64]execution{}, history: map[position]core.Event{},
			kv: map[string]*core.KVEntry{}, delta: map[string]*core.KVEntry{},
		}
		s.instances[id] = in
	}
	return in
}

// find is instance for an id that a caller gave.
func (s *store) find(id string) *instance {
	valid(core.CheckText("instance id", id, 1, core.MaxIDBytes))
	return s.instance(id)
}

func (s *store) findRecorded(id string) *instance {
	in := s.find(id)
	require(in.recorded(), core.ErrNotFound, "instance %q", id)
	return in
}

// latest is the highest execution that has a record, else 1. Acks make both
// records, and pruning keeps the current execution's, so the pointer of an
// instance record is never needed here.
func (in *instance) latest() uint64 {
	return slices.Max(append(slices.Collect(maps.Keys(in.executions)), 1))
}

// recorded reports whether there is an instance record.
func (in *instance) recorded() bool { return in.record.InstanceID != "" }

// current is the execution the record points at, empty without one.
func (in *instance) current() execution { return in.executions[in.record.CurrentExecutionID] }

// parent is empty when there is none.
func (in *instance) parent() string { return or(in.record.ParentInstanceID, "") }

// eventIDs lists the stored events of one execution, in order.
func (in *instance) eventIDs(execution uint64) (ids []uint64) {
	for at := range in.history {
		if at.execution == execution {
			ids = append(ids, at.event)
		}
	}
	slices.Sort(ids)
	return ids
}

// events returns one execution's history by event id, or why it cannot.
func (in *instance) events(execution uint64) (events []core.Event, fault string) {
	for _, id := range in.eventIDs(execution) {
		e := in.history[position{execution, id}]
		if e.IsZero() {
			return nil, fmt.Sprintf("event %d of execution %d cannot be decoded", id, execution)
		}
		events = append(events, e)
	}
	return events, ""
}

// live is the KV state a client sees: the store overlaid by the delta.
func (in *instance) live() map[string]*core.KVEntry {
	live := maps.Clone(in.kv)
	maps.Copy(live, in.delta)
	maps.DeleteFunc(live, func(_ string, e *core.KVEntry) bool { return e == nil })
	return live
}

// or returns what p points to, if it points to something.
func or[T any](p *T, otherwise T) T {
	if p == nil {
		return otherwise
	}
	return *p
}
