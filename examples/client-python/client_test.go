package client

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc"

	"github.com/durokit/duro/backends/sqlite"
	"github.com/durokit/duro/core"
	"github.com/durokit/duro/plugin/address"
	"github.com/durokit/duro/plugin/server"

	providerv1 "github.com/durokit/duro/plugin/proto/duro/provider/v1"
)

const protos = "../../plugin/proto"

func TestAClientInPythonRunsAnOrchestration(t *testing.T) {
	t.Parallel()
	python := installed(t)
	stubs := t.TempDir()
	generate := exec.CommandContext(t.Context(), python, "-m", "grpc_tools.protoc", "-I", protos,
		"--python_out="+stubs, "--grpc_python_out="+stubs)
	for _, file := range []string{"plugin", "provider", "admin"} {
		generate.Args = append(generate.Args, filepath.Join(protos, "duro/provider/v1", file+".proto"))
	}
	if out, err := generate.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, c := range []struct {
		name, at, token, size string
	}{
		{"at a socket", "unix:" + filepath.Join(t.TempDir(), "s"), "", "20"},
		{"at a port, with a token", "tcp:127.0.0.1:0", "t0ken", "20"},
		{"with messages in chunks", "unix:" + filepath.Join(t.TempDir(), "s"), "", "3000000"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			client := exec.CommandContext(t.Context(), python, "client.py", serve(t, c.at, c.token), "--bytes", c.size)
			if c.token != "" {
				client.Args = append(client.Args, "--token", c.token)
			}
			client.Env = append(os.Environ(), "PYTHONPATH="+stubs, "PYTHONDONTWRITEBYTECODE=1")
			out, err := client.CombinedOutput()
			want := "events that were not sent again: 2\n1 OrchestrationStarted\n2 ActivityScheduled\n3 ActivityCompleted\n4 OrchestrationCompleted\n" +
				"order-42 Completed charged for " + c.size + " bytes\na used token: lock_lost False\n"
			if diff := cmp.Diff(want, string(out)); diff != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
}

// installed returns a Python that has what the client needs: an environment in the
// user's folder of caches, made when it is needed first.
func installed(t *testing.T) (python string) {
	t.Helper()
	system, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("there is no python3 on this machine")
	}
	requirements, err := os.ReadFile("requirements.txt")
	if err != nil {
		t.Fatal(err)
	}
	caches, err := os.UserCacheDir()
	if err != nil {
		t.Skip("there is no folder for caches: ", err)
	}
	env := filepath.Join(caches, "duro", fmt.Sprintf("python-%.12x", sha256.Sum256(requirements)))
	python, complete := filepath.Join(env, "bin", "python"), filepath.Join(env, "complete")
	if _, err := os.Stat(complete); err == nil {
		return python
	}
	if out, err := exec.CommandContext(t.Context(), system, "-m", "venv", "--clear", env).CombinedOutput(); err != nil {
		t.Skipf("python3 makes no virtual environments: %v: %s", err, out)
	}
	install := exec.CommandContext(t.Context(), python, "-m", "pip", "install", "--quiet", "--requirement", "requirements.txt")
	if out, err := install.CombinedOutput(); err != nil {
		t.Skipf("pip cannot install what the client needs: %v: %s", err, out)
	}
	if err := os.WriteFile(complete, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return python
}

// serve offers a new store until the test ends, and returns where.
func serve(t *testing.T, at, token string) string {
	t.Helper()
	store, err := sqlite.OpenURL(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "store.db"))
	if err != nil {
		t.Fatal(err)
	}
	l, err := address.Listen(at)
	if err != nil {
		t.Fatal(err)
	}
	options, err := address.ServerOptions(nil, token)
	if err != nil {
		t.Fatal(err)
	}
	side := server.New(server.Options{
		Describe: &providerv1.DescribeResponse{Name: "sqlite", Version: "0.0.0"},
		Open:     func(context.Context, []byte) (core.Provider, error) { return store, nil }, // one client, so one store
	})
	g := grpc.NewServer(append(options, side.GRPCOptions()...)...)
	side.Register(g)
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- server.ServeAt(ctx, l, g, side, 10*time.Second) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	if token != "" {
		return "tcp:" + l.Addr().String()
	}
	return at
}
