package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"

	"github.com/durokit/duro/conformance"
	"github.com/durokit/duro/core"
	"github.com/durokit/duro/plugin/address"
	"github.com/durokit/duro/plugin/harness"
	"github.com/durokit/duro/plugin/server"
	"github.com/durokit/duro/plugin/wire"

	providerv1 "github.com/durokit/duro/plugin/proto/duro/provider/v1"
)

// serveCommand serves a store at an address.
type serveCommand struct {
	c         *cli
	listen    string
	metrics   string
	tls       address.TLS
	tokenFile string
	harness   bool
	grace     time.Duration
}

func (c *cli) serve() *cobra.Command {
	s := &serveCommand{c: c}
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve a store at an address, to runtimes in any language",
		Long: `serve opens a store and offers it at a Unix socket or a TCP port, by the plugin
protocol that docs/protocol.md describes. Any number of clients may use it at a time;
--backend unix:PATH or tcp:HOST:PORT is one of them. Health checks (service
duro.provider.v1) and reflection are offered, too, and metrics with --metrics.

A TCP port is open to whoever can reach it, unless TLS asks clients for certificates
or --token-file for a token. A Unix socket is open to the user who serves.

Ctrl-C or SIGTERM turns away new calls, waits for those under way and closes the
store.`,
		Example: `  duro serve --backend sqlite:orders.db --listen unix:/run/duro.sock
  duro serve --backend postgres://localhost/orders --listen tcp:0.0.0.0:7450 \
      --tls-cert server.pem --tls-key server.key --token-file token`,
		Args: noArgs,
		RunE: c.do(s.run),
	}
	f := cmd.Flags()
	f.StringVar(&s.listen, "listen", "", "`ADDRESS` to listen at: unix:PATH or tcp:HOST:PORT")
	f.StringVar(&s.metrics, "metrics", "", "offer metrics for Prometheus at `ADDRESS`, without TLS or token, under "+metricsPath)
	f.StringVar(&s.tls.Cert, "tls-cert", "", "the server's certificate, a PEM `FILE`")
	f.StringVar(&s.tls.Key, "tls-key", "", "its key, a PEM `FILE`")
	f.StringVar(&s.tls.CA, "tls-ca", "", "ask clients for a certificate signed by one in this PEM `FILE`")
	f.StringVar(&s.tokenFile, "token-file", "", "ask clients for the token in `FILE`")
	f.DurationVar(&s.grace, "grace", closeTimeout, "how long calls under way may take at the end")
	f.BoolVar(&s.harness, "harness", false, "for tests: let clients make stores beside this one, corrupt and drop them")
	return cmd
}

func (s *serveCommand) run(ctx context.Context, _ []string) error {
	if s.listen == "" {
		return usagef("serve needs --listen, unix:PATH or tcp:HOST:PORT")
	}
	options, err := s.security()
	if err != nil {
		return &failure{exitUsage, message(err), err}
	}
	l, err := address.Listen(s.listen)
	if err != nil {
		return &failure{exitUsage, message(err), err}
	}
	defer func() { _ = l.Close() }() // whatever served it has closed it already
	opened, err := s.c.openOrCreate(ctx)
	if err != nil {
		return err
	}
	if s.metrics == "" {
		defer opened.close(ctx)
		return s.serve(ctx, l, options, opened)
	}
	m, err := newMetricsEndpoint(s.metrics)
	if err != nil {
		opened.close(ctx)
		return &failure{exitUsage, message(err), err}
	}
	opened = newStore(m.measured(opened.Provider))
	defer opened.close(ctx)
	fmt.Fprintf(s.c.stdout, "metrics are served at %s, %s\n", listening(s.metrics, m.listener), metricsPath)
	both, ctx := errgroup.WithContext(ctx)
	both.Go(m.serve)
	both.Go(func() error {
		err := s.serve(ctx, l, options, opened)
		return errors.Join(err, m.close(context.WithoutCancel(ctx)))
	})
	return both.Wait()
}

// serve offers an open store until ctx ends.
func (s *serveCommand) serve(ctx context.Context, l net.Listener, options []grpc.ServerOption, opened *store) error {
	side := s.server(opened)
	g := grpc.NewServer(append(options, side.GRPCOptions()...)...)
	side.Register(g)
	if s.harness {
		harness.Serve(g, side, func(json.RawMessage) (conformance.Factory, error) { return s.c.caseStores(ctx) })
	}
	fmt.Fprintf(s.c.stdout, "%s is served at %s\n", s.c.hide(s.c.url()), listening(s.listen, l))
	return server.ServeAt(ctx, l, g, side, s.grace)
}

// listening is the address of a listener: port 0 has become another one.
func listening(at string, l net.Listener) string {
	if strings.HasPrefix(at, "tcp:") {
		return "tcp:" + l.Addr().String()
	}
	return at
}

// server offers the one store to every client.
func (s *serveCommand) server(opened *store) *server.Server {
	return server.New(server.Options{
		Describe: &providerv1.DescribeResponse{
			Name: opened.Name(), Version: opened.Version(), ProtocolMinor: wire.ProtocolMinor, Harness: s.harness,
			Summary: "served by duro",
		},
		Open:  func(context.Context, []byte) (core.Provider, error) { return shared{opened}, nil },
		Fixed: []byte("{}"),
		Panicked: func(method string, value any, stack []byte) {
			fmt.Fprintf(s.c.stderr, "duro serve: %s panicked: %v\n%s", method, value, stack)
		},
	})
}

func (s *serveCommand) security() ([]grpc.ServerOption, error) {
	var tls *address.TLS
	if cmp.Or(s.tls.Cert, s.tls.Key, s.tls.CA) != "" {
		tls = &s.tls
	}
	if s.tokenFile == "" {
		return address.ServerOptions(tls, "")
	}
	raw, err := os.ReadFile(s.tokenFile)
	token := strings.TrimSpace(string(raw))
	if err == nil && token == "" {
		err = fmt.Errorf("the token file %s is empty", s.tokenFile)
	}
	if err != nil {
		return nil, err
	}
	return address.ServerOptions(tls, token)
}

// shared is the served store in one client's hands, who must not close it for the others.
type shared struct{ *store }

// Close implements core.Provider.
func (shared) Close(context.Context) error { return nil }

// ProviderAdmin implements core.AdminDiscoverer.
func (s shared) ProviderAdmin() (core.ProviderAdmin, bool) { return s.admin, s.admin != nil }
