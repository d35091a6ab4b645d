package reference

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/durokit/duro/core"
)

// list returns the ids of the recorded instances that match, in the given order.
func (s *store) list(match func(*instance) bool, order func(a, b *instance) int) []string {
	var found []*instance
	for _, in := range s.instances {
		if in.record != nil && match(in) {
			found = append(found, in)
		}
	}
	slices.SortFunc(found, order)
	ids := make([]string, len(found))
	for i, in := range found {
		ids[i] = in.id
	}
	return ids
}

// newestFirst is the order of the lists an operator sees.
func newestFirst(a, b *instance) int {
	return cmp.Or(cmp.Compare(b.record.created, a.record.created), cmp.Compare(a.id, b.id))
}

// ListInstances implements core.ProviderAdmin.
func (p *Provider) ListInstances(ctx context.Context) (ids []string, err error) {
	err = p.read(ctx, "ListInstances", func(s *store) error {
		ids = s.list(func(*instance) bool { return true }, newestFirst)
		return nil
	})
	return ids, err
}

// ListInstancesByStatus implements core.ProviderAdmin.
func (p *Provider) ListInstancesByStatus(ctx context.Context, status string) (ids []string, err error) {
	err = p.read(ctx, "ListInstancesByStatus", func(s *store) error {
		ids = s.list(func(in *instance) bool { return in.current() != nil && in.status() == status }, newestFirst)
		return nil
	})
	return ids, err
}

// children lists direct children, oldest first.
func (s *store) children(id string) []string {
	return s.list(func(in *instance) bool { return in.record.parent != nil && *in.record.parent == id },
		func(a, b *instance) int {
			return cmp.Or(cmp.Compare(a.record.created, b.record.created), cmp.Compare(a.id, b.id))
		})
}

// ListChildren implements core.ProviderAdmin.
func (p *Provider) ListChildren(ctx context.Context, id string) ([]string, error) {
	return ask(ctx, p, "ListChildren", id, func(s *store, _ *instance) ([]string, error) { return s.children(id), nil })
}

// tree lists the instance and its descendants, parents first; cycles end it.
func (s *store) tree(id string) []string {
	ids := []string{id}
	for i := 0; i < len(ids); i++ {
		for _, child := range s.children(ids[i]) {
			if !slices.Contains(ids, child) {
				ids = append(ids, child)
			}
		}
	}
	return ids
}

// GetInstanceTree implements core.ProviderAdmin.
func (p *Provider) GetInstanceTree(ctx context.Context, id string) (*core.InstanceTree, error) {
	return ask(ctx, p, "GetInstanceTree", id, func(s *store, _ *instance) (*core.InstanceTree, error) {
		return &core.InstanceTree{RootID: id, AllIDs: s.tree(id)}, nil
	})
}

// recordOf is ask for methods that need a record.
func recordOf[V any](ctx context.Context, p *Provider, op, id string, f func(*instance) V) (V, error) {
	return ask(ctx, p, op, id, func(_ *store, in *instance) (v V, _ error) {
		if in.record == nil {
			return v, fail(core.ErrNotFound, "instance %q", id)
		}
		return f(in), nil
	})
}

// GetParentID implements core.ProviderAdmin.
func (p *Provider) GetParentID(ctx context.Context, id string) (string, bool, error) {
	parent, err := recordOf(ctx, p, "GetParentID", id, func(in *instance) *string { return in.record.parent })
	if err != nil || parent == nil {
		return "", false, err
	}
	return *parent, true, nil
}

// ListExecutions implements core.ProviderAdmin.
func (p *Provider) ListExecutions(ctx context.Context, id string) ([]uint64, error) {
	return ask(ctx, p, "ListExecutions", id, func(_ *store, in *instance) ([]uint64, error) {
		return slices.Sorted(maps.Keys(in.executions)), nil
	})
}

// ReadHistory implements core.ProviderAdmin.
func (p *Provider) ReadHistory(ctx context.Context, id string) ([]core.Event, error) {
	return p.history(ctx, "ReadHistory", id, latestExecution)
}

