package engine

import (
	"context"
	"fmt"

	"github.com/durokit/duro/core"
)

// read runs calls over one snapshot, again when the connection was lost.
func (e *Engine) read(ctx context.Context, calls ...Call) (results []Result, err error) {
	bounded, cancel := e.bounded(ctx)
	defer cancel()
	err = e.retrying(bounded, func() error {
		results, err = e.db.Read(bounded, calls)
		return err
	})
	return results, overdue(ctx, err)
}

// bounded ends a caller's context after the statement timeout and with the engine.
func (e *Engine) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(ctx, e.opts.StatementTimeout)
	detach := context.AfterFunc(e.run, cancel)
	return ctx, func() {
		detach()
		cancel()
	}
}

// Read implements core.Provider (contract 2.13). A history this process holds
// costs one look at where the instance stands.
func (e *Engine) Read(ctx context.Context, instance string) ([]core.Event, error) {
	return e.readLatest(ctx, "Read", instance)
}

// ReadWithExecution implements core.Provider (contract 2.14).
func (e *Engine) ReadWithExecution(ctx context.Context, instance string, execution uint64) ([]core.Event, error) {
	return e.readExecution(ctx, "ReadWithExecution", instance, execution)
}

func (e *Engine) readLatest(ctx context.Context, op, instance string) ([]core.Event, error) {
	if err := e.enter(op); err != nil {
		return nil, err
	}
	defer e.leave()
	if err := checkInstance(op, instance); err != nil {
		return nil, err
	}
	results, err := e.read(ctx, Call{Stmt: &e.s.ReadPosition, Scalars: []any{instance}})
	if err != nil {
		return nil, e.told(op, err, fmt.Sprintf("read where %q stands", instance))
	}
	if len(results[0].Rows) == 0 {
		return nil, nil
	}
	row := results[0].Rows[0]
	at := position{execution: max(row.Int(0), 1), events: row.Int(1), incarnation: row.Int(2)}
	if events, ok := e.cache.at(instance, at); ok {
		return events, nil
	}
	return e.decodedHistory(ctx, op, instance, at.execution)
}

func (e *Engine) readExecution(ctx context.Context, op, instance string, execution uint64) ([]core.Event, error) {
	if err := e.enter(op); err != nil {
		return nil, err
	}
	defer e.leave()
	if err := checkInstance(op, instance); err != nil {
		return nil, err
	}
	if execution > core.MaxCounter {
		return nil, invalid(op, "execution id %d is above 2^63-1", execution)
	}
	return e.decodedHistory(ctx, op, instance, int64(execution))
}

func (e *Engine) decodedHistory(ctx context.Context, op, instance string, execution int64) ([]core.Event, error) {
	rows, err := e.historyRows(ctx, instance, execution)
	if err != nil {
		return nil, e.told(op, err, fmt.Sprintf("read execution %d of %q", execution, instance))
	}
	events, err := decodeEvents(rows)
	if err != nil {
		return nil, core.Wrap(op, core.ErrCorrupt, err, fmt.Sprintf("history of %q, execution %d", instance, execution))
	}
	return events, nil
}

// AppendWithExecution implements core.Provider (contract 2.15).
func (e *Engine) AppendWithExecution(ctx context.Context, instance string, execution uint64, events []core.Event) error {
	const op = "AppendWithExecution"
	if err := e.enter(op); err != nil {
		return err
	}
	defer e.leave()
	if err := checkInstance(op, instance); err != nil {
		return err
	}
	if err := refused(op, core.CheckEvents(execution, events)); err != nil || len(events) == 0 {
		return err
	}
	raw := make([]rawEvent, len(events))
	for i, ev := range events {
		raw[i] = rawEvent{int64(ev.ID()), []byte(ev.Raw())}
	}
	return e.appendRaw(ctx, op, instance, int64(execution), raw)
}

type rawEvent struct {
	id   int64
	data []byte
}

// appendRaw stores events outside a turn and renews the incarnation, so that no
// process trusts what it had read before.
func (e *Engine) appendRaw(ctx context.Context, op, instance string, execution int64, events []rawEvent) error {
	rows := make([][]any, len(events))
	for i, ev := range events {
		rows[i] = []any{instance, execution, ev.id, ev.data}
	}
	err := e.transact(ctx, func(run Runner) error {
		_, err := run(
			Call{Stmt: &e.s.ClaimsEnsure, Rows: [][]any{{instance, newIncarnation()}}},
			Call{Stmt: &e.s.ClaimsLock, Rows: [][]any{{instance}}},
			Call{Stmt: &e.s.AppendHistory, Rows: rows},
			Call{Stmt: &e.s.AppendTouch, Scalars: []any{instance, newIncarnation()}},
			Call{Stmt: &e.s.ClaimsSettle, Scalars: []any{e.clock.now()}, Rows: [][]any{{instance, nil}}},
		)
		return err
	})
	e.cache.drop(instance)
	e.waiting.signal(true, false)
	return e.told(op, err, fmt.Sprintf("append to execution %d of %q", execution, instance))
}

// transact runs fn in one transaction, again after a conflict.
func (e *Engine) transact(ctx context.Context, fn func(run Runner) error) error {
	bounded, cancel := e.bounded(ctx)
	defer cancel()
	return overdue(ctx, e.retrying(bounded, func() error { return e.db.Transact(bounded, fn) }))
}
