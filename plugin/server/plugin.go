package server

import (
	"context"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/plugin/wire"

	providerv1 "github.com/durokit/duro/plugin/proto/duro/provider/v1"
)

// pluginService says who the server is, and opens and closes stores.
type pluginService struct {
	providerv1.UnimplementedPluginServiceServer
	*Server
}

// Describe implements PluginService.
func (s *pluginService) Describe(context.Context, *providerv1.DescribeRequest) (*providerv1.DescribeResponse, error) {
	return s.options.Describe, nil
}

// Open implements PluginService.
func (s *pluginService) Open(ctx context.Context, q *providerv1.OpenRequest) (*providerv1.OpenResponse, error) {
	config, err := s.Config(q.GetConfig())
	if err != nil {
		return nil, wire.Status("Open", err)
	}
	p, err := s.options.Open(ctx, config)
	if err != nil {
		return nil, wire.Status("Open", err)
	}
	return s.stores.add(ctx, p)
}

// Close implements PluginService.
func (s *pluginService) Close(ctx context.Context, q *providerv1.CloseRequest) (*providerv1.CloseResponse, error) {
	st, err := s.stores.take("Close", q.GetHandle())
	if err != nil {
		return nil, err
	}
	return &providerv1.CloseResponse{}, wire.Status("Close", st.provider.Close(ctx))
}

// Shutdown implements PluginService.
func (s *pluginService) Shutdown(ctx context.Context, q *providerv1.ShutdownRequest) (*providerv1.ShutdownResponse, error) {
	const op = "Shutdown"
	if !s.options.Ends {
		return nil, wire.Status(op, core.Errorf(op, core.ErrUnsupported, "this server is ended by its operator"))
	}
	ctx, cancel := context.WithTimeout(ctx, q.GetGrace().AsDuration())
	defer cancel()
	return &providerv1.ShutdownResponse{}, wire.Status(op, s.Server.Close(ctx))
}
