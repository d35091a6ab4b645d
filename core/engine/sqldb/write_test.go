package sqldb_test

import (
	"errors"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/core/engine/sqldb"
)

// values writes a multi-row form of INSERT INTO t(k, v).
func values(rows int) engine.Form {
	return engine.Form{Rows: rows, SQL: "INSERT INTO t(k, v) VALUES (?, ?)" + strings.Repeat(", (?, ?)", rows-1)}
}

var (
	createTable = engine.Statement{Name: "t.create", Forms: []engine.Form{{SQL: "CREATE TABLE t(k TEXT PRIMARY KEY, v BLOB) WITHOUT ROWID"}}}
	insert      = engine.Statement{
		Name: "t.insert", Columns: []engine.Column{{Name: "k", Type: engine.Text}, {Name: "v", Type: engine.Bytes}},
		Forms: []engine.Form{values(64), values(16), values(4), values(1)},
	}
	all = engine.Statement{Name: "t.all", Output: []string{"k", "v"}, Forms: []engine.Form{{SQL: "SELECT k, v FROM t ORDER BY k"}}}
)

// key is the i-th of many keys, in order.
func key(i int) string { return string([]byte{'a' + byte(i/26), 'a' + byte(i%26)}) }

func rowsOf(n int) (rows [][]any) {
	for i := range n {
		rows = append(rows, []any{key(i), []byte(key(i))})
	}
	return rows
}

// withTable opens a seam with the table t in it.
func withTable(tb testing.TB, d testDriver, adjust func(*sqldb.Options)) *sqldb.DB {
	tb.Helper()
	db := open(tb, d, filepath.Join(tb.TempDir(), "test.db"), adjust)
	write(tb, db, engine.Call{Stmt: &createTable})
	return db
}

func write(tb testing.TB, db *sqldb.DB, calls ...engine.Call) []engine.Result {
	tb.Helper()
	results, err := db.Write(tb.Context(), calls)
	if err != nil {
		tb.Fatal(err)
	}
	return results
}

// keys reads the keys of t.
func keys(tb testing.TB, db *sqldb.DB) (list []string) {
	tb.Helper()
	results, err := db.Read(tb.Context(), []engine.Call{{Stmt: &all}})
	if err != nil {
		tb.Fatal(err)
	}
	for _, row := range results[0].Rows {
		list = append(list, row.Text(0))
	}
	return list
}

// fails asserts that err is a Failure of the class, by the call.
func fails(tb testing.TB, err error, outcome engine.Outcome, code core.Code, call int) *engine.Failure {
	tb.Helper()
	f, ok := errors.AsType[*engine.Failure](err)
	if !ok {
		tb.Fatalf("got %v (%T), want a failure", err, err)
	}
	if f.Class.Outcome != outcome || f.Class.Code != code || f.Call != call {
		tb.Fatalf("got %v, %v by call %d (%v); want %v, %v by call %d", f.Class.Outcome, f.Class.Code, f.Call, err, outcome, code, call)
	}
	return f
}

func TestWriteUsesTheLargestFormsThatFit(t *testing.T) {
	everyDriver(t, func(t *driverTest) {
		d := t.testDriver

		s := &spy{Driver: d.drv}
		d.drv = s
		db := withTable(t, d, nil)
		results := write(t, db, engine.Call{Stmt: &insert, Rows: rowsOf(64 + 64 + 16 + 4 + 4 + 1)})
		if results[0].Affected != 153 {
			t.Errorf("%d rows changed", results[0].Affected)
		}
		for rows, want := range map[int]int{64: 2, 16: 1, 4: 2, 1: 1} {
			if got := s.count(values(rows).SQL); got != want {
				t.Errorf("the form for %d rows ran %d times, want %d", rows, got, want)
			}
		}
		if got := keys(t, db); len(got) != 153 || !slices.IsSorted(got) {
			t.Errorf("%d keys stored", len(got))
		}
	})
}

