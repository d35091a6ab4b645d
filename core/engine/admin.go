package engine

import (
	"context"
	"fmt"

	"github.com/durokit/duro/core"
)

// all reads with a single call about the whole store.
func (e *Engine) all(ctx context.Context, op string, s *Statement, scalars ...any) ([]Row, error) {
	if err := e.enter(op); err != nil {
		return nil, err
	}
	defer e.leave()
	results, err := e.read(ctx, Call{Stmt: s, Scalars: scalars})
	if err != nil {
		return nil, e.told(op, err, "read the store")
	}
	return results[0].Rows, nil
}

func column(rows []Row) []string {
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.Text(0)
	}
	return ids
}

// ListInstances implements core.ProviderAdmin.
func (e *Engine) ListInstances(ctx context.Context) ([]string, error) {
	rows, err := e.all(ctx, "ListInstances", &e.s.ListInstances)
	return column(rows), err
}

// ListInstancesByStatus implements core.ProviderAdmin.
func (e *Engine) ListInstancesByStatus(ctx context.Context, status string) ([]string, error) {
	rows, err := e.all(ctx, "ListInstancesByStatus", &e.s.ListByStatus, status)
	return column(rows), err
}

// ListExecutions implements core.ProviderAdmin.
func (e *Engine) ListExecutions(ctx context.Context, instance string) ([]uint64, error) {
	rows, err := e.one(ctx, "ListExecutions", instance, &e.s.ListExecutions)
	ids := make([]uint64, len(rows))
	for i, r := range rows {
		ids[i] = uint64(r.Int(0))
	}
	return ids, err
}

// ReadHistoryWithExecutionID implements core.ProviderAdmin.
func (e *Engine) ReadHistoryWithExecutionID(ctx context.Context, instance string, execution uint64) ([]core.Event, error) {
	return e.readExecution(ctx, "ReadHistoryWithExecutionID", instance, execution)
}

// ReadHistory implements core.ProviderAdmin.
func (e *Engine) ReadHistory(ctx context.Context, instance string) ([]core.Event, error) {
	return e.readLatest(ctx, "ReadHistory", instance)
}

// LatestExecutionID implements core.ProviderAdmin.
func (e *Engine) LatestExecutionID(ctx context.Context, instance string) (uint64, error) {
	rows, err := e.one(ctx, "LatestExecutionID", instance, &e.s.ListExecutions)
	if err != nil || len(rows) == 0 {
		return 1, err
	}
	return uint64(rows[len(rows)-1].Int(0)), nil
}

// GetInstanceInfo implements core.ProviderAdmin.
func (e *Engine) GetInstanceInfo(ctx context.Context, instance string) (*core.InstanceInfo, error) {
	const op = "GetInstanceInfo"
	rows, err := e.one(ctx, op, instance, &e.s.InstanceInfo)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, core.Errorf(op, core.ErrNotFound, "instance %q", instance)
	}
	r := rows[0]
	info := &core.InstanceInfo{
		InstanceID: instance, OrchestrationName: r.Text(0), OrchestrationVersion: unknown,
		CurrentExecutionID: uint64(max(r.Int(2), 1)), Status: core.StatusUnknown, Output: r.OptText(4),
		CreatedAtMS: uint64(r.Int(5)), UpdatedAtMS: uint64(r.Int(6)), ParentInstanceID: r.OptText(7),
	}
	if v := r.OptText(1); v != nil {
		info.OrchestrationVersion = *v
	}
	if s := r.OptText(3); s != nil {
		info.Status = *s
	}
	return info, nil
}

// GetExecutionInfo implements core.ProviderAdmin.
func (e *Engine) GetExecutionInfo(ctx context.Context, instance string, execution uint64) (*core.ExecutionInfo, error) {
	const op = "GetExecutionInfo"
	if execution > core.MaxCounter {
		return nil, invalid(op, "execution id %d is above 2^63-1", execution)
	}
	rows, err := e.one(ctx, op, instance, &e.s.ExecutionInfo, int64(execution))
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, core.Errorf(op, core.ErrNotFound, "execution %d of instance %q", execution, instance)
	}
	r := rows[0]
	info := &core.ExecutionInfo{ExecutionID: execution, Status: r.Text(0), Output: r.OptText(1),
		StartedAtMS: uint64(r.Int(2)), EventCount: uint64(r.Int(4))}
	if !r.Null(3) {
		at := uint64(r.Int(3))
		info.CompletedAtMS = &at
	}
	return info, nil
}

