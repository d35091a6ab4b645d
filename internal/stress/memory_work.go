package stress

import (
	"context"
	"slices"
	"time"

	"github.com/durokit/duro/core"
)

// EnqueueForWorker implements core.Provider.
func (m *memory) EnqueueForWorker(_ context.Context, item core.WorkItem) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.work.push(item)
	m.newWork.set()
	return nil
}

// FetchWorkItem implements core.Provider; sessions and tags are not looked at.
func (m *memory) FetchWorkItem(ctx context.Context, p core.FetchWorkParams) (*core.FetchedWork, error) {
	return poll(ctx, p.PollTimeout, m.newWork, m.takeWork)
}

func (m *memory) takeWork() *core.FetchedWork {
	m.mu.Lock()
	defer m.mu.Unlock()
	item, ok := m.work.pop()
	if !ok {
		return nil
	}
	if !m.work.empty() {
		m.newWork.set()
	}
	token := m.token()
	m.running[token] = item
	return &core.FetchedWork{Item: item, LockToken: token, AttemptCount: 1}
}

// AckWorkItem implements core.Provider.
func (m *memory) AckWorkItem(_ context.Context, token string, completion *core.WorkItem) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.running[token]; !ok {
		return core.Errorf("AckWorkItem", core.ErrLockLost, "")
	}
	delete(m.running, token)
	if completion != nil {
		m.send(*completion)
	}
	return nil
}

// AbandonWorkItem implements core.Provider, without delays.
func (m *memory) AbandonWorkItem(_ context.Context, p core.AbandonParams) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	item, ok := m.running[p.LockToken]
	if !ok {
		return core.Errorf("AbandonWorkItem", core.ErrLockLost, "")
	}
	delete(m.running, p.LockToken)
	m.work.push(item)
	m.newWork.set()
	return nil
}

// RenewWorkItemLock implements core.Provider: locks do not expire.
func (*memory) RenewWorkItemLock(context.Context, string, time.Duration) error { return nil }

// RenewSessionLock implements core.Provider: there are no sessions.
func (*memory) RenewSessionLock(context.Context, core.RenewSessionParams) (int, error) { return 0, nil }

// CleanupOrphanedSessions implements core.Provider: there are no sessions.
func (*memory) CleanupOrphanedSessions(context.Context, time.Duration) (int, error) { return 0, nil }

// Read implements core.Provider; there is one execution.
func (m *memory) Read(_ context.Context, instance string) ([]core.Event, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if in := m.instances[instance]; in != nil {
		return slices.Clone(in.history), nil
	}
	return nil, nil
}

// ReadWithExecution implements core.Provider.
func (m *memory) ReadWithExecution(ctx context.Context, instance string, _ uint64) ([]core.Event, error) {
	return m.Read(ctx, instance)
}

// AppendWithExecution is not supported.
func (*memory) AppendWithExecution(context.Context, string, uint64, []core.Event) error {
	return core.Errorf("AppendWithExecution", core.ErrUnsupported, "")
}

// GetCustomStatus implements core.Provider: there is none.
func (*memory) GetCustomStatus(context.Context, string, uint64) (*core.CustomStatus, error) {
	return nil, nil //nolint:nilnil // no status is no error
}

// GetKVValue implements core.Provider: there are none.
func (*memory) GetKVValue(context.Context, string, string) (string, bool, error) {
	return "", false, nil
}

// GetKVAllValues implements core.Provider: there are none.
func (*memory) GetKVAllValues(context.Context, string) (map[string]string, error) {
	return map[string]string{}, nil
}

// GetInstanceStats is not supported.
func (*memory) GetInstanceStats(context.Context, string) (*core.InstanceStats, error) {
	return nil, core.Errorf("GetInstanceStats", core.ErrUnsupported, "")
}

// Close implements core.Provider.
func (*memory) Close(context.Context) error { return nil }
