package main

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

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/plugin/host"
)

// pluginKey is the variable that makes this test's program the plugin.
const pluginKey = "PROVIDER_BBOLT_SERVES"

func TestMain(m *testing.M) {
	if os.Getenv(pluginKey) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// config names a file in a folder of the test's own.
func config(t *testing.T) json.RawMessage {
	t.Helper()
	return configOf(t, filepath.Join(t.TempDir(), "duro.bolt"))
}

func configOf(t *testing.T, path string) json.RawMessage {
	t.Helper()
	raw, err := json.Marshal(Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// program is this test's program, as an executable.
func program(t *testing.T) string {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// listen runs the plugin at a socket, in a process of its own, and returns the address
// and how to end the process by a signal.
func listen(t *testing.T, args ...string) (at string, end func(os.Signal)) {
	t.Helper()
	folder, err := os.MkdirTemp("", "bbolt") //nolint:usetesting // its path is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	at = "unix:" + filepath.Join(folder, "s")
	c := exec.CommandContext(context.WithoutCancel(t.Context()), program(t), append([]string{"--listen", at}, args...)...)
	c.Env = append(os.Environ(), pluginKey+"=1", "GORACE=atexit_sleep_ms=0")
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	ended := false
	end = func(by os.Signal) {
		if !ended {
			ended = true
			_ = c.Process.Signal(by)
			_ = c.Wait()
		}
	}
	t.Cleanup(func() { end(syscall.SIGKILL) })
	line, err := bufio.NewReader(out).ReadString('\n')
	if want := fmt.Sprintf("bbolt %s listens at %s", version, at); err != nil || strings.TrimSpace(line) != want {
		t.Fatalf("the plugin said %q (%v), want %q", line, err, want)
	}
	return at, end
}

// openAddress opens the store at an address.
func openAddress(t *testing.T, at string) core.Provider {
	t.Helper()
	p, err := host.OpenAddress(t.Context(), host.AddressConfig{Address: at})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close(context.Background()) }) // the process may be gone
	return p
}
