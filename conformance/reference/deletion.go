package reference

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/durokit/duro/core"
)

// isRoot reports whether the instance has no parent, or one that is gone: a
// child born after its parent's deletion must not be undeletable.
func (s *store) isRoot(in *instance) bool {
	return in.record.parent == nil || s.recorded(*in.record.parent) == nil
}

// DeleteInstance implements core.ProviderAdmin.
func (p *Provider) DeleteInstance(ctx context.Context, id string, force bool) (out *core.DeleteResult, err error) {
	err = p.write(ctx, "DeleteInstance", func(s *store) error {
		if err := checkInstance(id); err != nil {
			return err
		}
		switch in := s.recorded(id); {
		case in == nil && (!force || !s.carried(id)):
			return fail(core.ErrNotFound, "instance %q", id)
		case in != nil && !s.isRoot(in):
			return fail(core.ErrSubOrchestration, "instance %q has the parent %q", id, *in.record.parent)
		}
		out, err = s.deleteTree(id, force)
		return err
	})
	return out, err
}

// carried reports whether anything in the store carries the id.
func (s *store) carried(id string) bool {
	in := s.instances[id]
	return in != nil && len(in.executions)+len(in.history)+len(in.messages)+len(in.kv)+len(in.delta) > 0 ||
		slices.ContainsFunc(s.work, func(a *activity) bool { return a.of.Instance == id })
}

// DeleteInstancesAtomic implements core.ProviderAdmin.
func (p *Provider) DeleteInstancesAtomic(ctx context.Context, ids []string, force bool) (out *core.DeleteResult, err error) {
	err = p.write(ctx, "DeleteInstancesAtomic", func(s *store) error {
		for _, id := range ids {
			if err := checkInstance(id); err != nil {
				return err
			}
		}
		out, err = s.delete(ids, force)
		return err
	})
	return out, err
}

// deleteTree deletes a root with its descendants, and the queued starts of
// children that have not run yet.
func (s *store) deleteTree(root string, force bool) (*core.DeleteResult, error) {
	ids := s.tree(root)
	r, err := s.delete(ids, force)
	if err != nil {
		return nil, err
	}
	for _, in := range s.instances {
		before := len(in.messages)
		if in.record == nil {
			in.messages = slices.DeleteFunc(in.messages, func(m *message) bool {
				p, ok := m.item.Payload().(core.StartOrchestration)
				return ok && p.ParentInstance != nil && slices.Contains(ids, *p.ParentInstance)
			})
		}
		r.QueueMessagesDeleted += uint64(before - len(in.messages))
	}
	return r, nil
}

// delete removes whatever carries one of the ids, or nothing.
func (s *store) delete(ids []string, force bool) (*core.DeleteResult, error) {
	gone := map[string]bool{}
	for _, id := range ids {
		gone[id] = true
		if in := s.recorded(id); in != nil && !force && in.status() == core.StatusRunning {
			return nil, fail(core.ErrStillRunning, "instance %q", id)
		}
	}
	for _, in := range s.instances {
		if in.record != nil && in.record.parent != nil && gone[*in.record.parent] && !gone[in.id] {
			return nil, fail(core.ErrWouldOrphan, "instance %q is a child of %q", in.id, *in.record.parent)
		}
	}
	r := &core.DeleteResult{}
	for id, in := range s.instances {
		if !gone[id] {
			continue
		}
		if in.record != nil {
			r.InstancesDeleted++
		}
		r.ExecutionsDeleted += uint64(len(in.executions))
		for _, stored := range in.history {
			r.EventsDeleted += uint64(len(stored))
		}
		r.QueueMessagesDeleted += uint64(len(in.messages))
		s.release(in)
		delete(s.instances, id)
	}
	before := len(s.work)
	s.work = slices.DeleteFunc(s.work, func(a *activity) bool { return gone[a.of.Instance] })
	r.QueueMessagesDeleted += uint64(before - len(s.work))
	s.aside = slices.DeleteFunc(s.aside, func(a aside) bool { return gone[a.instance] })
	return r, nil
}

