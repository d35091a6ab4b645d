package reference

import (
	"maps"
	"slices"

	"github.com/durokit/duro/core"
)

func (s *store) DeleteInstance(id string, force bool) *core.DeleteResult {
	in := s.find(id)
	require(in.recorded() || force && s.carried(in), core.ErrNotFound, "instance %q", id)
	require(s.isRoot(in), core.ErrSubOrchestration, "instance %q has the parent %q", id, in.parent())
	if !in.recorded() {
		return s.DeleteInstancesAtomic([]string{id}, force)
	}
	return s.deleteTree(id, force, &core.DeleteResult{})
}

// isRoot reports whether the instance has no parent, or one that is gone: a
// child born after its parent's deletion must not be undeletable.
func (s *store) isRoot(in *instance) bool { return !s.instance(in.parent()).recorded() }

// carried reports whether anything at all carries the instance's id.
func (s *store) carried(in *instance) bool {
	return len(in.executions)+len(in.history)+len(in.kv)+len(in.delta) > 0 ||
		slices.ContainsFunc(slices.Concat(s.messages, s.work), func(r *row) bool { return r.instance == in.id })
}

func (s *store) DeleteInstancesAtomic(ids []string, force bool) *core.DeleteResult {
	return s.delete(ids, force, &core.DeleteResult{})
}

// deleteTree deletes a root with its descendants, and the queued starts of
// children that have not run yet.
func (s *store) deleteTree(root string, force bool, sum *core.DeleteResult) *core.DeleteResult {
	ids := s.GetInstanceTree(root).AllIDs
	s.delete(ids, force, sum)
	sum.QueueMessagesDeleted += remove(&s.messages, func(m *row) bool {
		start, ok := m.item.Payload().(core.StartOrchestration)
		return ok && slices.Contains(ids, or(start.ParentInstance, "")) && !s.instance(m.instance).recorded()
	})
	return sum
}

// delete removes whatever carries one of the ids, or nothing, and adds to the sum.
func (s *store) delete(ids []string, force bool, sum *core.DeleteResult) *core.DeleteResult {
	for _, id := range ids {
		require(!s.running(id) || force, core.ErrStillRunning, "instance %q", id)
	}
	for id, in := range s.instances {
		orphan := !slices.Contains(ids, id) && slices.Contains(ids, in.parent()) && s.find(in.parent()).recorded()
		require(!orphan, core.ErrWouldOrphan, "instance %q is a child of %q", id, in.parent())
	}
	gone := func(r *row) bool { return slices.Contains(ids, r.instance) }
	sum.QueueMessagesDeleted += remove(&s.messages, gone) + remove(&s.work, gone)
	remove(&s.aside, gone)
	for _, id := range ids {
		in := s.instance(id)
		if in.recorded() {
			sum.InstancesDeleted++
		}
		sum.ExecutionsDeleted += uint64(len(in.executions))
		sum.EventsDeleted += uint64(len(in.history))
		delete(s.instances, id)
	}
	return sum
}

func (s *store) running(id string) bool { return s.find(id).current().Status == core.StatusRunning }

func (s *store) DeleteInstanceBulk(f core.InstanceFilter) *core.DeleteResult {
	finished := func(in *instance) bool {
		return s.isRoot(in) && slices.Contains([]string{core.StatusCompleted, core.StatusFailed}, in.current().Status) &&
			!slices.ContainsFunc(s.GetInstanceTree(in.id).AllIDs, s.running)
	}
	sum := &core.DeleteResult{}
	for _, in := range s.selected(f, finished, func(in *instance) int64 { return int64(or(in.current().CompletedAtMS, 0)) }) {
		s.deleteTree(in.id, false, sum)
	}
	return sum
}

// selected returns the recorded instances a bulk filter names, in order.
func (s *store) selected(f core.InstanceFilter, match func(*instance) bool, key func(*instance) int64) (chosen []*instance) {
	for _, id := range s.list(match, key) {
		in := s.instance(id)
		if (f.InstanceIDs == nil || slices.Contains(f.InstanceIDs, id)) && in.current().endedBefore(f.CompletedBeforeMS) {
			chosen = append(chosen, in)
		}
	}
	return chosen[:min(int(or(f.Limit, core.DefaultBulkLimit)), len(chosen))]
}

// endedBefore reports whether the execution ended before an instant, if one is given.
func (e execution) endedBefore(ms *uint64) bool {
	return ms == nil || e.CompletedAtMS != nil && *e.CompletedAtMS < *ms
}

func (s *store) PruneExecutions(id string, o core.PruneOptions) *core.PruneResult {
	return s.findRecorded(id).prune(o, &core.PruneResult{})
}

func (s *store) PruneExecutionsBulk(f core.InstanceFilter, o core.PruneOptions) *core.PruneResult {
	sum := &core.PruneResult{}
	for _, in := range s.selected(f, every, byID) {
		in.prune(o, sum)
	}
	return sum
}

// prune deletes closed executions that are neither current nor among the newest.
func (in *instance) prune(o core.PruneOptions, sum *core.PruneResult) *core.PruneResult {
	sum.InstancesProcessed++
	ids := slices.Sorted(maps.Keys(in.executions))
	for _, id := range ids[:max(0, len(ids)-int(or(o.KeepLast, 0)))] {
		e := in.executions[id]
		if id == in.record.CurrentExecutionID || e.Status == core.StatusRunning || !e.endedBefore(o.CompletedBeforeMS) {
			continue
		}
		sum.ExecutionsDeleted++
		sum.EventsDeleted += uint64(len(in.eventIDs(id)))
		delete(in.executions, id)
		maps.DeleteFunc(in.history, func(at position, _ core.Event) bool { return at.execution == id })
	}
	return sum
}
