// Package reference is the provider contract in the plainest form: maps in
// memory under one mutex, every operation checked first and then applied. It
// shares no code with the engine, so that the two can be compared, and it is
// what the conformance suite itself is tested with. It is not meant to be fast:
// a fetch looks at every instance.
package reference

import (
	"context"
	"sync"
	"time"

	"github.com/durokit/duro/core"
)

// Options set a store up. The zero value is usable.
type Options struct {
	// Clock defaults to SystemClock.
	Clock Clock
}

// Provider is a handle on a store in memory. It implements core.Provider,
// core.ProviderAdmin and core.AdminDiscoverer.
type Provider struct {
	s *store

	mu     sync.Mutex
	closed chan struct{}
	calls  sync.WaitGroup
}

var (
	_ core.Provider        = (*Provider)(nil)
	_ core.ProviderAdmin   = (*Provider)(nil)
	_ core.AdminDiscoverer = (*Provider)(nil)
)

// New returns a handle on a new, empty store.
func New(o Options) *Provider {
	if o.Clock == nil {
		o.Clock = SystemClock{}
	}
	return newStore(o.Clock).open()
}

// Open returns another handle on the same store, as another process would have.
func (p *Provider) Open() *Provider { return p.s.open() }

// Name implements core.Provider.
func (*Provider) Name() string { return "reference" }

// Version implements core.Provider.
func (*Provider) Version() string { return "0.1.29" }

// ProviderAdmin implements core.AdminDiscoverer.
func (p *Provider) ProviderAdmin() (core.ProviderAdmin, bool) { return p, true }

// Close implements core.Provider. The store lives on for other handles.
func (p *Provider) Close(ctx context.Context) error {
	p.mu.Lock()
	if !p.isClosed() {
		close(p.closed)
	}
	p.mu.Unlock()
	idle := make(chan struct{})
	go func() {
		p.calls.Wait()
		close(idle)
	}()
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		return core.AsProviderError("Close", ctx.Err())
	}
}

func (p *Provider) isClosed() bool {
	select {
	case <-p.closed:
		return true
	default:
		return false
	}
}

// enter counts a call in, so that Close can wait for it.
func (p *Provider) enter(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.isClosed() {
		return fail(core.ErrUnavailable, "the provider is closed")
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	p.calls.Add(1)
	return nil
}

// read runs f under the store's mutex. f returns errors without Op.
func (p *Provider) read(ctx context.Context, op string, f func(*store) error) error {
	if err := p.enter(ctx); err != nil {
		return withOp(op, err)
	}
	defer p.calls.Done()
	p.s.lock()
	defer p.s.mu.Unlock()
	return withOp(op, f(p.s))
}

// write is read for calls that may give waiting fetchers something to do.
func (p *Provider) write(ctx context.Context, op string, f func(*store) error) error {
	defer p.s.wake()
	return p.read(ctx, op, f)
}

// poll runs try until it succeeds or timeout has passed. Between attempts it
// sleeps until a write, a jump of the clock, or the next instant at which
// something becomes visible or unlocked by itself.
func (p *Provider) poll(ctx context.Context, op string, timeout time.Duration, try func(*store) (bool, error)) error {
	if err := p.enter(ctx); err != nil {
		return withOp(op, err)
	}
	defer p.calls.Done()
	over := time.NewTimer(timeout)
	defer over.Stop()
	for last := timeout <= 0; ; {
		p.s.lock()
		done, err := try(p.s)
		changed, sleep := p.s.changed, p.s.untilNextDue()
		p.s.mu.Unlock()
		if done {
			p.s.wake() // others may have to wait for this lock's end now
		}
		if done || err != nil || last {
			return withOp(op, err)
		}
		timer := time.NewTimer(sleep)
		select {
		case <-changed:
		case <-timer.C:
		case <-over.C:
			last = true
		case <-p.closed:
			err = fail(core.ErrUnavailable, "the provider was closed")
		case <-ctx.Done():
			err = ctx.Err()
		}
		timer.Stop()
		if err != nil {
			return withOp(op, err)
		}
	}
}

func fail(code core.Code, format string, args ...any) error {
	return core.Errorf("", code, format, args...)
}

// withOp names the method an error came from, and keeps nil nil.
func withOp(op string, err error) error {
	if err == nil {
		return nil
	}
	return core.AsProviderError(op, err)
}
