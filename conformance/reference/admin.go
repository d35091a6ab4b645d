package reference

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/durokit/duro/core"
)

// list returns the ids of the recorded instances that match, in the given order.
func (p *Provider) list(ctx context.Context, op string, match func(*instance) bool, order func(a, b *instance) int) (ids []string, err error) {
	err = p.read(ctx, op, func(s *store) error {
		ids = s.list(match, order)
		return nil
	})
	return ids, err
}

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

// ListInstances implements core.ProviderAdmin.
func (p *Provider) ListInstances(ctx context.Context) ([]string, error) {
	return p.list(ctx, "ListInstances", func(*instance) bool { return true }, newestFirst)
}

// ListInstancesByStatus implements core.ProviderAdmin.
func (p *Provider) ListInstancesByStatus(ctx context.Context, status string) ([]string, error) {
	return p.list(ctx, "ListInstancesByStatus", func(in *instance) bool {
		return in.current() != nil && in.status() == status
	}, newestFirst)
}

// children lists direct children, oldest first.
func (s *store) children(id string) []string {
	return s.list(func(in *instance) bool { return in.record.parent != nil && *in.record.parent == id }, func(a, b *instance) int {
		return cmp.Or(cmp.Compare(a.record.created, b.record.created), cmp.Compare(a.id, b.id))
	})
}

// ListChildren implements core.ProviderAdmin.
func (p *Provider) ListChildren(ctx context.Context, id string) (ids []string, err error) {
	err = p.on(ctx, "ListChildren", id, func(s *store, _ *instance) error {
		ids = s.children(id)
		return nil
	})
	return ids, err
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
func (p *Provider) GetInstanceTree(ctx context.Context, id string) (out *core.InstanceTree, err error) {
	err = p.on(ctx, "GetInstanceTree", id, func(s *store, _ *instance) error {
		out = &core.InstanceTree{RootID: id, AllIDs: s.tree(id)}
		return nil
	})
	return out, err
}

func notFound(id string) error { return fail(core.ErrNotFound, "instance %q", id) }

// onRecord is on for methods that need a record.
func (p *Provider) onRecord(ctx context.Context, op, id string, f func(*store, *instance) error) error {
	return p.on(ctx, op, id, func(s *store, in *instance) error {
		if in == nil || in.record == nil {
			return notFound(id)
		}
		return f(s, in)
	})
}

// GetParentID implements core.ProviderAdmin.
func (p *Provider) GetParentID(ctx context.Context, id string) (parent string, found bool, err error) {
	err = p.onRecord(ctx, "GetParentID", id, func(_ *store, in *instance) error {
		if found = in.record.parent != nil; found {
			parent = *in.record.parent
		}
		return nil
	})
	return parent, found, err
}

// ListExecutions implements core.ProviderAdmin.
func (p *Provider) ListExecutions(ctx context.Context, id string) (ids []uint64, err error) {
	err = p.on(ctx, "ListExecutions", id, func(_ *store, in *instance) error {
		if in != nil {
			ids = slices.Sorted(maps.Keys(in.executions))
		}
		return nil
	})
	return ids, err
}

// ReadHistory implements core.ProviderAdmin.
func (p *Provider) ReadHistory(ctx context.Context, id string) ([]core.Event, error) {
	return p.history(ctx, "ReadHistory", id, 0, true)
}

// ReadHistoryWithExecutionID implements core.ProviderAdmin.
func (p *Provider) ReadHistoryWithExecutionID(ctx context.Context, id string, execution uint64) ([]core.Event, error) {
	return p.history(ctx, "ReadHistoryWithExecutionID", id, execution, false)
}

// LatestExecutionID implements core.ProviderAdmin.
func (p *Provider) LatestExecutionID(ctx context.Context, id string) (latest uint64, err error) {
	latest = 1
	err = p.on(ctx, "LatestExecutionID", id, func(_ *store, in *instance) error {
		if in != nil && in.record != nil && len(in.executions) == 0 {
			latest = in.record.current
		} else if in != nil {
			latest = in.latest()
		}
		return nil
	})
	return latest, err
}

// GetInstanceInfo implements core.ProviderAdmin.
func (p *Provider) GetInstanceInfo(ctx context.Context, id string) (out *core.InstanceInfo, err error) {
	err = p.onRecord(ctx, "GetInstanceInfo", id, func(_ *store, in *instance) error {
		r := in.record
		out = &core.InstanceInfo{
			InstanceID: id, OrchestrationName: r.name, OrchestrationVersion: orUnknown(r.version),
			CurrentExecutionID: r.current, Status: in.status(), ParentInstanceID: r.parent,
			CreatedAtMS: uint64(r.created), UpdatedAtMS: uint64(r.updated),
		}
		if e := in.current(); e != nil {
			out.Output = e.output
		}
		return nil
	})
	return out, err
}

// GetExecutionInfo implements core.ProviderAdmin.
func (p *Provider) GetExecutionInfo(ctx context.Context, id string, execution uint64) (out *core.ExecutionInfo, err error) {
	err = p.on(ctx, "GetExecutionInfo", id, func(_ *store, in *instance) error {
		if in == nil || in.executions[execution] == nil {
			return fail(core.ErrNotFound, "execution %d of instance %q", execution, id)
		}
		e := in.executions[execution]
		out = &core.ExecutionInfo{
			ExecutionID: execution, Status: e.status, Output: e.output,
			StartedAtMS: uint64(e.started), EventCount: uint64(len(in.history[execution])),
		}
		if e.completed != nil {
			ms := uint64(*e.completed)
			out.CompletedAtMS = &ms
		}
		return nil
	})
	return out, err
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
