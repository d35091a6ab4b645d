package plugins_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"google.golang.org/grpc"

	"github.com/durokit/duro/config"
	"github.com/durokit/duro/config/plugins"
	"github.com/durokit/duro/conformance/reference"
	"github.com/durokit/duro/core"
	"github.com/durokit/duro/plugin"
	"github.com/durokit/duro/plugin/address"
	"github.com/durokit/duro/plugin/server"

	providerv1 "github.com/durokit/duro/plugin/proto/duro/provider/v1"
)

// TestMain is the plugin acme when it is run as one.
func TestMain(m *testing.M) {
	if os.Getenv("ACME_REGION") == "" {
		os.Exit(m.Run())
	}
	if err := plugin.Serve(context.Background(), plugin.Info{Name: "acme", Version: "1.2.0"}, openAcme); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// openAcme opens a store if it was told what the test's configuration says.
func openAcme(_ context.Context, raw json.RawMessage) (core.Provider, error) {
	if got, want := string(raw), `{"n":5,"url":"x:y"}`; got != want {
		return nil, core.Errorf("Open", core.ErrInvalidArgument, "the configuration is %s, not %s", got, want)
	}
	return reference.New(reference.Options{}), nil
}

// installed copies this program to where the plugin is looked for.
func installed(t *testing.T) (dir, sum string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	dir = t.TempDir()
	name := fmt.Sprintf("duro-backend-acme_v1.2.0_x1_%s_%s", runtime.GOOS, runtime.GOARCH)
	if err := os.WriteFile(filepath.Join(dir, name), program, 0o700); err != nil {
		t.Fatal(err)
	}
	return dir, fmt.Sprintf("%x  %s", sha256.Sum256(program), name)
}

func open(t *testing.T, file string) (core.Provider, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), config.FileName)
	if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	return config.Open(t.Context(), config.Request{
		Config: path, Plugin: plugins.Open, LookupEnv: func(string) (string, bool) { return "", false },
	})
}

// used makes sure that a provider answers.
func used(t *testing.T, p core.Provider, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if status, err := p.GetCustomStatus(t.Context(), "nobody", 0); status != nil || err != nil {
		t.Errorf("got %v, %v", status, err)
	}
	if err := p.Close(context.WithoutCancel(t.Context())); err != nil {
		t.Error(err)
	}
}

func TestAConfiguredProgramIsRun(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("children are for Unix")
	}
	dir, sum := installed(t)
	file := "version: 1\nbackend: b\nbackends: {b: {plugin: acme, dsn: x:y, options: {n: 5}}}\nplugin_dir: " + dir +
		"\nplugins: {acme: {env: {ACME_REGION: eu}, sha256: " + sum + "}}\n"
	p, err := open(t, file)
	used(t, p, err)

	_, err = open(t, strings.Replace(file, "n: 5", "n: 6", 1))
	if !errors.Is(err, core.ErrInvalidArgument) || !strings.Contains(err.Error(), `"n":6`) {
		t.Errorf("with other options: %v", err)
	}
	_, err = open(t, strings.Replace(file, sum, strings.Repeat("f", 64), 1))
	if !errors.Is(err, core.ErrInvalidArgument) || !strings.Contains(err.Error(), "checksum") {
		t.Errorf("with another checksum: %v", err)
	}
}

func TestAConfiguredAddressIsCalled(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	at, token := "unix:"+filepath.Join(dir, "s"), filepath.Join(dir, "token")
	if err := os.WriteFile(token, []byte("t0ken\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	listener, err := address.Listen(at)
	if err != nil {
		t.Fatal(err)
	}
	serve(t, listener, "t0ken")

	file := "version: 1\nbackend: b\nbackends: {b: {plugin: far}}\nplugins: {far: {address: " + at + ", token_file: " + token + "}}\n"
	p, err := open(t, file)
	used(t, p, err)
	p, err = open(t, "version: 1\nbackend: "+at+"?token_file="+token+"\n")
	used(t, p, err)

	_, err = open(t, strings.Replace(file, "token_file: "+token, "token: other", 1))
	if err == nil || strings.Contains(err.Error(), "other") {
		t.Errorf("with another token: %v", err)
	}
}

// serve offers a store until the test ends.
func serve(t *testing.T, listener net.Listener, token string) {
	t.Helper()
	options, err := address.ServerOptions(nil, token)
	if err != nil {
		t.Fatal(err)
	}
	side := server.New(server.Options{
		Describe: &providerv1.DescribeResponse{Name: "far", Version: "1.0.0"}, Fixed: []byte("{}"),
		Open: func(context.Context, []byte) (core.Provider, error) { return reference.New(reference.Options{}), nil },
	})
	g := grpc.NewServer(append(options, side.GRPCOptions()...)...)
	side.Register(g)
	done := make(chan error, 1)
	go func() { done <- g.Serve(listener) }()
	t.Cleanup(func() {
		g.Stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}
