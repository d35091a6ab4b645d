package reference

import (
	"cmp"
	"context"
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

func byID(*instance) int64 { return 0 }

func oldestFirst(in *instance) int64 { return int64(in.record.CreatedAtMS) }

func newestFirst(in *instance) int64 { return -int64(in.record.CreatedAtMS) }

// ListInstances implements core.ProviderAdmin.
func (p *Provider) ListInstances(ctx context.Context) ([]string, error) {
	return call(ctx, p, "ListInstances", func(s *store) []string { return s.list(every, newestFirst) })
}

// ListInstancesByStatus implements core.ProviderAdmin.
func (p *Provider) ListInstancesByStatus(ctx context.Context, status string) ([]string, error) {
	return call(ctx, p, "ListInstancesByStatus", func(s *store) []string {
		return s.list(func(in *instance) bool { return in.current().Status == status }, newestFirst)
	})
}

// ListChildren implements core.ProviderAdmin.
func (p *Provider) ListChildren(ctx context.Context, id string) ([]string, error) {
	return ask(ctx, p, "ListChildren", id, (*store).children)
}

func (s *store) children(parent *instance) []string {
	return s.list(func(in *instance) bool { return in.parent() == parent.id }, oldestFirst)
}

// GetInstanceTree implements core.ProviderAdmin.
func (p *Provider) GetInstanceTree(ctx context.Context, id string) (*core.InstanceTree, error) {
	return ask(ctx, p, "GetInstanceTree", id, func(s *store, in *instance) *core.InstanceTree {
		return &core.InstanceTree{RootID: id, AllIDs: s.tree(in)}
	})
}

// tree lists the instance and its descendants, parents first; cycles end it.
func (s *store) tree(root *instance) []string {
	ids := []string{root.id}
	for i := 0; i < len(ids); i++ {
		for _, child := range s.children(s.instance(ids[i])) {
			if !slices.Contains(ids, child) {
				ids = append(ids, child)
			}
		}
	}
	return ids
}

// GetParentID implements core.ProviderAdmin.
func (p *Provider) GetParentID(ctx context.Context, id string) (string, bool, error) {
	parent, err := ask(ctx, p, "GetParentID", id, func(_ *store, in *instance) string {
		requireRecord(in)
		return in.parent()
	})
	return parent, parent != "", err
}

// ListExecutions implements core.ProviderAdmin.
func (p *Provider) ListExecutions(ctx context.Context, id string) ([]uint64, error) {
	return ask(ctx, p, "ListExecutions", id, func(_ *store, in *instance) []uint64 { return slices.Sorted(maps.Keys(in.executions)) })
}

// LatestExecutionID implements core.ProviderAdmin.
func (p *Provider) LatestExecutionID(ctx context.Context, id string) (uint64, error) {
	return ask(ctx, p, "LatestExecutionID", id, func(_ *store, in *instance) uint64 { return in.latest() })
}

// GetInstanceInfo implements core.ProviderAdmin.
func (p *Provider) GetInstanceInfo(ctx context.Context, id string) (*core.InstanceInfo, error) {
	return ask(ctx, p, "GetInstanceInfo", id, func(_ *store, in *instance) *core.InstanceInfo {
		requireRecord(in)
		info := in.record
		info.Status, info.Output = in.current().Status, in.current().Output
		return &info
	})
}

// GetExecutionInfo implements core.ProviderAdmin.
func (p *Provider) GetExecutionInfo(ctx context.Context, id string, execution uint64) (*core.ExecutionInfo, error) {
	return ask(ctx, p, "GetExecutionInfo", id, func(_ *store, in *instance) *core.ExecutionInfo {
		e, exists := in.executions[execution]
		require(exists, core.ErrNotFound, "execution %d of instance %q", execution, id)
		e.EventCount = uint64(len(in.eventIDs(execution)))
		return &e.ExecutionInfo
	})
}

// GetSystemMetrics implements core.ProviderAdmin.
func (p *Provider) GetSystemMetrics(ctx context.Context) (*core.SystemMetrics, error) {
	return call(ctx, p, "GetSystemMetrics", func(s *store) *core.SystemMetrics {
		m, status := &core.SystemMetrics{}, map[string]uint64{}
		for _, in := range s.instances {
			m.TotalExecutions += uint64(len(in.executions))
			m.TotalEvents += uint64(len(in.history))
			status[in.current().Status]++
		}
		m.TotalInstances = uint64(len(s.list(every, byID)))
		m.RunningInstances, m.CompletedInstances, m.FailedInstances =
			status[core.StatusRunning], status[core.StatusCompleted], status[core.StatusFailed]
		return m
	})
}

// GetQueueDepths implements core.ProviderAdmin: every row is in one column.
func (p *Provider) GetQueueDepths(ctx context.Context) (*core.QueueDepths, error) {
	return call(ctx, p, "GetQueueDepths", func(s *store) *core.QueueDepths {
		messages, delayed := split(s.messages, func(m *row) bool { return s.due(m.visible) })
		messages, locked := split(messages, func(m *row) bool { return !s.busy(s.instance(m.instance)) })
		messages, parked := split(messages, func(m *row) bool { return s.hasContext(s.instance(m.instance)) })
		work, delayedWork := split(s.work, func(a *row) bool { return s.due(a.visible) })
		work, lockedWork := split(work, func(a *row) bool { return s.due(a.until) })
		return &core.QueueDepths{
			OrchestratorQueue: uint64(len(messages)), OrchestratorDelayed: delayed, OrchestratorLocked: locked, Parked: parked,
			WorkerQueue: uint64(len(work)), WorkerDelayed: delayedWork, WorkerLocked: lockedWork, SetAside: uint64(len(s.aside)),
		}
	})
}
