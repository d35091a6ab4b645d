package sqldb_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/core/engine/sqldb"
)

func TestTransactSeesItsOwnWrites(t *testing.T) {
	everyDriver(t, func(t *driverTest) {
		d := t.testDriver

		db := withTable(t, d, nil)
		err := db.Transact(t.Context(), func(run engine.Runner) error {
			if _, err := run(engine.Call{Stmt: &insert, Rows: rowsOf(2)}); err != nil {
				return err
			}
			results, err := run(engine.Call{Stmt: &all})
			if err == nil && len(results[0].Rows) != 2 {
				t.Errorf("%d rows seen", len(results[0].Rows))
			}
			return err
		})
		if err != nil || len(keys(t, db)) != 2 {
			t.Fatalf("%v, %q stored", err, keys(t, db))
		}
	})
}

func TestTransactGivesUpWithItsFunction(t *testing.T) {
	everyDriver(t, func(t *driverTest) {
		d := t.testDriver

		db := withTable(t, d, nil)
		own := errors.New("changed my mind")
		err := db.Transact(t.Context(), func(run engine.Runner) error {
			if _, err := run(engine.Call{Stmt: &insert, Rows: rowsOf(2)}); err != nil {
				return err
			}
			return own
		})
		if err != own { //nolint:errorlint // the very error, not one around it
			t.Errorf("got %v", err)
		}
		if got := keys(t, db); len(got) != 0 {
			t.Errorf("%q stored", got)
		}
	})
}

func TestTransactIsOverAfterAFailure(t *testing.T) {
	everyDriver(t, func(t *driverTest) {
		d := t.testDriver

		db := withTable(t, d, nil)
		err := db.Transact(t.Context(), func(run engine.Runner) error {
			if _, err := run(engine.Call{Stmt: &insert, Rows: [][]any{{"a", nil}, {"a", nil}}}); err == nil {
				t.Error("a duplicate was taken")
			}
			_, err := run(engine.Call{Stmt: &insert, Rows: [][]any{{"b", nil}}})
			fails(t, err, engine.Tell, core.ErrDuplicateEvent, 0)
			return nil // as if nothing had been
		})
		fails(t, err, engine.Tell, core.ErrDuplicateEvent, 0)
		if got := keys(t, db); len(got) != 0 {
			t.Errorf("%q stored", got)
		}
	})
}

func TestPanicLeavesNothingBehind(t *testing.T) {
	everyDriver(t, func(t *driverTest) {
		d := t.testDriver

		lock := &countingLock{}
		db := withTable(t, d, func(o *sqldb.Options) { o.Lock = lock })
		func() {
			defer func() {
				if recover() == nil {
					t.Error("the panic was swallowed")
				}
			}()
			_ = db.Transact(t.Context(), func(run engine.Runner) error {
				_, _ = run(engine.Call{Stmt: &insert, Rows: rowsOf(1)})
				panic("bug")
			})
		}()
		if lock.held.Load() {
			t.Error("the lock is held")
		}
		write(t, db, engine.Call{Stmt: &insert, Rows: rowsOf(1)})
	})
}

func TestReadIsOneSnapshot(t *testing.T) {
	everyDriver(t, func(t *driverTest) {
		d := t.testDriver

		var db *sqldb.DB
		between := func(string) error { return nil }
		s := &spy{Driver: d.drv}
		s.after = func(text string) error { return between(text) }
		d.drv = s
		db = withTable(t, d, nil)
		between = func(text string) error {
			if text != all.Forms[0].SQL {
				return nil
			}
			between = func(string) error { return nil }
			_, err := db.Write(context.Background(), []engine.Call{{Stmt: &insert, Rows: rowsOf(1)}})
			return err
		}
		results, err := db.Read(t.Context(), []engine.Call{{Stmt: &all}, {Stmt: &all}})
		if err != nil {
			t.Fatal(err)
		}
		if n := len(results[1].Rows); n != 0 {
			t.Errorf("the second call saw %d rows that were not there for the first", n)
		}
		if n := len(keys(t, db)); n != 1 {
			t.Errorf("%d rows afterwards", n)
		}
	})
}

