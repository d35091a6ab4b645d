package stress

import (
	"context"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/durokit/duro/core"
)

// memory is the store of Ceiling: maps and lists under one mutex. Locks never
// expire, which is why it must not be used for anything else: a holder that
// vanished would keep its instance for ever.
type memory struct {
	mu        sync.Mutex
	instances map[string]*memoryInstance
	held      map[string]*memoryInstance // by token
	ready     fifo[*memoryInstance]
	work      fifo[core.WorkItem]
	running   map[string]core.WorkItem // by token
	tokens    uint64
	newTurn   signal
	newWork   signal
}

type memoryInstance struct {
	id        string
	name      string
	execution uint64
	history   []core.Event
	inbox     []core.WorkItem
	taken     int // how many of the inbox the holder has
	queued    bool
	held      bool
}

func newMemory() *memory {
	return &memory{
		instances: map[string]*memoryInstance{}, held: map[string]*memoryInstance{}, running: map[string]core.WorkItem{},
		newTurn: make(signal, 1), newWork: make(signal, 1),
	}
}

// fifo is a list that is appended to and taken from the front.
type fifo[T any] struct {
	items []T
	first int
}

func (f *fifo[T]) push(v T) { f.items = append(f.items, v) }

func (f *fifo[T]) pop() (v T, ok bool) {
	if f.first == len(f.items) {
		return v, false
	}
	var none T
	v, f.items[f.first] = f.items[f.first], none
	f.first++
	if f.first == len(f.items) {
		f.items, f.first = f.items[:0], 0
	}
	return v, true
}

func (f *fifo[T]) empty() bool { return f.first == len(f.items) }

// signal wakes one waiter; who finds more than he needs passes it on.
type signal chan struct{}

func (s signal) set() {
	select {
	case s <- struct{}{}:
	default:
	}
}

// poll tries until there is something, timeout has passed or ctx has ended.
func poll[T any](ctx context.Context, timeout time.Duration, s signal, try func() *T) (*T, error) {
	if v := try(); v != nil || timeout <= 0 {
		return v, nil
	}
	limit := time.NewTimer(timeout)
	defer limit.Stop()
	for {
		select {
		case <-s:
		case <-limit.C:
			return nil, nil //nolint:nilnil // no work is no error
		case <-ctx.Done():
			return nil, core.AsProviderError("poll", ctx.Err())
		}
		if v := try(); v != nil {
			return v, nil
		}
	}
}

func (m *memory) token() string {
	m.tokens++
	return strconv.FormatUint(m.tokens, 10)
}

// send puts a message into an instance's inbox and the instance in line.
func (m *memory) send(item core.WorkItem) {
	id := item.RoutingInstance()
	in := m.instances[id]
	if in == nil {
		in = &memoryInstance{id: id, execution: 1}
		m.instances[id] = in
	}
	in.inbox = append(in.inbox, item)
	m.line(in)
}

func (m *memory) line(in *memoryInstance) {
	if !in.queued && !in.held && len(in.inbox) > 0 {
		in.queued = true
		m.ready.push(in)
		m.newTurn.set()
	}
}

// Name implements core.Provider.
func (*memory) Name() string { return "memory" }

// Version implements core.Provider.
func (*memory) Version() string { return "0" }

// FetchOrchestrationItem implements core.Provider.
func (m *memory) FetchOrchestrationItem(
	ctx context.Context, p core.FetchOrchestrationParams,
) (*core.FetchedOrchestration, error) {
	return poll(ctx, p.PollTimeout, m.newTurn, m.claim)
}

func (m *memory) claim() *core.FetchedOrchestration {
	m.mu.Lock()
	defer m.mu.Unlock()
	in, ok := m.ready.pop()
	if !ok {
		return nil
	}
	if !m.ready.empty() {
		m.newTurn.set()
	}
	in.queued, in.held, in.taken = false, true, len(in.inbox)
	token := m.token()
	m.held[token] = in
	return &core.FetchedOrchestration{LockToken: token, AttemptCount: 1, Item: core.OrchestrationItem{
		Instance: in.id, OrchestrationName: in.name, ExecutionID: in.execution,
		History:  slices.Clip(in.history),
		Messages: in.inbox[:in.taken:in.taken],
	}}
}

// AckOrchestrationItem implements core.Provider.
func (m *memory) AckOrchestrationItem(_ context.Context, p core.AckOrchestrationParams) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	in := m.held[p.LockToken]
	if in == nil {
		return core.Errorf("AckOrchestrationItem", core.ErrLockLost, "")
	}
	if p.Metadata.OrchestrationName != nil {
		in.name = *p.Metadata.OrchestrationName
	}
	in.history = append(in.history, p.HistoryDelta...)
	// A new list: the holder has a part of the old one.
	in.inbox = append([]core.WorkItem(nil), in.inbox[in.taken:]...)
	for _, item := range p.WorkerItems {
		m.work.push(item)
		m.newWork.set()
	}
	for _, item := range p.OrchestratorItems {
		m.send(item)
	}
	m.release(p.LockToken, in)
	return nil
}

func (m *memory) release(token string, in *memoryInstance) {
	delete(m.held, token)
	in.held = false
	m.line(in)
}

// AbandonOrchestrationItem implements core.Provider, without delays.
func (m *memory) AbandonOrchestrationItem(_ context.Context, p core.AbandonParams) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	in := m.held[p.LockToken]
	if in == nil {
		return core.Errorf("AbandonOrchestrationItem", core.ErrLockLost, "")
	}
	m.release(p.LockToken, in)
	return nil
}

// RenewOrchestrationItemLock implements core.Provider: locks do not expire.
func (*memory) RenewOrchestrationItemLock(context.Context, string, time.Duration) error { return nil }

// EnqueueForOrchestrator implements core.Provider, without delays.
func (m *memory) EnqueueForOrchestrator(_ context.Context, item core.WorkItem, _ time.Duration) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.send(item)
	return nil
}
