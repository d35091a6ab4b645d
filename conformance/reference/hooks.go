package reference

import (
	"context"
	"fmt"
	"time"

	"github.com/durokit/duro/core"
)

// Hooks let tests look and reach behind the contract. They have the methods of
// conformance.Hooks, and a handle of their own.
type Hooks struct{ h *Provider }

// Hooks returns the hooks of the store.
func (h *Provider) Hooks() *Hooks { return &Hooks{h.Open()} }

// AdvanceClock sets the store's clock forward.
func (k *Hooks) AdvanceClock(ctx context.Context, d time.Duration) error {
	return k.h.call(ctx, "AdvanceClock", func(s *store) { s.ahead += d })
}

// CorruptHistory makes every stored event of the instance undecodable.
func (k *Hooks) CorruptHistory(ctx context.Context, id string) error {
	return k.corrupt(ctx, id, func(uint64) bool { return true })
}

// CorruptEvent makes one event undecodable, in every execution that has it.
func (k *Hooks) CorruptEvent(ctx context.Context, id string, event uint64) error {
	return k.corrupt(ctx, id, func(stored uint64) bool { return stored == event })
}

func (k *Hooks) corrupt(ctx context.Context, id string, match func(event uint64) bool) error {
	return k.h.call(ctx, "corrupt", func(s *store) {
		for at := range s.instance(id).history {
			if match(at.event) {
				s.instance(id).history[at] = core.Event{}
			}
		}
	})
}

// MaxAttemptCount returns the highest attempt count among the instance's messages.
func (k *Hooks) MaxAttemptCount(ctx context.Context, id string) (highest uint32, err error) {
	err = k.h.call(ctx, "MaxAttemptCount", func(s *store) {
		for _, m := range s.messages {
			if m.instance == id {
				highest = max(highest, m.attempts)
			}
		}
	})
	return highest, err
}

// InsertRawMessage stores any bytes as a visible orchestrator message.
func (k *Hooks) InsertRawMessage(ctx context.Context, id string, raw []byte) error {
	return k.h.call(ctx, "InsertRawMessage", func(s *store) {
		m := &row{instance: id, visible: s.now}
		m.item, m.fault = decoded(raw)
		s.messages = append(s.messages, m)
	})
}

// InsertRawWork stores any bytes as a ready row of the worker queue.
func (k *Hooks) InsertRawWork(ctx context.Context, raw []byte) error {
	return k.h.call(ctx, "InsertRawWork", func(s *store) {
		if item, fault := decoded(raw); item.Kind() == core.KindActivityExecute {
			s.addWork(item)
		} else {
			s.work = append(s.work, &row{visible: s.now, fault: "no activity: " + fault})
		}
	})
}

// InsertExecution stores the record of an execution that has just completed.
func (k *Hooks) InsertExecution(ctx context.Context, id string, n uint64) error {
	return k.h.call(ctx, "InsertExecution", func(s *store) {
		e := core.ExecutionInfo{ExecutionID: n, Status: core.StatusCompleted, StartedAtMS: s.now, CompletedAtMS: new(s.now)}
		s.instance(id).executions[n] = execution{ExecutionInfo: e}
	})
}

// RemoveExecution takes an execution's record away.
func (k *Hooks) RemoveExecution(ctx context.Context, id string, execution uint64) error {
	return k.h.call(ctx, "RemoveExecution", func(s *store) { delete(s.instance(id).executions, execution) })
}

// OnSelection is not offered: a bulk deletion is one step here.
func (*Hooks) OnSelection(context.Context, func()) error { return core.ErrUnsupported }

// decoded returns an item, or what instead of one there is.
func decoded(raw []byte) (item core.WorkItem, fault string) {
	item, err := core.DecodeWorkItem(raw)
	if err != nil {
		fault = fmt.Sprintf("%v: %q", err, raw)
	}
	return item, fault
}

// CheckInvariants returns what about the store cannot be.
func (k *Hooks) CheckInvariants(ctx context.Context) (wrong []string, err error) {
	err = k.h.call(ctx, "CheckInvariants", func(s *store) {
		for id, in := range s.instances {
			if in.recorded() && in.current().ExecutionID == 0 {
				wrong = append(wrong, fmt.Sprintf("the current execution of instance %q has no record", id))
			}
		}
	})
	return wrong, err
}
