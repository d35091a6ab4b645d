package pgxdb_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/durokit/duro/backends/postgres/pgxdb"
	"github.com/durokit/duro/core"
	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/core/engine/migrate"
)

// The names of messages, as they begin.
const (
	readyForQuery = "Z\x00\x00\x00\x05"
	commitDone    = "C\x00\x00\x00\x0bCOMMIT\x00"
)

func TestCommitWithoutAnAnswerIsAmbiguous(t *testing.T) {
	t.Parallel()
	until := func(mark string) func([]byte) int {
		return func(b []byte) int {
			if i := bytes.Index(b, []byte(mark)); i >= 0 {
				return i
			}
			return len(b)
		}
	}
	nothing := func([]byte) int { return 0 }
	for name, c := range map[string]struct {
		asked, answered func([]byte) int
		happened, told  bool // told: what the calls did is known
	}{
		"BeforeTheServerHearsOfIt": {asked: nothing},
		"BeforeTheCommitArrives":   {asked: until("COMMIT")},
		"BeforeAnyAnswer":          {answered: nothing, happened: true},
		"BeforeTheCommitsAnswer":   {answered: until(commitDone), happened: true, told: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := &proxy{}
			b := open(t, one, unnamed, through(t, p)) // unnamed: COMMIT is in the text of the pipeline
			b.write(b.keep("before"))
			pid := b.backend()
			p.cut(c.asked, c.answered)
			_, err := b.db.Write(t.Context(), []engine.Call{b.keep("a")})
			p.cut(nil, nil)
			f := fails(t, err, engine.RetryStatement, core.ErrUnavailable, failedCall(err), true)
			if told := len(f.Results) == 1 && f.Results[0].Affected == 1; told != c.told {
				t.Errorf("the calls' results are %+v", f.Results)
			}
			b.gone(pid)
			if c.happened {
				b.kept("a", "before")
			} else {
				b.kept("before")
			}
			b.write(b.keep("z"))
		})
	}
}

// failedCall accepts the call that a lost answer was for.
func failedCall(err error) int {
	if f, ok := errors.AsType[*engine.Failure](err); ok {
		return f.Call
	}
	return -2
}

// gone returns when a backend has ended, and with it its transaction.
func (b *bench) gone(pid int64) {
	b.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; {
		var there bool
		err := b.other.QueryRow(b.Context(), "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE pid = $1)", pid).Scan(&there)
		switch {
		case err != nil:
			b.Fatal(err)
		case !there:
			return
		case time.Now().After(deadline):
			b.Fatal("the backend never ended")
		}
	}
}

// A COMMIT whose answer came has happened, whatever became of the connection then;
// and an error that came says that nothing did.
func TestAnswersCountWhenTheConnectionEndsAfterThem(t *testing.T) {
	t.Parallel()
	p := &proxy{}
	b := open(t, one, through(t, p))
	b.write(b.keep("there"))
	beforeTheEnd := func(b []byte) int {
		if i := bytes.LastIndex(b, []byte(readyForQuery)); i >= 0 {
			return i
		}
		return len(b)
	}
	p.cut(nil, beforeTheEnd)
	_, err := b.db.Write(t.Context(), []engine.Call{b.keep("a"), b.keep("there")})
	fails(t, err, engine.Tell, core.ErrDuplicateEvent, 1, false)
	p.cut(nil, nil)
	b.write(b.keep("b"))
	p.cut(nil, beforeTheEnd)
	b.write(b.keep("c"))
	p.cut(nil, nil)
	b.write(b.keep("d"))
	b.kept("b", "c", "d", "there")
}

func TestTransactIsAmbiguousAtItsCommitOnly(t *testing.T) {
	t.Parallel()
	p := &proxy{}
	b := open(t, one, through(t, p))
	nothing := func([]byte) int { return 0 }
	err := b.db.Transact(t.Context(), func(run engine.Runner) error {
		if _, err := run(b.keep("a")); err != nil {
			return err
		}
		p.cut(nil, nothing)
		_, err := run(b.keep("b"))
		return err
	})
	p.cut(nil, nil)
	fails(t, err, engine.RetryStatement, core.ErrUnavailable, 0, false)
	b.kept()
	err = b.db.Transact(t.Context(), func(run engine.Runner) error {
		_, err := run(b.keep("a"))
		p.cut(nil, nothing)
		return err
	})
	p.cut(nil, nil)
	fails(t, err, engine.RetryStatement, core.ErrUnavailable, -1, true)
}

