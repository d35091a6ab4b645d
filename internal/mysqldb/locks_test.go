package mysqldb_test

import (
	"database/sql"
	"slices"
	"testing"
	"time"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/internal/mysqldb"
	"github.com/durokit/duro/internal/testservers"
)

const lockClaim = "SELECT instance_id FROM duro_claims WHERE instance_id = ? FOR UPDATE"

// take locks an instance's claim row in a transaction of somebody else's, which
// waits for it as many seconds.
func take(t *testing.T, db *sql.DB, instance string, seconds int) *sql.Tx {
	t.Helper()
	tx, err := db.BeginTx(t.Context(), &sql.TxOptions{Isolation: sql.LevelReadCommitted})
	if err == nil {
		_, err = tx.ExecContext(t.Context(), "SET innodb_lock_wait_timeout = ?", seconds)
	}
	if err == nil {
		_, err = tx.ExecContext(t.Context(), lockClaim, instance)
	}
	if err != nil {
		t.Fatalf("lock %s: %v", instance, err)
	}
	return tx
}

// A batch that waits longer than the statement timeout is over on the server, too,
// and what it had locked is free.
func TestNoLockOutlivesTheStatementTimeout(t *testing.T) {
	onBackends(t, func(s *server) {
		t := s.T
		dsn := s.fresh()
		c := mysqldb.Config{DSN: dsn + "?innodb_lock_wait_timeout=60"}
		c.Engine.StatementTimeout = 300 * time.Millisecond
		p := s.open(c)
		for _, id := range []string{"a", "b"} {
			enqueue(t, p, id)
		}
		turn := fetch(t, p)
		if turn.Item.Instance != "a" {
			t.Fatalf("fetched %s first", turn.Item.Instance)
		}
		db := pool(t, dsn, 3)
		defer take(t, db, "b", 1).Rollback()
		begin := time.Now()
		err := p.AckOrchestrationItem(t.Context(), core.AckOrchestrationParams{
			LockToken: turn.LockToken, ExecutionID: 1, OrchestratorItems: []core.WorkItem{start("b")},
		})
		if took := time.Since(begin); err == nil || took > 20*time.Second {
			t.Errorf("%v after %v", err, took)
		}
		// What was killed takes a moment to end; what waits for the lock has a minute.
		for deadline := begin.Add(20 * time.Second); ; {
			going := slices.DeleteFunc(others(t.Context(), t, db), func(p testservers.Process) bool { return p.Command == "Sleep" })
			if len(going) == 0 {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("goes on: %+v", going)
			}
		}
		if err := take(t, db, "a", 1).Rollback(); err != nil {
			t.Error(err)
		}
	})
}

// MariaDB ends a transaction whose client has gone without a word.
func TestTransactionWaitsForItsClientNoLongerThanForAStatement(t *testing.T) {
	t.Parallel()
	s := connect(t, backends[1])
	dsn := s.fresh()
	c := mysqldb.Config{DSN: dsn}
	c.Engine.StatementTimeout = time.Second
	enqueue(t, s.open(c), "a")
	store := s.store(c)
	runner, err := store.Runner()
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Connect(runner.Dialect)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	mine := engine.Statement{Name: "mine", Scalars: []string{"id"}, Output: []string{"id"}, Forms: []engine.Form{{SQL: lockClaim}}}
	err = db.Transact(t.Context(), func(run engine.Runner) error {
		if _, err := run(engine.Call{Stmt: &mine, Scalars: []any{"a"}}); err != nil {
			return err
		}
		return take(t, pool(t, dsn, 1), "a", 30).Rollback()
	})
	if err == nil {
		t.Error("the transaction outlived the server's patience")
	}
}
