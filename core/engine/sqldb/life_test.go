package sqldb_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/core/engine/sqldb"
)

// countingLock is a Locker that can be seen into.
type countingLock struct {
	held   atomic.Bool
	closed atomic.Bool
	taken  atomic.Int32
	fail   error
}

func (l *countingLock) Lock(context.Context) error {
	if l.fail != nil {
		return l.fail
	}
	if !l.held.CompareAndSwap(false, true) {
		panic("two writers at once")
	}
	l.taken.Add(1)
	return nil
}

func (l *countingLock) Unlock() {
	if !l.held.CompareAndSwap(true, false) {
		panic("not held")
	}
}

func (l *countingLock) Close() error {
	l.closed.Store(true)
	return nil
}

func TestLockIsHeldAroundWritesOnly(t *testing.T) {
	everyDriver(t, func(t *driverTest) {
		d := t.testDriver

		lock := &countingLock{}
		s := &spy{Driver: d.drv}
		s.before = func(text string) error {
			write := text == "BEGIN IMMEDIATE" || text == "COMMIT" || strings.HasPrefix(text, "INSERT")
			if write != lock.held.Load() && !strings.HasPrefix(text, "PRAGMA") && !strings.HasPrefix(text, "CREATE") {
				t.Errorf("%s while the lock is held: %v", text, lock.held.Load())
			}
			return nil
		}
		d.drv = s
		db := withTable(t, d, func(o *sqldb.Options) { o.Lock = lock })
		write(t, db, engine.Call{Stmt: &insert, Rows: rowsOf(1)})
		keys(t, db)
		if n := lock.taken.Load(); n != 2 {
			t.Errorf("taken %d times", n)
		}
		lock.fail = errors.New("no lock to be had")
		_, err := db.Write(t.Context(), []engine.Call{{Stmt: &insert, Rows: rowsOf(1)}})
		fails(t, err, engine.Tell, core.ErrInternal, -1)
		lock.fail = nil
		if err := db.Close(); err != nil || !lock.closed.Load() {
			t.Errorf("closed: %v, %v", lock.closed.Load(), err)
		}
	})
}

func TestCloseWaitsForCallsAndRefusesLaterOnes(t *testing.T) {
	everyDriver(t, func(t *driverTest) {
		d := t.testDriver

		db := withTable(t, d, nil)
		inside, leave := make(chan struct{}), make(chan struct{})
		done := make(chan error, 1)
		go func() {
			done <- db.Transact(context.Background(), func(run engine.Runner) error {
				close(inside)
				<-leave
				_, err := run(engine.Call{Stmt: &insert, Rows: rowsOf(1)})
				return err
			})
		}()
		<-inside
		closed := make(chan error, 1)
		go func() { closed <- db.Close() }()
		select {
		case <-closed:
			t.Error("Close did not wait")
		case <-time.After(20 * time.Millisecond):
		}
		close(leave)
		if err := <-done; err != nil {
			t.Errorf("the call under way: %v", err)
		}
		if err := <-closed; err != nil {
			t.Error(err)
		}
		_, err := db.Read(t.Context(), []engine.Call{{Stmt: &all}})
		fails(t, err, engine.Tell, core.ErrUnavailable, -1)
		if err := db.Close(); err != nil {
			t.Errorf("a second Close: %v", err)
		}
	})
}

func TestClock(t *testing.T) {
	everyDriver(t, func(t *driverTest) {
		d := t.testDriver

		manual := &engine.ManualClock{}
		manual.Advance(time.Hour)
		host := open(t, d, filepath.Join(t.TempDir(), "a.db"), func(o *sqldb.Options) { o.Clock = manual })
		if now, err := host.Clock(t.Context()); err != nil || now < time.Now().Add(59*time.Minute).UnixMilli() {
			t.Errorf("the host's clock: %d, %v", now, err)
		}
		server := open(t, d, filepath.Join(t.TempDir(), "b.db"), func(o *sqldb.Options) { o.ClockSQL = "SELECT 12345" })
		if now, err := server.Clock(t.Context()); now != 12345 || err != nil {
			t.Errorf("the server's clock: %d, %v", now, err)
		}
	})
}

