package sqldb_test

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"testing"

	modernc "modernc.org/sqlite"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/core/engine/sqldb"
)

// testDriver is one real SQLite driver.
type testDriver struct {
	name string
	drv  driver.Driver
	code func(error) (int, bool)
}

var drivers = []testDriver{{"modernc", &modernc.Driver{}, func(err error) (int, bool) {
	e, ok := errors.AsType[*modernc.Error](err)
	if !ok {
		return 0, false
	}
	return e.Code(), true
}}}

func (d testDriver) spell(err error) string {
	n, ok := d.code(err)
	switch {
	case !ok:
		return ""
	case n > 255:
		return fmt.Sprintf("%d/%d", n&255, n)
	}
	return strconv.Itoa(n)
}

// driverTest is a test with a driver.
type driverTest struct {
	*testing.T
	testDriver
}

// everyDriver runs f with each driver.
func everyDriver(t *testing.T, f func(t *driverTest)) {
	t.Helper()
	t.Parallel()
	for _, d := range slices.Concat(drivers, cgoDrivers()) {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			f(&driverTest{t, d})
		})
	}
}

var testDialect = engine.Dialect{Name: "test", Classify: func(code string) (engine.Class, bool) {
	switch code {
	case "19/2067", "19/1555":
		return engine.Class{Outcome: engine.Tell, Code: core.ErrDuplicateEvent}, true
	case "5":
		return engine.Class{Outcome: engine.ReplayTransaction, Code: core.ErrConflict}, true
	}
	return engine.Class{}, false
}}

var pragmas = []string{"PRAGMA busy_timeout=100", "PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA temp_store=MEMORY"}

func dsn(path string) string { return (&url.URL{Scheme: "file", Path: path}).String() }

// open makes a seam over a new file; adjust changes its options.
func open(tb testing.TB, d testDriver, path string, adjust func(*sqldb.Options)) *sqldb.DB {
	tb.Helper()
	o := sqldb.Options{
		Dialect: &testDialect, Code: d.spell, Begin: "BEGIN IMMEDIATE",
		ReadFrom: sqldb.Open(d.drv, dsn(path), 8, append(pragmas, "PRAGMA query_only=1")...),
	}
	if adjust != nil {
		adjust(&o)
	}
	db := sqldb.New(sqldb.Open(d.drv, dsn(path), 2, pragmas...), o)
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Errorf("close: %v", err)
		}
	})
	return db
}
