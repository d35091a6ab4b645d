package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/core/engine/migrate"
	"github.com/durokit/duro/core/engine/sqlstore"
	"github.com/durokit/duro/internal/embedded"
	"github.com/durokit/duro/internal/filelock"
)

func start(instance string) core.WorkItem {
	return core.NewWorkItem(core.StartOrchestration{Instance: instance, Orchestration: "test", Input: "{}", ExecutionID: 1})
}

func started(instance string) core.Event {
	return core.NewEvent(core.EventHeader{EventID: 1, InstanceID: instance, ExecutionID: 1},
		core.OrchestrationStartedEvent{Name: "test", Version: "1.0.0", Input: strings.Repeat("x", 200)})
}

// open opens c and closes it with the test.
func open(tb testing.TB, c Config) core.Provider {
	tb.Helper()
	p, err := Open(tb.Context(), c)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := p.Close(context.Background()); err != nil {
			tb.Errorf("close: %v", err)
		}
	})
	return p
}

func enqueue(tb testing.TB, p core.Provider, instance string) {
	tb.Helper()
	if err := p.EnqueueForOrchestrator(tb.Context(), start(instance), 0); err != nil {
		tb.Fatal(err)
	}
}

// queued is how many orchestrator messages could be fetched.
func queued(tb testing.TB, p core.Provider) uint64 {
	tb.Helper()
	admin, ok := core.Admin(p)
	if !ok {
		tb.Fatal("no admin interface")
	}
	depths, err := admin.GetQueueDepths(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	return depths.OrchestratorQueue
}

// healthy asserts the engine's invariants and SQLite's own.
func healthy(tb testing.TB, p core.Provider) {
	tb.Helper()
	problems, err := p.(*engine.Engine).CheckInvariants(tb.Context())
	if err != nil || len(problems) > 0 {
		tb.Errorf("invariants: %v, %v", problems, err)
	}
}

// seam opens the DB seam that a provider for c would use.
func seam(tb testing.TB, c Config) sqlstore.Database {
	tb.Helper()
	d, err := Dialect.WithPrefix(engine.DefaultPrefix)
	if err != nil {
		tb.Fatal(err)
	}
	db, err := c.Store().Connect(d)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Errorf("close: %v", err)
		}
	})
	return db
}

func TestPragmasHoldOnEveryConnection(t *testing.T) {
	const (
		settings = "SELECT (SELECT journal_mode FROM pragma_journal_mode), (SELECT synchronous FROM pragma_synchronous), " +
			"(SELECT temp_store FROM pragma_temp_store), (SELECT cache_size FROM pragma_cache_size), " +
			"(SELECT timeout FROM pragma_busy_timeout), (SELECT journal_size_limit FROM pragma_journal_size_limit), " +
			"(SELECT query_only FROM pragma_query_only)"
		checkpoint = "PRAGMA wal_autocheckpoint"
		// slow keeps a connection busy long enough for the others to be opened.
		slow = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 400000) SELECT max(n) FROM c"
		want = "[wal 2 2 -65536 2000 67108864 %d] [10000]"
	)
	db := seam(t, Config{Path: filepath.Join(t.TempDir(), "store.db")})
	err := db.Session(t.Context(), func(s migrate.Session) error {
		a, err := s.Query(t.Context(), settings)
		if err != nil {
			return err
		}
		b, err := s.Query(t.Context(), checkpoint)
		if got := fmt.Sprint(a[0], b[0]); err == nil && got != fmt.Sprintf(want, 0) {
			t.Errorf("the writer has %s", got)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	calls := []engine.Call{
		{Stmt: &engine.Statement{Name: "settings", Output: make([]string, 7), Forms: []engine.Form{{SQL: settings}}}},
		{Stmt: &engine.Statement{Name: "checkpoint", Output: make([]string, 1), Forms: []engine.Form{{SQL: checkpoint}}}},
		{Stmt: &engine.Statement{Name: "slow", Output: make([]string, 1), Forms: []engine.Form{{SQL: slow}}}},
	}
	var wg sync.WaitGroup
	for range embedded.Readers {
		wg.Go(func() {
			results, err := db.Read(t.Context(), calls)
			if err != nil {
				t.Error(err)
			} else if got := fmt.Sprint(results[0].Rows[0], results[1].Rows[0]); got != fmt.Sprintf(want, 1) {
				t.Errorf("a reader has %s", got)
			}
		})
	}
	wg.Wait()
}

func TestStoresInMemoryAreIsolated(t *testing.T) {
	a, b := open(t, Config{Memory: true}), open(t, Config{Memory: true})
	enqueue(t, a, "only here")
	if queued(t, a) != 1 || queued(t, b) != 0 {
		t.Errorf("%d and %d messages, want 1 and 0", queued(t, a), queued(t, b))
	}
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			if err := b.EnqueueForOrchestrator(t.Context(), start(strconv.Itoa(i)), 0); err != nil {
				t.Error(err)
			}
			if _, err := b.Read(t.Context(), "x"); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := queued(t, b); n != 20 {
		t.Errorf("%d messages", n)
	}
	healthy(t, b)
}

func TestOneFileOpenTwiceInOneProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	link := filepath.Join(t.TempDir(), "link.db")
	a := open(t, Config{Path: path})
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	b := open(t, Config{Path: link})
	var wg sync.WaitGroup
	for i := range 50 {
		for name, p := range map[string]core.Provider{"a": a, "b": b} {
			wg.Go(func() {
				if err := p.EnqueueForOrchestrator(t.Context(), start(fmt.Sprint(name, i)), 0); err != nil {
					t.Error(err)
				}
			})
		}
	}
	wg.Wait()
	if queued(t, a) != 100 || queued(t, b) != 100 {
		t.Errorf("%d and %d messages are seen, want 100", queued(t, a), queued(t, b))
	}
	if err := b.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	enqueue(t, a, "after the other was closed")
	healthy(t, a)
}

func TestPrefixesKeepStoresOfOneFileApart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	a, b := open(t, Config{Path: path}), open(t, Config{Path: path, Prefix: "other_"})
	enqueue(t, a, "x")
	if queued(t, a) != 1 || queued(t, b) != 0 {
		t.Errorf("%d and %d messages, want 1 and 0", queued(t, a), queued(t, b))
	}
	err := Config{Path: path, Prefix: "other_"}.Store().Migrations(t.Context(), func(r *migrate.Runner) error {
		_, err := r.Down(t.Context(), 0)
		return err
	})
	if err != nil || queued(t, a) != 1 {
		t.Errorf("after the other store's tables were dropped: %d messages, %v", queued(t, a), err)
	}
}