func TestReadersCannotWrite(t *testing.T) {
	everyDriver(t, func(t *driverTest) {
		d := t.testDriver

		db := withTable(t, d, nil)
		_, err := db.Read(t.Context(), []engine.Call{{Stmt: &insert, Rows: rowsOf(1)}})
		f := fails(t, err, engine.Tell, core.ErrInternal, 0)
		if f.Native != "8" {
			t.Errorf("native code %q, want 8, read-only", f.Native)
		}
	})
}

func TestFailedCommit(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name               string
		happens, certainly bool // the COMMIT reaches the database; the driver knows that it did nothing
		ambiguous          bool
		stored             int
	}{
		{"AnswerLost", true, false, true, 1},
		{"FateUnknown", false, false, true, 0},
		{"CertainlyNotCommitted", false, true, false, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			everyDriver(t, func(t *driverTest) {
				d := t.testDriver

				lost := errors.New("no answer")
				var armed atomic.Bool
				fail := func(text string) error {
					if text == "COMMIT" && armed.CompareAndSwap(true, false) {
						return lost
					}
					return nil
				}
				s := &spy{Driver: d.drv, before: fail}
				if c.happens {
					s.before, s.after = nil, fail
				}
				d.drv = s
				db := withTable(t, d, func(o *sqldb.Options) {
					o.Uncommitted = func(err error) bool { return c.certainly && errors.Is(err, lost) }
				})
				armed.Store(true)
				_, err := db.Write(t.Context(), []engine.Call{{Stmt: &insert, Rows: rowsOf(1)}})
				f := fails(t, err, engine.Tell, core.ErrInternal, -1)
				if f.Ambiguous != c.ambiguous {
					t.Errorf("ambiguous is %v", f.Ambiguous)
				}
				if told := len(f.Results) == 1 && f.Results[0].Affected == 1; told != c.ambiguous {
					t.Errorf("the calls' results are %+v", f.Results)
				}
				if got := keys(t, db); len(got) != c.stored {
					t.Errorf("%q stored", got)
				}
				write(t, db, engine.Call{Stmt: &insert, Rows: [][]any{{"next", nil}}})
			})
		})
	}
}

// The whole transaction is undone by the database itself, so that ROLLBACK fails:
// in memory the connection is the database and must survive that.
func TestTransactionUndoneByTheDatabase(t *testing.T) {
	everyDriver(t, func(t *driverTest) {
		d := t.testDriver

		s := &spy{Driver: d.drv}
		db := sqldb.New(sqldb.Open(s, ":memory:", 1), sqldb.Options{Dialect: &testDialect, Code: d.spell})
		defer db.Close()
		write(t, db, engine.Call{Stmt: &createTable}, engine.Call{Stmt: &insert, Rows: [][]any{{"there", nil}}})
		undo := engine.Statement{Name: "undo", Forms: []engine.Form{{SQL: "INSERT OR ROLLBACK INTO t(k) VALUES ('there')"}}}
		_, err := db.Write(t.Context(), []engine.Call{{Stmt: &insert, Rows: rowsOf(1)}, {Stmt: &undo}})
		fails(t, err, engine.Tell, core.ErrDuplicateEvent, 1)
		if got := keys(t, db); !slices.Equal(got, []string{"there"}) {
			t.Errorf("stored %q", got)
		}
		if n := s.connections(); n != 1 {
			t.Errorf("%d connections were opened", n)
		}
	})
}

func TestConnectionThatCannotRollBackIsDropped(t *testing.T) {
	everyDriver(t, func(t *driverTest) {
		d := t.testDriver

		var armed atomic.Bool
		s := &spy{Driver: d.drv, before: func(text string) error {
			if armed.Load() && (text == "ROLLBACK" || text == "BEGIN") {
				return errors.New("stuck")
			}
			return nil
		}}
		d.drv = s
		db := withTable(t, d, nil)
		armed.Store(true)
		_, err := db.Write(t.Context(), []engine.Call{{Stmt: &insert, Rows: [][]any{{"a", nil}, {"a", nil}}}})
		fails(t, err, engine.Tell, core.ErrDuplicateEvent, 0)
		armed.Store(false)
		write(t, db, engine.Call{Stmt: &insert, Rows: rowsOf(1)})
		if got := keys(t, db); len(got) != 1 {
			t.Errorf("stored %q", got)
		}
		if n := s.connections(); n != 3 { // the writer, the writer anew, a reader
			t.Errorf("%d connections were opened", n)
		}
	})
}

