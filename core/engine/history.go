package engine

import (
	"container/list"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"

	"github.com/durokit/duro/core"
)

// position says exactly which events a history holds: everything that changes
// history behind the engine renews the incarnation (rule 5).
type position struct {
	incarnation, execution, events int64
}

// newIncarnation also names holders: a number that nobody else has made.
func newIncarnation() int64 { return rand.Int64N(1<<62) + 1 }

// historyCache keeps the histories this process holds, bounded in bytes, least
// recently used out first. It is safe for concurrent use.
type historyCache struct {
	max   int64
	mu    sync.Mutex
	bytes int64
	byID  map[string]*list.Element
	used  *list.List // of *cached, most recent first
}

type cached struct {
	instance string
	at       position
	events   []core.Event
	bytes    int64
	token    string // of the lock under which it was last read
}

// About what an entry costs by itself, and a decoded event besides its JSON.
const (
	entryOverhead = 300
	eventOverhead = 250
)

func newHistoryCache(maxBytes int64) *historyCache {
	return &historyCache{max: maxBytes, byID: map[string]*list.Element{}, used: list.New()}
}

// cacheHolder is what a claim stores as holder: a claim reads history only of
// instances another holder had. Without a cache every claim is a new holder.
func (e *Engine) cacheHolder() int64 {
	if e.cache.max <= 0 {
		return newIncarnation()
	}
	return e.holder
}

// claim returns a copy of the history at exactly this position and remembers the
// lock it is read under.
func (c *historyCache) claim(tk, instance string, at position) ([]core.Event, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	h := c.get(instance)
	if h == nil || h.at != at {
		return nil, false
	}
	h.token = tk
	c.used.MoveToFront(c.byID[instance])
	return slices.Clone(h.events), true
}

// at returns a copy of the history at exactly this position.
func (c *historyCache) at(instance string, at position) ([]core.Event, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	h := c.get(instance)
	if h == nil || h.at != at {
		return nil, false
	}
	return slices.Clone(h.events), true
}

// hold keeps a history read under a lock and returns the caller's copy of it.
func (c *historyCache) hold(tk, instance string, at position, events []core.Event) []core.Event {
	if c.max <= 0 {
		return events
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.put(&cached{instance: instance, at: at, events: events, bytes: sizeOfEntry(instance, events), token: tk})
	return slices.Clone(events)
}

// committed brings the history up to date after a turn under this lock.
func (c *historyCache) committed(tk, instance string, execution int64, delta []core.Event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	held := c.get(instance)
	if held == nil || held.token != tk { // or read again already, under the next lock
		return
	}
	h := *held
	if execution < h.at.execution {
		c.remove(held)
		return
	}
	if execution > h.at.execution {
		h.at.execution, h.at.events, h.events, h.bytes = execution, 0, nil, sizeOfEntry(instance, nil)
	}
	if !ascending(h.events, delta) {
		c.remove(held)
		return
	}
	h.at.events += int64(len(delta))
	h.events = append(h.events, delta...)
	h.bytes += sizeOf(delta)
	c.put(&h)
}

// drop forgets an instance.
func (c *historyCache) drop(instance string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if h := c.get(instance); h != nil {
		c.remove(h)
	}
}

func (c *historyCache) put(h *cached) {
	if old := c.get(h.instance); old != nil {
		c.remove(old)
	}
	c.byID[h.instance] = c.used.PushFront(h)
	c.bytes += h.bytes
	for c.bytes > c.max { // in the end even this one, when it alone is too large
		c.remove(entry(c.used.Back()))
	}
}

func (c *historyCache) get(instance string) *cached {
	el := c.byID[instance]
	if el == nil {
		return nil
	}
	return entry(el)
}

func entry(el *list.Element) *cached {
	h, _ := el.Value.(*cached) // the list holds nothing else
	return h
}

func (c *historyCache) remove(h *cached) {
	c.bytes -= h.bytes
	c.used.Remove(c.byID[h.instance])
	delete(c.byID, h.instance)
}

func sizeOfEntry(instance string, events []core.Event) int64 {
	return entryOverhead + int64(2*len(instance)) + sizeOf(events)
}

func sizeOf(events []core.Event) int64 {
	n := int64(len(events)) * eventOverhead
	for _, e := range events {
		n += int64(len(e.Raw()))
	}
	return n
}

// ascending reports whether delta continues events in the order of ids.
func ascending(events, delta []core.Event) bool {
	last := uint64(0)
	if n := len(events); n > 0 {
		last = events[n-1].ID()
	}
	for _, e := range delta {
		if e.ID() <= last {
			return false
		}
		last = e.ID()
	}
	return true
}

// historyRows reads one execution's events as stored.
func (e *Engine) historyRows(ctx context.Context, instance string, execution int64) ([]Row, error) {
	results, err := e.read(ctx, Call{Stmt: &e.s.ReadHistory, Scalars: []any{instance, execution}})
	if err != nil {
		return nil, err
	}
	return results[0].Rows, nil
}

// decodeEvents decodes all rows or none.
func decodeEvents(rows []Row) ([]core.Event, error) {
	events := make([]core.Event, len(rows))
	for i, row := range rows {
		ev, err := core.DecodeEvent(row.Bytes(1))
		if err != nil {
			return nil, fmt.Errorf("event %d cannot be decoded: %w", row.Int(0), err)
		}
		events[i] = ev
	}
	return events, nil
}
