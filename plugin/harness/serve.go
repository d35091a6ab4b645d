package harness

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"sync"

	"google.golang.org/grpc"

	"github.com/durokit/duro/conformance"
	"github.com/durokit/duro/core"
	"github.com/durokit/duro/plugin"
	"github.com/durokit/duro/plugin/server"
	"github.com/durokit/duro/plugin/wire"

	providerv1 "github.com/durokit/duro/plugin/proto/duro/provider/v1"
)

// Maker makes the factory of stores for a configuration, the one that would open a
// store. A factory that has Close(context.Context) error is closed with the server.
type Maker func(config json.RawMessage) (conformance.Factory, error)

// Option offers a maker's stores from a plugin that was started with --harness.
func Option(m Maker) plugin.Option {
	return plugin.WithHarness(func(r grpc.ServiceRegistrar, s *server.Server) { Serve(r, s, m) })
}

// Serve offers a maker's stores on a server: their handles are the server's.
func Serve(r grpc.ServiceRegistrar, s *server.Server, m Maker) {
	providerv1.RegisterHarnessServiceServer(r, &service{
		server: s, maker: m, factories: map[string]conformance.Factory{}, stores: map[string]*conformance.Harness{},
	})
}

// service makes stores and reaches behind them.
type service struct {
	providerv1.UnimplementedHarnessServiceServer
	server    *server.Server
	maker     Maker
	mu        sync.Mutex
	factories map[string]conformance.Factory // by configuration
	stores    map[string]*conformance.Harness
}

// named is a request about a store.
type named interface{ GetStore() string }

// on runs one call on a store.
func on[Q named, A any](s *service, op string, q Q, call func(*conformance.Harness) (A, error)) (A, error) {
	s.mu.Lock()
	h := s.stores[q.GetStore()]
	s.mu.Unlock()
	var none A
	if h == nil {
		return none, wire.Status(op, core.Errorf(op, core.ErrNotFound, "the harness has no store %q", q.GetStore()))
	}
	answer, err := call(h)
	if err != nil {
		return none, wire.Status(op, err)
	}
	return answer, nil
}

// NewStore implements HarnessService.
func (s *service) NewStore(ctx context.Context, q *providerv1.NewStoreRequest) (*providerv1.NewStoreResponse, error) {
	h, err := s.make(ctx, q)
	if err != nil {
		return nil, wire.Status("NewStore", err)
	}
	answer := &providerv1.NewStoreResponse{
		Store: rand.Text(), Reopens: h.Open != nil, Unopened: h.Unopened != nil, Skews: h.Skewed != nil,
		Hooks: h.Hooks != nil, Connections: h.Connections != nil, MaxPayload: uint64(h.MaxPayload),
		Timing: timing(h.Timing),
	}
	if h.Provider != nil {
		if answer.Opened, err = s.server.Add(ctx, h.Provider); err != nil {
			return nil, err
		}
	}
	s.mu.Lock()
	s.stores[answer.GetStore()] = h
	s.mu.Unlock()
	return answer, nil
}

func (s *service) make(ctx context.Context, q *providerv1.NewStoreRequest) (*conformance.Harness, error) {
	ctx = context.WithoutCancel(ctx) // the store outlives the call
	if q.GetLike() == "" {
		f, err := s.factory(q.GetConfig())
		if err != nil {
			return nil, err
		}
		return f.New(ctx, q.GetName())
	}
	s.mu.Lock()
	h := s.stores[q.GetLike()]
	s.mu.Unlock()
	if h == nil || h.Unopened == nil {
		return nil, core.Errorf("NewStore", core.ErrNotFound, "the harness has no store %q to make another beside", q.GetLike())
	}
	return h.Unopened(ctx)
}

// factory returns that of a configuration.
func (s *service) factory(asked []byte) (conformance.Factory, error) {
	config, err := s.server.Config(asked)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := s.factories[string(config)]; f != nil {
		return f, nil
	}
	f, err := s.maker(config)
	if err != nil {
		return nil, err
	}
	s.factories[string(config)] = f
	if c, ok := f.(interface {
		Close(ctx context.Context) error
	}); ok {
		s.server.AtClose(c.Close)
	}
	return f, nil
}

// OpenStore implements HarnessService.
func (s *service) OpenStore(ctx context.Context, q *providerv1.OpenStoreRequest) (*providerv1.OpenStoreResponse, error) {
	return on(s, "OpenStore", q, func(h *conformance.Harness) (*providerv1.OpenStoreResponse, error) {
		lasting := context.WithoutCancel(ctx)
		var p core.Provider
		var err error
		if q.GetSkew() == nil {
			p, err = h.Open(lasting)
		} else {
			p, err = h.Skewed(lasting, q.GetSkew().AsDuration())
		}
		if err != nil {
			return nil, err
		}
		opened, err := s.server.Add(ctx, p)
		return &providerv1.OpenStoreResponse{Opened: opened}, err
	})
}

// DropStore implements HarnessService.
func (s *service) DropStore(ctx context.Context, q *providerv1.DropStoreRequest) (*providerv1.DropStoreResponse, error) {
	return on(s, "DropStore", q, func(h *conformance.Harness) (*providerv1.DropStoreResponse, error) {
		s.mu.Lock()
		delete(s.stores, q.GetStore())
		s.mu.Unlock()
		if h.Close == nil {
			return &providerv1.DropStoreResponse{}, nil
		}
		return &providerv1.DropStoreResponse{}, h.Close(ctx)
	})
}

// ListConnections implements HarnessService.
func (s *service) ListConnections(
	ctx context.Context, q *providerv1.ListConnectionsRequest,
) (*providerv1.ListConnectionsResponse, error) {
	return on(s, "ListConnections", q, func(h *conformance.Harness) (*providerv1.ListConnectionsResponse, error) {
		lines, err := h.Connections(ctx)
		return &providerv1.ListConnectionsResponse{Connections: lines}, err
	})
}

func timing(t conformance.Timing) *providerv1.Timing {
	return &providerv1.Timing{
		Lock: wire.Duration(t.Lock), Tick: wire.Duration(t.Tick), Hold: wire.Duration(t.Hold), Slack: wire.Duration(t.Slack),
		Poll: wire.Duration(t.Poll), Prompt: wire.Duration(t.Prompt), Overshoot: wire.Duration(t.Overshoot),
		ShortPoll: wire.Duration(t.ShortPoll), ShortPolling: t.ShortPolling, ClockStandsStill: t.ClockStandsStill, OneClock: t.OneClock,
	}
}
