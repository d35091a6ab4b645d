package render_test

import (
	"database/sql"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	_ "modernc.org/sqlite"

	"github.com/durokit/duro/core/engine"
)

func init() { open["sqlite"] = openSQLite }

func openSQLite(t testing.TB, r rendered) *store {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(t.TempDir(), "store.db")+"?_pragma=journal_mode(WAL)&_pragma=synchronous(OFF)")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { db.Close() })
	s := &store{TB: t, rendered: r, pool: db, db: db, prefix: "t_"}
	for _, text := range r.up {
		s.exec(text)
	}
	return s
}

// scanning are the statements that look at a whole table by their nature: lists,
// counts, checks and sweeps.
var scanning = regexp.MustCompile(`^(list|count|check|classes|bulk)\.|^aside\.list$|^sessions\.orphaned$`)

// TestSQLitePlans: no other statement reads a whole table or index, but for the
// classes, which are few, and no query that is run for each of many rows sorts.
func TestSQLitePlans(t *testing.T) {
	t.Parallel()
	s := openSQLite(t, renderAll(t, "sqlite"))
	sources := regexp.MustCompile(`^SCAN (r VIRTUAL|CONSTANT ROW|p$|\d+$|\(subquery|r$|k$|t_classes$)`)
	for _, st := range s.statements {
		for _, f := range st.Forms {
			for _, line := range explain(s, st, f) {
				scans := strings.HasPrefix(line, "SCAN") && !sources.MatchString(line) && !scanning.MatchString(st.Name)
				sorts := strings.HasPrefix(line, "CORRELATED") && strings.HasSuffix(line, "ORDER BY")
				if scans || sorts {
					t.Errorf("%s: %s\n%s", st.Name, line, f.SQL)
				}
			}
		}
	}
}

// explain returns the lines of a statement's plan. A line about sorting begins
// with what is sorted.
func explain(s *store, st engine.Statement, f engine.Form) (lines []string) {
	args := make([]any, len(st.Scalars)+len(st.Columns))
	for i := range args {
		args[i] = "[]"
	}
	nodes := map[any]string{}
	for _, r := range s.query("EXPLAIN QUERY PLAN "+s.own(f.SQL), args...) {
		line := r[3].(string)
		nodes[r[0]] = line
		if strings.HasPrefix(line, "USE TEMP B-TREE") {
			line = nodes[r[1]] + ": " + line
		}
		lines = append(lines, line)
	}
	return lines
}
