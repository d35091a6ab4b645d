package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/durokit/duro/internal/testservers"
)

// configured writes the example's configuration into a folder, with changes.
func configured(t *testing.T, changes ...string) (path string) {
	t.Helper()
	text, err := os.ReadFile("duro.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(changes); i += 2 {
		if n := strings.Count(string(text), changes[i]); n != 1 {
			t.Fatalf("duro.yaml holds %q %d times", changes[i], n)
		}
	}
	path = filepath.Join(t.TempDir(), "duro.yaml")
	if err := os.WriteFile(path, []byte(strings.NewReplacer(changes...).Replace(string(text))), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// fulfils runs the application.
func fulfils(t *testing.T, path, store string) {
	t.Helper()
	var out bytes.Buffer
	if err := run(t.Context(), []string{"-config", path, "order-1", "order-2"}, &out); err != nil {
		t.Fatal(err)
	}
	want := "on " + store + ":\norder-1: Completed charged, shipped\norder-2: Completed charged, shipped\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTheExampleRunsInAFile(t *testing.T) {
	t.Setenv("DURO_BACKEND", "")
	path := configured(t)
	t.Chdir(filepath.Dir(path))
	fulfils(t, path, "sqlite")
	if _, err := os.Stat("orders.db"); err != nil {
		t.Error(err)
	}
}

func TestOneLineChangesTheBackend(t *testing.T) {
	t.Setenv("DURO_BACKEND", "")
	path := configured(t, "backend: dev", "backend: test")
	t.Chdir(filepath.Dir(path))
	fulfils(t, path, "sqlite")
	if left, err := filepath.Glob("*.db"); err != nil || len(left) > 0 {
		t.Errorf("the store in memory has left %q, %v", left, err)
	}
}

func TestOneLineChangesTheDatabase(t *testing.T) {
	url := testservers.URL(t, "postgres")
	schema := "duro_example_" + strings.ToLower(rand.Text()[:8])
	t.Cleanup(func() { drop(t, url, schema) })
	t.Setenv("ORDERS_POSTGRES", url)
	t.Setenv("DURO_BACKEND", "")
	fulfils(t, configured(t, "backend: dev", "backend: main", "schema: orders", "schema: "+schema), "postgres")
}

func TestOneLineRunsTheBackendAsAChild(t *testing.T) {
	program := plugin(t)
	raw, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("DURO_BACKEND", "")
	t.Setenv("DURO_PLUGIN_DIR", filepath.Dir(program))
	path := configured(t, "backend: dev", "backend: child",
		"sqlite: {}", fmt.Sprintf("sqlite: {command: %s, sha256: %x}", filepath.Base(program), sha256.Sum256(raw)))
	t.Chdir(filepath.Dir(path))
	fulfils(t, path, "sqlite")
	if _, err := os.Stat("orders.db"); err != nil {
		t.Error(err)
	}
}

func TestOneLineReachesTheBackendAtAnAddress(t *testing.T) {
	program := plugin(t)
	t.Setenv("DURO_BACKEND", "")
	path := configured(t, "backend: dev", "backend: elsewhere")
	t.Chdir(filepath.Dir(path))
	served := exec.Command(program, "--listen", "unix:orders.sock", "--config", `{"url":"sqlite:orders.db"}`)
	var said bytes.Buffer
	served.Stderr = &said
	out, err := served.StdoutPipe()
	if err == nil {
		err = served.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil { // it says when it listens
		t.Errorf("%v: %s", err, &said)
	}
	fulfils(t, path, "sqlite")
	if err := errors.Join(served.Process.Signal(os.Interrupt), served.Wait()); err != nil {
		t.Errorf("%v: %s", err, &said)
	}
}

// plugin builds the SQLite backend as a plugin.
func plugin(t *testing.T) (program string) {
	t.Helper()
	program = filepath.Join(t.TempDir(), "duro-backend-sqlite")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, "github.com/durokit/duro/cmd/duro-backend-sqlite")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return program
}

func drop(t *testing.T, url, schema string) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Error(err)
		return
	}
	if _, err := conn.Exec(ctx, "DROP SCHEMA IF EXISTS "+schema+" CASCADE"); err != nil {
		t.Error(err)
	}
	if err := conn.Close(ctx); err != nil {
		t.Error(err)
	}
}
