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
// core.ProviderAdmin and core.AdminDiscoverer. Most of its methods are generated:
// each calls the store's method of the same name, which is what to read.
type Provider struct {
	s      *store
	closed bool
}

//go:generate go run ../../internal/wrapgen

// New returns a handle on a new, empty store.
func New(o Options) *Provider {
	s := &store{stoppedAt: o.StoppedAt, instances: map[string]*instance{}, sessions: map[string]*session{}}
	s.changed.L = &s.mu
	return &Provider{s: s}
}

// Open returns another handle on the same store, as another process would have.
func (h *Provider) Open() *Provider { return &Provider{s: h.s} }

// Name implements core.Provider.
func (*Provider) Name() string { return "reference" }

// Version implements core.Provider.
func (*Provider) Version() string { return "0.1.29" }

// ProviderAdmin implements core.AdminDiscoverer.
func (h *Provider) ProviderAdmin() (core.ProviderAdmin, bool) { return h, true }

// Close implements core.Provider. While it has the mutex no call is under way but
// fetches that sleep, and it ends those. The store lives on for other handles.
func (h *Provider) Close(context.Context) error {
	defer h.s.wake()
	h.s.mu.Lock()
	defer h.s.mu.Unlock()
	h.closed = true
	return nil
}

// call runs an operation that does not wait.
func (h *Provider) call(ctx context.Context, op string, run func(*store)) error {
	return h.poll(ctx, op, 0, func(s *store) bool { run(s); return true })
}

// poll looks until something is found or timeout has passed. Between two looks
// it sleeps until a call ends, the clock is set, or the next instant the look
// asked about comes.
func (h *Provider) poll(ctx context.Context, op string, timeout time.Duration, look func(*store) bool) (err error) {
	patience, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	defer context.AfterFunc(patience, h.s.wake)()
	defer h.s.wake()
	h.s.mu.Lock()
	defer h.s.mu.Unlock()
	defer func() { err = told(op, recover()) }()
	for {
		last := patience.Err() != nil
		require(!h.closed, core.ErrUnavailable, "the provider is closed")
		if ctx.Err() != nil {
			panic(core.AsProviderError(op, ctx.Err()))
		}
		h.s.readClock()
		if look(h.s) || last {
			return nil
		}
		alarm := time.AfterFunc(time.Duration(h.s.next-h.s.now)*time.Millisecond, h.s.wake)
		h.s.changed.Wait()
		alarm.Stop()
	}
}
