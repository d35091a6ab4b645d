package main

import (
	"context"
	"errors"
	"slices"

	"github.com/durokit/duro/core"
)

// DeleteInstanceBulk implements core.ProviderAdmin. Each tree is a transaction of its own,
// in which its root must still be what was selected.
func (s *Store) DeleteInstanceBulk(ctx context.Context, f core.InstanceFilter) (*core.DeleteResult, error) {
	roots, err := s.selected(ctx, "DeleteInstanceBulk", f, (*tx).finished, oldestEnded)
	if err != nil {
		return nil, err
	}
	s.file.selection()
	sum := &core.DeleteResult{}
	for _, id := range roots {
		err := s.update(ctx, "DeleteInstanceBulk", func(t *tx) error {
			if in := t.instance(id); in == nil || !t.current(in).endedBefore(f.CompletedBeforeMS) || !t.finished(in) {
				return nil
			}
			return t.deleteTree(id, false, sum)
		})
		if err != nil {
			return nil, err
		}
	}
	return sum, nil
}

// finished reports whether an instance is a root that has ended, and all below it with it.
func (t *tx) finished(in *instance) bool {
	ended := slices.Contains([]string{core.StatusCompleted, core.StatusFailed}, t.current(in).Status)
	return ended && t.isRoot(in) && !slices.ContainsFunc(t.tree(in.InstanceID), t.running)
}

// selected lists the instances that a bulk filter names, in order.
func (s *Store) selected(
	ctx context.Context, op string, f core.InstanceFilter, match func(*tx, *instance) bool, by order,
) (chosen []string, err error) {
	err = s.view(ctx, op, func(t *tx) error {
		chosen = ids(t.list(func(in *instance) bool {
			named := f.InstanceIDs == nil || slices.Contains(f.InstanceIDs, in.InstanceID)
			return named && t.current(in).endedBefore(f.CompletedBeforeMS) && match(t, in)
		}, by))
		return nil
	})
	return chosen[:min(uint64(or(f.Limit, core.DefaultBulkLimit)), uint64(len(chosen)))], err
}

// PruneExecutions implements core.ProviderAdmin.
func (s *Store) PruneExecutions(ctx context.Context, id string, o core.PruneOptions) (*core.PruneResult, error) {
	sum := &core.PruneResult{}
	if err := s.prune(ctx, "PruneExecutions", id, o, sum); err != nil {
		return nil, err
	}
	return sum, nil
}

// PruneExecutionsBulk implements core.ProviderAdmin.
func (s *Store) PruneExecutionsBulk(ctx context.Context, f core.InstanceFilter, o core.PruneOptions) (*core.PruneResult, error) {
	const op = "PruneExecutionsBulk"
	all := func(*tx, *instance) bool { return true }
	list, err := s.selected(ctx, op, f, all, byID)
	if err != nil {
		return nil, err
	}
	sum := &core.PruneResult{}
	for _, id := range list {
		if err := s.prune(ctx, op, id, o, sum); err != nil && !errors.Is(err, core.ErrNotFound) { // gone meanwhile
			return nil, err
		}
	}
	return sum, nil
}

// prune deletes an instance's closed executions that are neither current nor among the
// newest.
func (s *Store) prune(ctx context.Context, op, id string, o core.PruneOptions, sum *core.PruneResult) error {
	return s.update(ctx, op, func(t *tx) error {
		in, err := t.recorded(id)
		if err != nil {
			return err
		}
		sum.InstancesProcessed++
		old := t.executionIDs(id)
		keep := min(uint64(or(o.KeepLast, 0)), uint64(len(old)))
		for _, n := range old[:uint64(len(old))-keep] {
			e := t.executions().get(key(id, n))
			if n == in.CurrentExecutionID || e.Status == core.StatusRunning || !e.endedBefore(o.CompletedBeforeMS) {
				continue
			}
			t.executions().delete(key(id, n))
			sum.ExecutionsDeleted++
			sum.EventsDeleted += t.history().clear(key(id, n))
		}
		return nil
	})
}
