package render_test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/durokit/duro/core/engine"
)

// store runs statements of the plans on a real database.
type store struct {
	testing.TB
	rendered
	pool *sql.DB
	// db runs the statements: the pool, or a transaction that commit ends.
	db interface {
		Exec(query string, args ...any) (sql.Result, error)
		Query(query string, args ...any) (*sql.Rows, error)
	}
	commit func()
	// prefix stands for the mark in the names of tables.
	prefix string
}

// open makes an empty store.
var open = map[string]func(t testing.TB, r rendered) *store{}

// onStores runs a test on every database there is.
func onStores(t *testing.T, test func(s *store)) {
	t.Helper()
	t.Parallel()
	for _, d := range dialects {
		if open[d.name] == nil {
			continue
		}
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			test(open[d.name](t, renderAll(t, d.name)))
		})
	}
}

// own gives the tables their names.
func (s *store) own(text string) string { return strings.ReplaceAll(text, engine.PrefixMark, s.prefix) }

func (s *store) exec(text string, args ...any) {
	s.Helper()
	if _, err := s.db.Exec(s.own(text), args...); err != nil {
		s.Fatalf("%v\n%s", err, text)
	}
}

// in are the scalars of a call, row one row of its row set.
type (
	in  []any
	row []any
)

// run executes a statement and returns its rows as "a b|c d".
func (s *store) run(name string, scalars in, rows ...row) string {
	s.Helper()
	out, _ := s.call(name, scalars, rows)
	return text(out)
}

// rows executes a statement and returns its rows.
func (s *store) rows(name string, scalars in, rows ...row) [][]any {
	s.Helper()
	out, _ := s.call(name, scalars, rows)
	return out
}

// changed executes a statement and returns how many rows it changed.
func (s *store) changed(name string, scalars in, rows ...row) int64 {
	s.Helper()
	_, n := s.call(name, scalars, rows)
	return n
}

func (s *store) call(name string, scalars in, rows []row) (out [][]any, changed int64) {
	s.Helper()
	st := s.find(s.TB, name)
	for _, e := range executions(st, scalars, rows) {
		if len(st.Output) > 0 {
			out = append(out, s.query(s.own(e.sql), e.args...)...)
			continue
		}
		res, err := s.db.Exec(s.own(e.sql), e.args...)
		if err != nil {
			s.Fatalf("%s: %v\n%s", name, err, e.sql)
		}
		n, _ := res.RowsAffected()
		changed += n
	}
	return out, changed
}

// execution is a form with its arguments.
type execution struct {
	sql  string
	args []any
}

// executions splits a call over the forms of its statement, as a seam does.
func executions(st engine.Statement, scalars in, rows []row) (list []execution) {
	for len(st.Forms) > 0 {
		form := st.Forms[0]
		for _, f := range st.Forms {
			if form.Rows > len(rows) || f.Rows == 0 && form.Rows < len(rows) {
				form = f
			}
		}
		n := len(rows)
		if form.Rows > 0 {
			n = min(form.Rows, n)
		}
		inputs := append([]any{}, scalars...)
		if len(st.Columns) > 0 {
			inputs = append(inputs, pack(form.Pack, st.Columns, rows[:n])...)
		}
		args := inputs
		if form.Args != nil {
			args = nil
			for _, i := range form.Args {
				args = append(args, inputs[i])
			}
		}
		list = append(list, execution{form.SQL, args})
		if rows = rows[n:]; len(rows) == 0 {
			break
		}
	}
	return list
}

func pack(p engine.Pack, columns []engine.Column, rows []row) (inputs []any) {
	if p == engine.PackValues {
		for _, r := range rows {
			inputs = append(inputs, r...)
		}
		return inputs
	}
	if p == engine.PackJSON {
		var values any = rows
		if len(columns) == 1 {
			values = slices.Concat(rows...)
		}
		data, _ := json.Marshal(values)
		return []any{string(data)}
	}
	for i, c := range columns {
		values := make([]any, len(rows))
		for j, r := range rows {
			values[j] = r[i]
		}
		inputs = append(inputs, array(c.Type, values))
	}
	return inputs
}

func array(t engine.Type, values []any) any {
	switch t {
	case engine.Text:
		return typed[*string](values)
	case engine.Bytes:
		list := make([][]byte, len(values))
		for i, v := range values {
			list[i], _ = v.([]byte)
		}
		return list
	}
	return typed[*int64](values)
}

func typed[P *T, T any](values []any) []P {
	list := make([]P, len(values))
	for i, v := range values {
		switch v := v.(type) {
		case int:
			n := any(int64(v)).(T)
			list[i] = &n
		case T:
			list[i] = &v
		}
	}
	return list
}

// query returns all rows of a query.
func (s *store) query(text string, args ...any) (out [][]any) {
	s.Helper()
	rows, err := s.db.Query(text, args...)
	if err != nil {
		s.Fatalf("%v\n%s", err, text)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		s.Fatal(err)
	}
	for rows.Next() {
		values := make([]any, len(names))
		into := make([]any, len(names))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			s.Fatal(err)
		}
		out = append(out, values)
	}
	if err := rows.Err(); err != nil {
		s.Fatalf("%v\n%s", err, text)
	}
	return out
}

// name is the quoted name of a table.
func (s *store) name(table string) string {
	s.Helper()
	list := s.find(s.TB, "classes.list").Forms[0].SQL
	_, list, _ = strings.Cut(list, "FROM ")
	quoted, _, _ := strings.Cut(list, " AS ")
	return s.own(strings.Replace(quoted, "classes", table, 1))
}

// look returns columns of a table, which a condition may follow, in order.
func (s *store) look(columns, table, order string) string {
	s.Helper()
	table, where, _ := strings.Cut(table, " ")
	return text(s.query("SELECT " + columns + " FROM " + s.name(table) + " " + where + " ORDER BY " + order))
}

// text writes rows as "a b|c d".
func text(rows [][]any) string {
	var lines []string
	for _, r := range rows {
		var cells []string
		for _, v := range r {
			switch v := v.(type) {
			case []byte:
				cells = append(cells, string(v))
			case nil:
				cells = append(cells, "-")
			default:
				cells = append(cells, fmt.Sprint(v))
			}
		}
		lines = append(lines, strings.Join(cells, " "))
	}
	return strings.Join(lines, "|")
}

func (s *store) want(got, want string) {
	s.Helper()
	if got != want {
		s.Errorf("got  %s\nwant %s", got, want)
	}
}

// checked fails when an invariant does not hold.
func (s *store) checked() {
	s.Helper()
	for _, name := range []string{"check.claims", "check.messages", "check.events", "check.work"} {
		if rows := s.run(name, nil); rows != "" {
			s.Errorf("%s: %s", name, rows)
		}
	}
}

// b is a payload or token.
func b(s string) []byte { return []byte(s) }
