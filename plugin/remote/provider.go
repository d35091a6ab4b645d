// Package remote is the client's side of the plugin protocol: a core.Provider whose
// store is opened by a child process or by a server at an address. Its errors are
// those that the provider returned at the other end, and ErrUnavailable where the way
// there failed. All of it may be used concurrently.
package remote

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"

	"github.com/durokit/duro/core"

	providerv1 "github.com/durokit/duro/plugin/proto/duro/provider/v1"
)

// answerWithin is how long a call may take whose caller sets no deadline, beyond the
// poll timeout of a fetch; bulkWithin is the same for the operator's calls, which may
// touch the whole store.
const (
	answerWithin = time.Minute
	bulkWithin   = 15 * time.Minute
)

// Options say where the store is.
type Options struct {
	// Where names the other end in messages. It holds no secret.
	Where string
	// Connect returns a connection to the other end. It returns the same one for as
	// long as that is of use; after another one the store is opened again.
	Connect func(ctx context.Context) (grpc.ClientConnInterface, error)
	// Config is the JSON object that opens the store, empty for the defaults.
	Config []byte
	// Open opens the store in place of the protocol's Open with Config. For tests.
	Open func(ctx context.Context) (*providerv1.OpenResponse, error)
	// Explain says what became of the other end of a connection that broke, "" if nobody
	// knows. It may take a moment. Nil: nobody knows.
	Explain func(broken grpc.ClientConnInterface) string
	// Release is called by Close, last. Nil: nothing is to be released.
	Release func(ctx context.Context) error
}

// Provider is a store at the other end of a connection.
type Provider struct {
	options Options
	// name, version and hasAdmin are what the first opening said.
	name, version string
	hasAdmin      bool

	opening chan struct{} // holds one while a session is opened
	last    *session      // the one that was opened last; whoever opens one has it
	current atomic.Pointer[session]
	callIDs atomic.Uint64

	mu     sync.Mutex // guards closed, and adding to calls
	closed bool
	calls  sync.WaitGroup
}

var (
	_ core.Provider        = (*Provider)(nil)
	_ core.AdminDiscoverer = (*Provider)(nil)
)

// Open opens the store at the other end.
func Open(ctx context.Context, o Options) (*Provider, error) {
	p := &Provider{options: o, opening: make(chan struct{}, 1)}
	s, err := p.session(ctx)
	if err != nil {
		return nil, core.AsProviderError("Open", err)
	}
	p.name, p.version, p.hasAdmin = s.opened.GetName(), s.opened.GetVersion(), s.opened.GetAdmin()
	return p, nil
}

// Name implements core.Provider.
func (p *Provider) Name() string { return p.name }

// Version implements core.Provider.
func (p *Provider) Version() string { return p.version }

// ProviderAdmin implements core.AdminDiscoverer: there is an admin half if the
// provider at the other end has one.
func (p *Provider) ProviderAdmin() (core.ProviderAdmin, bool) {
	if !p.hasAdmin {
		return nil, false
	}
	return admin{p}, true
}

// enter notes a call under way, unless the provider is closed.
func (p *Provider) enter(op string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return core.Errorf(op, core.ErrUnavailable, "the provider at %s was closed", p.options.Where)
	}
	p.calls.Add(1)
	return nil
}

// Close implements core.Provider.
func (p *Provider) Close(ctx context.Context) error {
	p.mu.Lock()
	first := !p.closed
	p.closed = true
	p.mu.Unlock()
	if !first {
		return nil
	}
	err := p.closeSession(ctx)
	p.wait(ctx)
	p.endFrames(ctx)
	if p.options.Release != nil {
		if released := p.options.Release(ctx); err == nil {
			err = released
		}
	}
	return err
}

// wait returns when no call is under way any more, or when ctx ends.
func (p *Provider) wait(ctx context.Context) {
	done := make(chan struct{})
	go func() {
		p.calls.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
	}
}
