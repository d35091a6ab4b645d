package server

import (
	"context"
	"errors"
	"net"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/reflection"
)

// HealthName is the service that health checks ask for, besides "".
const HealthName = "duro.provider.v1"

// ServeAt serves at a listener, with health checks and reflection, until ctx ends. Then
// it turns away new calls, waits for those under way, at most for as long as grace
// says, and closes the stores.
func ServeAt(ctx context.Context, l net.Listener, g *grpc.Server, s *Server, grace time.Duration) error {
	healthy := health.NewServer()
	healthy.SetServingStatus(HealthName, grpc_health_v1.HealthCheckResponse_SERVING)
	grpc_health_v1.RegisterHealthServer(g, healthy)
	reflection.Register(g)
	served := make(chan error, 1)
	go func() { served <- g.Serve(Listen(l)) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	healthy.Shutdown()
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	// Closing the stores ends the fetches that wait in them.
	err := s.Close(ending)
	drained := make(chan struct{})
	go func() {
		g.GracefulStop()
		close(drained)
	}()
	select {
	case <-drained:
	case <-ending.Done():
		g.Stop()
	}
	return errors.Join(err, <-served)
}
