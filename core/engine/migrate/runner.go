package migrate

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/core/engine"
)

// Session is one database session: every statement runs on the same connection.
// Errors come classified from the seam and are passed on.
type Session interface {
	// Exec runs one statement.
	Exec(ctx context.Context, sql string) error
	// Query runs one statement and returns its rows, of int64, string, []byte or nil.
	Query(ctx context.Context, sql string) ([][]any, error)
}

// Runner applies the migrations of one store.
type Runner struct {
	// Session is where the statements run.
	Session Session
	// Dialect's migrations, bound to Prefix already.
	Dialect *engine.Dialect
	// Prefix begins the names of the runner's own tables.
	Prefix string
	// Quote surrounds identifiers. Default: the double quote.
	Quote string
	// TableQuery returns a row when the table named by its %s exists; the name
	// is put in without quotes around it.
	TableQuery string
	// Begin starts a transaction that covers schema changes and takes the lock:
	// BEGIN IMMEDIATE, or BEGIN and pg_advisory_xact_lock. Without it the lock is
	// a row.
	Begin []string
	// Beat is a second session, for a lock row's beat. Needed without Begin.
	Beat Session
	// Clock dates the applied migrations. Default: engine.SystemClock.
	Clock engine.Clock
	// Remedy is what an operator runs to migrate, for messages. Default: duro
	// migrate up.
	Remedy string

	patience time.Duration // of waiters for a beat; 0 is the default
}

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

// Up applies what is pending and returns it. A store that is up to date is only
// read.
func (r *Runner) Up(ctx context.Context) ([]engine.Migration, error) {
	st, err := r.Status(ctx)
	if err != nil || len(st.Pending) == 0 {
		return nil, err
	}
	err = r.locked(ctx, func(still func() error) error {
		if st, err = r.Status(ctx); err != nil { // another process may have been first
			return err
		}
		for _, m := range st.Pending {
			if err := still(); err != nil {
				return err
			}
			if err := r.step(ctx, m.Up, r.recordUp(m)); err != nil {
				return fmt.Errorf("migration %d, %q: %w", m.Version, m.Name, err)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return st.Pending, nil
}

// Down takes back, newest first, every migration above version to, and returns
// them. The runner's own tables stay.
func (r *Runner) Down(ctx context.Context, to int) ([]engine.Migration, error) {
	if _, err := r.Status(ctx); err != nil {
		return nil, err
	}
	var undone []engine.Migration
	err := r.locked(ctx, func(still func() error) error {
		st, err := r.Status(ctx)
		if err != nil {
			return err
		}
		for i := len(st.Applied) - 1; i >= 0 && st.Applied[i].Version > to; i-- {
			m := r.Dialect.Migrations[i]
			if err := still(); err != nil {
				return err
			}
			if err := r.step(ctx, m.Down, r.recordDown(m)); err != nil {
				return fmt.Errorf("undoing migration %d, %q: %w", m.Version, m.Name, err)
			}
			undone = append(undone, m)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return undone, nil
}

func (r *Runner) step(ctx context.Context, statements []string, record string) error {
	for _, sql := range append(slices.Clip(statements), record) {
		if err := r.Session.Exec(ctx, sql); err != nil {
			return err
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

func quoteText(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

func mismatch(format string, args ...any) error {
	return core.Errorf("Open", core.ErrSchemaMismatch, format, args...)
}
