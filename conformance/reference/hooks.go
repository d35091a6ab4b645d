package reference

import (
	"context"
	"fmt"
	"time"

	"github.com/durokit/duro/core"
)

// Hooks let tests look and reach behind the contract. They have the methods of
// conformance.Hooks, and a handle of their own.
type Hooks struct{ p *Provider }

// Hooks returns the hooks of the store.
func (p *Provider) Hooks() *Hooks { return &Hooks{p.Open()} }

// AdvanceClock sets the store's clock forward.
func (h *Hooks) AdvanceClock(ctx context.Context, d time.Duration) error {
	return h.p.do(ctx, "AdvanceClock", func(s *store) { s.ahead += d })
}

// CorruptHistory makes every stored event of the instance undecodable.
func (h *Hooks) CorruptHistory(ctx context.Context, id string) error {
	return h.corrupt(ctx, id, func(uint64) bool { return true })
}

// CorruptEvent makes one event undecodable, in every execution that has it.
func (h *Hooks) CorruptEvent(ctx context.Context, id string, event uint64) error {
	return h.corrupt(ctx, id, func(stored uint64) bool { return stored == event })
}

func (h *Hooks) corrupt(ctx context.Context, id string, match func(event uint64) bool) error {
	return h.p.do(ctx, "corrupt", func(s *store) {
		for at := range s.instance(id).history {
			if match(at.event) {
				s.instance(id).history[at] = core.Event{}
			}
		}
	})
}

// MaxAttemptCount returns the highest attempt count among the instance's messages.
func (h *Hooks) MaxAttemptCount(ctx context.Context, id string) (uint32, error) {
	return call(ctx, h.p, "MaxAttemptCount", func(s *store) (highest uint32) {
		for _, m := range s.messages {
			if m.instance == id {
				highest = max(highest, m.attempts)
			}
		}
		return highest
	})
}

// InsertRawMessage stores any bytes as a visible orchestrator message.
func (h *Hooks) InsertRawMessage(ctx context.Context, id string, raw []byte) error {
	return h.p.do(ctx, "InsertRawMessage", func(s *store) {
		m := &row{instance: id, visible: s.now}
		m.item, m.fault = decoded(raw)
		s.messages = append(s.messages, m)
	})
}

// InsertRawWork stores any bytes as a ready row of the worker queue.
func (h *Hooks) InsertRawWork(ctx context.Context, raw []byte) error {
	return h.p.do(ctx, "InsertRawWork", func(s *store) {
		if item, fault := decoded(raw); item.Kind() == core.KindActivityExecute {
			s.addWork(item)
		} else {
			s.work = append(s.work, &row{visible: s.now, fault: "no activity: " + fault})
		}
	})
}

// decoded returns an item, or what instead of one there is.
func decoded(raw []byte) (item core.WorkItem, fault string) {
	item, err := core.DecodeWorkItem(raw)
	if err != nil {
		fault = fmt.Sprintf("%v: %q", err, raw)
	}
	return item, fault
}

// CheckInvariants returns what about the store cannot be.
func (h *Hooks) CheckInvariants(ctx context.Context) ([]string, error) {
	return call(ctx, h.p, "CheckInvariants", func(s *store) (wrong []string) {
		for id, in := range s.instances {
			if in.recorded() && in.current().ExecutionID == 0 {
				wrong = append(wrong, fmt.Sprintf("the current execution of instance %q has no record", id))
			}
		}
		return wrong
	})
}