// GetSystemMetrics implements core.ProviderAdmin.
func (e *Engine) GetSystemMetrics(ctx context.Context) (*core.SystemMetrics, error) {
	rows, err := e.all(ctx, "GetSystemMetrics", &e.s.Metrics)
	if err != nil {
		return nil, err
	}
	r := rows[0]
	return &core.SystemMetrics{
		TotalInstances: uint64(r.Int(0)), TotalExecutions: uint64(r.Int(1)),
		RunningInstances: uint64(r.Int(2)), CompletedInstances: uint64(r.Int(3)),
		FailedInstances: uint64(r.Int(4)), TotalEvents: uint64(r.Int(5)),
	}, nil
}

// GetQueueDepths implements core.ProviderAdmin.
func (e *Engine) GetQueueDepths(ctx context.Context) (*core.QueueDepths, error) {
	rows, err := e.all(ctx, "GetQueueDepths", &e.s.Depths, e.clock.now())
	if err != nil {
		return nil, err
	}
	r := rows[0]
	return &core.QueueDepths{
		OrchestratorQueue: uint64(r.Int(0)), OrchestratorDelayed: uint64(r.Int(1)),
		OrchestratorLocked: uint64(r.Int(2)), Parked: uint64(r.Int(3)),
		WorkerQueue: uint64(r.Int(4)), WorkerDelayed: uint64(r.Int(5)),
		WorkerLocked: uint64(r.Int(6)), SetAside: uint64(r.Int(7)),
	}, nil
}

// ListChildren implements core.ProviderAdmin.
func (e *Engine) ListChildren(ctx context.Context, instance string) ([]string, error) {
	const op = "ListChildren"
	if err := e.enter(op); err != nil {
		return nil, err
	}
	defer e.leave()
	if err := checkInstance(op, instance); err != nil {
		return nil, err
	}
	results, err := e.read(ctx, Call{Stmt: &e.s.Children, Rows: [][]any{{instance}}})
	if err != nil {
		return nil, e.told(op, err, fmt.Sprintf("list the children of %q", instance))
	}
	ids := make([]string, 0, len(results[0].Rows))
	for _, r := range results[0].Rows {
		ids = append(ids, r.Text(1))
	}
	return ids, nil
}

// GetParentID implements core.ProviderAdmin.
func (e *Engine) GetParentID(ctx context.Context, instance string) (string, bool, error) {
	const op = "GetParentID"
	rows, err := e.one(ctx, op, instance, &e.s.Parent)
	if err != nil {
		return "", false, err
	}
	if len(rows) == 0 {
		return "", false, core.Errorf(op, core.ErrNotFound, "instance %q", instance)
	}
	return rows[0].Text(0), !rows[0].Null(0), nil
}

// GetInstanceTree implements core.ProviderAdmin. A cycle of parents ends where
// it closes.
func (e *Engine) GetInstanceTree(ctx context.Context, instance string) (*core.InstanceTree, error) {
	const op = "GetInstanceTree"
	if err := e.enter(op); err != nil {
		return nil, err
	}
	defer e.leave()
	if err := checkInstance(op, instance); err != nil {
		return nil, err
	}
	ids, err := e.tree(instance, func(calls ...Call) ([]Result, error) { return e.read(ctx, calls...) })
	if err != nil {
		return nil, e.told(op, err, fmt.Sprintf("read the tree of %q", instance))
	}
	return &core.InstanceTree{RootID: instance, AllIDs: ids}, nil
}

// tree returns root and its descendants, level by level.
func (e *Engine) tree(root string, run Runner) ([]string, error) {
	ids := []string{root}
	seen := map[string]struct{}{root: {}}
	for level := ids; len(level) > 0; {
		results, err := run(Call{Stmt: &e.s.Children, Rows: idRows(level)})
		if err != nil {
			return nil, err
		}
		level = nil
		for _, r := range results[0].Rows {
			if id := r.Text(1); !has(seen, id) {
				seen[id] = struct{}{}
				level = append(level, id)
			}
		}
		ids = append(ids, level...)
	}
	return ids, nil
}

func idRows(ids []string) [][]any {
	rows := make([][]any, len(ids))
	for i, id := range ids {
		rows[i] = []any{id}
	}
	return rows
}