func TestLockOfAnotherProcessIsWaitedForUntilTheCallerLeaves(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	p := open(t, Config{Path: path})
	lock, err := filelock.Open(path + "-lock")
	if err != nil {
		t.Fatal(err)
	}
	if err := lock.Lock(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := p.EnqueueForOrchestrator(ctx, start("x"), 0); !errors.Is(err, core.ErrCanceled) {
		t.Errorf("got %v", err)
	}
	if _, err := p.Read(t.Context(), "x"); err != nil {
		t.Errorf("reading waits for no lock: %v", err)
	}
	lock.Unlock()
	enqueue(t, p, "y")
	if err := lock.Close(); err != nil {
		t.Error(err)
	}
}

func TestLogStaysBounded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	p := open(t, Config{Path: path})
	event := func(i int) core.Event {
		return core.NewEvent(core.EventHeader{EventID: uint64(i), InstanceID: "x", ExecutionID: 1},
			core.OrchestrationStartedEvent{Name: "n", Version: "1.0.0", Input: strings.Repeat("x", 1<<20)})
	}
	size := int64(0)
	for i := range 150 {
		if err := p.AppendWithExecution(t.Context(), "x", 1, []core.Event{event(i + 1)}); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(path + "-wal"); err == nil {
			size = max(size, info.Size())
		}
	}
	if size > 100<<20 {
		t.Errorf("the log grew to %d MiB for 150 MiB written", size>>20)
	}
	t.Logf("the log grew to %d MiB", size>>20)
}

func TestCloseEndsEveryGoroutine(t *testing.T) {
	before := runtime.NumGoroutine()
	for range 3 {
		p, err := Open(t.Context(), Config{Path: filepath.Join(t.TempDir(), "store.db")})
		if err != nil {
			t.Fatal(err)
		}
		enqueue(t, p, "x")
		if err := p.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := p.EnqueueForOrchestrator(t.Context(), start("x"), 0); !errors.Is(err, core.ErrUnavailable) {
			t.Errorf("after Close: %v", err)
		}
	}
	deadline := time.Now().Add(5 * time.Second)
	for runtime.NumGoroutine() > before && time.Now().Before(deadline) {
		runtime.Gosched()
	}
	if n := runtime.NumGoroutine(); n > before {
		t.Errorf("%d goroutines before, %d after", before, n)
	}
}
