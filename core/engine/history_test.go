package engine

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/durokit/duro/core"
)

// eventsFrom makes events with consecutive ids.
func eventsFrom(first uint64, n int) []core.Event {
	events := make([]core.Event, n)
	for i := range events {
		h := core.EventHeader{EventID: first + uint64(i), InstanceID: "a", ExecutionID: 1, DuroxideVersion: "0.1.29"}
		events[i] = core.NewEvent(h, core.ActivityScheduledEvent{Name: "A", Input: "x"})
	}
	return events
}

func idsOf(events []core.Event) []uint64 {
	ids := make([]uint64, len(events))
	for i, e := range events {
		ids[i] = e.ID()
	}
	return ids
}

// wantCached demands that the cache holds exactly these ids at a position.
func wantCached(t *testing.T, c *historyCache, at position, want ...uint64) {
	t.Helper()
	got, ok := c.at("a", at)
	if !ok {
		t.Fatalf("nothing is held at %+v", at)
	}
	if diff := cmp.Diff(want, idsOf(got)); diff != "" {
		t.Errorf("events at %+v (-want +got):\n%s", at, diff)
	}
}

func wantNothing(t *testing.T, c *historyCache, at position) {
	t.Helper()
	if got, ok := c.at("a", at); ok {
		t.Errorf("%v is held at %+v, want nothing", idsOf(got), at)
	}
}

func TestTheCacheFollowsTurns(t *testing.T) {
	t.Parallel()
	c := newHistoryCache(1 << 20)
	c.hold("t1", "a", position{7, 1, 2}, eventsFrom(1, 2))
	wantCached(t, c, position{7, 1, 2}, 1, 2)
	for _, other := range []position{{8, 1, 2}, {7, 2, 2}, {7, 1, 3}, {7, 1, 1}} {
		wantNothing(t, c, other)
	}

	c.committed("t1", "a", 1, eventsFrom(3, 2))
	wantCached(t, c, position{7, 1, 4}, 1, 2, 3, 4)
	wantNothing(t, c, position{7, 1, 2})

	if _, ok := c.claim("t2", "a", position{7, 1, 4}); !ok {
		t.Error("a claim at the same position finds nothing")
	}
	c.committed("t1", "a", 1, eventsFrom(5, 1)) // of a lock that is not the last
	wantCached(t, c, position{7, 1, 4}, 1, 2, 3, 4)

	c.committed("t2", "a", 2, eventsFrom(1, 1)) // continued as new
	wantCached(t, c, position{7, 2, 1}, 1)

	if _, ok := c.claim("t3", "a", position{7, 2, 1}); !ok {
		t.Error("a claim at the same position finds nothing")
	}
	c.committed("t3", "a", 1, eventsFrom(9, 1)) // of an execution that has passed
	wantNothing(t, c, position{7, 2, 1})
}

// TestTheCacheForgetsWhatItCannotFollow: the store gives events by id.
func TestTheCacheForgetsWhatItCannotFollow(t *testing.T) {
	t.Parallel()
	for name, delta := range map[string][]core.Event{
		"before the last": eventsFrom(2, 1),
		"the last again":  eventsFrom(3, 1),
		"descending":      {eventsFrom(5, 1)[0], eventsFrom(4, 1)[0]},
	} {
		c := newHistoryCache(1 << 20)
		c.hold("t", "a", position{7, 1, 1}, eventsFrom(3, 1))
		c.committed("t", "a", 1, delta)
		wantNothing(t, c, position{7, 1, int64(1 + len(delta))})
		if c.bytes != 0 || c.used.Len() != 0 {
			t.Errorf("%s: %d bytes in %d entries are still counted", name, c.bytes, c.used.Len())
		}
	}
}

func TestTheCallersSliceIsHisOwn(t *testing.T) {
	t.Parallel()
	c := newHistoryCache(1 << 20)
	at := position{7, 1, 2}
	mine := c.hold("t", "a", at, eventsFrom(1, 2))
	mine[0] = core.Event{}
	_ = append(mine[:1], core.Event{})
	claimed, _ := c.claim("t", "a", at)
	_ = append(claimed[:0], core.Event{}, core.Event{}, core.Event{})
	c.committed("t", "a", 1, eventsFrom(3, 1))
	held, _ := c.at("a", position{7, 1, 3})
	held[2] = core.Event{}
	wantCached(t, c, position{7, 1, 3}, 1, 2, 3)
}

func TestTheCacheIsBounded(t *testing.T) {
	t.Parallel()
	one := sizeOfEntry("0", eventsFrom(1, 1))
	c := newHistoryCache(10 * one)
	hold := func(id string, n int) {
		c.hold("t", id, position{1, 1, int64(n)}, eventsFrom(1, n))
		sum := int64(0)
		for el := c.used.Front(); el != nil; el = el.Next() {
			if h, ok := el.Value.(*cached); ok {
				sum += h.bytes
			}
		}
		if c.bytes != sum || sum > c.max || len(c.byID) != c.used.Len() {
			t.Fatalf("counts %d bytes in %d entries; there are %d in %d, at most %d", c.bytes, len(c.byID), sum, c.used.Len(), c.max)
		}
	}
	for i := range 10 {
		hold(strconv.Itoa(i), 1)
	}
	c.claim("t", "0", position{1, 1, 1}) // used last
	hold("x", 1)
	if _, ok := c.at("0", position{1, 1, 1}); !ok {
		t.Error("the entry used last was dropped")
	}
	if _, ok := c.at("1", position{1, 1, 1}); ok {
		t.Error("the entry used longest ago was kept")
	}
	hold("x", 100) // too large by itself
	for i := range 10_000 {
		hold(fmt.Sprint("empty", i), 0) // an entry without events costs, too
	}
	c.committed("t", "empty9999", 1, eventsFrom(1, 1000))
	if _, ok := c.at("empty9999", position{1, 1, 1000}); ok || c.bytes > c.max {
		t.Errorf("a history that grew too large is held: %d bytes, at most %d", c.bytes, c.max)
	}
	c.drop("empty9998")
	c.drop("never seen")
}

func TestWithoutACacheNothingIsHeld(t *testing.T) {
	t.Parallel()
	c := newHistoryCache(-1)
	if got := c.hold("t", "a", position{1, 1, 2}, eventsFrom(1, 2)); len(got) != 2 {
		t.Errorf("the caller got %d events, want 2", len(got))
	}
	wantNothing(t, c, position{1, 1, 2})
	e := &Engine{cache: c, holder: 5}
	if one, two := e.cacheHolder(), e.cacheHolder(); one == two || one == 5 {
		t.Error("claims have the same holder twice: the second would not read the history")
	}
}

func BenchmarkCacheTurn(b *testing.B) {
	for _, n := range []int{10, 10_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			c := newHistoryCache(1 << 30)
			at := position{1, 1, int64(n)}
			c.hold("t", "a", at, eventsFrom(1, n))
			b.ReportAllocs()
			for b.Loop() {
				c.claim("t", "a", at)
			}
		})
	}
}

// TestUndecodableEvents: all or none.
func TestUndecodableEvents(t *testing.T) {
	t.Parallel()
	good := []byte(eventsFrom(1, 1)[0].Raw())
	if _, err := decodeEvents([]Row{{int64(1), good}, {int64(2), garbage}}); err == nil || !strings.Contains(err.Error(), "event 2") {
		t.Errorf("got %v, want an error that names event 2", err)
	}
	if events, err := decodeEvents([]Row{{int64(1), good}}); err != nil || len(events) != 1 {
		t.Errorf("got %v, %v; want 1 event", events, err)
	}
}
