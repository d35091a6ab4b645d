package plugin

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime/debug"
	"time"

	"google.golang.org/grpc"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/plugin/server"
	"github.com/durokit/duro/plugin/wire"
)

// Opener opens a store. config is the JSON object of the host's configuration, empty
// for the defaults. It may be called many times, also concurrently; each provider is
// closed by its own Close.
type Opener func(ctx context.Context, config json.RawMessage) (core.Provider, error)

// closeWithin is how long open stores have to be closed when the process ends.
const closeWithin = 10 * time.Second

// Option changes how a plugin is served.
type Option func(*served)

// WithHarness offers a service for tests when the plugin is started with --harness,
// see package plugin/harness.
func WithHarness(register func(grpc.ServiceRegistrar, *server.Server)) Option {
	return func(s *served) { s.harness = register }
}

// served is a plugin and how it was started.
type served struct {
	info    Info
	open    Opener
	harness func(grpc.ServiceRegistrar, *server.Server)
	flags   flags
}

// Serve serves providers to whoever started this program, until the host ends it, ctx
// ends or the process is told to terminate. What this process logs with slog and what
// it prints goes to the host's log. A call that panics gets an internal error, and the
// process lives on.
func Serve(ctx context.Context, info Info, open Opener, options ...Option) error {
	s := &served{info: info, open: open}
	for _, o := range options {
		o(s)
	}
	if err := info.check(); err != nil {
		return err
	}
	return s.run(ctx, os.Args[1:], os.Stdout)
}

// run does what the command line says.
func (s *served) run(ctx context.Context, args []string, out io.Writer) error {
	command, err := s.flags.parse(s.info.Name, args, out)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	if s.flags.harness && s.harness == nil {
		return core.Errorf("Serve", core.ErrUnsupported, "the plugin %s has no harness for tests", s.info.Name)
	}
	restGC()
	switch {
	case command == "describe":
		return s.info.describe(out, s.harness != nil)
	case s.flags.version:
		_, err := fmt.Fprintln(out, s.info.Name, s.info.Version)
		return err
	case s.flags.debug || s.flags.listen != "":
		return s.listen(ctx, out)
	case os.Getenv(wire.CookieKey) == wire.Cookie:
		return s.serveHost(ctx)
	}
	return fmt.Errorf("%s %s is a plugin of Duro: a host starts it, because a configuration names it. "+
		"Try `describe` to see what it is, and --listen ADDRESS or --debug to serve without a host", s.info.Name, s.info.Version)
}

// restGC has the garbage collector run less often, unless somebody has said how often: a
// process that only carries calls has a heap of a few megabytes, which it would
// collect many times a second.
func restGC() {
	const percent = 400
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(percent)
	}
}

// server makes the server's side of the protocol. fixed, unless empty, is the one
// configuration there is.
func (s *served) server(fixed []byte, hosted bool, log *slog.Logger) *server.Server {
	return server.New(server.Options{
		Ends:     hosted,
		Describe: s.info.response(s.flags.harness),
		Open:     func(ctx context.Context, config []byte) (core.Provider, error) { return s.open(ctx, config) },
		Fixed:    fixed,
		Panicked: func(method string, value any, stack []byte) {
			log.Error("a call panicked", slog.String("method", method), slog.String("panic", fmt.Sprint(value)), slog.String("stack", string(stack)))
		},
	})
}

// register adds everything that is served.
func (s *served) register(g *grpc.Server, side *server.Server) {
	side.Register(g)
	if s.flags.harness {
		s.harness(g, side)
	}
}
