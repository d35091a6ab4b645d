package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/durokit/duro/core"
)

// DeleteInstance implements core.ProviderAdmin: the tree is read and deleted in
// one transaction (admin contract 2.15). A child that is born between the two would
// be left behind, so the tree is read again then.
func (e *Engine) DeleteInstance(ctx context.Context, instance string, force bool) (*core.DeleteResult, error) {
	for n := 0; ; n++ {
		res, err := e.deleteTree(ctx, instance, force)
		if !errors.Is(err, core.ErrWouldOrphan) || n == replays {
			return res, err
		}
	}
}

func (e *Engine) deleteTree(ctx context.Context, instance string, force bool) (*core.DeleteResult, error) {
	const op = "DeleteInstance"
	return e.deleting(ctx, op, []string{instance}, func(run Runner) (*core.DeleteResult, error) {
		results, err := run(Call{Stmt: &e.s.Parent, Scalars: []any{instance}})
		if err != nil {
			return nil, err
		}
		record := results[0].Rows
		if len(record) == 0 && !force {
			return nil, core.Errorf(op, core.ErrNotFound, "instance %q", instance)
		}
		if len(record) > 0 && record[0].Int(1) != 0 {
			return nil, core.Errorf(op, core.ErrSubOrchestration, "%q is a child of %q", instance, record[0].Text(0))
		}
		if len(record) == 0 {
			return e.deleteDebris(op, run, instance)
		}
		tree, err := e.tree(instance, run)
		if err != nil {
			return nil, err
		}
		return e.deleteSet(op, run, tree, tree, force)
	})
}

// deleteDebris deletes what carries the id of an instance without a record.
func (e *Engine) deleteDebris(op string, run Runner, instance string) (*core.DeleteResult, error) {
	res, err := e.deleteSet(op, run, []string{instance}, nil, true)
	if err == nil && *res == (core.DeleteResult{}) {
		return nil, core.Errorf(op, core.ErrNotFound, "instance %q, nor anything that carries its id", instance)
	}
	return res, err
}

// DeleteInstancesAtomic implements core.ProviderAdmin (admin contract 2.14).
func (e *Engine) DeleteInstancesAtomic(ctx context.Context, instances []string, force bool) (*core.DeleteResult, error) {
	const op = "DeleteInstancesAtomic"
	if len(instances) == 0 {
		return &core.DeleteResult{}, nil
	}
	return e.deleting(ctx, op, instances, func(run Runner) (*core.DeleteResult, error) {
		return e.deleteSet(op, run, instances, nil, force)
	})
}

// deleting runs one deletion and forgets what was deleted.
func (e *Engine) deleting(
	ctx context.Context, op string, ids []string, fn func(run Runner) (*core.DeleteResult, error),
) (*core.DeleteResult, error) {
	if err := e.enter(op); err != nil {
		return nil, err
	}
	defer e.leave()
	for _, id := range ids {
		if err := checkInstance(op, id); err != nil {
			return nil, err
		}
	}
	var res *core.DeleteResult
	err := e.transact(ctx, func(run Runner) (err error) {
		res, err = fn(run)
		return err
	})
	if err != nil {
		return nil, e.told(op, err, fmt.Sprintf("delete %d instances", len(ids)))
	}
	e.waiting.signal(true, true)
	return res, nil
}

// deleteSet deletes exactly these instances, with the start messages of children
// of parents that do not exist yet. Claim rows are locked first, so that a turn
// under way either commits before or finds its lock gone.
func (e *Engine) deleteSet(op string, run Runner, instances, parents []string, force bool) (*core.DeleteResult, error) {
	s := e.s
	ids := idRows(slices.Compact(slices.Sorted(slices.Values(instances))))
	pending := map[string]struct{}{}
	if len(parents) > 0 {
		results, err := run(Call{Stmt: &s.PendingStartTargets, Rows: idRows(parents)})
		if err != nil {
			return nil, err
		}
		pending = texts(results[0])
	}
	if _, err := run(Call{Stmt: &s.ClaimsLock, Rows: withPending(ids, pending)}); err != nil {
		return nil, err
	}
	if err := e.deletable(op, run, ids, force); err != nil {
		return nil, err
	}
	seq := func(stmt *Statement) Call { return Call{Stmt: stmt, Rows: ids, Counted: true} }
	calls := []Call{
		seq(&s.DeleteSessions), seq(&s.DeleteHistory), seq(&s.DeleteExecutions), seq(&s.DeleteMessages),
		seq(&s.DeleteWork), seq(&s.DeleteKV), seq(&s.DeleteInstances), seq(&s.DeleteClaims),
	}
	if len(pending) > 0 {
		calls = append(calls, Call{Stmt: &s.DeletePendingStarts, Rows: idRows(parents), Counted: true})
	}
	results, err := run(calls...)
	if err != nil {
		return nil, err
	}
	if settle := settleRows(pending, ids); len(settle) > 0 {
		if _, err := run(Call{Stmt: &s.ClaimsSettle, Scalars: []any{e.clock.now()}, Rows: settle}); err != nil {
			return nil, err
		}
	}
	for _, id := range ids {
		e.cache.drop(Row(id).Text(0))
	}
	n := func(i int) uint64 { return uint64(results[i].Affected) }
	res := &core.DeleteResult{
		EventsDeleted: n(1), ExecutionsDeleted: n(2), QueueMessagesDeleted: n(3) + n(4), InstancesDeleted: n(6),
	}
	if len(pending) > 0 {
		res.QueueMessagesDeleted += n(len(calls) - 1)
	}
	return res, nil
}