// lockTable locks the bench's table until the test calls the returned function.
func (b *bench) lockTable() (unlock func()) {
	b.Helper()
	tx, err := b.other.Begin(b.Context())
	if err == nil {
		_, err = tx.Exec(b.Context(), "LOCK TABLE "+b.table+" IN SHARE MODE")
	}
	if err != nil {
		b.Fatal(err)
	}
	return func() { _ = tx.Rollback(context.Background()) }
}

func TestEndOfTheContextEndsTheStatementAndItsLocks(t *testing.T) {
	t.Parallel()
	b := open(t, one)
	b.write(b.keep("there"))
	pid := b.backend()
	defer b.lockTable()()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan error)
	first := statement("first", 1, "SELECT pg_advisory_xact_lock(hashtext('"+b.table+"'))::text")
	go func() {
		_, err := b.db.Write(ctx, []engine.Call{{Stmt: &first}, b.keep("a")})
		done <- err
	}()
	b.waits(pid)
	cancel()
	f := fails(t, <-done, engine.Tell, core.ErrCanceled, 1, false)
	if f.Native != "57014" {
		t.Errorf("the server said %q", f.Native)
	}
	var free bool
	if err := b.other.QueryRow(t.Context(), "SELECT pg_try_advisory_lock(hashtext($1))", b.table).Scan(&free); err != nil || !free {
		t.Errorf("the lock outlives its caller: %v", err)
	}
	_, err := b.db.Write(ctx, []engine.Call{b.keep("a")})
	fails(t, err, engine.Tell, core.ErrCanceled, -1, false)
}

// A transaction whose client has gone without a word ends by itself, with its locks.
func TestTransactionWaitsForItsClientNoLongerThanForAStatement(t *testing.T) {
	t.Parallel()
	for name, open := range kinds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := open(t, one, func(_ *pgxpool.Config, o *pgxdb.Options) { o.Timeout = 100 * time.Millisecond })
			b.write(b.keep("a"))
			row := " FROM " + b.table + " WHERE k = 'a' FOR UPDATE"
			mine := statement("mine", 1, "SELECT k"+row)
			err := b.db.Transact(t.Context(), func(run engine.Runner) error {
				if _, err := run(engine.Call{Stmt: &mine}); err != nil {
					return err
				}
				b.exec("SELECT 1" + row) // waits for the lock, and would for ever
				return nil
			})
			fails(t, err, engine.RetryStatement, core.ErrUnavailable, -1, failedAmbiguous(err))
		})
	}
}

// failedAmbiguous accepts either: the connection may have ended before its COMMIT.
func failedAmbiguous(err error) bool {
	f, ok := errors.AsType[*engine.Failure](err)
	return ok && f.Ambiguous
}

func TestStatementTimeoutIsTheServers(t *testing.T) {
	t.Parallel()
	b := open(t, one, func(_ *pgxpool.Config, o *pgxdb.Options) { o.Timeout = 50 * time.Millisecond })
	b.write(b.keep("there"))
	defer b.lockTable()()
	_, err := b.db.Write(t.Context(), []engine.Call{{Stmt: &b.all}, b.keep("a")})
	fails(t, err, engine.ReplayTransaction, core.ErrUnavailable, 1, false)
}

func TestBackendThatIsTerminatedChangedNothing(t *testing.T) {
	t.Parallel()
	b := open(t, one)
	b.write(b.keep("there"))
	pid := b.backend()
	unlock := b.lockTable()
	done := make(chan error)
	go func() {
		_, err := b.db.Write(t.Context(), []engine.Call{{Stmt: &b.all}, b.keep("a")})
		done <- err
	}()
	b.waits(pid)
	b.exec(fmt.Sprintf("SELECT pg_terminate_backend(%d)", pid))
	if f := fails(t, <-done, engine.RetryStatement, core.ErrUnavailable, 1, false); f.Native != "57P01" {
		t.Errorf("native code %q", f.Native)
	}
	unlock()
	b.kept("there")
	b.write(b.keep("a"))
}