func TestUpkeepRunsWhenSomethingWasWritten(t *testing.T) {
	everyDriver(t, func(t *driverTest) {
		d := t.testDriver

		const upkeep = "PRAGMA wal_checkpoint(PASSIVE)"
		ran := make(chan struct{}, 100)
		s := &spy{Driver: d.drv, after: func(text string) error {
			if text == upkeep {
				ran <- struct{}{}
			}
			return nil
		}}
		d.drv = s
		db := withTable(t, d, func(o *sqldb.Options) { o.Upkeep, o.UpkeepEvery = upkeep, time.Millisecond })
		<-ran
		for range 50 {
			keys(t, db)
		}
		if n := s.count(upkeep); n != 1 {
			t.Errorf("it ran %d times for one write", n)
		}
		write(t, db, engine.Call{Stmt: &insert, Rows: rowsOf(1)})
		<-ran
	})
}

func TestOpenRunsItsStatementsFirst(t *testing.T) {
	everyDriver(t, func(t *driverTest) {
		d := t.testDriver

		bad := sqldb.New(sqldb.Open(d.drv, ":memory:", 1, "PRAGMA temp_store = MEMORY", "NONSENSE"), sqldb.Options{Dialect: &testDialect, Code: d.spell})
		defer bad.Close()
		_, err := bad.Write(t.Context(), nil)
		f := fails(t, err, engine.Tell, core.ErrInternal, -1)
		if f.Native != "1" || !strings.Contains(err.Error(), "NONSENSE") {
			t.Errorf("got %v", err)
		}
		none := sqldb.New(sqldb.Open(d.drv, dsn(filepath.Join(t.TempDir(), "no", "such")), 1), sqldb.Options{Dialect: &testDialect, Code: d.spell})
		defer none.Close()
		_, err = none.Write(t.Context(), nil)
		if f := fails(t, err, engine.Tell, core.ErrInternal, -1); !strings.HasPrefix(f.Native, "14") {
			t.Errorf("got code %q, %v", f.Native, err)
		}
	})
}

func TestSession(t *testing.T) {
	everyDriver(t, func(t *driverTest) {
		d := t.testDriver

		db := withTable(t, d, nil)
		err := db.Session(t.Context(), func(s *sqldb.Session) error {
			if err := s.Exec(t.Context(), "INSERT INTO t VALUES ('k', x'01')"); err != nil {
				return err
			}
			rows, err := s.Query(t.Context(), "SELECT k, v, 7 FROM t")
			if err == nil && fmt.Sprint(rows) != "[[k [1] 7]]" {
				t.Errorf("got %v", rows)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		err = db.Session(t.Context(), func(s *sqldb.Session) error {
			for _, text := range []string{"BEGIN", "INSERT INTO t VALUES ('lost', NULL)"} {
				if err := s.Exec(t.Context(), text); err != nil {
					return err
				}
			}
			_, err := s.Query(t.Context(), "SELECT x FROM missing")
			return err
		})
		fails(t, err, engine.Tell, core.ErrInternal, -1)
		if got := keys(t, db); !slices.Equal(got, []string{"k"}) {
			t.Errorf("stored %q", got)
		}
	})
}

func TestManyCallersAtOnce(t *testing.T) {
	everyDriver(t, func(t *driverTest) {
		d := t.testDriver

		db := withTable(t, d, func(o *sqldb.Options) { o.Lock = &countingLock{} })
		const writers, each = 8, 25
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				for i := range each {
					k := fmt.Sprintf("%d/%d", w, i)
					if _, err := db.Write(t.Context(), []engine.Call{{Stmt: &insert, Rows: [][]any{{k, nil}}}}); err != nil {
						t.Error(err)
					}
				}
			})
			wg.Go(func() {
				for range each {
					results, err := db.Read(t.Context(), []engine.Call{{Stmt: &all}, {Stmt: &all}})
					if err != nil {
						t.Error(err)
					} else if len(results[0].Rows) != len(results[1].Rows) {
						t.Error("two calls of a read saw different states")
					}
				}
			})
		}
		wg.Wait()
		if n := len(keys(t, db)); n != writers*each {
			t.Errorf("%d rows", n)
		}
	})
}

func TestStatementsMadeUpAtRunTimeDoNotPileUp(t *testing.T) {
	everyDriver(t, func(t *driverTest) {
		d := t.testDriver

		db := withTable(t, d, nil)
		for i := range 1100 {
			s := engine.Statement{Name: "odd", Output: []string{"n"}, Forms: []engine.Form{{SQL: fmt.Sprintf("SELECT %d", i)}}}
			if results, err := db.Read(t.Context(), []engine.Call{{Stmt: &s}}); err != nil || results[0].Rows[0].Int(0) != int64(i) {
				t.Fatalf("%d: %v, %v", i, results, err)
			}
		}
	})
}
