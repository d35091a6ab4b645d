package render_test

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/durokit/duro/internal/testservers"
)

// planSettings are what the engine's connection sets in each transaction: plans
// that are kept are made with them.
var planSettings = []string{"enable_seqscan", "enable_bitmapscan", "enable_hashjoin", "enable_mergejoin"}

// growing are the tables that a store of any size has in numbers.
var growing = []string{"claims", "messages", "instances", "executions", "history", "work", "sessions", "kv"}

// TestPostgresPlans: the plans that the server keeps, made on empty tables or on
// many rows that look all the same, read every table through an index whose
// first column is bound.
func TestPostgresPlans(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 3000} {
		t.Run(strconv.Itoa(n), func(t *testing.T) {
			t.Parallel()
			s := openPostgres(t, renderAll(t, testservers.Postgres))
			fill(s, n)
			tx := s.begin() // the settings are a connection's
			for _, name := range planSettings {
				tx.exec("SET LOCAL " + name + " = off")
			}
			tx.exec("SET LOCAL plan_cache_mode = force_generic_plan")
			leading := leadingColumns(s)
			for _, st := range s.statements {
				if scanning.MatchString(st.Name) {
					continue
				}
				for _, f := range st.Forms {
					for _, bad := range unbound(tx.plan(f.SQL, len(st.Scalars)+len(st.Columns)), leading) {
						t.Errorf("%s: %s", st.Name, bad)
					}
				}
			}
		})
	}
}

// fill makes idle instances: most rows of a store have the same due time, so
// that statistics know little of the few others.
func fill(s *store, n int) {
	if n == 0 {
		return
	}
	rows := fmt.Sprintf(" FROM generate_series(1, %d) AS g(n)", n)
	id := "md5(n::text)"
	for _, text := range []string{
		`"§claims" SELECT ` + id + `, 0, 1::bigint << 62, n, NULL, NULL, 1, 1, 1, 1, 1, 1`,
		`"§instances" SELECT ` + id + `, 'n', NULL, ` + id + `, NULL, 0, n, n`,
		`"§executions" SELECT ` + id + `, 1, 'Running', NULL, NULL, 1, NULL`,
		`"§history" SELECT ` + id + `, 1, 1, 'x'`,
		`"§kv" SELECT ` + id + `, 'k', 'v', 0, 0, NULL, 0`,
		`"§sessions" SELECT ` + id + `, 0, n, ` + id + `, 1, 1, NULL, 1::bigint << 62`,
		`"§messages" (instance_id, kind, visible_at, attempts, parent_id, item) SELECT ` + id + `, 0, 1, 0, ` + id + `, 'x'`,
		`"§work" (instance_id, execution_id, activity_id, session_id, tag_class, home, route, due, attempts, item)
			SELECT ` + id + `, 1, 1, ` + id + `, 0, n, n, 0, 0, 'x'`,
	} {
		s.exec("INSERT INTO " + text + rows)
	}
	for _, name := range growing {
		s.exec("ANALYZE " + s.name(name))
	}
}

// leadingColumns returns each index's first column.
func leadingColumns(s *store) map[string]string {
	schema, _, _ := strings.Cut(s.prefix, `"`)
	leading := map[string]string{}
	for _, r := range s.query(`SELECT c.relname, pg_get_indexdef(c.oid, 1, true) FROM pg_class c
		JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'i' AND n.nspname = $1`, schema) {
		leading[r[0].(string)] = r[1].(string)
	}
	return leading
}

// plan returns the lines of a generic plan.
func (s *store) plan(text string, parameters int) (lines []string) {
	s.Helper()
	args := ""
	if parameters > 0 {
		args = "(" + strings.Repeat(", NULL", parameters)[2:] + ")"
	}
	s.exec("PREPARE planned AS " + text)
	for _, r := range s.query("EXPLAIN (COSTS off) EXECUTE planned" + args) {
		lines = append(lines, strings.TrimSpace(r[0].(string)))
	}
	s.exec("DEALLOCATE planned")
	return lines
}

var indexScan = regexp.MustCompile(`Index (?:Only )?Scan (?:Backward )?using (\S+) on (\S+)`)

// unbound finds the lines that read a table otherwise than through an index
// whose first column is bound.
func unbound(lines []string, leading map[string]string) (bad []string) {
	for i, line := range lines {
		m := indexScan.FindStringSubmatch(line)
		if m == nil {
			if strings.Contains(line, "Seq Scan") {
				bad = append(bad, line)
			}
			continue
		}
		// Tables that stay small may be read from end to end.
		small := strings.HasSuffix(m[2], "_aside") || strings.HasSuffix(m[2], "_classes")
		condition := strings.Join(lines[i+1:min(i+2, len(lines))], "")
		if !small && !regexp.MustCompile(`^Index Cond: .*\(`+leading[m[1]]+` `).MatchString(condition) {
			bad = append(bad, line+" "+condition)
		}
	}
	return bad
}
