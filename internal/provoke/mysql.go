package provoke

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/core/engine/classtest"
	"github.com/durokit/duro/internal/testservers"
)

// MySQL provokes a MySQL server, by error number.
func MySQL(t *testing.T, open Opener) map[string]classtest.Provocation {
	t.Helper()
	return mysqlKind(testservers.MySQL).bind(t, open, union(bothMySQL, onlyMySQL))
}

// MariaDB provokes a MariaDB server, by error number.
func MariaDB(t *testing.T, open Opener) map[string]classtest.Provocation {
	t.Helper()
	return mysqlKind(testservers.MariaDB).bind(t, open, union(bothMySQL, onlyMariaDB))
}

func mysqlKind(name string) *kind {
	return &kind{
		name: name,
		table: []string{
			"CREATE TABLE t (k INT PRIMARY KEY CHECK (k > 0), s VARCHAR(2) CHARACTER SET ascii, n SMALLINT, parent INT, " +
				"needed INT NOT NULL, FOREIGN KEY (parent) REFERENCES t (k))",
			"INSERT INTO t (k, parent, needed) VALUES (1, NULL, 0), (2, 1, 0)",
			"CREATE TABLE weight (n INT)",
		},
		// What InnoDB tells about waiting transactions is a copy that stays old while it is looked at often.
		waits:  func(b *bench) bool { return len(b.updates()) > 0 },
		gone:   func(b *bench) bool { return len(b.processes()) == 0 },
		output: func(statement string) bool { return strings.HasPrefix(statement, "SELECT") },
		scarce: []string{"--max-connections=12", "--max-allowed-packet=1M"},
	}
}

// bothMySQL are provocations of both servers.
var bothMySQL = map[string]provocation{
	// The victim is who has changed less.
	"1213": deadlock([]string{"INSERT INTO weight SELECT 1 FROM information_schema.collations"}, nil),
	"1205": locked("SET SESSION innodb_lock_wait_timeout = 1", "UPDATE t SET n = 2 WHERE k = 1"),
	"2013": func(b *bench) error {
		b, server := b.scarce()
		defer server.Start()
		return b.within(func(run func(string)) {
			run("UPDATE t SET n = 2 WHERE k = 2")
			server.Kill()
			run("UPDATE t SET n = 2 WHERE k = 1")
		})
	},
	"1792": statements("COMMIT", "START TRANSACTION READ ONLY", "DELETE FROM t"),
	"1290": func(b *bench) error {
		b, _ = b.scarce()
		user := b.user("")
		b.exec("SET GLOBAL read_only = 1")
		defer b.exec("SET GLOBAL read_only = 0")
		b.seam = b.reach(as(user, password))
		return statements("DELETE FROM t")(b)
	},
	"1317": func(b *bench) error {
		b.begin("UPDATE t SET n = 1 WHERE k = 1")
		// Once would not do: the statement may be seen while it is only being prepared, or
		// be killed before it begins to wait for its lock, and then wait all the same.
		return b.during(b.kill, "SET SESSION innodb_lock_wait_timeout = 60", "UPDATE t SET n = 2 WHERE k = 1")
	},
	"1040": func(b *bench) error {
		b, _ = b.scarce()
		return crowd(b)
	},
	"1226": func(b *bench) error {
		seams := as(b.user("WITH MAX_USER_CONNECTIONS 1"), password)
		b.seam = b.reach(seams)
		return b.seam.Transact(b.Context(), func(run engine.Runner) error { return b.refused(b.reach(seams)) })
	},
	"1114": statements("SET SESSION max_heap_table_size = 16384", "CREATE TABLE small (v CHAR(255)) ENGINE = MEMORY",
		"INSERT INTO small SELECT 'x' FROM information_schema.columns"),
	"1062": statements("INSERT INTO t (k, needed) VALUES (1, 0)"),
	"1048": statements("INSERT INTO t (k, needed) VALUES (3, NULL)"),
	"1364": statements("INSERT INTO t (k) VALUES (3)"),
	"1451": statements("DELETE FROM t WHERE k = 1"),
	"1452": statements("INSERT INTO t (k, parent, needed) VALUES (3, 4, 0)"),
	"1153": func(b *bench) error {
		b, _ = b.scarce()
		return statements("UPDATE t SET s = '" + strings.Repeat("x", 2<<20) + "'")(b)
	},
	"1264": statements("UPDATE t SET n = 40000"),
	"1366": statements("UPDATE t SET s = '語'"),
	"1406": statements("UPDATE t SET s = 'abc'"),
	"1049": func(b *bench) error { return b.refused(b.reach(func(u *url.URL) { u.Path = "/nowhere" })) },
	"1050": statements("CREATE TABLE t (k INT)"),
	"1051": statements("DROP TABLE nothing"),
	"1054": statements("SELECT nothing FROM t"),
	"1064": statements("SELECT FROM"),
	"1146": statements("SELECT k FROM nothing"),
	"1305": statements("CALL nothing()"),
	"1044": func(b *bench) error {
		user := b.user("")
		return b.refused(b.reach(func(u *url.URL) {
			as(user, password)(u)
			u.Path = "/mysql"
		}))
	},
	"1045": func(b *bench) error { return b.refused(b.reach(as(b.url.User.Username(), "wrong"))) },
	"1142": func(b *bench) error {
		b.seam = b.reach(as(b.user(""), password))
		return statements("DELETE FROM mysql.user")(b)
	},
	"1227": func(b *bench) error {
		b.seam = b.reach(as(b.user(""), password))
		return statements("SET GLOBAL max_connections = 10")(b)
	},
}

