package engine

import (
	"context"
	"time"

	"github.com/durokit/duro/core"
)

// Hooks reach behind the contract, for tests only: they corrupt what is stored
// and set the clock. Everything they change in a history renews the incarnation.
type Hooks struct{ e *Engine }

// Hooks returns the white-box hooks of e.
func (e *Engine) Hooks() Hooks { return Hooks{e} }

// AdvanceClock sets the engine's clock forward, for every engine that shares it;
// core.ErrUnsupported unless it is a ManualClock.
func (h Hooks) AdvanceClock(_ context.Context, d time.Duration) error {
	c, ok := h.e.opts.Clock.(*ManualClock)
	if !ok {
		return core.Errorf("AdvanceClock", core.ErrUnsupported, "the engine runs on the machine's clock")
	}
	c.Advance(d)
	return nil
}

// CorruptHistory makes every stored event of the instance's current execution
// undecodable.
func (h Hooks) CorruptHistory(ctx context.Context, instance string) error {
	return h.corrupt(ctx, instance, func(int64) bool { return true })
}

// CorruptEvent makes one event of the current execution undecodable.
func (h Hooks) CorruptEvent(ctx context.Context, instance string, event uint64) error {
	return h.corrupt(ctx, instance, func(id int64) bool { return id == int64(event) })
}

// garbage is JSON, but no event and no work item.
var garbage = []byte(`{"garbage":true}`)

func (h Hooks) corrupt(ctx context.Context, instance string, which func(id int64) bool) error {
	results, err := h.e.read(ctx, Call{Stmt: &h.e.s.ReadPosition, Scalars: []any{instance}})
	if err != nil || len(results[0].Rows) == 0 {
		return err
	}
	execution := max(results[0].Rows[0].Int(0), 1)
	rows, err := h.e.historyRows(ctx, instance, execution)
	if err != nil {
		return err
	}
	events := make([]rawEvent, len(rows))
	for i, r := range rows {
		events[i] = rawEvent{r.Int(0), r.Bytes(1)}
		if which(r.Int(0)) {
			events[i].data = garbage
		}
	}
	if _, err := h.e.write([]Call{{Stmt: &h.e.s.PruneHistory, Rows: [][]any{{instance, execution}}}}); err != nil {
		return err
	}
	return h.e.appendRaw(ctx, "CorruptHistory", instance, execution, events)
}

// MaxAttemptCount returns the highest attempt counter over the instance's
// messages.
func (h Hooks) MaxAttemptCount(ctx context.Context, instance string) (uint32, error) {
	results, err := h.e.read(ctx, Call{Stmt: &h.e.s.MessagesOf, Scalars: []any{instance}})
	if err != nil {
		return 0, err
	}
	most := int64(0)
	for _, r := range results[0].Rows {
		most = max(most, r.Int(3))
	}
	return uint32(most), nil
}

// InsertRawMessage puts bytes that need not be a work item into an instance's queue.
func (h Hooks) InsertRawMessage(ctx context.Context, instance string, raw []byte) error {
	return h.e.do(ctx, &rawMessage{e: h.e, instance: instance, raw: raw})
}

type rawMessage struct {
	e        *Engine
	instance string
	raw      []byte
}

func (m *rawMessage) op() string        { return "InsertRawMessage" }
func (m *rawMessage) key() string       { return "" }
func (m *rawMessage) size() int         { return len(m.raw) }
func (m *rawMessage) alive(*batch) bool { return true }

func (m *rawMessage) add(b *batch) {
	msg := message{kind: kindOther, visibleAt: b.now}
	if item, err := core.DecodeWorkItem(m.raw); err == nil {
		msg = newMessage(item, b.now, 0)
	}
	b.target(m.instance)
	b.row(&m.e.s.MessagesInsert, m.instance, msg.kind, msg.visibleAt, msg.parent, m.raw)
}

// InsertRawWork puts bytes that need not be a work item into the worker queue.
func (h Hooks) InsertRawWork(ctx context.Context, raw []byte) error {
	return h.e.do(ctx, &enqueueWork{e: h.e, work: work{raw: raw}})
}

// InsertExecution stores the record of an execution that has just completed, and
// leaves the pointer to the current one where it is.
func (h Hooks) InsertExecution(ctx context.Context, instance string, execution uint64) error {
	_, err := h.e.write([]Call{{
		Stmt: &h.e.s.InsertExecution, Scalars: []any{h.e.clock.now()}, Rows: [][]any{{instance, int64(execution)}},
	}})
	return err
}

// RemoveExecution takes an execution's record away, and nothing else.
func (h Hooks) RemoveExecution(ctx context.Context, instance string, execution uint64) error {
	_, err := h.e.write([]Call{{Stmt: &h.e.s.PruneExecutions, Rows: [][]any{{instance, int64(execution)}}}})
	return err
}

// OnSelection has f run once, in the next bulk deletion between its selection and
// its deletions.
func (h Hooks) OnSelection(_ context.Context, f func()) error {
	h.e.onSelection.Store(&f)
	return nil
}

// CheckInvariants is Engine.CheckInvariants.
func (h Hooks) CheckInvariants(ctx context.Context) ([]string, error) {
	return h.e.CheckInvariants(ctx)
}