// ReadHistoryWithExecutionID implements core.ProviderAdmin.
func (p *Provider) ReadHistoryWithExecutionID(ctx context.Context, id string, execution uint64) ([]core.Event, error) {
	return p.history(ctx, "ReadHistoryWithExecutionID", id, execution)
}

// LatestExecutionID implements core.ProviderAdmin.
func (p *Provider) LatestExecutionID(ctx context.Context, id string) (uint64, error) {
	return ask(ctx, p, "LatestExecutionID", id, func(_ *store, in *instance) (uint64, error) { return in.latest(), nil })
}

// GetInstanceInfo implements core.ProviderAdmin.
func (p *Provider) GetInstanceInfo(ctx context.Context, id string) (*core.InstanceInfo, error) {
	return recordOf(ctx, p, "GetInstanceInfo", id, func(in *instance) *core.InstanceInfo {
		r := in.record
		info := &core.InstanceInfo{
			InstanceID: id, OrchestrationName: r.name, OrchestrationVersion: orUnknown(r.version),
			CurrentExecutionID: r.current, Status: in.status(), ParentInstanceID: r.parent,
			CreatedAtMS: uint64(r.created), UpdatedAtMS: uint64(r.updated),
		}
		if e := in.current(); e != nil {
			info.Output = e.output
		}
		return info
	})
}

// GetExecutionInfo implements core.ProviderAdmin.
func (p *Provider) GetExecutionInfo(ctx context.Context, id string, execution uint64) (*core.ExecutionInfo, error) {
	return ask(ctx, p, "GetExecutionInfo", id, func(_ *store, in *instance) (*core.ExecutionInfo, error) {
		e := in.executions[execution]
		if e == nil {
			return nil, fail(core.ErrNotFound, "execution %d of instance %q", execution, id)
		}
		info := &core.ExecutionInfo{
			ExecutionID: execution, Status: e.status, Output: e.output,
			StartedAtMS: uint64(e.started), EventCount: uint64(len(in.history[execution])),
		}
		if e.completed != nil {
			ms := uint64(*e.completed)
			info.CompletedAtMS = &ms
		}
		return info, nil
	})
}

// GetSystemMetrics implements core.ProviderAdmin.
func (p *Provider) GetSystemMetrics(ctx context.Context) (*core.SystemMetrics, error) {
	var m core.SystemMetrics
	err := p.read(ctx, "GetSystemMetrics", func(s *store) error {
		for _, in := range s.instances {
			m.TotalExecutions += uint64(len(in.executions))
			for _, stored := range in.history {
				m.TotalEvents += uint64(len(stored))
			}
			if in.record == nil {
				continue
			}
			m.TotalInstances++
			switch in.status() {
			case core.StatusRunning:
				m.RunningInstances++
			case core.StatusCompleted:
				m.CompletedInstances++
			case core.StatusFailed:
				m.FailedInstances++
			}
		}
		return nil
	})
	return &m, err
}

// GetQueueDepths implements core.ProviderAdmin.
func (p *Provider) GetQueueDepths(ctx context.Context) (*core.QueueDepths, error) {
	var d core.QueueDepths
	err := p.read(ctx, "GetQueueDepths", func(s *store) error {
		d.SetAside = uint64(len(s.aside))
		for _, in := range s.instances {
			batch := in.visible(s.now)
			n := uint64(len(batch))
			d.OrchestratorDelayed += uint64(len(in.messages)) - n
			switch {
			case in.locked(s.now):
				d.OrchestratorLocked += n
			case in.hasContext(batch):
				d.OrchestratorQueue += n
			default:
				d.Parked += n
			}
		}
		for _, a := range s.work {
			switch {
			case a.visible > s.now:
				d.WorkerDelayed++
			case a.locked(s.now):
				d.WorkerLocked++
			default:
				d.WorkerQueue++
			}
		}
		return nil
	})
	return &d, err
}
