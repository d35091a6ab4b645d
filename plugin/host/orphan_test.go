package host_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/durokit/duro/plugin/host"
)

// actAsHost opens a store in a child, says which process that is, and waits.
func actAsHost() {
	program, err := os.Executable()
	if err != nil {
		panic(err)
	}
	p, err := host.OpenChild(context.Background(), host.ChildConfig{
		Name: "test", Command: program, Unverified: true, Env: map[string]string{actKey: "well"},
	})
	if err != nil {
		panic(err)
	}
	pid, _, err := p.GetKVValue(context.Background(), "process", "id")
	if err != nil {
		panic(err)
	}
	_, _ = fmt.Fprintln(os.Stdout, pid)
	select {}
}

// shortFolder makes a folder whose path leaves room for a socket's name.
func shortFolder(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("/tmp", "dt-") //nolint:usetesting // its path is too long
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	return folder
}

// A host that is killed leaves no child behind, and nothing of its sockets.
func TestNoChildOutlivesAKilledHost(t *testing.T) {
	t.Parallel()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	folder := shortFolder(t)
	cmd := exec.CommandContext(t.Context(), program)
	cmd.Env = append(os.Environ(), actKey+"=host", "TMPDIR="+folder, "XDG_RUNTIME_DIR="+folder)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		t.Fatal(err)
	}
	if made, _ := filepath.Glob(filepath.Join(folder, "*")); len(made) == 0 {
		t.Fatal("the host made no folder for its child's socket where this test looks")
	}
	kill(t, cmd.Process.Pid)
	_ = cmd.Wait() // it was killed
	eventually(t, "the child is gone", func() bool { return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) || isZombie(pid) })
	eventually(t, "its folder is gone", func() bool {
		left, err := filepath.Glob(filepath.Join(folder, "*"))
		return err == nil && len(left) == 0
	})
}

// isZombie reports whether a process has ended and was not waited for: in a container
// there is not always somebody who does.
func isZombie(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && strings.Contains(string(stat), ") Z ")
}

// Opening and closing leaves nothing: no process, descriptor, goroutine or file.
func TestOpeningAndClosingLeavesNothing(t *testing.T) {
	cycles := 100
	if os.Getenv("DURO_TEST_FULL") != "" {
		cycles = 500
	}
	folder := shortFolder(t)
	t.Setenv("XDG_RUNTIME_DIR", folder)
	c := child(t, "well")
	cycle := func() {
		p, err := host.OpenChild(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		processOf(t, p)
		if err := p.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	cycle()
	descriptors, goroutines := countDescriptors(t), runtime.NumGoroutine()
	for range cycles {
		cycle()
	}
	eventually(t, "no descriptor more is open", func() bool { return countDescriptors(t) <= descriptors })
	eventually(t, "no goroutine more runs", func() bool { return runtime.NumGoroutine() <= goroutines })
	if left, _ := filepath.Glob(filepath.Join(folder, "*")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
	if left := host.Children(); len(left) > 0 {
		t.Errorf("children left: %+v", left)
	}
}

func countDescriptors(t *testing.T) int {
	t.Helper()
	open, err := os.ReadDir("/dev/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(open)
}
