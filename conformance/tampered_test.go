package conformance_test

import (
	"context"
	"slices"
	"time"

	"github.com/durokit/duro/core"
)

// tampered is a provider with a fault: what goes into a call of the provider it
// wraps, or comes out of it, is not what it should be. A nil function changes nothing.
// Lists that go in are the fault's own: a case must not fail for what it finds in its
// own list afterwards.
type tampered struct {
	core.Provider

	fetch   func(*core.FetchOrchestrationParams)
	fetched func(*core.FetchedOrchestration)
	turn    func(core.Provider, *core.AckOrchestrationParams)
	turned  func(error) error
	abandon func(*core.AbandonParams)
	renew   func(*time.Duration)
	message func(core.Provider, *core.WorkItem, *time.Duration)

	fetchWork   func(*core.FetchWorkParams)
	fetchedWork func(*core.FetchedWork)
	done        func(core.Provider, **core.WorkItem)
	acked       func(error) error
	abandonWork func(*core.AbandonParams)
	renewWork   func(*time.Duration)
	activity    func(*core.WorkItem)

	sessions func(*core.RenewSessionParams)
	renewed  func(int) int
	cleanup  func(*time.Duration)
	swept    func(int) int

	read     func([]core.Event) []core.Event
	appended func(*[]core.Event)
	status   func(*core.CustomStatus)
	value    func(string, bool) (string, bool)
	values   func(map[string]string)
	stats    func(*core.InstanceStats)

	admin func(core.ProviderAdmin) core.ProviderAdmin
}

// ProviderAdmin implements core.AdminDiscoverer.
func (p *tampered) ProviderAdmin() (core.ProviderAdmin, bool) {
	a, ok := core.Admin(p.Provider)
	if ok && p.admin != nil {
		a = p.admin(a)
	}
	return a, ok
}

// with calls f, if there is one, on v, if there is one.
func with[V any](f func(*V), v *V) {
	if f != nil && v != nil {
		f(v)
	}
}

// through passes v through f, if there is one.
func through[V any](f func(V) V, v V) V {
	if f == nil {
		return v
	}
	return f(v)
}

func (p *tampered) FetchOrchestrationItem(ctx context.Context, q core.FetchOrchestrationParams) (*core.FetchedOrchestration, error) {
	with(p.fetch, &q)
	f, err := p.Provider.FetchOrchestrationItem(ctx, q)
	with(p.fetched, f)
	return f, err
}

func (p *tampered) AckOrchestrationItem(ctx context.Context, q core.AckOrchestrationParams) error {
	if p.turn != nil {
		q.HistoryDelta, q.CancelledActivities = slices.Clone(q.HistoryDelta), slices.Clone(q.CancelledActivities)
		q.WorkerItems, q.OrchestratorItems = slices.Clone(q.WorkerItems), slices.Clone(q.OrchestratorItems)
		p.turn(p.Provider, &q)
	}
	return through(p.turned, p.Provider.AckOrchestrationItem(ctx, q))
}

func (p *tampered) AbandonOrchestrationItem(ctx context.Context, q core.AbandonParams) error {
	with(p.abandon, &q)
	return p.Provider.AbandonOrchestrationItem(ctx, q)
}

func (p *tampered) RenewOrchestrationItemLock(ctx context.Context, token string, d time.Duration) error {
	with(p.renew, &d)
	return p.Provider.RenewOrchestrationItemLock(ctx, token, d)
}

func (p *tampered) EnqueueForOrchestrator(ctx context.Context, item core.WorkItem, delay time.Duration) error {
	if p.message != nil {
		p.message(p.Provider, &item, &delay)
	}
	return p.Provider.EnqueueForOrchestrator(ctx, item, delay)
}

func (p *tampered) EnqueueForWorker(ctx context.Context, item core.WorkItem) error {
	with(p.activity, &item)
	return p.Provider.EnqueueForWorker(ctx, item)
}

func (p *tampered) FetchWorkItem(ctx context.Context, q core.FetchWorkParams) (*core.FetchedWork, error) {
	with(p.fetchWork, &q)
	w, err := p.Provider.FetchWorkItem(ctx, q)
	with(p.fetchedWork, w)
	return w, err
}

func (p *tampered) AckWorkItem(ctx context.Context, token string, completion *core.WorkItem) error {
	if p.done != nil {
		p.done(p.Provider, &completion)
	}
	return through(p.acked, p.Provider.AckWorkItem(ctx, token, completion))
}

func (p *tampered) AbandonWorkItem(ctx context.Context, q core.AbandonParams) error {
	with(p.abandonWork, &q)
	return p.Provider.AbandonWorkItem(ctx, q)
}

func (p *tampered) RenewWorkItemLock(ctx context.Context, token string, d time.Duration) error {
	with(p.renewWork, &d)
	return p.Provider.RenewWorkItemLock(ctx, token, d)
}

func (p *tampered) RenewSessionLock(ctx context.Context, q core.RenewSessionParams) (int, error) {
	q.OwnerIDs = slices.Clone(q.OwnerIDs)
	with(p.sessions, &q)
	n, err := p.Provider.RenewSessionLock(ctx, q)
	return through(p.renewed, n), err
}

func (p *tampered) CleanupOrphanedSessions(ctx context.Context, idle time.Duration) (int, error) {
	with(p.cleanup, &idle)
	n, err := p.Provider.CleanupOrphanedSessions(ctx, idle)
	return through(p.swept, n), err
}

func (p *tampered) Read(ctx context.Context, instance string) ([]core.Event, error) {
	es, err := p.Provider.Read(ctx, instance)
	return through(p.read, es), err
}

