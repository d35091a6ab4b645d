package engine

import (
	"context"
	"fmt"

	"github.com/durokit/duro/core"
)

// Queues an item set aside came from.
const (
	asideOrchestrator int64 = 1
	asideWorker       int64 = 2
)

// SetAsideItem is an undecodable item an operator can look at (design decision 6).
type SetAsideItem struct {
	ID int64 `json:"id"`
	// Queue is "orchestrator" or "worker".
	Queue    string `json:"queue"`
	Instance string `json:"instance,omitempty"`
	Item     []byte `json:"item"`
	Reason   string `json:"reason"`
	AtMS     uint64 `json:"set_aside_at"`
}

// setAside moves an undecodable work row out of the queue. The row must still be
// held by the claim that found it.
func (e *Engine) setAside(ctx context.Context, w *claimedWork, why error) error {
	return e.do(ctx, &asideMember{e: e, name: "FetchWorkItem", queue: asideWorker, item: w.raw(),
		reason: fmt.Sprintf("work item %d cannot be decoded: %v", w.id(), why), work: w})
}

// keepAside keeps a copy of an undecodable message; the message itself stays in
// its batch, and goes with it when that is acked.
func (e *Engine) keepAside(ctx context.Context, instance string, item []byte, reason string) error {
	return e.do(ctx, &asideMember{e: e, name: "FetchOrchestrationItem", queue: asideOrchestrator,
		instance: &instance, item: item, reason: reason})
}

// asideMember stores an item aside and, when it was claimed work, drops its row.
type asideMember struct {
	e        *Engine
	name     string
	queue    int64
	instance *string
	item     []byte
	reason   string
	work     *claimedWork
}

func (m *asideMember) op() string  { return m.name }
func (m *asideMember) key() string { return "" }
func (m *asideMember) size() int   { return len(m.item) }

func (m *asideMember) add(b *batch) {
	b.row(&m.e.s.AsidePut, m.queue, optText(m.instance), m.item, []byte(m.reason))
	if m.work != nil {
		b.touchWork(m.work.id())
		b.row(&m.e.s.WorkDrop, m.work.id(), m.work.nonce)
	}
}

func (m *asideMember) alive(*batch) bool { return true }

// SetAside returns the oldest items set aside, at most limit.
func (e *Engine) SetAside(ctx context.Context, limit int) ([]SetAsideItem, error) {
	const op = "SetAside"
	if err := e.enter(op); err != nil {
		return nil, err
	}
	defer e.leave()
	results, err := e.read(ctx, Call{Stmt: &e.s.AsideList, Scalars: []any{int64(limit)}})
	if err != nil {
		return nil, e.told(op, err, "list the items set aside")
	}
	items := make([]SetAsideItem, 0, len(results[0].Rows))
	for _, r := range results[0].Rows {
		queue := "orchestrator"
		if r.Int(1) == asideWorker {
			queue = "worker"
		}
		items = append(items, SetAsideItem{ID: r.Int(0), Queue: queue, Instance: r.Text(2),
			Item: r.Bytes(3), Reason: r.Text(4), AtMS: uint64(r.Int(5))})
	}
	return items, nil
}

// Requeue puts an item set aside back into its queue, which it must fit by now:
// an item that still cannot be decoded stays where it is.
func (e *Engine) Requeue(ctx context.Context, id int64) error {
	const op = "Requeue"
	items, err := e.SetAside(ctx, int(^uint32(0)>>1))
	if err != nil {
		return err
	}
	for _, it := range items {
		if it.ID != id {
			continue
		}
		item, err := core.DecodeWorkItem(it.Item)
		if err != nil {
			return core.Wrap(op, core.ErrCorrupt, err, fmt.Sprintf("item %d still cannot be decoded", id))
		}
		if it.Queue == "worker" {
			err = e.EnqueueForWorker(ctx, item)
		} else {
			err = e.EnqueueForOrchestrator(ctx, item, 0)
		}
		if err != nil {
			return err
		}
		_, err = e.write([]Call{{Stmt: &e.s.AsideDelete, Rows: [][]any{{id}}}})
		return e.told(op, err, fmt.Sprintf("remove item %d from those set aside", id))
	}
	return core.Errorf(op, core.ErrNotFound, "no item %d is set aside", id)
}

// PurgeParked deletes the visible messages of instances without context and
// returns how many there were (design decision 5).
func (e *Engine) PurgeParked(ctx context.Context) (uint64, error) {
	const op = "PurgeParked"
	if err := e.enter(op); err != nil {
		return 0, err
	}
	defer e.leave()
	var n int64
	err := e.transact(ctx, func(run Runner) error {
		results, err := run(Call{Stmt: &e.s.PurgeParked, Scalars: []any{e.clock.now()}, Counted: true})
		if err == nil {
			n = results[0].Affected
		}
		return err
	})
	return uint64(n), e.told(op, err, "purge parked messages")
}
