package middleware_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc"

	"github.com/durokit/duro/conformance/reference"
	"github.com/durokit/duro/core"
	"github.com/durokit/duro/middleware"
	"github.com/durokit/duro/plugin"
	"github.com/durokit/duro/plugin/address"
	"github.com/durokit/duro/plugin/host"
	providerv1 "github.com/durokit/duro/plugin/proto/duro/provider/v1"
	"github.com/durokit/duro/plugin/server"
	"github.com/durokit/duro/plugin/wire"
)

// pluginKey is the variable by which this test's program is told to be a plugin.
const pluginKey = "DURO_TEST_PLUGIN"

func TestMain(m *testing.M) {
	if os.Getenv(pluginKey) == "" {
		os.Exit(m.Run())
	}
	err := plugin.Serve(context.Background(), plugin.Info{Name: "test", Version: "1.2.3"},
		func(context.Context, json.RawMessage) (core.Provider, error) {
			return reference.New(reference.Options{}), nil
		})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// inAChild opens a store in a child process, which is this program.
func inAChild(t *testing.T) core.Provider {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p, err := host.OpenChild(t.Context(), host.ChildConfig{
		Name: "test", Command: program, Unverified: true, Env: map[string]string{pluginKey: "1"}, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// atAnAddress opens a store that listens on a socket.
func atAnAddress(t *testing.T) core.Provider {
	t.Helper()
	side := server.New(server.Options{
		Describe: &providerv1.DescribeResponse{Name: "test", Version: "1.2.3", ProtocolMinor: wire.ProtocolMinor},
		Open:     func(context.Context, []byte) (core.Provider, error) { return reference.New(reference.Options{}), nil },
		Fixed:    []byte("{}"),
	})
	folder, err := os.MkdirTemp("", "duro-") //nolint:usetesting // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	at := "unix:" + filepath.Join(folder, "s")
	l, err := address.Listen(at)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error)
	g := grpc.NewServer(side.GRPCOptions()...)
	side.Register(g)
	go func() { ended <- server.ServeAt(ctx, l, g, side, time.Second) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if err := os.RemoveAll(folder); err != nil {
			t.Error(err)
		}
	})
	p, err := host.OpenAddress(t.Context(), host.AddressConfig{Address: at})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// said is what was recorded of one call, but for times and the words of errors.
type said struct {
	Span string
	Of   map[string]any
	Line map[string]any
}

// recordedOf has everything called, and returns what was recorded of it.
func recordedOf(t *testing.T, p core.Provider) (all []said) {
	t.Helper()
	p, r := record(p, middleware.MetricsOptions{})
	everything(t, p)
	lines := r.lines(t)
	for i, span := range r.spans.GetSpans() {
		for _, changing := range []string{slog.TimeKey, "duro.duration", "error"} {
			delete(lines[i], changing)
		}
		all = append(all, said{Span: span.Name + " " + span.Status.Code.String(), Of: attributes(span), Line: lines[i]})
	}
	return all
}

func TestTheSameIsRecordedWhicheverWayAProviderWasLoaded(t *testing.T) {
	t.Parallel()
	want := recordedOf(t, reference.New(reference.Options{}))
	for way, open := range map[string]func(*testing.T) core.Provider{"child process": inAChild, "address": atAnAddress} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(want, recordedOf(t, open(t))); diff != "" {
				t.Errorf("in this process and here (-want +got):\n%s", diff)
			}
		})
	}
}
