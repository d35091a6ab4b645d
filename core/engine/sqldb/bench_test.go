package sqldb_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/core/engine/sqldb"
)

// A row of the hot path: two scalars, five values, a statement that checks a
// precondition and inserts.
const (
	benchTable  = `CREATE TABLE h(instance TEXT, execution INTEGER, event INTEGER, data BLOB, at INTEGER, PRIMARY KEY(instance, execution, event)) WITHOUT ROWID`
	benchInsert = `INSERT OR REPLACE INTO h SELECT ?2, ?3, ?4, ?5, ?1 WHERE ?1 > 0`
	benchRows   = 256
)

var benchStatement = engine.Statement{
	Name: "bench.insert", Scalars: []string{"now"},
	Columns: []engine.Column{{Name: "instance", Type: engine.Text}, {Name: "execution"}, {Name: "event"}, {Name: "data", Type: engine.Bytes}},
	Forms:   []engine.Form{{Rows: 1, SQL: benchInsert}},
}

// BenchmarkRows compares prepared statements in a loop through database/sql with
// the seam: rows/s in transactions of 256 rows, in memory: the disk's share is the same for both.
func BenchmarkRows(b *testing.B) {
	for _, d := range slices.Concat(drivers, cgoDrivers()) {
		b.Run(d.name+"/databasesql", func(b *testing.B) { benchDatabaseSQL(context.Background(), b, d) })
		b.Run(d.name+"/databasesql-cancelable", func(b *testing.B) { benchDatabaseSQL(b.Context(), b, d) })
		b.Run(d.name+"/seam", func(b *testing.B) { benchSeam(b, d) })
	}
}

var benchData = make([]byte, 200)

func benchDatabaseSQL(ctx context.Context, b *testing.B, d testDriver) {
	b.Helper()
	db := sqldb.Open(d.drv, ":memory:", 1, benchTable)
	defer db.Close()
	stmt, err := db.PrepareContext(ctx, benchInsert)
	if err != nil {
		b.Fatal(err)
	}
	rows, before := 0, cpuTime()
	for b.Loop() {
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			b.Fatal(err)
		}
		in := tx.StmtContext(ctx, stmt)
		for range benchRows {
			rows++
			if _, err := in.ExecContext(ctx, int64(1), "instance", int64(1), int64(rows%1000), benchData); err != nil {
				b.Fatal(err)
			}
		}
		if err := tx.Commit(); err != nil {
			b.Fatal(err)
		}
	}
	report(b, rows, before)
}

func benchSeam(b *testing.B, d testDriver) {
	b.Helper()
	db := sqldb.New(sqldb.Open(d.drv, ":memory:", 1, benchTable),
		sqldb.Options{Dialect: &testDialect, Begin: "BEGIN IMMEDIATE"})
	defer db.Close()
	rows, before := 0, cpuTime()
	for b.Loop() {
		call := engine.Call{Stmt: &benchStatement, Scalars: []any{int64(1)}, Rows: make([][]any, benchRows)}
		for i := range call.Rows {
			rows++
			call.Rows[i] = []any{"instance", int64(1), int64(rows % 1000), benchData}
		}
		if _, err := db.Write(b.Context(), []engine.Call{call}); err != nil {
			b.Fatal(err)
		}
	}
	report(b, rows, before)
}

// report gives rows/s by the clock and, for machines that do other things too,
// by the processor time used.
func report(b *testing.B, rows int, before time.Duration) {
	b.Helper()
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
	if used := cpuTime() - before; used > 0 {
		b.ReportMetric(float64(used.Nanoseconds())/float64(rows), "cpu-ns/row")
	}
}
