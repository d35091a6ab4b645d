package plugin

import (
	"context"
	"log/slog"
	"os"
	"os/signal"
	"strconv"
	"syscall"

	"github.com/hashicorp/go-hclog"
	goplugin "github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"

	"github.com/durokit/duro/plugin/server"
	"github.com/durokit/duro/plugin/wire"
)

// serveHost serves the host that started this process, until it ends it.
func (s *served) serveHost(ctx context.Context) error {
	// Before the handshake replaces it: what slog writes goes where the host reads.
	log := slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: logLevel()}))
	slog.SetDefault(log)
	side := s.server(nil, true, log)
	go s.endWith(ctx, side)
	goplugin.Serve(&goplugin.ServeConfig{
		HandshakeConfig: goplugin.HandshakeConfig{MagicCookieKey: wire.CookieKey, MagicCookieValue: wire.Cookie},
		VersionedPlugins: map[int]goplugin.PluginSet{
			wire.ProtocolMajor: {wire.ServiceName: services{register: func(g *grpc.Server) { s.register(g, side) }}},
		},
		GRPCServer: func(options []grpc.ServerOption) *grpc.Server {
			return grpc.NewServer(append(options, side.GRPCOptions()...)...)
		},
		Logger: hclog.NewNullLogger(),
	})
	return nil
}

// logLevel is what the host says is worth logging.
func logLevel() slog.Level {
	var level slog.Level
	_ = level.UnmarshalText([]byte(os.Getenv(wire.LogLevelKey))) // else it is that of information
	return level
}

// endWith ends this process when the host is gone, when it is told to terminate, and
// when ctx ends: in good order, if the stores can be closed in time.
func (s *served) endWith(ctx context.Context, side *server.Server) {
	told := make(chan os.Signal, 1)
	signal.Notify(told, syscall.SIGTERM)
	code := 0
	select {
	case <-lifeline():
		code = 1
	case <-told:
	case <-ctx.Done():
	}
	s.endStores(ctx, side)
	if folder := os.Getenv(wire.FolderKey); folder != "" {
		_ = os.RemoveAll(folder) //nolint:gosec // the host made it, and would have removed it
	}
	os.Exit(code) //nolint:forbidigo // the process is the host's, and its end what the host waits for
}

// endStores closes what can be closed in time.
func (s *served) endStores(ctx context.Context, side *server.Server) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeWithin)
	defer cancel()
	_ = side.Close(ctx)
}

// lifeline is closed when the host is gone: the other end of a pipe is, which nobody
// ever writes to.
func lifeline() <-chan struct{} {
	gone := make(chan struct{})
	fd, err := strconv.Atoi(os.Getenv(wire.LifelineKey))
	if err != nil {
		return gone // a host without one
	}
	go func() {
		defer close(gone)
		_, _ = os.NewFile(uintptr(fd), "lifeline").Read(make([]byte, 1))
	}()
	return gone
}

// services registers the protocol with go-plugin.
type services struct {
	goplugin.NetRPCUnsupportedPlugin
	register func(*grpc.Server)
}

// GRPCServer implements goplugin.GRPCPlugin.
func (s services) GRPCServer(_ *goplugin.GRPCBroker, g *grpc.Server) error {
	s.register(g)
	return nil
}

// GRPCClient implements goplugin.GRPCPlugin.
func (services) GRPCClient(context.Context, *goplugin.GRPCBroker, *grpc.ClientConn) (any, error) {
	return nil, nil //nolint:nilnil // this side serves
}