func TestPreparedStatementsSurviveSchemaChanges(t *testing.T) {
	t.Parallel()
	b := open(t, func(c *pgxpool.Config, _ *pgxdb.Options) { c.MaxConns = 3 })
	star := statement("star", 3, "SELECT * FROM "+b.table) //nolint:unqueryvet // it is about what a star becomes
	call := engine.Call{Stmt: &star}
	b.write(b.keep("a"))
	warm := make(chan struct{})
	for range 3 { // on every connection
		go func() { b.read(call); warm <- struct{}{} }()
	}
	for range 3 {
		<-warm
	}
	b.exec("ALTER TABLE " + b.table + " ALTER n TYPE text")
	if got := b.read(call); len(got[0].Rows) != 1 {
		t.Errorf("got %v", got)
	}
	if _, err := b.db.Pool().Exec(t.Context(), "DEALLOCATE ALL"); err != nil {
		t.Fatal(err)
	}
	b.read(call)
	err := b.db.Transact(t.Context(), func(run engine.Runner) error { _, err := run(call); return err })
	if err != nil {
		t.Error(err)
	}
}

func TestNothingIsPreparedWithoutNames(t *testing.T) {
	t.Parallel()
	b := open(t, one, unnamed)
	b.write(b.keep("a"))
	b.read(engine.Call{Stmt: &b.all})
	count := statement("count", 1, "SELECT count(*) FROM pg_prepared_statements")
	if n := b.read(engine.Call{Stmt: &count})[0].Rows[0].Int(0); n != 0 {
		t.Errorf("%d statements are prepared", n)
	}
}

func TestClockIsTheServers(t *testing.T) {
	t.Parallel()
	b := open(t)
	now, err := b.db.Clock(t.Context())
	if far := time.Since(time.UnixMilli(now)).Abs(); err != nil || far > 10*time.Second {
		t.Errorf("%v from here, %v", far, err)
	}
}

func TestSharedPoolStaysOpen(t *testing.T) {
	t.Parallel()
	b := openShared(t)
	if err := b.db.Close(); err != nil {
		t.Fatal(err)
	}
	b.write(b.keep("a"))
	b.db.Pool().Close()
	_, err := b.db.Write(t.Context(), []engine.Call{b.keep("b")})
	fails(t, err, engine.Tell, core.ErrUnavailable, -1, false)
}

func TestSessionLeavesNoTransactionOpen(t *testing.T) {
	t.Parallel()
	b := open(t, one)
	err := b.db.Session(t.Context(), func(s migrate.Session) error {
		for _, sql := range []string{"BEGIN", "INSERT INTO " + b.table + " VALUES ('a')"} {
			if err := s.Exec(t.Context(), sql); err != nil {
				return err
			}
		}
		rows, err := s.Query(t.Context(), "SELECT k, v FROM "+b.table)
		if err != nil || len(rows) != 1 || rows[0][0] != "a" || rows[0][1] != nil {
			t.Errorf("%v, %v", rows, err)
		}
		return s.Exec(t.Context(), "NONSENSE")
	})
	fails(t, err, engine.Tell, core.ErrInternal, -1, false)
	b.kept()
	latin := open(t, func(c *pgxpool.Config, _ *pgxdb.Options) { c.ConnConfig.RuntimeParams["client_encoding"] = "LATIN1" })
	err = latin.db.Session(t.Context(), func(migrate.Session) error { return nil })
	if !errors.Is(err, core.ErrUnsupported) {
		t.Errorf("got %v", err)
	}
}

func TestServerThatIsNotThere(t *testing.T) {
	t.Parallel()
	c, err := pgxdb.ParseConfig("postgres://u:secret@127.0.0.1:1/d?sslmode=disable")
	if err != nil {
		t.Fatal(err)
	}
	db, err := pgxdb.Open(c, pgxdb.Options{Dialect: &engine.Dialect{}})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	_, err = db.Clock(t.Context())
	fails(t, err, engine.RetryStatement, core.ErrUnavailable, -1, false)
	if strings.Contains(err.Error(), "secret") {
		t.Errorf("a secret in %q", err)
	}
}

// Connections end while nobody uses them, and then all of them: when the server
// starts again, for example. A plan is not to try one after the other.
func TestPlansOutliveTheIdleConnections(t *testing.T) {
	t.Parallel()
	b := open(t)
	var held []*pgxpool.Conn
	var pids []uint32
	for range 6 {
		c, err := b.db.Pool().Acquire(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		held, pids = append(held, c), append(pids, c.Conn().PgConn().PID())
	}
	for _, c := range held {
		c.Release()
	}
	for _, pid := range pids {
		b.exec(fmt.Sprintf("SELECT pg_terminate_backend(%d, 5000)", pid))
	}
	b.write(b.keep("a"))
	b.kept("a")
}