func (p *tampered) ReadWithExecution(ctx context.Context, instance string, execution uint64) ([]core.Event, error) {
	es, err := p.Provider.ReadWithExecution(ctx, instance, execution)
	return through(p.read, es), err
}

func (p *tampered) AppendWithExecution(ctx context.Context, instance string, execution uint64, es []core.Event) error {
	es = slices.Clone(es)
	with(p.appended, &es)
	return p.Provider.AppendWithExecution(ctx, instance, execution, es)
}

func (p *tampered) GetCustomStatus(ctx context.Context, instance string, seen uint64) (*core.CustomStatus, error) {
	s, err := p.Provider.GetCustomStatus(ctx, instance, seen)
	with(p.status, s)
	return s, err
}

func (p *tampered) GetKVValue(ctx context.Context, instance, key string) (string, bool, error) {
	v, found, err := p.Provider.GetKVValue(ctx, instance, key)
	if p.value != nil {
		v, found = p.value(v, found)
	}
	return v, found, err
}

func (p *tampered) GetKVAllValues(ctx context.Context, instance string) (map[string]string, error) {
	all, err := p.Provider.GetKVAllValues(ctx, instance)
	if p.values != nil {
		p.values(all)
	}
	return all, err
}

func (p *tampered) GetInstanceStats(ctx context.Context, instance string) (*core.InstanceStats, error) {
	s, err := p.Provider.GetInstanceStats(ctx, instance)
	with(p.stats, s)
	return s, err
}

// tamperedAdmin is the same for the admin half.
type tamperedAdmin struct {
	core.ProviderAdmin

	list      func([]string) []string
	byStatus  func([]string) []string
	execution func(*core.ExecutionInfo)
	info      func(*core.InstanceInfo)
	metrics   func(*core.SystemMetrics)
	depths    func(*core.QueueDepths)
	children  func([]string) []string
	tree      func(*core.InstanceTree)
	force     func(*bool)
	together  func(*[]string)
	filter    func(*core.InstanceFilter)
	prune     func(*core.PruneOptions)
	deleted   func(*core.DeleteResult)
}

func (a *tamperedAdmin) ListInstances(ctx context.Context) ([]string, error) {
	ids, err := a.ProviderAdmin.ListInstances(ctx)
	return through(a.list, ids), err
}

func (a *tamperedAdmin) ListInstancesByStatus(ctx context.Context, status string) ([]string, error) {
	ids, err := a.ProviderAdmin.ListInstancesByStatus(ctx, status)
	return through(a.byStatus, ids), err
}

func (a *tamperedAdmin) GetExecutionInfo(ctx context.Context, id string, n uint64) (*core.ExecutionInfo, error) {
	e, err := a.ProviderAdmin.GetExecutionInfo(ctx, id, n)
	with(a.execution, e)
	return e, err
}

func (a *tamperedAdmin) GetInstanceInfo(ctx context.Context, id string) (*core.InstanceInfo, error) {
	i, err := a.ProviderAdmin.GetInstanceInfo(ctx, id)
	with(a.info, i)
	return i, err
}

func (a *tamperedAdmin) GetSystemMetrics(ctx context.Context) (*core.SystemMetrics, error) {
	m, err := a.ProviderAdmin.GetSystemMetrics(ctx)
	with(a.metrics, m)
	return m, err
}

func (a *tamperedAdmin) GetQueueDepths(ctx context.Context) (*core.QueueDepths, error) {
	d, err := a.ProviderAdmin.GetQueueDepths(ctx)
	with(a.depths, d)
	return d, err
}

func (a *tamperedAdmin) ListChildren(ctx context.Context, id string) ([]string, error) {
	ids, err := a.ProviderAdmin.ListChildren(ctx, id)
	return through(a.children, ids), err
}

func (a *tamperedAdmin) GetInstanceTree(ctx context.Context, id string) (*core.InstanceTree, error) {
	tree, err := a.ProviderAdmin.GetInstanceTree(ctx, id)
	with(a.tree, tree)
	return tree, err
}

func (a *tamperedAdmin) DeleteInstance(ctx context.Context, id string, force bool) (*core.DeleteResult, error) {
	with(a.force, &force)
	r, err := a.ProviderAdmin.DeleteInstance(ctx, id, force)
	with(a.deleted, r)
	return r, err
}

func (a *tamperedAdmin) DeleteInstancesAtomic(ctx context.Context, ids []string, force bool) (*core.DeleteResult, error) {
	ids = slices.Clone(ids)
	with(a.together, &ids)
	return a.ProviderAdmin.DeleteInstancesAtomic(ctx, ids, force)
}

func (a *tamperedAdmin) DeleteInstanceBulk(ctx context.Context, f core.InstanceFilter) (*core.DeleteResult, error) {
	f.InstanceIDs = slices.Clone(f.InstanceIDs)
	with(a.filter, &f)
	return a.ProviderAdmin.DeleteInstanceBulk(ctx, f)
}

func (a *tamperedAdmin) PruneExecutions(ctx context.Context, id string, o core.PruneOptions) (*core.PruneResult, error) {
	with(a.prune, &o)
	return a.ProviderAdmin.PruneExecutions(ctx, id, o)
}

func (a *tamperedAdmin) PruneExecutionsBulk(ctx context.Context, f core.InstanceFilter, o core.PruneOptions) (*core.PruneResult, error) {
	f.InstanceIDs = slices.Clone(f.InstanceIDs)
	with(a.filter, &f)
	return a.ProviderAdmin.PruneExecutionsBulk(ctx, f, o)
}
