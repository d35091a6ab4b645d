// Package reference is the provider contract in the plainest form: maps and
// slices in memory under one mutex. An operation first checks all its rules, any
// of which ends it (see require), and then does everything at one instant. The
// package shares no code with the engine, so that the two can be compared, and
// the conformance suite itself is tested with it. It is not meant to be fast:
// what is looked for is found by looking at everything.
package reference

import (
	"context"
	"time"

	"github.com/durokit/duro/core"
)

// Options set a store up. The zero value is usable.
type Options struct {
	// StoppedAt stops the store's clock at an instant, so that it moves by
	// Hooks.AdvanceClock alone. Without it the clock is the machine's.
	StoppedAt time.Time
}

// Provider is a handle on a store in memory. It implements core.Provider,
// core.ProviderAdmin and core.AdminDiscoverer.
type Provider struct {
	s      *store
	closed bool
}

var _ core.Provider = (*Provider)(nil)

// New returns a handle on a new, empty store.
func New(o Options) *Provider {
	s := &store{stoppedAt: o.StoppedAt, instances: map[string]*instance{}, sessions: map[string]*session{}}
	s.changed.L = &s.mu
	return &Provider{s: s}
}

// Open returns another handle on the same store, as another process would have.
func (p *Provider) Open() *Provider { return &Provider{s: p.s} }

// Name implements core.Provider.
func (*Provider) Name() string { return "reference" }

// Version implements core.Provider.
func (*Provider) Version() string { return "0.1.29" }

// ProviderAdmin implements core.AdminDiscoverer.
func (p *Provider) ProviderAdmin() (core.ProviderAdmin, bool) { return p, true }

// Close implements core.Provider. While it has the mutex no call is under way but
// fetches that sleep, and it ends those. The store lives on for other handles.
func (p *Provider) Close(context.Context) error {
	defer p.s.wake()
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	p.closed = true
	return nil
}

// poll looks until something is found or timeout has passed. Between two looks
// it sleeps until a call ends, the clock is set, or the next instant the look
// asked about comes.
func poll[V any](ctx context.Context, p *Provider, op string, timeout time.Duration, look func(*store) *V) (found *V, err error) {
	patience, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	defer context.AfterFunc(patience, p.s.wake)()
	defer p.s.wake()
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	defer func() { err = told(op, recover()) }()
	for {
		last := patience.Err() != nil
		require(!p.closed, core.ErrUnavailable, "the provider is closed")
		if ctx.Err() != nil {
			panic(core.AsProviderError(op, ctx.Err()))
		}
		p.s.readClock()
		if found = look(p.s); found != nil || last {
			return found, nil
		}
		alarm := time.AfterFunc(time.Duration(p.s.next-p.s.now)*time.Millisecond, p.s.wake)
		p.s.changed.Wait()
		alarm.Stop()
	}
}

// call runs an operation that does not wait.
func call[V any](ctx context.Context, p *Provider, op string, f func(*store) V) (result V, err error) {
	found, err := poll(ctx, p, op, 0, func(s *store) *V { return new(f(s)) })
	return or(found, result), err
}

// do is call for operations that return nothing.
func (p *Provider) do(ctx context.Context, op string, f func(*store)) error {
	_, err := call(ctx, p, op, func(s *store) any { f(s); return nil })
	return err
}

// ask is call for operations on an instance, which is empty when nothing carries the id.
func ask[V any](ctx context.Context, p *Provider, op, id string, f func(*store, *instance) V) (V, error) {
	return call(ctx, p, op, func(s *store) V {
		validID("instance id", id)
		return f(s, s.instance(id))
	})
}
