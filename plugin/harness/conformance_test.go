package harness_test

import (
	"context"
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/durokit/duro/backends/sqlite"
	"github.com/durokit/duro/conformance"
	"github.com/durokit/duro/core"
	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/plugin/harness"
	"github.com/durokit/duro/plugin/server"

	providerv1 "github.com/durokit/duro/plugin/proto/duro/provider/v1"
)

// atAddress serves a factory's stores at a socket, and returns the other side's.
func atAddress(t *testing.T, f conformance.Factory) conformance.Factory {
	t.Helper()
	socket := filepath.Join(shortFolder(t), "s")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	s := server.New(server.Options{Describe: &providerv1.DescribeResponse{Harness: true}})
	g := grpc.NewServer(s.GRPCOptions()...)
	s.Register(g)
	harness.Serve(g, s, func(json.RawMessage) (conformance.Factory, error) { return f, nil })
	go func() { _ = g.Serve(server.Listen(listener)) }()
	conn, err := grpc.NewClient("unix:"+socket, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	// The suite looks for goroutines that outlive it: the connection's are there before.
	_, err = providerv1.NewPluginServiceClient(conn).Describe(t.Context(), &providerv1.DescribeRequest{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = conn.Close()
		g.Stop()
	})
	return harness.Factory(conn, nil, "the test's socket")
}

// shortFolder makes a folder whose path leaves room for a socket's name.
func shortFolder(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "duro") //nolint:usetesting // its path is too long
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func TestConformanceAtAnAddress(t *testing.T) {
	conformance.Test(t, atAddress(t, conformance.FactoryFunc(func(ctx context.Context, _ string) (*conformance.Harness, error) {
		unopened := func(context.Context) (*conformance.Harness, error) {
			c := sqlite.Config{Path: filepath.Join(t.TempDir(), "store.db")}
			c.Engine.Clock = &engine.ManualClock{}
			return &conformance.Harness{Open: func(ctx context.Context) (core.Provider, error) { return sqlite.Open(ctx, c) }}, nil
		}
		h, err := unopened(ctx)
		if err != nil {
			return nil, err
		}
		if h.Provider, err = h.Open(ctx); err != nil {
			return nil, err
		}
		h.Hooks, h.Unopened = h.Provider.(*engine.Engine).Hooks(), unopened
		return h, nil
	})))
}
