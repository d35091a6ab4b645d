package sqlite

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/durokit/duro/core"
)

// The test binary runs itself for tests of several processes. The job says what
// the other process does.
const (
	jobEnv  = "DURO_SQLITE_JOB"
	pathEnv = "DURO_SQLITE_PATH"
	timeEnv = "DURO_SQLITE_TIME"
)

func TestMain(m *testing.M) {
	job, ok := jobs[os.Getenv(jobEnv)]
	if !ok {
		os.Exit(m.Run())
	}
	if err := job(os.Getenv(pathEnv)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

var jobs = map[string]func(path string) error{"open": jobOpen, "hammer": jobHammer, "refused": jobRefused, "linear": jobLinear}

// spawn starts a process that does job and returns it with its output.
func spawn(t *testing.T, job, path string, run time.Duration) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), jobEnv+"="+job, pathEnv+"="+path, timeEnv+"="+run.String())
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, bufio.NewScanner(out)
}

// jobOpen opens the store, uses it and closes it.
func jobOpen(path string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	p, err := Open(ctx, Config{Path: path})
	if err != nil {
		return err
	}
	if err := p.EnqueueForOrchestrator(ctx, start(fmt.Sprint("opened by ", os.Getpid())), 0); err != nil {
		return err
	}
	return p.Close(ctx)
}

// jobHammer makes turns of its own instances as fast as it can, and prints how
// many and the slowest call.
func jobHammer(path string) error {
	ctx := context.Background()
	run, err := time.ParseDuration(os.Getenv(timeEnv))
	if err != nil {
		return err
	}
	p, err := Open(ctx, Config{Path: path})
	if err != nil {
		return err
	}
	fmt.Fprintln(os.Stdout, "ready")
	var (
		mu    sync.Mutex
		turns int
		slow  time.Duration
		wg    sync.WaitGroup
		first error
	)
	timed := func(call func() error) {
		began := time.Now()
		err := call()
		took := time.Since(began)
		mu.Lock()
		defer mu.Unlock()
		slow = max(slow, took)
		if err != nil && first == nil {
			first = err
		}
	}
	end := time.Now().Add(run)
	for w := range 4 {
		wg.Go(func() {
			for i := 0; time.Now().Before(end); i++ {
				id := fmt.Sprintf("%d/%d/%d", os.Getpid(), w, i)
				timed(func() error { return p.EnqueueForOrchestrator(ctx, start(id), 0) })
				var item *core.FetchedOrchestration
				timed(func() (err error) {
					item, err = p.FetchOrchestrationItem(ctx, core.FetchOrchestrationParams{LockTimeout: time.Minute})
					return err
				})
				if item == nil {
					continue // another process took it
				}
				timed(func() error {
					return p.AckOrchestrationItem(ctx, core.AckOrchestrationParams{
						LockToken: item.LockToken, ExecutionID: 1, HistoryDelta: []core.Event{started(item.Item.Instance)},
					})
				})
				mu.Lock()
				turns++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	fmt.Fprintln(os.Stdout, turns, slow.Microseconds())
	if first != nil {
		return first
	}
	return p.Close(ctx)
}

func TestTwelveProcessesOpenAnEmptyFileAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	var cmds []*exec.Cmd
	for range 12 {
		cmd, _ := spawn(t, "open", path, 0)
		cmds = append(cmds, cmd)
	}
	for i, cmd := range cmds {
		if err := cmd.Wait(); err != nil {
			t.Errorf("process %d: %v", i, err)
		}
	}
	p := open(t, Config{Path: path})
	if n := queued(t, p); n != 12 {
		t.Errorf("%d messages are stored, want 12", n)
	}
}

func TestProcessesShareAFileFairly(t *testing.T) {
	run := 3 * time.Second
	switch {
	case os.Getenv("DURO_TEST_FULL") != "":
		run = time.Minute
	case testing.Short():
		run = time.Second
	}
	path := filepath.Join(t.TempDir(), "store.db")
	var cmds []*exec.Cmd
	var outs []*bufio.Scanner
	for range 3 {
		cmd, out := spawn(t, "hammer", path, run)
		cmds, outs = append(cmds, cmd), append(outs, out)
	}
	total := 0
	for i, out := range outs {
		var turns int
		var slow int64
		for out.Scan() {
			if _, err := fmt.Sscan(out.Text(), &turns, &slow); err == nil {
				break
			}
		}
		if err := cmds[i].Wait(); err != nil {
			t.Fatalf("process %d: %v", i, err)
		}
		t.Logf("process %d: %d turns, the slowest call took %v", i, turns, time.Duration(slow)*time.Microsecond)
		if slow > 500_000 {
			t.Errorf("a call took %d ms; nobody may wait longer than 500", slow/1000)
		}
		total += turns
	}
	p := open(t, Config{Path: path})
	healthy(t, p)
	if total == 0 {
		t.Error("no turn was made")
	}
}

func TestKilledWriterLeavesAStoreThatWorks(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	p := open(t, Config{Path: path})
	for range 3 {
		cmd, out := spawn(t, "hammer", path, time.Minute)
		if !out.Scan() || out.Text() != "ready" {
			t.Fatalf("got %q", out.Text())
		}
		for i := range 20 { // while both are at it
			enqueue(t, p, fmt.Sprint("mine ", i))
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
		began := time.Now()
		enqueue(t, p, "after the other's death")
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("a dead process held the lock for %v", took)
		}
	}
	healthy(t, p)
}

func TestLockFilesStandBesideTheDatabase(t *testing.T) {
	dir := t.TempDir()
	p := open(t, Config{Path: filepath.Join(dir, "store.db")})
	if err := p.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if got := strings.Join(names, " "); got != "store.db store.db-lock store.db-lock-turn" {
		t.Errorf("left behind: %s", got)
	}
}
