package reference

import (
	"context"
	"fmt"
	"time"

	"github.com/durokit/duro/core"
)

// Hooks let tests look and reach behind the contract. They have the methods of
// conformance.Hooks.
type Hooks struct{ s *store }

// Hooks returns the hooks of the store.
func (p *Provider) Hooks() *Hooks { return &Hooks{p.s} }

// AdvanceClock sets the store's clock forward, when it is one that can be.
func (h *Hooks) AdvanceClock(_ context.Context, d time.Duration) error {
	c, ok := h.s.clock.(interface{ Advance(d time.Duration) })
	if !ok {
		return core.Errorf("AdvanceClock", core.ErrUnsupported, "the store runs on the machine's clock")
	}
	c.Advance(d)
	return nil
}

// CorruptHistory makes every stored event of the instance undecodable.
func (h *Hooks) CorruptHistory(_ context.Context, id string) error {
	return h.corrupt(id, func(uint64) bool { return true })
}

// CorruptEvent makes one event undecodable, in every execution that has it.
func (h *Hooks) CorruptEvent(_ context.Context, id string, event uint64) error {
	return h.corrupt(id, func(stored uint64) bool { return stored == event })
}

func (h *Hooks) corrupt(id string, match func(uint64) bool) error {
	h.s.lock()
	defer h.s.mu.Unlock()
	for _, stored := range h.s.instance(id).history {
		for event, e := range stored {
			if match(event) {
				e.raw = `{"garbage":true}`
				_, err := core.DecodeEvent([]byte(e.raw))
				e.fault = fmt.Sprintf("event %d: %v", event, err)
			}
		}
	}
	return nil
}

// MaxAttemptCount returns the highest attempt count among the instance's messages.
func (h *Hooks) MaxAttemptCount(_ context.Context, id string) (highest uint32, _ error) {
	h.s.lock()
	defer h.s.mu.Unlock()
	for _, m := range h.s.instance(id).messages {
		highest = max(highest, m.attempts)
	}
	return highest, nil
}

// InsertRawMessage stores any bytes as a visible orchestrator message.
func (h *Hooks) InsertRawMessage(_ context.Context, id string, raw []byte) error {
	h.s.lock()
	m := &message{seq: h.s.nextSeq(), visible: h.s.now}
	var err error
	if m.item, err = core.DecodeWorkItem(raw); err != nil {
		m.raw, m.fault = string(raw), err.Error()
	}
	in := h.s.instance(id)
	in.messages = append(in.messages, m)
	h.s.mu.Unlock()
	h.s.wake()
	return nil
}

// InsertRawWork stores any bytes as a ready row of the worker queue.
func (h *Hooks) InsertRawWork(_ context.Context, raw []byte) error {
	h.s.lock()
	a := &activity{seq: h.s.nextSeq(), visible: h.s.now}
	var err error
	if a.item, err = core.DecodeWorkItem(raw); err == nil {
		a.of, _ = a.item.Payload().(core.ActivityExecute)
	}
	if a.item.Kind() != core.KindActivityExecute {
		a.raw = string(raw)
	}
	h.s.work = append(h.s.work, a)
	h.s.mu.Unlock()
	h.s.wake()
	return nil
}

// CheckInvariants returns what about the store cannot be.
func (h *Hooks) CheckInvariants(context.Context) (wrong []string, _ error) {
	h.s.lock()
	defer h.s.mu.Unlock()
	for token, in := range h.s.holders {
		if in.token != token || h.s.instances[in.id] != in {
			wrong = append(wrong, fmt.Sprintf("a lock of instance %q is known that the instance does not have", in.id))
		}
	}
	for id, in := range h.s.instances {
		if in.token != "" && h.s.holders[in.token] != in {
			wrong = append(wrong, fmt.Sprintf("the lock of instance %q is not known", id))
		}
		if r := in.record; r != nil && in.executions[r.current] == nil {
			wrong = append(wrong, fmt.Sprintf("instance %q points at execution %d, which has no record", id, r.current))
		}
	}
	return wrong, nil
}
