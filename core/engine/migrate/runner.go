package migrate

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

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

// Remove takes everything back, and the runner's own tables with it: nothing of
// the store is left. Nobody else may use it.
func (r *Runner) Remove(ctx context.Context) error {
	undone, err := r.Down(ctx, 0)
	if err != nil {
		return err
	}
	tables := []string{migrationsTable}
	if len(r.Begin) == 0 {
		tables = append(tables, lockTable)
		if len(undone) == 0 {
			r.undoHalf(ctx)
		}
	}
	for _, name := range tables {
		if err := r.Session.Exec(ctx, "DROP TABLE IF EXISTS "+r.table(name)); err != nil {
			return err
		}
	}
	return nil
}

// undoHalf takes back what there may be of a first migration that failed where no
// transaction covered it. What it did not come to cannot be taken back, so that
// errors say nothing.
func (r *Runner) undoHalf(ctx context.Context) {
	if len(r.Dialect.Migrations) == 0 {
		return
	}
	for _, sql := range r.Dialect.Migrations[0].Down {
		_ = r.Session.Exec(ctx, sql)
	}
}

func (r *Runner) step(ctx context.Context, statements []string, record string) error {
	for _, sql := range append(slices.Clip(statements), record) {
		if err := r.Session.Exec(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}

func quoteText(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
