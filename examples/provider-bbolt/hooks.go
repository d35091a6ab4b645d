package main

import (
	"context"
	"time"

	"github.com/durokit/duro/conformance"
	"github.com/durokit/duro/core"
)

// hooks let the conformance suite look and reach behind the contract, by a handle of
// their own.
type hooks struct{ s *Store }

var _ conformance.Hooks = hooks{}

// AdvanceClock implements conformance.Hooks.
func (h hooks) AdvanceClock(_ context.Context, d time.Duration) error {
	clock, ok := h.s.file.clock.(*manualClock)
	if !ok {
		return core.ErrUnsupported
	}
	clock.advance(d)
	h.s.file.wake()
	return nil
}

// CorruptHistory implements conformance.Hooks.
func (h hooks) CorruptHistory(ctx context.Context, id string) error {
	return h.corrupt(ctx, id, func(uint64) bool { return true })
}

// CorruptEvent implements conformance.Hooks.
func (h hooks) CorruptEvent(ctx context.Context, id string, event uint64) error {
	return h.corrupt(ctx, id, func(stored uint64) bool { return stored == event })
}

func (h hooks) corrupt(ctx context.Context, id string, match func(event uint64) bool) error {
	return h.s.update(ctx, "corrupt", func(t *tx) error {
		for k := range t.history().scan(key(id)) {
			if match(lastNumber(k)) {
				t.history().put(k, []byte(`{"garbage":true}`))
			}
		}
		return nil
	})
}

// MaxAttemptCount implements conformance.Hooks.
func (h hooks) MaxAttemptCount(ctx context.Context, id string) (highest uint32, err error) {
	err = h.s.view(ctx, "MaxAttemptCount", func(t *tx) error {
		for m := range t.messages().ofInstance(id) {
			highest = max(highest, m.Attempts)
		}
		return nil
	})
	return highest, err
}

// InsertRawMessage implements conformance.Hooks.
func (h hooks) InsertRawMessage(ctx context.Context, id string, raw []byte) error {
	return h.s.update(ctx, "InsertRawMessage", func(t *tx) error {
		r := rawRow(t, raw)
		r.Instance = id
		t.messages().add(r, raw)
		return nil
	})
}

// InsertRawWork implements conformance.Hooks.
func (h hooks) InsertRawWork(ctx context.Context, raw []byte) error {
	return h.s.update(ctx, "InsertRawWork", func(t *tx) error {
		t.work().add(rawRow(t, raw), raw)
		return nil
	})
}

// rawRow describes bytes that need not be an item.
func rawRow(t *tx, raw []byte) *row {
	item, err := core.DecodeWorkItem(raw)
	if err != nil {
		return &row{Visible: t.now}
	}
	return rowOf(item, t.now)
}

// InsertExecution implements conformance.Hooks.
func (h hooks) InsertExecution(ctx context.Context, id string, n uint64) error {
	return h.s.update(ctx, "InsertExecution", func(t *tx) error {
		t.executions().put(key(id, n), &execution{ExecutionInfo: core.ExecutionInfo{
			ExecutionID: n, Status: core.StatusCompleted, StartedAtMS: t.now, CompletedAtMS: new(t.now),
		}})
		return nil
	})
}

// RemoveExecution implements conformance.Hooks.
func (h hooks) RemoveExecution(ctx context.Context, id string, n uint64) error {
	return h.s.update(ctx, "RemoveExecution", func(t *tx) error {
		t.executions().delete(key(id, n))
		return nil
	})
}

// OnSelection implements conformance.Hooks.
func (h hooks) OnSelection(_ context.Context, f func()) error {
	h.s.file.mu.Lock()
	defer h.s.file.mu.Unlock()
	h.s.file.onSelection = f
	return nil
}

// selection is where a bulk deletion has made its selection.
func (f *file) selection() {
	f.mu.Lock()
	run := f.onSelection
	f.onSelection = nil
	f.mu.Unlock()
	if run != nil {
		run()
	}
}
