package filelock_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/durokit/duro/internal/filelock"
)

const hammerEnv = "DURO_FILELOCK_HAMMER" // path,milliseconds

func TestMain(m *testing.M) {
	if job := os.Getenv(hammerEnv); job != "" {
		hammer(job)
		return
	}
	os.Exit(m.Run())
}

// hammer takes and gives the lock as fast as it can, holding it about as long as
// a transaction takes, and prints how often it got it and how many turns others
// had, at most, between two of its own.
func hammer(job string) {
	path, ms, _ := strings.Cut(job, ",")
	n, err := strconv.Atoi(ms)
	if err != nil {
		panic(err)
	}
	l, err := filelock.Open(path)
	if err != nil {
		panic(err)
	}
	counter := path + ".counter"
	worst, last, taken := 0, 0, 0
	for end := time.Now().Add(time.Duration(n) * time.Millisecond); time.Now().Before(end); taken++ {
		if err := l.Lock(context.Background()); err != nil {
			panic(err)
		}
		turn := increment(counter)
		if taken > 0 {
			worst = max(worst, turn-last-1)
		}
		last = turn
		for t := time.Now(); time.Since(t) < 300*time.Microsecond; {
			runtime.Gosched()
		}
		l.Unlock()
	}
	fmt.Fprintln(os.Stdout, taken, worst)
}

// increment returns the count; it is only right when nobody else is in it.
func increment(path string) int {
	b, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		panic(err)
	}
	n, _ := strconv.Atoi(string(b))
	if err := os.WriteFile(path, []byte(strconv.Itoa(n+1)), 0o600); err != nil {
		panic(err)
	}
	return n + 1
}

// The bound on turns is far from what a fair lock needs, for a process may lose
// the processor for a while; a process that starves is farther.
func TestProcessesTakeTurns(t *testing.T) {
	duration := 2 * time.Second
	if testing.Short() {
		duration = 300 * time.Millisecond
	}
	if os.Getenv("DURO_TEST_FULL") != "" {
		duration = time.Minute
	}
	path := filepath.Join(t.TempDir(), "lock")
	var taken []int
	total := 0
	for _, out := range spawn(t, 3, fmt.Sprintf("%s,%d", path, duration.Milliseconds())) {
		var n, worst int
		if _, err := fmt.Sscan(out, &n, &worst); err != nil {
			t.Fatal(err)
		}
		t.Logf("%d times, others at most %d times in between", n, worst)
		if worst > 200 {
			t.Errorf("others got the lock %d times while one waited", worst)
		}
		taken, total = append(taken, n), total+n
	}
	if least := slices.Min(taken); least < total/6 {
		t.Errorf("the least lucky process got the lock %d of %d times", least, total)
	}
	if b, _ := os.ReadFile(path + ".counter"); string(b) != strconv.Itoa(total) {
		t.Errorf("the lock was taken %d times, but only %s increments survived: two were inside at once", total, b)
	}
}

func spawn(t *testing.T, n int, job string) []string {
	t.Helper()
	lines := make([]string, n)
	var cmds []*exec.Cmd
	var outs []*bufio.Reader
	for range n {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), hammerEnv+"="+job)
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		cmds, outs = append(cmds, cmd), append(outs, bufio.NewReader(out))
	}
	for i := range cmds {
		lines[i], _ = outs[i].ReadString('\n')
		if err := cmds[i].Wait(); err != nil {
			t.Fatal(err)
		}
	}
	return lines
}

func TestTwoLocksInOneProcessExcludeEachOther(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	a, b := mustOpen(t, path), mustOpen(t, path)
	if err := a.Lock(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	if err := b.Lock(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("second lock while the first is held: %v, want a deadline", err)
	}
	a.Unlock()
	if err := b.Lock(t.Context()); err != nil {
		t.Fatalf("after the release: %v", err)
	}
	b.Unlock()
}

func TestCallersOfOneLockWaitAndGiveUp(t *testing.T) {
	l := mustOpen(t, filepath.Join(t.TempDir(), "lock"))
	if err := l.Lock(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := l.Lock(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("got %v", err)
	}
	l.Unlock()
	if err := l.Lock(t.Context()); err != nil {
		t.Fatal(err)
	}
	l.Unlock()
}

func TestOpenFailsWhereNoFileCanBe(t *testing.T) {
	if _, err := filelock.Open(filepath.Join(t.TempDir(), "missing", "lock")); err == nil {
		t.Fatal("no error")
	}
}

func mustOpen(t *testing.T, path string) *filelock.Lock {
	t.Helper()
	l, err := filelock.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

func BenchmarkUncontended(b *testing.B) {
	l, err := filelock.Open(filepath.Join(b.TempDir(), "lock"))
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	for b.Loop() {
		if err := l.Lock(b.Context()); err != nil {
			b.Fatal(err)
		}
		l.Unlock()
	}
}

func TestAbandonedTakerGivesTheLockBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	holder, gone, third := mustOpen(t, path), mustOpen(t, path), mustOpen(t, path)
	if err := holder.Lock(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := gone.Lock(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("got %v", err)
	}
	holder.Unlock()
	long, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := third.Lock(long); err != nil {
		t.Fatalf("the lock stayed with a taker whose caller had gone: %v", err)
	}
	third.Unlock()
}

func TestCloseDoesNotWaitForAStrangersLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	holder := mustOpen(t, path)
	if err := holder.Lock(t.Context()); err != nil {
		t.Fatal(err)
	}
	stuck, err := filelock.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_ = stuck.Lock(ctx)
	closed := make(chan error, 1)
	go func() { closed <- stuck.Close() }()
	select {
	case err := <-closed:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Error("Close hangs behind another process")
	}
	holder.Unlock()
}