func TestConnectionThatDiedWhileIdleIsReplaced(t *testing.T) {
	everyDriver(t, func(t *driverTest) {
		d := t.testDriver

		var dead atomic.Int32
		s := &spy{Driver: d.drv, before: func(text string) error {
			if strings.HasPrefix(text, "BEGIN") && dead.Load() > 0 {
				dead.Add(-1)
				return driver.ErrBadConn
			}
			return nil
		}}
		d.drv = s
		db := withTable(t, d, nil)
		dead.Store(1)
		write(t, db, engine.Call{Stmt: &insert, Rows: rowsOf(1)})
		if n := s.connections(); n != 2 {
			t.Errorf("%d connections were opened", n)
		}
		dead.Store(2) // the new one too: that is no accident any more
		_, err := db.Write(t.Context(), []engine.Call{{Stmt: &insert, Rows: rowsOf(1)}})
		fails(t, err, engine.RetryStatement, core.ErrUnavailable, -1)
	})
}

func TestConnectionLostInATransactionIsNotReplayed(t *testing.T) {
	everyDriver(t, func(t *driverTest) {
		d := t.testDriver

		var armed atomic.Bool
		s := &spy{Driver: d.drv, before: func(text string) error {
			if text == values(1).SQL && armed.CompareAndSwap(true, false) {
				return driver.ErrBadConn
			}
			return nil
		}}
		d.drv = s
		db := withTable(t, d, nil)
		armed.Store(true)
		calls := 0
		err := db.Transact(t.Context(), func(run engine.Runner) error {
			calls++
			_, err := run(engine.Call{Stmt: &insert, Rows: rowsOf(1)})
			return err
		})
		fails(t, err, engine.RetryStatement, core.ErrUnavailable, 0)
		if calls != 1 {
			t.Errorf("the function ran %d times", calls)
		}
	})
}

func TestCanceledCalls(t *testing.T) {
	everyDriver(t, func(t *driverTest) {
		d := t.testDriver

		db := withTable(t, d, nil)
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := db.Write(ended, []engine.Call{{Stmt: &insert, Rows: rowsOf(1)}})
		fails(t, err, engine.Tell, core.ErrCanceled, -1)

		// One that waits for the writer, and the writer whose statement does not end.
		forever := engine.Statement{Name: "forever", Output: []string{"n"}, Forms: []engine.Form{{
			SQL: "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT max(n) FROM c"}}}
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		result := make(chan error, 1)
		started := make(chan struct{})
		go func() {
			result <- db.Transact(ctx, func(run engine.Runner) error {
				_, err := run(engine.Call{Stmt: &insert, Rows: rowsOf(1)})
				if err != nil {
					return err
				}
				close(started)
				_, err = run(engine.Call{Stmt: &forever})
				return err
			})
		}()
		<-started
		waiting, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
		defer cancel()
		_, err = db.Write(waiting, []engine.Call{{Stmt: &insert, Rows: rowsOf(1)}})
		fails(t, err, engine.Tell, core.ErrCanceled, -1)
		stop()
		fails(t, <-result, engine.Tell, core.ErrCanceled, 0)
		if got := keys(t, db); len(got) != 0 {
			t.Errorf("%q stored", got)
		}
		write(t, db, engine.Call{Stmt: &insert, Rows: rowsOf(1)})
	})
}

