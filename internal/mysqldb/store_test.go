package mysqldb_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/core/engine/migrate"
	"github.com/durokit/duro/internal/mysqldb"
	"github.com/durokit/duro/internal/testservers"
)

func start(instance string) core.WorkItem {
	return core.NewWorkItem(core.StartOrchestration{Instance: instance, Orchestration: "test", Input: "{}", ExecutionID: 1})
}

// enqueue fails for anything but success.
func enqueue(t *testing.T, p core.Provider, instance string) {
	t.Helper()
	if err := p.EnqueueForOrchestrator(t.Context(), start(instance), 0); err != nil {
		t.Errorf("enqueue for %s: %v", instance, err)
	}
}

// queued is how many orchestrator messages could be fetched.
func queued(t *testing.T, p core.Provider) uint64 {
	t.Helper()
	admin, _ := core.Admin(p)
	depths, err := admin.GetQueueDepths(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return depths.OrchestratorQueue
}

// pool is a pool of the test's own on a store's database.
func pool(t *testing.T, dsn string, conns int) *sql.DB {
	t.Helper()
	db, err := sql.Open("mysql", dsn)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(conns)
	t.Cleanup(func() { db.Close() })
	return db
}

func TestMigrationsGoUpAndDown(t *testing.T) {
	onBackends(t, func(s *server) {
		t := s.T
		dsn := s.fresh()
		db := pool(t, dsn, 1)
		tables := func() (n int) {
			err := db.QueryRow("SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE()").Scan(&n)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		store := s.store(mysqldb.Config{DSN: dsn, Migrate: migrate.Verify, Prefix: "x_"})
		if _, err := store.Open(t.Context()); !errors.Is(err, core.ErrSchemaMismatch) {
			t.Errorf("verify on an empty database: %v", err)
		}
		for range 2 {
			err := store.Migrations(t.Context(), func(r *migrate.Runner) error {
				_, err := r.Up(t.Context())
				return err
			})
			if n := tables(); err != nil || n < 10 {
				t.Errorf("up: %v, %d tables", err, n)
			}
			err = store.Migrations(t.Context(), func(r *migrate.Runner) error {
				_, err := r.Down(t.Context(), 0)
				return err
			})
			if n := tables(); err != nil || n != 2 { // the runner's own
				t.Errorf("down: %v, %d tables", err, n)
			}
		}
	})
}

func TestTwelveOpenAnEmptyDatabase(t *testing.T) {
	onBackends(t, func(s *server) {
		t := s.T
		dsn := s.fresh()
		var all sync.WaitGroup
		for i := range 12 {
			all.Go(func() {
				p, err := s.store(mysqldb.Config{DSN: dsn}).Open(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				enqueue(t, p, fmt.Sprint("i", i))
				if err := p.Close(context.Background()); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if n := queued(t, s.open(mysqldb.Config{DSN: dsn})); n != 12 {
			t.Errorf("%d messages, want 12", n)
		}
	})
}

// A connection may break at any moment. What a caller is told is true then: done,
// not done, or unknown.
func TestKilledConnections(t *testing.T) {
	onBackends(t, func(s *server) {
		t := s.T
		dsn := s.fresh()
		p := s.open(mysqldb.Config{DSN: dsn})
		db := pool(t, dsn, 1)
		ctx, stop := context.WithCancel(t.Context())
		var killer, callers sync.WaitGroup
		killer.Go(func() {
			for ctx.Err() == nil {
				killOthers(ctx, t, db)
			}
		})
		var mu sync.Mutex
		var done, unknown uint64
		for who := range 4 {
			callers.Go(func() {
				for i := range 60 {
					err := p.EnqueueForOrchestrator(ctx, start(fmt.Sprintf("%d-%d", who, i)), 0)
					pe, _ := errors.AsType[*core.ProviderError](err)
					mu.Lock()
					switch {
					case err == nil:
						done++
					case pe == nil || !pe.Retryable:
						t.Errorf("enqueue: %v", err)
					case pe.MayHaveHappened:
						unknown++
					}
					mu.Unlock()
				}
			})
		}
		callers.Wait()
		stop()
		killer.Wait()
		if n := queued(t, p); n < done || n > done+unknown || done == 0 {
			t.Errorf("%d messages; %d were enqueued for certain and %d perhaps", n, done, unknown)
		}
	})
}

// killOthers kills every other connection to the pool's database.
func killOthers(ctx context.Context, t *testing.T, db *sql.DB) {
	t.Helper()
	for _, p := range others(ctx, t, db) {
		_, _ = db.ExecContext(ctx, fmt.Sprintf("KILL %d", p.ID)) // gone already is as good
	}
}

// others are the other connections to the pool's database.
func others(ctx context.Context, t *testing.T, db *sql.DB) []testservers.Process {
	t.Helper()
	var here string
	err := db.QueryRowContext(ctx, "SELECT DATABASE()").Scan(&here)
	if err == nil {
		var found []testservers.Process
		if found, err = testservers.Processes(ctx, db, here); err == nil {
			return found
		}
	}
	if ctx.Err() == nil {
		t.Error(err)
	}
	return nil
}

// Somebody else's locks make a batch wait, or close a circle with it: the batch
// goes again, and no caller hears of it.
func TestLocksOfOthers(t *testing.T) {
	onBackends(t, func(s *server) {
		t := s.T
		dsn := s.fresh()
		p := s.open(mysqldb.Config{DSN: dsn + "?innodb_lock_wait_timeout=1"})
		for _, id := range []string{"a", "b"} {
			enqueue(t, p, id)
		}
		db := pool(t, dsn, 4)
		lock := func(tx *sql.Tx, id string) error {
			_, err := tx.Exec("SELECT 1 FROM duro_claims WHERE instance_id = ? FOR UPDATE", id)
			return err
		}
		begin := func() *sql.Tx {
			tx, err := db.BeginTx(t.Context(), &sql.TxOptions{Isolation: sql.LevelReadCommitted})
			if err != nil {
				t.Fatal(err)
			}
			return tx
		}
		t.Run("wait", func(t *testing.T) {
			tx := begin()
			if err := lock(tx, "a"); err != nil {
				t.Fatal(err)
			}
			release := time.AfterFunc(1300*time.Millisecond, func() { _ = tx.Rollback() })
			defer release.Stop()
			enqueue(t, p, "a")
		})
		t.Run("deadlock", func(t *testing.T) {
			tx := begin()
			// Changes make the engine's batch the cheaper victim.
			if _, err := tx.Exec("UPDATE duro_claims SET seq = seq + 1 WHERE instance_id = 'b'"); err != nil {
				t.Fatal(err)
			}
			var all sync.WaitGroup
			for _, id := range []string{"c", "b", "a"} { // a batch may carry some of them
				all.Go(func() { enqueue(t, p, id) })
			}
			waits(t, db)
			_ = lock(tx, "a") // either is the victim
			_ = tx.Rollback()
			all.Wait()
		})
		if n := queued(t, p); n != 6 {
			t.Errorf("%d messages, want 6", n)
		}
	})
}

// waits returns when a statement waits for a row.
func waits(t *testing.T, db *sql.DB) {
	t.Helper()
	again := time.NewTicker(20 * time.Millisecond) // the server looks every 100 ms
	defer again.Stop()
	for range 40 {
		<-again.C
		var n int
		err := db.QueryRow("SELECT COUNT(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'").Scan(&n)
		if err != nil {
			t.Fatal(err)
		}
		if n > 0 {
			return
		}
	}
	t.Error("nothing waits")
}

func TestABroughtPoolIsProbed(t *testing.T) {
	onBackends(t, func(s *server) {
		t := s.T
		dsn := s.fresh()
		_, err := s.store(mysqldb.Config{DB: pool(t, dsn+"?sql_mode=''", 2)}).Open(t.Context())
		for _, missing := range []string{"9 connections", "STRICT_TRANS_TABLES", "multiStatements", "interpolateParams"} {
			if err == nil || !errors.Is(err, core.ErrInvalidArgument) || !strings.Contains(err.Error(), missing) {
				t.Errorf("%v, want one about %s", err, missing)
			}
		}
		db := pool(t, dsn+"?multiStatements=true&interpolateParams=true", 0)
		p, err := s.store(mysqldb.Config{DB: db}).Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		enqueue(t, p, "a")
		if err := errors.Join(p.Close(context.Background()), db.Ping()); err != nil {
			t.Error(err)
		}
	})
}

// Each connection asks for its credentials, so that they may change.
func TestCredentialsMayChange(t *testing.T) {
	onBackends(t, func(s *server) {
		t := s.T
		c, err := mysql.ParseDSN(s.fresh())
		if err != nil {
			t.Fatal(err)
		}
		admin := pool(t, c.FormatDSN(), 1)
		user := "'" + c.DBName + "'@'127.0.0.1'"
		run := func(ctx context.Context, sql string) {
			t.Helper()
			if _, err := admin.ExecContext(ctx, sql); err != nil {
				t.Fatal(err)
			}
		}
		run(t.Context(), "CREATE USER "+user+" IDENTIFIED BY 'first'")
		t.Cleanup(func() { run(context.Background(), "DROP USER "+user) })
		run(t.Context(), "GRANT ALL ON "+c.DBName+".* TO "+user)
		var password atomic.Value
		password.Store("first")
		c.User, c.Passwd = c.DBName, ""
		p := s.open(mysqldb.Config{DSN: c.FormatDSN(), BeforeConnect: func(_ context.Context, m *mysql.Config) error {
			m.Passwd, _ = password.Load().(string)
			return nil
		}})
		enqueue(t, p, "x")
		run(t.Context(), "ALTER USER "+user+" IDENTIFIED BY 'second'")
		password.Store("second")
		killOthers(t.Context(), t, admin)
		enqueue(t, p, "y")
		if n := queued(t, p); n != 2 {
			t.Errorf("%d messages, want 2", n)
		}
	})
}

// What a DSN says about TLS is the driver's: a server that has none is refused, and
// one that nobody vouches for, too.
func TestTLSThatIsRequired(t *testing.T) {
	onBackends(t, func(s *server) {
		t := s.T
		c, err := mysql.ParseDSN(s.fresh())
		if err != nil {
			t.Fatal(err)
		}
		c.TLSConfig = "true"
		_, err = s.store(mysqldb.Config{DSN: c.FormatDSN()}).Open(t.Context())
		if err == nil || !strings.Contains(err.Error(), "TLS") && !strings.Contains(err.Error(), "certificate") ||
			strings.Contains(err.Error(), c.Passwd) {
			t.Errorf("got %v", err)
		}
	})
}

func TestURL(t *testing.T) {
	t.Parallel()
	for _, b := range backends {
		scheme := b.name + "://"
		c, err := b.parse(scheme + "me:p%40ss%2F@db.example:3307/orders?prefix=x_&migrate=verify&tls=skip-verify&max_error_count=7")
		if err != nil {
			t.Fatal(err)
		}
		m, err := mysql.ParseDSN(c.DSN)
		if err != nil || m.User != "me" || m.Passwd != "p@ss/" || m.Addr != "db.example:3307" || m.DBName != "orders" ||
			m.TLSConfig != "skip-verify" || m.Params["max_error_count"] != "7" || c.Prefix != "x_" || c.Migrate != migrate.Verify {
			t.Errorf("%+v, %v", m, err)
		}
		if c, err = b.parse(scheme + "db.example/orders"); err != nil || !strings.Contains(c.DSN, "db.example:3306") {
			t.Errorf("%s, %v", c.DSN, err)
		}
		for _, bad := range []string{
			"me:se%cret@h/db", "me:secret@h:port/db", "me:secret@h", "me:secret@h/", "me:secret@h/a/b", "me:secret@/db",
			"me:secret@h/db?tls=nonsense", "me:secret@h/db?timeout=soon", "me:secret@h/db?migrate=perhaps", "me:secret@h/db?poll=1s&poll=2s",
		} {
			_, err := b.parse(scheme + bad)
			if !errors.Is(err, core.ErrInvalidArgument) || strings.Contains(err.Error(), "cret") {
				t.Errorf("%s: %v", bad, err)
			}
		}
	}
}

// What cannot be opened is named without the password.
func TestNoPasswordInErrors(t *testing.T) {
	onBackends(t, func(s *server) {
		t := s.T
		c := s.config.Clone()
		c.DBName = "nowhere"
		_, err := s.store(mysqldb.Config{DSN: c.FormatDSN()}).Open(t.Context())
		if !errors.Is(err, core.ErrSchemaMismatch) || strings.Contains(err.Error(), c.Passwd) {
			t.Errorf("no such database: %v", err)
		}
		c.Passwd = "secret"
		_, err = s.store(mysqldb.Config{DSN: c.FormatDSN()}).Open(t.Context())
		if !errors.Is(err, core.ErrUnsupported) || strings.Contains(err.Error(), c.Passwd) {
			t.Errorf("wrong password: %v", err)
		}
		c.Addr = "127.0.0.1:1"
		_, err = s.store(mysqldb.Config{DSN: c.FormatDSN()}).Open(t.Context())
		if !errors.Is(err, core.ErrUnavailable) || strings.Contains(err.Error(), c.Passwd) || !strings.Contains(err.Error(), c.Addr) {
			t.Errorf("no server: %v", err)
		}
	})
}

// Counting with threads is turned off where there are some, and costs no error where
// there are none; who sets it himself has his way.
func TestCountingTakesNoThreads(t *testing.T) {
	onBackends(t, func(s *server) {
		if s.name != testservers.MySQL {
			s.open(mysqldb.Config{DSN: s.fresh()})
			return
		}
		plain := s.fresh()
		c, err := mysql.ParseDSN(plain)
		if err != nil {
			s.Fatal(err)
		}
		c.Params = map[string]string{"innodb_parallel_read_threads": "2"}
		for dsn, want := range map[string]string{plain: "1", c.FormatDSN(): "2"} {
			err := s.store(mysqldb.Config{DSN: dsn}).Migrations(s.Context(), func(r *migrate.Runner) error {
				rows, err := r.Session.Query(s.Context(), "SELECT @@SESSION.innodb_parallel_read_threads")
				if err == nil && fmt.Sprint(rows[0][0]) != want {
					s.Errorf("%s: %v threads, want %s", dsn, rows[0][0], want)
				}
				return err
			})
			if err != nil {
				s.Error(err)
			}
		}
	})
}
