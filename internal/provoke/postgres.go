package provoke

import (
	"fmt"
	"net/url"
	"syscall"
	"testing"

	"github.com/durokit/duro/core/engine/classtest"
	"github.com/durokit/duro/internal/testservers"
)

// Postgres provokes a PostgreSQL server, by SQLSTATE.
func Postgres(t *testing.T, open Opener) map[string]classtest.Provocation {
	t.Helper()
	return postgresKind.bind(t, open, postgres)
}

var postgresKind = &kind{
	name:  testservers.Postgres,
	label: func(u *url.URL, place string) { u.RawQuery += "&application_name=" + place },
	table: []string{
		"CREATE TABLE t (k int PRIMARY KEY CHECK (k > 0), s varchar(2), n smallint, parent int REFERENCES t)",
		"INSERT INTO t VALUES (1), (2)",
	},
	waits: asks("SELECT EXISTS (SELECT 1 FROM pg_locks w JOIN pg_locks h USING (transactionid) JOIN pg_stat_activity a ON a.pid = h.pid " +
		"WHERE NOT w.granted AND h.granted AND a.application_name = $1)"),
	gone:   asks("SELECT NOT EXISTS (SELECT 1 FROM pg_stat_activity WHERE application_name = $1)"),
	output: func(string) bool { return false },
	scarce: []string{"-c", "max_connections=12"},
}

// asks is a query about the place of a bench, as a question.
func asks(query string) func(b *bench) bool {
	return func(b *bench) (yes bool) {
		b.Helper()
		if err := b.beside.QueryRowContext(b.Context(), query, b.place).Scan(&yes); err != nil {
			b.Fatalf("%s: %v", query, err)
		}
		return yes
	}
}

var postgres = map[string]provocation{
	"40001": func(b *bench) error {
		return b.within(func(run func(string)) {
			run("COMMIT")
			run("BEGIN ISOLATION LEVEL REPEATABLE READ")
			run("SELECT k FROM t")
			b.exec("UPDATE t SET n = 1 WHERE k = 1")
			run("UPDATE t SET n = 2 WHERE k = 1")
		})
	},
	// Who looks for the circle is its victim: the seam does at once, the other never.
	"40P01": deadlock([]string{"SET LOCAL deadlock_timeout = '1h'"}, []string{"SET LOCAL deadlock_timeout = 1"}),
	"55P03": locked("SET LOCAL lock_timeout = 1", "UPDATE t SET n = 2 WHERE k = 1"),
	"0A000": statements("PREPARE p AS TABLE t", "EXECUTE p", "ALTER TABLE t ADD COLUMN more int", "EXECUTE p"),
	"26000": statements("EXECUTE nothing"),
	"34000": statements("FETCH nothing"),
	"57P01": cut(func(b *bench, _ func(string)) {
		b.exec(fmt.Sprintf("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '%s'", b.place))
	}),
	"57P03": func(b *bench) (err error) {
		b, server := b.scarce()
		b.begin() // for it the server postpones its end
		server.Signal(syscall.SIGTERM)
		b.poll("the server shuts down", func() bool {
			err = b.refused(b.reach(nil))
			return failed(err)
		})
		server.Stop()
		server.Start()
		return err
	},
	"3D000": func(b *bench) error { return b.refused(b.reach(func(u *url.URL) { u.Path = "/nowhere" })) },
	"25P03": cut(func(_ *bench, run func(string)) { run("SET LOCAL idle_in_transaction_session_timeout = 1") }),
	"25006": statements("SET TRANSACTION READ ONLY", "DELETE FROM t"),
	"57014": statements("SET LOCAL statement_timeout = 1", "SELECT pg_sleep(60)"),
	"53300": func(b *bench) error {
		b, _ = b.scarce()
		return crowd(b)
	},
	"23505": statements("INSERT INTO t VALUES (1)"),
	"23502": statements("INSERT INTO t VALUES (NULL)"),
	"23503": statements("INSERT INTO t (k, parent) VALUES (3, 4)"),
	"23514": statements("INSERT INTO t VALUES (-1)"),
	"22001": statements("UPDATE t SET s = 'abc'"),
	"22003": statements("UPDATE t SET n = 40000"),
	"22021": statements(`SELECT convert_from('\xff', 'UTF8')`),
	"22P05": statements(`SELECT convert_to('語', 'LATIN1')`),
	"42P01": statements("SELECT k FROM nothing"),
	"42703": statements("SELECT nothing FROM t"),
	"42883": statements("SELECT nothing()"),
	"42P07": statements("CREATE TABLE t ()"),
	"3F000": statements("CREATE TABLE nothing.t ()"),
	"42501": statements("SET LOCAL ROLE pg_monitor", "DELETE FROM pg_catalog.pg_class"),
	"28000": func(b *bench) error { return b.refused(b.reach(as(b.role("NOLOGIN"), password))) },
	"28P01": func(b *bench) error { return b.refused(b.reach(as(b.url.User.Username(), "wrong"))) },
}

// password is that of the roles that provocations make.
const password = "secret"

// role makes a role for the time of the test.
func (b *bench) role(options string) string {
	b.Helper()
	b.exec(fmt.Sprintf("CREATE ROLE %s PASSWORD '%s' %s", b.place, password, options))
	b.Cleanup(func() { _, _ = b.beside.Exec("DROP ROLE " + b.place) }) //nolint:noctx // the test's context has ended
	return b.place
}

// crowd takes every connection that a server has and returns what the seam says.
func crowd(b *bench) error {
	for {
		conn, err := b.beside.Conn(b.Context())
		if err != nil {
			return b.refused(b.seam)
		}
		b.Cleanup(func() { _ = conn.Close() })
	}
}