func TestCancellationBetweenTheRowsOfALoop(t *testing.T) {
	everyDriver(t, func(t *driverTest) {
		d := t.testDriver

		ctx, cancel := context.WithCancel(t.Context())
		s := &spy{Driver: d.drv, after: func(text string) error {
			if text == values(4).SQL {
				cancel()
			}
			return nil
		}}
		d.drv = s
		db := withTable(t, d, nil)
		_, err := db.Write(ctx, []engine.Call{{Stmt: &insert, Rows: rowsOf(12)}})
		fails(t, err, engine.Tell, core.ErrCanceled, 0)
		if n := s.count(values(4).SQL); n != 1 {
			t.Errorf("%d executions", n)
		}
	})
}

func TestCommitIsNotStoppedByTheCaller(t *testing.T) {
	everyDriver(t, func(t *driverTest) {
		d := t.testDriver

		ctx, cancel := context.WithCancel(t.Context())
		s := &spy{Driver: d.drv, before: func(text string) error {
			if text == "COMMIT" {
				cancel()
			}
			return nil
		}}
		d.drv = s
		db := open(t, d, filepath.Join(t.TempDir(), "test.db"), func(o *sqldb.Options) { o.CommitTimeout = time.Minute })
		if _, err := db.Write(ctx, []engine.Call{{Stmt: &createTable}}); err != nil {
			t.Errorf("the commit's outcome was thrown away: %v", err)
		}
	})
}

// In memory the connection is the database: no end of a caller may cost it.
func TestCancellationKeepsADatabaseInMemory(t *testing.T) {
	everyDriver(t, func(t *driverTest) {
		s := &spy{Driver: t.drv}
		db := sqldb.New(sqldb.Open(s, ":memory:", 1), sqldb.Options{Dialect: &testDialect, Code: t.spell})
		defer db.Close()
		write(t, db, engine.Call{Stmt: &createTable}, engine.Call{Stmt: &insert, Rows: rowsOf(1)})
		long := engine.Statement{Name: "long", Forms: []engine.Form{{
			SQL: "INSERT INTO t WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT 'k' || n, NULL FROM c"}}}
		for range 3 {
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
			_, err := db.Write(ctx, []engine.Call{{Stmt: &long}})
			cancel()
			fails(t, err, engine.Tell, core.ErrCanceled, 0)
		}
		if got := keys(t, db); len(got) != 1 || s.connections() != 1 {
			t.Errorf("%d rows are left, on %d connections", len(got), s.connections())
		}
	})
}

// TestClaimsNeedNotOutliveACrash: each kind of transaction sets how its own commit
// is synced, whatever ran before it on the connection.
func TestClaimsNeedNotOutliveACrash(t *testing.T) {
	everyDriver(t, func(t *driverTest) {
		db := withTable(t, t.testDriver, func(o *sqldb.Options) {
			o.Begin, o.BeginClaim = "PRAGMA synchronous = FULL; BEGIN IMMEDIATE", "PRAGMA synchronous = NORMAL; BEGIN IMMEDIATE"
		})
		level := []engine.Call{{Stmt: &engine.Statement{
			Name: "level", Output: []string{"level"}, Forms: []engine.Form{{SQL: "PRAGMA synchronous"}},
		}}}
		const normal, full = 1, 2
		for _, c := range []struct {
			name string
			run  func() ([]engine.Result, error)
			want int64
		}{
			{"Write", func() ([]engine.Result, error) { return db.Write(t.Context(), level) }, full},
			{"Claim", func() ([]engine.Result, error) { return db.Claim(t.Context(), level) }, normal},
			{"Write after Claim", func() ([]engine.Result, error) { return db.Write(t.Context(), level) }, full},
			{"Claim again", func() ([]engine.Result, error) { return db.Claim(t.Context(), level) }, normal},
			{"Transact after Claim", func() (results []engine.Result, err error) {
				err = db.Transact(t.Context(), func(run engine.Runner) error {
					results, err = run(level...)
					return err
				})
				return results, err
			}, full},
		} {
			results, err := c.run()
			if err != nil {
				t.Fatal(c.name, err)
			}
			if got := results[0].Rows[0].Int(0); got != c.want {
				t.Errorf("%s: synchronous is %d, want %d", c.name, got, c.want)
			}
		}
	})
}
