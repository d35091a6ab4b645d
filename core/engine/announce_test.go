package engine_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/durokit/duro/core/engine"
)

// hub carries announcements between the engines of a test.
type hub struct {
	mu        sync.Mutex
	listeners map[chan string]struct{}
	spoken    int
}

// announcing is a seam that does so.
type announcing struct {
	*faultyDB
	hub *hub
}

// Announce implements engine.Notifier.
func (a announcing) Announce(_ context.Context, text string) error {
	a.hub.mu.Lock()
	defer a.hub.mu.Unlock()
	a.hub.spoken++
	for l := range a.hub.listeners {
		l <- text
	}
	return nil
}

// Listen implements engine.Notifier.
func (a announcing) Listen(ctx context.Context, ready func(), heard func(string)) error {
	l := make(chan string, 1000)
	a.hub.mu.Lock()
	a.hub.listeners[l] = struct{}{}
	a.hub.mu.Unlock()
	ready()
	for {
		select {
		case text, ok := <-l:
			if !ok {
				return errors.New("cut off")
			}
			heard(text)
		case <-ctx.Done():
			return nil
		}
	}
}

// cut ends all listening, and waits until somebody listens again.
func (h *hub) cut(t *testing.T, listeners int) {
	t.Helper()
	h.mu.Lock()
	for l := range h.listeners {
		close(l)
	}
	clear(h.listeners)
	h.mu.Unlock()
	h.await(t, listeners)
}

func (h *hub) await(t *testing.T, listeners int) {
	t.Helper()
	engine.Until(t, "all to listen", func() bool {
		h.mu.Lock()
		defer h.mu.Unlock()
		return len(h.listeners) == listeners
	})
}

// TestAnAnnouncementWakesOtherProcesses, which never poll here; also after the
// listener was cut off. What a process says itself does not make it look.
func TestAnAnnouncementWakesOtherProcesses(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.hub = &hub{listeners: map[chan string]struct{}{}}
	hears, speaks := s.open(), s.open()
	s.hub.await(t, 2)
	for name, q := range fetchers {
		for _, id := range []string{"a", "b"} {
			waiting := waits(func() fetched { return q.fetch(t.Context(), hears, forever) })
			engine.Until(t, "the fetch to wait", func() bool { return hears.Settled(1) })
			own := speaks.db.reads.Load()
			must(t, q.put(t.Context(), speaks, id))
			if got := <-waiting; got.id != id {
				t.Errorf("%s: got %+v, want %s", name, got, id)
			}
			if n := speaks.db.reads.Load() - own; n > 0 {
				t.Errorf("%s: the speaker looked %d times, want never: nobody waits there", name, n)
			}
			s.hub.cut(t, 2)
		}
	}
}

// TestWhatWasAnnouncedBeforeAnybodyListenedIsFound: by the look at the start of
// listening.
func TestWhatWasAnnouncedBeforeAnybodyListenedIsFound(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	speaks := s.open()
	s.hub = &hub{listeners: map[chan string]struct{}{}}
	hears := s.open()
	s.hub.await(t, 1)
	waiting := waits(func() fetched { return fetchers["work"].fetch(t.Context(), hears, forever) })
	engine.Until(t, "the fetch to wait", func() bool { return hears.Settled(1) })
	speaks.enqueueWork(activityOf("a", 1))
	s.hub.cut(t, 1)
	if got := <-waiting; got.id != "a" {
		t.Errorf("got %+v, want a", got)
	}
}
