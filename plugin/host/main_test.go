package host_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/durokit/duro/backends/sqlite"
	"github.com/durokit/duro/conformance"
	"github.com/durokit/duro/conformance/reference"
	"github.com/durokit/duro/core"
	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/internal/casestores"
	"github.com/durokit/duro/internal/treeplugin"
	"github.com/durokit/duro/plugin"
	"github.com/durokit/duro/plugin/harness"
	"github.com/durokit/duro/plugin/host"
)

// actKey is the variable by which this test's program, run as a plugin, is told how to
// behave.
const actKey = "DURO_TEST_ACT"

func TestMain(m *testing.M) {
	if act := os.Getenv(actKey); act != "" {
		actAs(act)
		return
	}
	os.Exit(m.Run())
}

// actAs is the program as a plugin.
func actAs(act string) {
	open := func(context.Context, json.RawMessage) (core.Provider, error) {
		return &moody{Provider: reference.New(reference.Options{})}, nil
	}
	info := plugin.Info{Name: "test", Version: "1.2.3"}
	switch act {
	case "host":
		actAsHost()
	case "sqlite":
		if err := treeplugin.Serve(onSQLite); err != nil {
			panic(err)
		}
		return
	case "named otherwise":
		info.Name = "other"
	case "prints before":
		fmt.Println("Welcome to the plugin!")
	case "prints a lot before":
		fmt.Print(strings.Repeat("x", 1<<20))
	case "speaks something else":
		fmt.Println("1|7|tcp|127.0.0.1:1|grpc|")
		_, _ = io.Copy(io.Discard, os.NewFile(3, "lifeline"))
	case "panics":
		panic("there is no spoon")
	case "says nothing":
		_, _ = io.Copy(io.Discard, os.NewFile(3, "lifeline"))
	case "starts slowly":
		<-time.After(500 * time.Millisecond)
	case "raves":
		rave(os.Stderr)
	}
	if err := plugin.Serve(context.Background(), info, open); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// rave prints what has broken hosts.
func rave(to io.Writer) {
	fmt.Fprintln(to, `{"@message":1}`)
	fmt.Fprintln(to, `{"@message":"x","@level":2,"@timestamp":{}}`)
	fmt.Fprintln(to, `{"level":[],"msg":null,"time":"never"}`)
	fmt.Fprintln(to, `{"level":"WARN","msg":"a warning","where":"here"}`)
	fmt.Fprintln(to, `{`, strings.Repeat(`{"a":`, 10000))
	fmt.Fprintln(to, strings.Repeat("long", 1<<18))
	fmt.Fprintln(to, "\x00\xff\xfe not text \x1b[31m")
	for i := range 5000 {
		fmt.Fprintln(to, "line", i)
	}
	fmt.Fprint(to, "no end")
}

// onSQLite is the SQLite backend as a plugin.
var onSQLite = treeplugin.Backend{
	Name: "test", Example: "sqlite:x", Open: sqlite.OpenURL, VersionQuery: "SELECT sqlite_version()",
	Configure: func(url string, set func(*engine.Options)) (casestores.Place, error) {
		c, err := sqlite.ParseURL(url)
		if set != nil {
			set(&c.Engine)
		}
		return casestores.Place{Store: c.Store(), Path: c.Path, Memory: c.Memory}, err
	},
}

// moody is a provider that does odd things when it is asked about odd instances.
type moody struct{ *reference.Provider }

func (m *moody) Read(ctx context.Context, instance string) ([]core.Event, error) {
	switch instance {
	case "panic":
		panic("asked to")
	case "print":
		fmt.Println("printed to the standard output")
		fmt.Fprintln(os.Stderr, "printed to the standard error")
		slog.Warn("logged", slog.String("instance", instance))
	case "exit":
		os.Exit(7)
	case "wait":
		<-ctx.Done()
		return nil, core.AsProviderError("Read", ctx.Err())
	case "large":
		return nil, core.Errorf("Read", core.ErrInternal, "%s", strings.Repeat("x", 8<<20))
	}
	return m.Provider.Read(ctx, instance)
}

func (m *moody) EnqueueForOrchestrator(ctx context.Context, item core.WorkItem, delay time.Duration) error {
	if item.RoutingInstance() == "exit" {
		os.Exit(7)
	}
	return m.Provider.EnqueueForOrchestrator(ctx, item, delay)
}

// GetKVValue knows the process's id.
func (m *moody) GetKVValue(ctx context.Context, instance, key string) (value string, found bool, err error) {
	switch instance {
	case "environment":
		return os.Getenv(key), true, nil
	case "process":
		return strconv.Itoa(os.Getpid()), true, nil
	}
	return m.Provider.GetKVValue(ctx, instance, key)
}

// processOf returns the id of a provider's process.
func processOf(t *testing.T, p core.Provider) int {
	t.Helper()
	text, _, err := p.GetKVValue(t.Context(), "process", "id")
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

// child configures this program as a plugin that behaves in some way.
func child(t *testing.T, act string) host.ChildConfig {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return host.ChildConfig{
		Name: "test", Command: program, Unverified: true, StartTimeout: 20 * time.Second,
		// So that no two tests share a process.
		Env: map[string]string{actKey: act, "DURO_TEST_NAME": t.Name(), "GORACE": "atexit_sleep_ms=0"},
		Log: slog.New(slog.NewTextHandler(testWriter{t}, &slog.HandlerOptions{Level: slog.LevelInfo})),
	}
}

type testWriter struct{ t *testing.T }

func (w testWriter) Write(p []byte) (int, error) {
	if w.t.Context().Err() == nil {
		w.t.Log(strings.TrimSpace(string(p)))
	}
	return len(p), nil
}

// open opens a store in a child, and closes it with the test.
func open(t *testing.T, c host.ChildConfig) core.Provider {
	t.Helper()
	p, err := host.OpenChild(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return p
}

func TestConformanceAsAChild(t *testing.T) {
	c := child(t, "sqlite")
	c.Args = []string{"--harness"}
	conn, release, err := host.DialChild(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := release(context.Background()); err != nil {
			t.Error(err)
		}
	})
	config := fmt.Appendf(nil, `{"url":"sqlite:%s"}`, filepath.Join(t.TempDir(), "beside.db"))
	conformance.Test(t, harness.Factory(conn, config, "the child"))
}
