package reference

import (
	"maps"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/durokit/duro/core"
)

// store is everything kept, under one mutex.
type store struct {
	clock Clock

	mu      sync.Mutex
	now     int64         // one reading per call, never going back
	seq     int64         // numbers messages and activities in arrival order
	changed chan struct{} // closed and replaced by wake

	instances map[string]*instance
	holders   map[string]*instance // by lock token
	work      []*activity          // in order of arrival
	sessions  map[string]*session
	aside     []aside // undecodable items, for the operator
}

// instance is everything that carries one instance id. It exists before its
// record does: messages, histories and KV need no record.
type instance struct {
	id         string
	record     *record
	executions map[uint64]*execution
	history    map[uint64]map[uint64]*event
	kv         map[string]core.KVEntry
	delta      map[string]change
	messages   []*message // in order of arrival
	token      string     // of the latest lock, until released
	until      int64      // the lock is active before this instant
}

// record is made by the first ack that names an orchestration.
type record struct {
	name             string
	version, parent  *string
	current          uint64
	custom           *string
	customVersion    uint64
	created, updated int64
}

type execution struct {
	status    string
	output    *string
	pinned    *core.Semver
	started   int64
	completed *int64
}

// event is a stored event; fault says why it cannot be decoded.
type event struct {
	core.Event
	raw   string
	fault string
}

// change is one key's state in the running execution; nil is a tombstone.
type change struct {
	value   *string
	updated uint64
}

// aside is a copy of an undecodable item; a worker row's instance is not known.
type aside struct{ instance, raw string }

type message struct {
	seq      int64
	item     core.WorkItem
	raw      string // of an item that could not be decoded, until set aside
	fault    string // why it could not
	visible  int64
	token    string // of the latest batch it was in
	attempts uint32
}

type activity struct {
	seq      int64
	item     core.WorkItem
	of       core.ActivityExecute
	raw      string // of a row that is no ActivityExecute
	visible  int64
	token    string
	until    int64
	attempts uint32
	owner    string // who fetched it, when it has a session
}

type session struct {
	owner           string
	until, activity int64
}

func newStore(c Clock) *store {
	s := &store{
		clock: c, changed: make(chan struct{}),
		instances: map[string]*instance{}, holders: map[string]*instance{}, sessions: map[string]*session{},
	}
	c.OnJump(s.wake)
	return s
}

func (s *store) open() *Provider { return &Provider{s: s, closed: make(chan struct{})} }

// lock takes the mutex and the one clock reading of the call.
func (s *store) lock() {
	s.mu.Lock()
	s.now = max(s.now, s.clock.NowMillis())
}

// wake lets every waiting fetcher look again.
func (s *store) wake() {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.changed)
	s.changed = make(chan struct{})
}

// at is the instant d from now; a negative d counts as none.
func (s *store) at(d time.Duration) int64 { return s.now + max(d, 0).Milliseconds() }

// untilNextDue is how long nothing becomes visible or unlocked by itself.
func (s *store) untilNextDue() time.Duration {
	next := int64(math.MaxInt64)
	later := func(t int64) {
		if t > s.now {
			next = min(next, t)
		}
	}
	for _, in := range s.instances {
		later(in.until)
		for _, m := range in.messages {
			later(m.visible)
		}
	}
	for _, a := range s.work {
		later(a.visible)
		later(a.until)
	}
	for _, se := range s.sessions {
		later(se.until)
	}
	if ms := next - s.now; ms < math.MaxInt64/int64(time.Millisecond) {
		return time.Duration(ms) * time.Millisecond
	}
	return math.MaxInt64
}

func (s *store) nextSeq() int64 {
	s.seq++
	return s.seq
}

// instance returns what carries the id, making an empty one when nothing does.
func (s *store) instance(id string) *instance {
	in := s.instances[id]
	if in == nil {
		in = &instance{
			id: id, executions: map[uint64]*execution{}, history: map[uint64]map[uint64]*event{},
			kv: map[string]core.KVEntry{}, delta: map[string]change{},
		}
		s.instances[id] = in
	}
	return in
}

// recorded returns the instance when it has a record, else nil.
func (s *store) recorded(id string) *instance {
	if in := s.instances[id]; in != nil && in.record != nil {
		return in
	}
	return nil
}

func (in *instance) locked(now int64) bool { return in.token != "" && in.until > now }

// visible returns the messages a fetch at this instant would take.
func (in *instance) visible(now int64) []*message {
	var out []*message
	for _, m := range in.messages {
		if m.visible <= now {
			out = append(out, m)
		}
	}
	return out
}

// latest is the highest execution that has a record, else 1. Acks make both
// records, and pruning keeps the current execution's, so the pointer of an
// instance record is never needed here.
func (in *instance) latest() uint64 {
	if len(in.executions) == 0 {
		return 1
	}
	return slices.Max(slices.Collect(maps.Keys(in.executions)))
}

// current is the execution the record points at, nil when there is none.
func (in *instance) current() *execution {
	if in.record == nil {
		return nil
	}
	return in.executions[in.record.current]
}

// status is that of the current execution.
func (in *instance) status() string {
	if e := in.current(); e != nil {
		return e.status
	}
	return core.StatusUnknown
}

// events returns one execution's history by event id, or the first fault in it.
func (in *instance) events(execution uint64) ([]core.Event, string) {
	stored := in.history[execution]
	out := make([]core.Event, 0, len(stored))
	for _, id := range slices.Sorted(maps.Keys(stored)) {
		if e := stored[id]; e.fault != "" {
			return nil, e.fault
		}
		out = append(out, stored[id].Event)
	}
	return out, ""
}

// live is the KV state a client sees: the store overlaid by the delta.
func (in *instance) live() map[string]string {
	out := map[string]string{}
	for k, e := range in.kv {
		out[k] = e.Value
	}
	for k, c := range in.delta {
		if c.value == nil {
			delete(out, k)
		} else {
			out[k] = *c.value
		}
	}
	return out
}