// TestWriteSpellsFewSizesOut of a form that takes any number of rows: every size is
// another prepared statement.
func TestWriteSpellsFewSizesOut(t *testing.T) {
	everyDriver(t, func(t *driverTest) {
		d := t.testDriver

		s := &spy{Driver: d.drv}
		d.drv = s
		db := withTable(t, d, nil)
		anyNumber := insert
		anyNumber.Forms = []engine.Form{{Most: 64, SQL: "INSERT INTO t(k, v) VALUES (?, ?)\n  … , (?, ?)\n"}}
		write(t, db, engine.Call{Stmt: &anyNumber, Rows: rowsOf(64 + 64 + 32 + 16 + 4)})
		for rows, want := range map[int]int{64: 2, 32: 1, 16: 1, 4: 1} {
			if got := s.count(anyNumber.Spell(anyNumber.Forms[0], rows).SQL); got != want {
				t.Errorf("the form for %d rows ran %d times, want %d", rows, got, want)
			}
		}
		if got := keys(t, db); len(got) != 180 || !slices.IsSorted(got) {
			t.Errorf("%d keys stored", len(got))
		}
	})
}

func TestPlaceholdersTakeTheInputsTheyName(t *testing.T) {
	everyDriver(t, func(t *driverTest) {
		d := t.testDriver

		db := withTable(t, d, nil)
		s := engine.Statement{
			Name: "args", Scalars: []string{"a", "b"}, Columns: []engine.Column{{Name: "x"}, {Name: "y"}}, Output: []string{"1", "2", "3", "4", "5"},
			Forms: []engine.Form{{Rows: 1, SQL: "SELECT ?, ?, ?, ?, ?", Args: []int{3, 0, 2, 1, 0}}},
		}
		json := engine.Statement{
			Name: "json", Scalars: []string{"a"}, Columns: []engine.Column{{Name: "id", Type: engine.Text}, {Name: "n"}}, Output: []string{"a", "id", "n"},
			Forms: []engine.Form{{Pack: engine.PackJSON, SQL: "SELECT ?1, value->>0, value->>1 FROM json_each(?2)"}},
		}
		single := engine.Statement{
			Name: "json1", Columns: []engine.Column{{Name: "id", Type: engine.Text}}, Output: []string{"id"},
			Forms: []engine.Form{{Pack: engine.PackJSON, SQL: "SELECT value FROM json_each(?)"}},
		}
		odd := "q\"\\\u2028<é\x7f"
		results, err := db.Read(t.Context(), []engine.Call{
			{Stmt: &s, Scalars: []any{int64(1), int64(2)}, Rows: [][]any{{int64(3), int64(4)}, {nil, "z"}}},
			{Stmt: &json, Scalars: []any{"s"}, Rows: [][]any{{odd, int64(1 << 60)}, {"", nil}}},
			{Stmt: &single, Rows: [][]any{{odd}, {"b"}}},
		})
		if err != nil {
			t.Fatal(err)
		}
		want := [][]engine.Row{
			{{int64(4), int64(1), int64(3), int64(2), int64(1)}, {"z", int64(1), nil, int64(2), int64(1)}},
			{{"s", odd, int64(1 << 60)}, {"s", "", nil}},
			{{odd}, {"b"}},
		}
		for i := range want {
			if !reflect.DeepEqual(results[i].Rows, want[i]) {
				t.Errorf("call %d: got %q, want %q", i, results[i].Rows, want[i])
			}
		}
	})
}

func TestValuesArriveAsThePlansKnowThem(t *testing.T) {
	everyDriver(t, func(t *driverTest) {
		d := t.testDriver

		db := withTable(t, d, nil)
		cols := []string{"null", "int", "text", "none", "bytes", "empty", "whole", "bool", "stored"}
		s := engine.Statement{Name: "types", Scalars: []string{"v", "w", "x"}, Output: cols, Forms: []engine.Form{{
			SQL: "SELECT NULL, -9223372036854775808, 'a' || char(0) || 'é', '', x'00ff', x'', 3.0, 1 = 1, typeof(?1) || typeof(?2) || typeof(?3)"}}}
		results, err := db.Read(t.Context(), []engine.Call{{Stmt: &s, Scalars: []any{[]byte{}, []byte(nil), ""}}})
		if err != nil {
			t.Fatal(err)
		}
		want := engine.Row{nil, int64(-1 << 63), "a\x00é", "", []byte{0, 255}, []byte{}, int64(3), int64(1), "blobnulltext"}
		if !reflect.DeepEqual(results[0].Rows, []engine.Row{want}) {
			t.Errorf("got  %#v\nwant %#v", results[0].Rows, want)
		}
		half := engine.Statement{Name: "half", Output: []string{"x"}, Forms: []engine.Form{{SQL: "SELECT 0.5"}}}
		if _, err := db.Read(t.Context(), []engine.Call{{Stmt: &half}}); err == nil || !strings.Contains(err.Error(), "0.5") {
			t.Errorf("half an integer: %v", err)
		}
	})
}

