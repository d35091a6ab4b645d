package treeplugin_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"google.golang.org/grpc"

	"github.com/durokit/duro/backends/postgres"
	"github.com/durokit/duro/backends/sqlite"
	"github.com/durokit/duro/conformance"
	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/internal/casestores"
	"github.com/durokit/duro/internal/testservers"
	"github.com/durokit/duro/internal/treeplugin"
	"github.com/durokit/duro/plugin/address"
	"github.com/durokit/duro/plugin/harness"
	"github.com/durokit/duro/plugin/host"

	providerv1 "github.com/durokit/duro/plugin/proto/duro/provider/v1"
)

// backendKey is the variable by which this test's program is told which backend to serve.
const backendKey = "DURO_TEST_BACKEND"

func TestMain(m *testing.M) {
	if name := os.Getenv(backendKey); name != "" {
		if err := treeplugin.Serve(backends[name]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// backends are served as their programs serve them.
var backends = map[string]treeplugin.Backend{
	"sqlite": {
		Name: "sqlite", Open: sqlite.OpenURL, VersionQuery: "SELECT sqlite_version()",
		Configure: func(url string, set func(*engine.Options)) (casestores.Place, error) {
			c, err := sqlite.ParseURL(url)
			if set != nil {
				set(&c.Engine)
			}
			return casestores.Place{Store: c.Store(), Path: c.Path, Memory: c.Memory}, err
		},
	},
	"postgres": {
		Name: "postgres", Open: postgres.OpenURL, VersionQuery: "SHOW server_version",
		Configure: casestores.Served(postgres.ParseURL, func(c *postgres.Config) *engine.Options { return &c.Engine }),
	},
}

// ways are how this test's program is reached. Each returns a connection.
var ways = map[string]func(t *testing.T, backend string, config []byte) (conn grpc.ClientConnInterface, asked []byte){
	"as a child":    asChild,
	"at an address": atAddress,
}

func asChild(t *testing.T, backend string, config []byte) (grpc.ClientConnInterface, []byte) {
	t.Helper()
	conn, release, err := host.DialChild(t.Context(), host.ChildConfig{
		Name: backend, Command: program(t), Unverified: true, Args: []string{"--harness"},
		Env: map[string]string{backendKey: backend, "GORACE": "atexit_sleep_ms=0"},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := release(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return conn, config
}

func atAddress(t *testing.T, backend string, config []byte) (grpc.ClientConnInterface, []byte) {
	t.Helper()
	folder, err := os.MkdirTemp("", "duro") //nolint:usetesting // its path is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	at := "unix:" + filepath.Join(folder, "s")
	cmd := exec.CommandContext(context.Background(), program(t), "--listen", at, "--harness", "--config", string(config))
	cmd.Env = append(os.Environ(), backendKey+"="+backend, "GORACE=atexit_sleep_ms=0")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || !strings.HasSuffix(line, "listens at "+at+"\n") {
		t.Fatalf("the server said %q, %v", line, err)
	}
	conn, err := address.Dial(at, nil, "")
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
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Error(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("the server did not end well: %v", err)
		}
	})
	return conn, nil
}

func program(t *testing.T) string {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// judge runs the whole suite on a backend in each way.
func judge(t *testing.T, backend, url string) {
	t.Helper()
	config, err := json.Marshal(map[string]string{"url": url})
	if err != nil {
		t.Fatal(err)
	}
	for way, dial := range ways {
		t.Run(way, func(t *testing.T) {
			conn, asked := dial(t, backend, config)
			conformance.Test(t, harness.Factory(conn, asked, way))
		})
	}
}

func TestConformanceSQLite(t *testing.T) {
	judge(t, "sqlite", "sqlite:"+filepath.Join(t.TempDir(), "beside.db"))
}

// The same on a server takes minutes; what differs from an embedded store is nothing of
// the way's.
func TestConformancePostgreSQL(t *testing.T) {
	if os.Getenv("DURO_TEST_FULL") == "" {
		t.Skip("only at full length")
	}
	judge(t, "postgres", testservers.URL(t, testservers.Postgres))
}
