package engine

import (
	"context"
	"fmt"
	"time"

	"github.com/durokit/duro/core"
)

// one reads with a single call about one instance.
func (e *Engine) one(ctx context.Context, op, instance string, s *Statement, scalars ...any) ([]Row, error) {
	if err := e.enter(op); err != nil {
		return nil, err
	}
	defer e.leave()
	if err := checkInstance(op, instance); err != nil {
		return nil, err
	}
	results, err := e.read(ctx, Call{Stmt: s, Scalars: append([]any{instance}, scalars...)})
	if err != nil {
		return nil, e.told(op, err, fmt.Sprintf("read %q", instance))
	}
	return results[0].Rows, nil
}

// GetCustomStatus implements core.Provider (contract 2.16).
func (e *Engine) GetCustomStatus(ctx context.Context, instance string, lastSeen uint64) (*core.CustomStatus, error) {
	const op = "GetCustomStatus"
	if lastSeen > core.MaxCounter {
		return nil, invalid(op, "version %d is above 2^63-1", lastSeen)
	}
	rows, err := e.one(ctx, op, instance, &e.s.ReadCustomStatus)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	version := uint64(rows[0].Int(1))
	if version <= lastSeen {
		return nil, nil //nolint:nilnil // nothing new is no error
	}
	return &core.CustomStatus{Status: rows[0].OptText(0), Version: version}, nil
}

// GetKVValue implements core.Provider (contract 2.17).
func (e *Engine) GetKVValue(ctx context.Context, instance, key string) (string, bool, error) {
	const op = "GetKVValue"
	if err := checkText(op, "the key", key, 1, core.MaxIDBytes); err != nil {
		return "", false, err
	}
	rows, err := e.one(ctx, op, instance, &e.s.ReadKVValue, key)
	if err != nil || len(rows) == 0 {
		return "", false, err
	}
	return rows[0].Text(0), true, nil
}

// GetKVAllValues implements core.Provider (contract 2.17).
func (e *Engine) GetKVAllValues(ctx context.Context, instance string) (map[string]string, error) {
	rows, err := e.one(ctx, "GetKVAllValues", instance, &e.s.ReadKVAll)
	if err != nil {
		return nil, err
	}
	values := make(map[string]string, len(rows))
	for _, r := range rows {
		values[r.Text(0)] = r.Text(1)
	}
	return values, nil
}

// GetInstanceStats implements core.Provider (contract 2.19).
func (e *Engine) GetInstanceStats(ctx context.Context, instance string) (*core.InstanceStats, error) {
	const op = "GetInstanceStats"
	if err := e.enter(op); err != nil {
		return nil, err
	}
	defer e.leave()
	if err := checkInstance(op, instance); err != nil {
		return nil, err
	}
	results, err := e.read(ctx,
		Call{Stmt: &e.s.ReadStats, Scalars: []any{instance}},
		Call{Stmt: &e.s.ReadFirstEvent, Scalars: []any{instance}})
	if err != nil {
		return nil, e.told(op, err, fmt.Sprintf("count what %q holds", instance))
	}
	if len(results[0].Rows) == 0 {
		return nil, nil //nolint:nilnil // an unknown instance is no error
	}
	r := results[0].Rows[0]
	stats := &core.InstanceStats{
		HistoryEventCount: uint64(r.Int(0)), HistorySizeBytes: uint64(r.Int(1)),
		KVUserKeyCount: uint64(r.Int(2)), KVTotalValueBytes: uint64(r.Int(3)),
	}
	if first := results[1].Rows; len(first) > 0 {
		ev, err := core.DecodeEvent(first[0].Bytes(0))
		if err != nil {
			return nil, core.Wrap(op, core.ErrCorrupt, err, fmt.Sprintf("event 1 of %q", instance))
		}
		if s, ok := ev.Payload().(core.OrchestrationStartedEvent); ok {
			stats.QueuePendingCount = uint64(len(s.CarryForwardEvents))
		}
	}
	return stats, nil
}

// RenewSessionLock implements core.Provider (contract 2.11).
func (e *Engine) RenewSessionLock(ctx context.Context, p core.RenewSessionParams) (int, error) {
	const op = "RenewSessionLock"
	if err := e.enter(op); err != nil {
		return 0, err
	}
	defer e.leave()
	owners := map[string]struct{}{}
	var rows [][]any
	for _, o := range p.OwnerIDs {
		if err := refused(op, core.CheckOwner(o)); err != nil {
			return 0, err
		}
		if !has(owners, o) {
			owners[o] = struct{}{}
			rows = append(rows, []any{o})
		}
	}
	if err := checkFetch(op, p.ExtendFor, p.IdleTimeout); err != nil || len(rows) == 0 {
		return 0, err
	}
	n := 0
	err := e.transact(ctx, func(run Runner) error {
		now := e.clock.now()
		idleAfter := now - min(millis(p.IdleTimeout), now)
		results, err := run(
			Call{Stmt: &e.s.SessionsRenewable, Scalars: []any{now, idleAfter}, Rows: rows},
			Call{Stmt: &e.s.SessionsRenew, Scalars: []any{now, idleAfter, later(now, millis(p.ExtendFor))}, Rows: rows})
		if err == nil {
			n = len(texts(results[0]))
		}
		return err
	})
	return n, e.told(op, err, "renew sessions")
}

// CleanupOrphanedSessions implements core.Provider (contract 2.12).
func (e *Engine) CleanupOrphanedSessions(ctx context.Context, _ time.Duration) (int, error) {
	const op = "CleanupOrphanedSessions"
	if err := e.enter(op); err != nil {
		return 0, err
	}
	defer e.leave()
	n := 0
	err := e.transact(ctx, func(run Runner) error {
		now := e.clock.now()
		results, err := run(Call{Stmt: &e.s.SessionsOrphaned, Scalars: []any{now}})
		if err != nil || len(results[0].Rows) == 0 {
			n = 0
			return err
		}
		orphaned := texts(results[0])
		var rows [][]any
		for s := range orphaned {
			rows = append(rows, []any{s})
		}
		n = len(orphaned)
		_, err = run(Call{Stmt: &e.s.SessionsDelete, Scalars: []any{now}, Rows: rows})
		return err
	})
	return n, e.told(op, err, "delete orphaned sessions")
}
