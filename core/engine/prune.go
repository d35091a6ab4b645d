package engine

import (
	"context"
	"errors"
	"fmt"

	"github.com/durokit/duro/core"
)

// PruneExecutions implements core.ProviderAdmin (admin contract 2.17). Current
// and running executions always stay.
func (e *Engine) PruneExecutions(ctx context.Context, instance string, opts core.PruneOptions) (*core.PruneResult, error) {
	const op = "PruneExecutions"
	if err := e.enter(op); err != nil {
		return nil, err
	}
	defer e.leave()
	if err := checkInstance(op, instance); err != nil {
		return nil, err
	}
	var res *core.PruneResult
	err := e.transact(ctx, func(run Runner) (err error) {
		res, err = e.prune(op, run, instance, opts)
		return err
	})
	return res, e.told(op, err, fmt.Sprintf("prune %q", instance))
}

func (e *Engine) prune(op string, run Runner, instance string, opts core.PruneOptions) (*core.PruneResult, error) {
	if _, err := run(Call{Stmt: &e.s.ClaimsLock, Rows: [][]any{{instance}}}); err != nil {
		return nil, err
	}
	results, err := run(
		Call{Stmt: &e.s.InstanceInfo, Scalars: []any{instance}},
		Call{Stmt: &e.s.Prunable, Scalars: []any{instance}})
	if err != nil {
		return nil, err
	}
	if len(results[0].Rows) == 0 {
		return nil, core.Errorf(op, core.ErrNotFound, "instance %q", instance)
	}
	current := results[0].Rows[0].Int(2)
	var rows [][]any
	for rank, r := range results[1].Rows {
		if r.Int(0) != current && prunable(r, rank, opts) {
			rows = append(rows, []any{instance, r.Int(0)})
		}
	}
	res := &core.PruneResult{InstancesProcessed: 1}
	if len(rows) == 0 {
		return res, nil
	}
	results, err = run(
		Call{Stmt: &e.s.PruneHistory, Rows: rows, Counted: true},
		Call{Stmt: &e.s.PruneExecutions, Rows: rows, Counted: true})
	if err != nil {
		return nil, err
	}
	res.EventsDeleted, res.ExecutionsDeleted = uint64(results[0].Affected), uint64(results[1].Affected)
	return res, nil
}

// prunable decides about an execution that is not current; rank 0 is the highest id.
func prunable(r Row, rank int, opts core.PruneOptions) bool {
	switch {
	case r.Text(1) == core.StatusRunning:
		return false
	case opts.KeepLast != nil && uint64(rank) < uint64(*opts.KeepLast):
		return false
	case opts.CompletedBeforeMS != nil:
		return !r.Null(2) && uint64(r.Int(2)) < *opts.CompletedBeforeMS
	}
	return true
}

// PruneExecutionsBulk implements core.ProviderAdmin (admin contract 2.18).
func (e *Engine) PruneExecutionsBulk(
	ctx context.Context, filter core.InstanceFilter, opts core.PruneOptions,
) (*core.PruneResult, error) {
	const op = "PruneExecutionsBulk"
	ids, err := e.selected(ctx, op, filter, &e.s.BulkPrunable, &e.s.BulkPrunableAmong)
	if err != nil {
		return nil, err
	}
	sum := &core.PruneResult{}
	for _, id := range ids {
		res, err := e.PruneExecutions(ctx, id, opts)
		if errors.Is(err, core.ErrNotFound) {
			continue
		}
		if err != nil {
			return sum, core.AsProviderError(op, err)
		}
		sum.InstancesProcessed += res.InstancesProcessed
		sum.ExecutionsDeleted += res.ExecutionsDeleted
		sum.EventsDeleted += res.EventsDeleted
	}
	return sum, nil
}
