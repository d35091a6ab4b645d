package engine

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/durokit/duro/core"
)

// claimedInstance is a claimed instance as the claim's statements returned it.
type claimedInstance struct {
	record      Row // ClaimItems' output
	messages    []Row
	history     []Row
	kv          []Row
	nonce       []byte
	historyRead bool // history holds all of it
}

// The columns of ClaimItems.
const (
	itemInstance = iota
	itemExecution
	itemEventCount
	itemIncarnation
	itemPrevHolder
	itemHasRecord
	itemName
	itemVersion
)

func (c *claimedInstance) instance() string { return c.record.Text(itemInstance) }
func (c *claimedInstance) lock() token      { return token{nonce: c.nonce, instance: c.instance()} }

// position is where the claimed history stands.
func (c *claimedInstance) position() position {
	return position{
		incarnation: c.record.Int(itemIncarnation),
		execution:   max(c.record.Int(itemExecution), 1),
		events:      c.record.Int(itemEventCount),
	}
}

// unknown stands for a name or version that nothing tells (contract 2.1).
const unknown = "unknown"

// assemble makes the item of a claim. It returns nil when there is none to give:
// the instance turned out to have no message, and its lock is given back, or it
// is somebody else's by now.
func (e *Engine) assemble(ctx context.Context, c *claimedInstance) (*core.FetchedOrchestration, error) {
	if len(c.messages) == 0 {
		e.giveBack(c)
		return nil, nil //nolint:nilnil // no item is no error
	}
	f := &core.FetchedOrchestration{
		LockToken: instanceToken(c.nonce, c.instance()),
		Item:      core.OrchestrationItem{Instance: c.instance(), KVSnapshot: map[string]core.KVEntry{}},
	}
	if err := e.decodeMessages(ctx, c, f); err != nil {
		e.handBack(ctx, c)
		return nil, err
	}
	history, undecodable, err := e.claimedHistory(ctx, c, f.LockToken)
	if errors.Is(err, core.ErrLockLost) {
		return nil, nil //nolint:nilnil // no item is no error
	}
	if err != nil {
		e.handBack(ctx, c)
		return nil, e.told("FetchOrchestrationItem", err, fmt.Sprintf("read the history of %q", c.instance()))
	}
	if undecodable != nil {
		f.Item.HistoryError = undecodable.Error()
	}
	if f.Item.HistoryError == "" {
		f.Item.History = history
		for _, row := range c.kv {
			f.Item.KVSnapshot[row.Text(1)] = core.KVEntry{Value: row.Text(2), LastUpdatedMS: uint64(row.Int(3))}
		}
	}
	c.identify(&f.Item, history)
	return f, nil
}

// decodeMessages decodes the batch. One that cannot be decoded surfaces as the
// item's history error, and a copy of it is kept aside (design decision 6): once,
// and before anybody can ack it away.
func (e *Engine) decodeMessages(ctx context.Context, c *claimedInstance, f *core.FetchedOrchestration) error {
	for _, row := range c.messages {
		attempts := uint32(row.Int(2))
		f.AttemptCount = max(f.AttemptCount, attempts)
		item, err := core.DecodeWorkItem(row.Bytes(3))
		if err == nil {
			f.Item.Messages = append(f.Item.Messages, item)
			continue
		}
		f.Item.HistoryError = fmt.Sprintf("message %d cannot be decoded: %v", row.Int(1), err)
		if attempts > 1 {
			continue
		}
		if err := e.keepAside(ctx, c.instance(), row.Bytes(3), f.Item.HistoryError); err != nil {
			return err
		}
	}
	return nil
}

// claimedHistory returns the claimed execution's events: from the cache, from
// the claim, or from a second trip when this process held the instance before
// but has forgotten it. undecodable says why they cannot be decoded. It fails with
// core.ErrLockLost when the lock went to somebody else before that trip.
func (e *Engine) claimedHistory(
	ctx context.Context, c *claimedInstance, tk string,
) (events []core.Event, undecodable, err error) {
	at := c.position()
	if at.events == 0 {
		e.cache.hold(tk, c.instance(), at, nil)
		return nil, nil, nil
	}
	rows := c.history
	if !c.historyRead {
		if events, ok := e.cache.claim(tk, c.instance(), at); ok {
			return events, nil, nil
		}
		if rows, err = e.historyUnderLock(ctx, c); err != nil {
			return nil, nil, err
		}
	} else {
		for i, r := range rows {
			rows[i] = r[1:] // as ReadHistory: event id, data
		}
	}
	events, undecodable = decodeEvents(rows)
	if undecodable != nil {
		return nil, undecodable, nil
	}
	return e.cache.hold(tk, c.instance(), at, events), nil, nil
}

// historyUnderLock reads a claimed execution's events together with who holds the
// instance: the history that somebody else has gone on with does not belong to
// the messages of this claim.
func (e *Engine) historyUnderLock(ctx context.Context, c *claimedInstance) ([]Row, error) {
	results, err := e.read(ctx,
		Call{Stmt: &e.s.ClaimsTokens, Rows: [][]any{{c.instance()}}},
		Call{Stmt: &e.s.ReadHistory, Scalars: []any{c.instance(), c.position().execution}})
	if err != nil {
		return nil, err
	}
	if holds := results[0].Rows; len(holds) == 0 || !bytes.Equal(holds[0].Bytes(1), c.nonce) {
		return nil, core.ErrLockLost
	}
	return results[1].Rows, nil
}

// identify names the item: from its record, else from its history, else from
// the start message in the batch (contract 2.1).
func (c *claimedInstance) identify(item *core.OrchestrationItem, history []core.Event) {
	item.ExecutionID = 1
	if c.record.Int(itemHasRecord) != 0 || c.position().events > 0 {
		item.ExecutionID = uint64(c.position().execution)
	}
	if c.record.Int(itemHasRecord) != 0 {
		item.OrchestrationName, item.Version = c.record.Text(itemName), unknown
		if v := c.record.OptText(itemVersion); v != nil {
			item.Version = *v
		}
		return
	}
	item.OrchestrationName, item.Version = unknown, unknown
	for _, ev := range history {
		if s, ok := ev.Payload().(core.OrchestrationStartedEvent); ok {
			item.OrchestrationName, item.Version = s.Name, s.Version
			return
		}
	}
	for _, m := range item.Messages {
		var version *string
		switch p := m.Payload().(type) {
		case core.StartOrchestration:
			item.OrchestrationName, version = p.Orchestration, p.Version
		case core.ContinueAsNew:
			item.OrchestrationName, version = p.Orchestration, p.Version
		default:
			continue
		}
		if version != nil {
			item.Version = *version
		}
		return
	}
}
