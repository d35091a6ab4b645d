package plugin

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"google.golang.org/grpc"

	"github.com/durokit/duro/plugin/address"
	"github.com/durokit/duro/plugin/server"
)

// listen serves at an address, until ctx ends or the process is told to terminate.
func (s *served) listen(ctx context.Context, out io.Writer) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	at := s.flags.listen
	if at == "" {
		folder, err := os.MkdirTemp("", "duro-")
		if err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(folder) }()
		at = "unix:" + filepath.Join(folder, "plugin.sock")
	}
	config, err := s.flags.fixedConfig()
	if err != nil {
		return err
	}
	tls, token, err := s.flags.security()
	if err != nil {
		return err
	}
	side := s.server(config, false, slog.Default())
	options, err := address.ServerOptions(tls, token)
	if err != nil {
		return err
	}
	l, err := address.Listen(at)
	if err != nil {
		return err
	}
	at = actual(at, l)
	fmt.Fprintf(out, "%s %s listens at %s\n", s.info.Name, s.info.Version, at)
	if s.flags.debug {
		s.reattachment(out, at)
	}
	g := grpc.NewServer(append(options, side.GRPCOptions()...)...)
	s.register(g, side)
	return server.ServeAt(ctx, l, g, side, closeWithin)
}

// actual is the address of a listener: port 0 has become another one.
func actual(at string, l net.Listener) string {
	if strings.HasPrefix(at, "tcp:") {
		return "tcp:" + l.Addr().String()
	}
	return at
}

// reattachment prints what a host's environment has to hold.
func (s *served) reattachment(out io.Writer, at string) {
	value := s.info.Name + "=" + at
	fmt.Fprintf(out, "\nHave the host use it, in\n  bash, zsh:   export %[1]s=%[2]q\n  fish:        set -x %[1]s %[2]q\n"+
		"  PowerShell:  $env:%[1]s = %[2]q\n\nCtrl-C ends it.\n", address.ReattachKey, value)
}
