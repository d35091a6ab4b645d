package migrate

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/core/engine"
)

// Applied is one migration the store has.
type Applied struct {
	Version   int
	Name      string
	AppliedAt time.Time
}

// Status compares a store with the code.
type Status struct {
	// Current is the store's version, 0 for an empty one. Latest is the code's.
	Current, Latest int
	Applied         []Applied
	Pending         []engine.Migration
}

// Status reads what the store has. A store that is newer than the code, or that
// went another way, is core.ErrSchemaMismatch.
func (r *Runner) Status(ctx context.Context) (*Status, error) {
	applied, err := r.applied(ctx)
	if err != nil {
		return nil, err
	}
	known := r.Dialect.Migrations
	st := &Status{Applied: applied, Pending: known[min(len(applied), len(known)):]}
	if n := len(applied); n > 0 {
		st.Current = applied[n-1].Version
	}
	if n := len(known); n > 0 {
		st.Latest = known[n-1].Version
	}
	return st, r.compare(st)
}

func (r *Runner) applied(ctx context.Context) ([]Applied, error) {
	if there, err := r.exists(ctx, migrationsTable); err != nil || !there {
		return nil, err
	}
	rows, err := r.Session.Query(ctx, "SELECT version, name, applied_at FROM "+r.table(migrationsTable)+" ORDER BY version")
	if err != nil {
		return nil, err
	}
	list := make([]Applied, len(rows))
	for i, row := range rows {
		row := engine.Row(row)
		list[i] = Applied{Version: int(number(row[0])), Name: row.Text(1), AppliedAt: time.UnixMilli(number(row[2]))}
	}
	return list, nil
}

// compare refuses a store whose migrations are not the first ones of the code.
func (r *Runner) compare(st *Status) error {
	if st.Current > st.Latest {
		return mismatch("the store's schema has version %d, newer than version %d, which is the newest this program knows; "+
			"use a newer program", st.Current, st.Latest)
	}
	for i, a := range st.Applied {
		if i >= len(r.Dialect.Migrations) {
			return mismatch("the store has %d migrations, this program %d", len(st.Applied), i)
		}
		if m := r.Dialect.Migrations[i]; m.Version != a.Version || m.Name != a.Name {
			return mismatch("the store's migration %d is %q; this program has %d, %q, in its place",
				a.Version, a.Name, m.Version, m.Name)
		}
	}
	return nil
}

func (r *Runner) exists(ctx context.Context, name string) (bool, error) {
	rows, err := r.Session.Query(ctx, fmt.Sprintf(r.TableQuery, r.Prefix+name))
	return len(rows) > 0, err
}

// number reads a count the way every driver spells it.
func number(v any) int64 {
	switch v := v.(type) {
	case int64:
		return v
	case []byte:
		n, _ := strconv.ParseInt(string(v), 10, 64)
		return n
	case string:
		n, _ := strconv.ParseInt(v, 10, 64)
		return n
	}
	return 0
}

func mismatch(format string, args ...any) error {
	return core.Errorf("Open", core.ErrSchemaMismatch, format, args...)
}
