// Package server offers providers over the plugin protocol: to the host of a child
// process, or at an address. It opens stores with an Opener, gives each a handle, and
// answers the calls that carry it. All of it may be used concurrently.
package server

import (
	"context"
	"errors"
	"runtime/debug"
	"sync"

	"google.golang.org/grpc"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/plugin/wire"

	providerv1 "github.com/durokit/duro/plugin/proto/duro/provider/v1"
)

// Opener opens a store from a configuration, which is a JSON object or empty.
type Opener func(ctx context.Context, config []byte) (core.Provider, error)

// Options set a server up.
type Options struct {
	// Describe answers the RPC of that name.
	Describe *providerv1.DescribeResponse
	// Open opens a store for a client.
	Open Opener
	// Fixed, unless empty, is the one configuration there is: clients must not have
	// another.
	Fixed []byte
	// Ends accepts Shutdown: the one client owns the server.
	Ends bool
	// Panicked is told what a call panicked with. The caller gets an internal error.
	Panicked func(method string, value any, stack []byte)
}

// Server is the server's side of the protocol.
type Server struct {
	options   Options
	stores    *stores
	transfers *transfers
	frames    *frameService

	mu      sync.Mutex
	atClose []func(context.Context) error
}

// New makes a server that serves nothing yet.
func New(o Options) *Server {
	s := &Server{options: o, stores: newStores(), transfers: newTransfers()}
	s.frames = newFrameService(s.transfers, s.recoverPanics)
	s.frames.offer(&providerv1.ProviderService_ServiceDesc, &providerService{stores: s.stores})
	s.frames.offer(&providerv1.AdminService_ServiceDesc, &adminService{stores: s.stores})
	return s
}

// GRPCOptions are what a grpc.Server needs to serve s.
func (s *Server) GRPCOptions() []grpc.ServerOption {
	return []grpc.ServerOption{
		grpc.MaxRecvMsgSize(wire.MaxFrame),
		grpc.MaxSendMsgSize(wire.MaxFrame),
		grpc.InitialWindowSize(wire.Window),
		grpc.InitialConnWindowSize(wire.Window),
		grpc.ChainUnaryInterceptor(s.recoverPanics, s.transfers.intercept),
	}
}

// Register adds the services to a grpc.Server.
func (s *Server) Register(r grpc.ServiceRegistrar) {
	providerv1.RegisterPluginServiceServer(r, &pluginService{Server: s})
	providerv1.RegisterTransferServiceServer(r, s.transfers)
	providerv1.RegisterProviderServiceServer(r, &providerService{stores: s.stores})
	providerv1.RegisterAdminServiceServer(r, &adminService{stores: s.stores})
	providerv1.RegisterFrameServiceServer(r, s.frames)
}

// Add serves a provider that is open already, as Open would have opened it.
func (s *Server) Add(ctx context.Context, p core.Provider) (*providerv1.OpenResponse, error) {
	return s.stores.add(ctx, p)
}

// Config is the configuration that a client gets who asks for this one.
func (s *Server) Config(asked []byte) ([]byte, error) {
	if len(s.options.Fixed) == 0 {
		return asked, nil
	}
	if len(asked) > 0 {
		return nil, core.Errorf("Open", core.ErrInvalidArgument,
			"this server's operator has configured its store; ask without a configuration")
	}
	return s.options.Fixed, nil
}

// AtClose has f run at the end of Close.
func (s *Server) AtClose(f func(context.Context) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.atClose = append(s.atClose, f)
}

// Close closes every open store, waits for their calls until ctx ends, and ends every
// exchange of frames.
func (s *Server) Close(ctx context.Context) error {
	err := s.stores.closeAll(ctx)
	s.frames.end()
	s.mu.Lock()
	todo := s.atClose
	s.atClose = nil
	s.mu.Unlock()
	for _, f := range todo {
		err = errors.Join(err, f(ctx))
	}
	return err
}

// recoverPanics turns the panic of one call into that call's error.
func (s *Server) recoverPanics(
	ctx context.Context, q any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler,
) (answer any, err error) {
	defer func() {
		if value := recover(); value != nil {
			if s.options.Panicked != nil {
				s.options.Panicked(info.FullMethod, value, debug.Stack())
			}
			op := operation(info.FullMethod)
			err = wire.Status(op, core.Errorf(op, core.ErrInternal, "the provider panicked; its log has the stack"))
		}
	}()
	return next(ctx, q)
}
