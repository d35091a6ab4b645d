package server

import (
	"context"
	"crypto/rand"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/durokit/duro/core"
	providerv1 "github.com/durokit/duro/plugin/proto/duro/provider/v1"
	"github.com/durokit/duro/plugin/wire"
)

// store is one open store.
type store struct {
	provider core.Provider
	admin    core.ProviderAdmin // nil without one
	fetches  fetches
}

// stores are the open ones, by their handle.
type stores struct {
	mu     sync.RWMutex
	open   map[string]*store
	closed bool
}

func newStores() *stores { return &stores{open: map[string]*store{}} }

// add gives a store that was just opened a handle, and has it closed when the
// connection ends that it was opened on.
func (s *stores) add(ctx context.Context, p core.Provider) (*providerv1.OpenResponse, error) {
	st := &store{provider: p}
	if admin, ok := core.Admin(p); ok {
		st.admin = admin
	}
	handle := rand.Text()
	s.mu.Lock()
	closed := s.closed
	if !closed {
		s.open[handle] = st
	}
	s.mu.Unlock()
	if closed {
		return nil, wire.Status("Open", errors.Join(
			core.Errorf("Open", core.ErrUnavailable, "the server is shutting down"), p.Close(ctx)))
	}
	onDisconnect(ctx, func() { s.drop(handle) })
	return &providerv1.OpenResponse{Handle: handle, Name: p.Name(), Version: p.Version(), Admin: st.admin != nil, Frames: true}, nil
}

// find returns an open store.
func (s *stores) find(op, handle string) (*store, error) {
	s.mu.RLock()
	st := s.open[handle]
	s.mu.RUnlock()
	if st == nil {
		return nil, wire.UnknownHandle(op)
	}
	return st, nil
}

// take is find, after which the handle is unknown.
func (s *stores) take(op, handle string) (*store, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.open[handle]
	if st == nil {
		return nil, wire.UnknownHandle(op)
	}
	delete(s.open, handle)
	return st, nil
}

// drop closes a store whose client has gone. There is nobody to tell how that went.
func (s *stores) drop(handle string) {
	if st, err := s.take("Close", handle); err == nil {
		ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
		defer cancel()
		_ = st.provider.Close(ctx)
	}
}

// closeAll closes every store, and lets none be opened any more.
func (s *stores) closeAll(ctx context.Context) error {
	s.mu.Lock()
	s.closed = true
	left := slices.Collect(maps.Values(s.open))
	clear(s.open)
	s.mu.Unlock()
	failures := make([]error, len(left))
	var wg sync.WaitGroup
	for i, st := range left {
		wg.Go(func() { failures[i] = st.provider.Close(ctx) })
	}
	wg.Wait()
	return errors.Join(failures...)
}

// handled is a request on an open store.
type handled interface{ GetHandle() string }

// do runs one call on the store that the request names.
func do[Q handled, A any](s *stores, op string, q Q, call func(*store) (A, error)) (A, error) {
	var none A
	st, err := s.find(op, q.GetHandle())
	if err != nil {
		return none, err
	}
	answer, err := call(st)
	if err != nil {
		return none, wire.Status(op, err)
	}
	return answer, nil
}

// malformed is the error for a value in a request that is none.
func malformed(op string, err error) error {
	return core.Wrap(op, core.ErrInvalidArgument, err, "decode the request")
}

// operation is the contract's name of a method: "AckWorkItem" of
// "/duro.provider.v1.ProviderService/AckWorkItem".
func operation(method string) string { return method[strings.LastIndexByte(method, '/')+1:] }
