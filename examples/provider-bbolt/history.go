package main

import (
	"context"
	"fmt"

	"github.com/durokit/duro/core"
)

// Read implements core.Provider.
func (s *Store) Read(ctx context.Context, id string) ([]core.Event, error) {
	return s.read(ctx, "Read", id, nil)
}

// ReadHistory implements core.ProviderAdmin.
func (s *Store) ReadHistory(ctx context.Context, id string) ([]core.Event, error) {
	return s.read(ctx, "ReadHistory", id, nil)
}

// ReadWithExecution implements core.Provider.
func (s *Store) ReadWithExecution(ctx context.Context, id string, execution uint64) ([]core.Event, error) {
	return s.read(ctx, "ReadWithExecution", id, &execution)
}

// ReadHistoryWithExecutionID implements core.ProviderAdmin.
func (s *Store) ReadHistoryWithExecutionID(ctx context.Context, id string, execution uint64) ([]core.Event, error) {
	return s.read(ctx, "ReadHistoryWithExecutionID", id, &execution)
}

// read returns the history of an execution, the latest unless it is given.
func (s *Store) read(ctx context.Context, op, id string, execution *uint64) (events []core.Event, err error) {
	err = s.view(ctx, op, func(t *tx) error {
		if err := validID(id); err != nil {
			return err
		}
		n := or(execution, 0)
		if execution == nil {
			n = t.latest(id)
		}
		found, err := t.events(id, n)
		if err != nil {
			return refuse(core.ErrCorrupt, "instance %q: %v", id, err)
		}
		events = found
		return nil
	})
	return events, err
}

// AppendWithExecution implements core.Provider.
func (s *Store) AppendWithExecution(ctx context.Context, id string, execution uint64, events []core.Event) error {
	return s.update(ctx, "AppendWithExecution", func(t *tx) error {
		if err := validID(id); err != nil {
			return err
		}
		if err := valid(core.CheckEvents(execution, events)); err != nil {
			return err
		}
		return t.appendEvents(id, execution, events)
	})
}

// history is where events are, whatever they say of themselves.
func (t *tx) history() bucket { return t.bucket("history") }

// appendEvents stores events, none of which may be there already.
func (t *tx) appendEvents(id string, execution uint64, events []core.Event) error {
	for _, e := range events {
		at := key(id, execution, e.ID())
		if t.history().get(at) != nil {
			return refuse(core.ErrDuplicateEvent, "event %d of execution %d of instance %q", e.ID(), execution, id)
		}
		t.history().put(at, []byte(e.Raw()))
	}
	return nil
}

// events returns one execution's history by event id, or which of it cannot be decoded.
func (t *tx) events(id string, execution uint64) (events []core.Event, err error) {
	for k, raw := range t.history().scan(key(id, execution)) {
		e, err := core.DecodeEvent(raw)
		if err != nil {
			return nil, fmt.Errorf("event %d of execution %d cannot be decoded: %w", lastNumber(k), execution, err)
		}
		events = append(events, e)
	}
	return events, nil
}
