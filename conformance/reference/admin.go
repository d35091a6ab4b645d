package reference

import (
	"cmp"
	"maps"
	"slices"

	"github.com/durokit/duro/core"
)

// list returns the ids of the recorded instances that match, the least key first.
func (s *store) list(match func(*instance) bool, key func(*instance) int64) (ids []string) {
	order := func(a, b *instance) int { return cmp.Or(cmp.Compare(key(a), key(b)), cmp.Compare(a.id, b.id)) }
	for _, in := range slices.SortedFunc(maps.Values(s.instances), order) {
		if in.recorded() && match(in) {
			ids = append(ids, in.id)
		}
	}
	return ids
}

func every(*instance) bool { return true }

// The orders of lists; equal keys are in the order of the ids.
func byID(*instance) int64           { return 0 }
func oldestFirst(in *instance) int64 { return int64(in.record.CreatedAtMS) }
func newestFirst(in *instance) int64 { return -int64(in.record.CreatedAtMS) }

func (s *store) ListInstances() []string { return s.list(every, newestFirst) }

func (s *store) ListInstancesByStatus(status string) []string {
	return s.list(func(in *instance) bool { return in.current().Status == status }, newestFirst)
}

func (s *store) ListChildren(id string) []string {
	parent := s.find(id)
	return s.list(func(in *instance) bool { return parent.recorded() && in.parent() == parent.id }, oldestFirst)
}

// GetInstanceTree lists parents before their children; cycles end it.
func (s *store) GetInstanceTree(id string) *core.InstanceTree {
	ids := []string{id}
	for i := 0; i < len(ids); i++ {
		for _, child := range s.ListChildren(ids[i]) {
			if !slices.Contains(ids, child) {
				ids = append(ids, child)
			}
		}
	}
	return &core.InstanceTree{RootID: id, AllIDs: ids}
}

func (s *store) GetParentID(id string) (parent string, found bool) {
	parent = s.findRecorded(id).parent()
	return parent, parent != ""
}

func (s *store) ListExecutions(id string) []uint64 {
	return slices.Sorted(maps.Keys(s.find(id).executions))
}

func (s *store) LatestExecutionID(id string) uint64 { return s.find(id).latest() }

func (s *store) GetInstanceInfo(id string) *core.InstanceInfo {
	in := s.findRecorded(id)
	info := in.record
	info.Status, info.Output = cmp.Or(in.current().Status, core.StatusUnknown), in.current().Output
	return &info
}

func (s *store) GetExecutionInfo(id string, execution uint64) *core.ExecutionInfo {
	in := s.find(id)
	e, exists := in.executions[execution]
	require(exists, core.ErrNotFound, "execution %d of instance %q", execution, id)
	e.EventCount = uint64(len(in.eventIDs(execution)))
	return &e.ExecutionInfo
}

func (s *store) GetSystemMetrics() *core.SystemMetrics {
	m, status := &core.SystemMetrics{}, map[string]uint64{}
	for _, in := range s.instances {
		m.TotalExecutions += uint64(len(in.executions))
		m.TotalEvents += uint64(len(in.history))
		status[in.current().Status]++
	}
	m.TotalInstances = uint64(len(s.ListInstances()))
	m.RunningInstances, m.CompletedInstances, m.FailedInstances =
		status[core.StatusRunning], status[core.StatusCompleted], status[core.StatusFailed]
	return m
}

// GetQueueDepths counts every row in one column.
func (s *store) GetQueueDepths() *core.QueueDepths {
	messages, delayed := split(s.messages, func(m *row) bool { return s.due(m.visible) })
	messages, locked := split(messages, func(m *row) bool { return !s.busy(s.instance(m.instance)) })
	messages, parked := split(messages, func(m *row) bool { return s.hasContext(s.instance(m.instance)) })
	work, delayedWork := split(s.work, func(a *row) bool { return s.due(a.visible) })
	work, lockedWork := split(work, func(a *row) bool { return s.due(a.until) })
	return &core.QueueDepths{
		OrchestratorQueue: uint64(len(messages)), OrchestratorDelayed: delayed, OrchestratorLocked: locked, Parked: parked,
		WorkerQueue: uint64(len(work)), WorkerDelayed: delayedWork, WorkerLocked: lockedWork, SetAside: uint64(len(s.aside)),
	}
}