var onlyMySQL = map[string]provocation{
	"3572": locked("SELECT k FROM t WHERE k = 1 FOR UPDATE NOWAIT"),
	"4031": cut(func(_ *bench, run func(string)) { run("SET SESSION wait_timeout = 1") }),
	"3024": statements("SET SESSION max_execution_time = 1", "SELECT COUNT(*) FROM information_schema.columns a, information_schema.columns b"),
	"3819": statements("INSERT INTO t (k, needed) VALUES (-1, 0)"),
}

var onlyMariaDB = map[string]provocation{
	"1969": statements("SET SESSION max_statement_time = 0.001", "SELECT SLEEP(60)"),
	"4025": statements("INSERT INTO t (k, needed) VALUES (-1, 0)"),
}

// kill ends the statement by which the seam waits for a lock, if there is one.
func (b *bench) kill() {
	b.Helper()
	for _, p := range b.updates() {
		_, _ = b.beside.ExecContext(b.Context(), fmt.Sprintf("KILL QUERY %d", p.ID)) // its connection may have ended by now
	}
}

// updates are the connections in the bench's place that run an UPDATE.
func (b *bench) updates() []testservers.Process {
	b.Helper()
	return slices.DeleteFunc(b.processes(), func(p testservers.Process) bool { return !strings.HasPrefix(p.Info, "UPDATE") })
}

// processes are the connections in the bench's place, without who asks.
func (b *bench) processes() []testservers.Process {
	b.Helper()
	found, err := testservers.Processes(b.Context(), b.beside, b.place)
	if err != nil {
		b.Fatal(err)
	}
	return found
}

// user makes a user for the time of the test, who may do everything in the bench's
// place.
func (b *bench) user(limits string) string {
	b.Helper()
	b.exec(fmt.Sprintf("CREATE USER %s@'%%' IDENTIFIED BY '%s' %s", b.place, password, limits))
	b.exec(fmt.Sprintf("GRANT ALL ON %[1]s.* TO %[1]s@'%%'", b.place))
	b.Cleanup(func() { _, _ = b.beside.Exec("DROP USER " + b.place + "@'%'") }) //nolint:noctx // the test's context has ended
	return b.place
}