// deletable checks that nothing runs, unless forced, and nothing is orphaned.
func (e *Engine) deletable(op string, run Runner, ids [][]any, force bool) error {
	results, err := run(
		Call{Stmt: &e.s.DeleteRunning, Rows: ids},
		Call{Stmt: &e.s.Children, Rows: ids})
	if err != nil {
		return err
	}
	if running := results[0].Rows; len(running) > 0 && !force {
		return core.Errorf(op, core.ErrStillRunning, "instance %q; cancel it and wait, or delete with force", running[0].Text(0))
	}
	listed := map[string]struct{}{}
	for _, id := range ids {
		listed[Row(id).Text(0)] = struct{}{}
	}
	for _, r := range results[1].Rows {
		if !has(listed, r.Text(1)) {
			return core.Errorf(op, core.ErrWouldOrphan, "%q is a child of %q; read the tree again", r.Text(1), r.Text(0))
		}
	}
	return nil
}

func withPending(ids [][]any, pending map[string]struct{}) [][]any {
	all := maps.Clone(pending)
	for _, id := range ids {
		all[Row(id).Text(0)] = struct{}{}
	}
	return idRows(slices.Sorted(maps.Keys(all)))
}

// settleRows are the pending instances that were not deleted themselves.
func settleRows(pending map[string]struct{}, deleted [][]any) [][]any {
	for _, id := range deleted {
		delete(pending, Row(id).Text(0))
	}
	var rows [][]any
	for _, id := range slices.Sorted(maps.Keys(pending)) {
		rows = append(rows, []any{id, nil})
	}
	return rows
}

// DeleteInstanceBulk implements core.ProviderAdmin (admin contract 2.16). Roots
// that meanwhile vanished, run again, have a running descendant or get a new one
// are skipped.
func (e *Engine) DeleteInstanceBulk(ctx context.Context, filter core.InstanceFilter) (*core.DeleteResult, error) {
	const op = "DeleteInstanceBulk"
	roots, err := e.selected(ctx, op, filter, &e.s.BulkDeletable, &e.s.BulkDeletableAmong)
	if err != nil {
		return nil, err
	}
	if f := e.onSelection.Swap(nil); f != nil {
		(*f)()
	}
	passed := []core.Code{core.ErrNotFound, core.ErrStillRunning, core.ErrSubOrchestration, core.ErrWouldOrphan}
	sum := &core.DeleteResult{}
	for _, root := range roots {
		res, err := e.DeleteInstance(ctx, root, false)
		switch {
		case err != nil && slices.Contains(passed, core.CodeOf(err)):
			continue
		case err != nil:
			return sum, core.AsProviderError(op, err)
		}
		sum.InstancesDeleted += res.InstancesDeleted
		sum.ExecutionsDeleted += res.ExecutionsDeleted
		sum.EventsDeleted += res.EventsDeleted
		sum.QueueMessagesDeleted += res.QueueMessagesDeleted
	}
	return sum, nil
}

// selected runs a bulk operation's selection.
func (e *Engine) selected(ctx context.Context, op string, f core.InstanceFilter, all, among *Statement) ([]string, error) {
	if err := e.enter(op); err != nil {
		return nil, err
	}
	defer e.leave()
	before, limit := Never, int64(core.DefaultBulkLimit)
	if f.CompletedBeforeMS != nil {
		before = int64(min(*f.CompletedBeforeMS, uint64(Never-1)))
	}
	if f.Limit != nil {
		limit = int64(*f.Limit)
	}
	if limit == 0 || f.InstanceIDs != nil && len(f.InstanceIDs) == 0 {
		return nil, nil
	}
	call := Call{Stmt: all, Scalars: []any{before, limit}}
	if f.InstanceIDs != nil {
		for _, id := range f.InstanceIDs {
			if err := checkInstance(op, id); err != nil {
				return nil, err
			}
		}
		call.Stmt, call.Rows = among, idRows(slices.Compact(slices.Sorted(slices.Values(f.InstanceIDs))))
	}
	results, err := e.read(ctx, call)
	if err != nil {
		return nil, e.told(op, err, "select instances")
	}
	return column(results[0].Rows), nil
}
