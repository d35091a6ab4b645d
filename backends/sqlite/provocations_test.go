package sqlite

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/core/engine/classtest"
	"github.com/durokit/duro/core/engine/sqldb"
	"github.com/durokit/duro/core/engine/sqlstore"
)

// victim is a file that is made to fail, with another connection beside the seam.
type victim struct {
	*testing.T
	dir  string
	seam sqlstore.Database
	exec func(statement string) // on the other connection
}

func newVictim(t *testing.T) *victim {
	t.Helper()
	v := &victim{T: t, dir: t.TempDir()}
	path := filepath.Join(v.dir, "victim.db")
	beside := sqldb.Open(sqliteDriver, "file:"+path, 1)
	t.Cleanup(func() { beside.Close() })
	v.exec = func(statement string) {
		t.Helper()
		if _, err := beside.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	s := Config{Path: path}.Store()
	var err error
	if v.seam, err = s.Connect(&s.Dialect); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.seam.Close() })
	return v
}

func callOf(statement string) engine.Call {
	return engine.Call{Stmt: &engine.Statement{Name: statement, Forms: []engine.Form{{SQL: statement}}}}
}

// within runs statements in a transaction of the seam. Those that begin with
// "beside:" run on the other connection.
func (v *victim) within(statements ...string) error {
	return v.seam.Transact(v.Context(), func(run engine.Runner) error {
		for _, statement := range statements {
			if other, beside := strings.CutPrefix(statement, "beside: "); beside {
				v.exec(other)
			} else if _, err := run(callOf(statement)); err != nil {
				return err
			}
		}
		return nil
	})
}

// provocations work with either driver.
func provocations(*testing.T) map[string]classtest.Provocation {
	statements := func(texts ...string) classtest.Provocation {
		return func(t *testing.T) error {
			t.Helper()
			return newVictim(t).within(texts...)
		}
	}
	table := func(constraints, insert string) classtest.Provocation {
		return statements("CREATE TABLE t ("+constraints, insert, insert)
	}
	return map[string]classtest.Provocation{
		"5/517": func(t *testing.T) error {
			t.Helper()
			v := newVictim(t)
			if err := v.within("CREATE TABLE t (n INT)"); err != nil {
				t.Fatal(err)
			}
			return v.within("COMMIT", "BEGIN", "SELECT n FROM t", "beside: INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (2)")
		},
		"5":       statements("COMMIT", "beside: BEGIN IMMEDIATE", "PRAGMA busy_timeout = 1", "BEGIN IMMEDIATE"),
		"19/1555": table("k TEXT PRIMARY KEY)", "INSERT INTO t VALUES ('a')"),
		"19/2067": table("k INT UNIQUE)", "INSERT INTO t VALUES (1)"),
		"19/2579": table("k INT)", "INSERT INTO t (rowid) VALUES (1)"),
		"19/275":  table("k INT CHECK (k > 0))", "INSERT INTO t VALUES (0)"),
		"19/787": statements("COMMIT", "PRAGMA foreign_keys = 1", "BEGIN",
			"CREATE TABLE t (k INTEGER PRIMARY KEY, p INT REFERENCES t)", "INSERT INTO t VALUES (1, 2)"),
		"19/1299": table("k INT NOT NULL)", "INSERT INTO t VALUES (NULL)"),
		"19/3091": table("k INT) STRICT", "INSERT INTO t VALUES ('a')"),
		"18":      statements("SELECT zeroblob(2000000000)"),
		"8": func(t *testing.T) error {
			t.Helper()
			v := newVictim(t)
			v.exec("CREATE TABLE t (n INT)")
			_, err := v.seam.Read(t.Context(), []engine.Call{callOf("INSERT INTO t VALUES (1)")})
			return err
		},
		"13": statements("CREATE TABLE t (v BLOB)", "PRAGMA max_page_count = 4", "INSERT INTO t VALUES (zeroblob(100000))"),
		"14": func(t *testing.T) error {
			t.Helper()
			v := newVictim(t)
			if err := os.RemoveAll(v.dir); err != nil {
				t.Fatal(err)
			}
			return v.within("SELECT 1")
		},
		"11": statements("CREATE TABLE t (k INT)", "PRAGMA writable_schema = 1",
			"UPDATE sqlite_master SET sql = 'nonsense'", "PRAGMA writable_schema = RESET", "SELECT k FROM t"),
		"26": func(t *testing.T) error {
			t.Helper()
			v := newVictim(t)
			if err := os.WriteFile(filepath.Join(v.dir, "victim.db"), []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
				t.Fatal(err)
			}
			return v.within("SELECT 1")
		},
		"1": statements("SELECT nothing FROM nowhere"),
	}
}