// selected returns the recorded instances a bulk filter names, in order.
func (s *store) selected(f core.InstanceFilter, match func(*instance) bool, order func(a, b *instance) int) []string {
	ids := s.list(func(in *instance) bool {
		if f.InstanceIDs != nil && !slices.Contains(f.InstanceIDs, in.id) {
			return false
		}
		return completedBefore(in.current(), f.CompletedBeforeMS) && match(in)
	}, order)
	limit := core.DefaultBulkLimit
	if f.Limit != nil {
		limit = int(*f.Limit)
	}
	return ids[:min(limit, len(ids))]
}

// completedBefore reports whether an execution ended before an instant, if one is given.
func completedBefore(e *execution, ms *uint64) bool {
	return ms == nil || e != nil && e.completed != nil && uint64(*e.completed) < *ms
}

// DeleteInstanceBulk implements core.ProviderAdmin.
func (p *Provider) DeleteInstanceBulk(ctx context.Context, f core.InstanceFilter) (*core.DeleteResult, error) {
	sum := &core.DeleteResult{}
	err := p.write(ctx, "DeleteInstanceBulk", func(s *store) error {
		ids := s.selected(f, func(in *instance) bool {
			running := func(id string) bool { return s.recorded(id).status() == core.StatusRunning }
			return s.isRoot(in) && (in.status() == core.StatusCompleted || in.status() == core.StatusFailed) &&
				!slices.ContainsFunc(s.tree(in.id), running)
		}, func(a, b *instance) int {
			return cmp.Or(cmp.Compare(*a.current().completed, *b.current().completed), cmp.Compare(a.id, b.id))
		})
		for _, id := range ids {
			r, err := s.deleteTree(id, false)
			if err != nil {
				return err
			}
			sum.InstancesDeleted += r.InstancesDeleted
			sum.ExecutionsDeleted += r.ExecutionsDeleted
			sum.EventsDeleted += r.EventsDeleted
			sum.QueueMessagesDeleted += r.QueueMessagesDeleted
		}
		return nil
	})
	return sum, err
}

// PruneExecutions implements core.ProviderAdmin.
func (p *Provider) PruneExecutions(ctx context.Context, id string, o core.PruneOptions) (*core.PruneResult, error) {
	return recordOf(ctx, p, "PruneExecutions", id, func(in *instance) *core.PruneResult {
		sum := &core.PruneResult{}
		in.prune(o, sum)
		return sum
	})
}

// PruneExecutionsBulk implements core.ProviderAdmin.
func (p *Provider) PruneExecutionsBulk(ctx context.Context, f core.InstanceFilter, o core.PruneOptions) (*core.PruneResult,
	error) {
	sum := &core.PruneResult{}
	err := p.write(ctx, "PruneExecutionsBulk", func(s *store) error {
		all := func(*instance) bool { return true }
		for _, id := range s.selected(f, all, func(a, b *instance) int { return cmp.Compare(a.id, b.id) }) {
			s.instances[id].prune(o, sum)
		}
		return nil
	})
	return sum, err
}

// prune deletes closed executions that are neither current nor among the newest.
func (in *instance) prune(o core.PruneOptions, sum *core.PruneResult) {
	sum.InstancesProcessed++
	ids := slices.Sorted(maps.Keys(in.executions))
	if o.KeepLast != nil {
		ids = ids[:max(0, len(ids)-int(*o.KeepLast))]
	}
	for _, id := range ids {
		e := in.executions[id]
		if id == in.record.current || e.status == core.StatusRunning || !completedBefore(e, o.CompletedBeforeMS) {
			continue
		}
		sum.ExecutionsDeleted++
		sum.EventsDeleted += uint64(len(in.history[id]))
		delete(in.executions, id)
		delete(in.history, id)
	}
}