func TestMisuseIsToldAndChangesNothing(t *testing.T) {
	everyDriver(t, func(t *driverTest) {
		d := t.testDriver

		db := withTable(t, d, nil)
		needs := engine.Statement{Name: "needs", Scalars: []string{"now"}, Forms: []engine.Form{{SQL: "SELECT ?1, ?2"}}}
		shape := engine.Statement{Name: "shape", Output: []string{"a", "b"}, Forms: []engine.Form{{SQL: "SELECT 1"}}}
		big := engine.Statement{Name: "big", Columns: insert.Columns, Forms: []engine.Form{values(4)}}
		outside := engine.Statement{Name: "outside", Scalars: []string{"a"}, Forms: []engine.Form{{SQL: "SELECT ?", Args: []int{1}}}}
		json := engine.Statement{Name: "json", Columns: insert.Columns[:1], Forms: []engine.Form{{Pack: engine.PackJSON, SQL: "SELECT ?"}}}
		for words, call := range map[string]engine.Call{
			"a call without":              {},
			"takes 0 scalars":             {Stmt: &insert, Scalars: []any{int64(1)}},
			"takes 1 scalars":             {Stmt: &needs},
			"takes rows of 2":             {Stmt: &insert, Rows: [][]any{{"k"}}},
			"takes no rows":               {Stmt: &all, Rows: [][]any{{}}},
			"1 columns":                   {Stmt: &shape},
			"no form for 3":               {Stmt: &big, Rows: rowsOf(3)},
			"of type int;":                {Stmt: &insert, Rows: [][]any{{"k", 7}}},
			"input 1 of 1":                {Stmt: &outside, Scalars: []any{int64(1)}},
			"only integers and valid":     {Stmt: &json, Rows: [][]any{{"\xff"}}},
			"only integers and valid UTF": {Stmt: &json, Rows: [][]any{{[]byte("x")}}},
		} {
			_, err := db.Write(t.Context(), []engine.Call{{Stmt: &insert, Rows: rowsOf(1)}, call})
			fails(t, err, engine.Tell, core.ErrInvalidArgument, 1)
			if !strings.Contains(err.Error(), words) {
				t.Errorf("got %q, want %q in it", err, words)
			}
		}
		if got := keys(t, db); len(got) != 0 {
			t.Errorf("%q stored", got)
		}
	})
}

func TestFailureNamesTheCallAndRollsBack(t *testing.T) {
	everyDriver(t, func(t *driverTest) {
		d := t.testDriver

		s := &spy{Driver: d.drv}
		d.drv = s
		db := withTable(t, d, nil)
		write(t, db, engine.Call{Stmt: &insert, Rows: [][]any{{"there", nil}}})
		_, err := db.Write(t.Context(), []engine.Call{
			{Stmt: &insert, Rows: [][]any{{"new", nil}}}, {Stmt: &insert, Rows: [][]any{{"other", nil}, {"there", nil}}},
		})
		f := fails(t, err, engine.Tell, core.ErrDuplicateEvent, 1)
		if f.Native != "19/1555" || f.Ambiguous {
			t.Errorf("native code %q, ambiguous %v", f.Native, f.Ambiguous)
		}
		if got := keys(t, db); !slices.Equal(got, []string{"there"}) {
			t.Errorf("stored %q", got)
		}
		broken := engine.Statement{Name: "broken", Forms: []engine.Form{{SQL: "SELEKT"}}}
		_, err = db.Write(t.Context(), []engine.Call{{Stmt: &broken}})
		fails(t, err, engine.Tell, core.ErrInternal, 0) // a code nobody classified
		write(t, db, engine.Call{Stmt: &insert, Rows: rowsOf(1)})
		if n := s.connections(); n != 2 {
			t.Errorf("%d connections were opened; an error is no reason to open another", n)
		}
	})
}
