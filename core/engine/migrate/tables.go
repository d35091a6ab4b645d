package migrate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/durokit/duro/core/engine"
)

const (
	migrationsTable = "migrations"
	lockTable       = "migration_lock"
)

func (r *Runner) table(name string) string {
	q := r.Quote
	if q == "" {
		q = `"`
	}
	return q + r.Prefix + name + q
}

func (r *Runner) createMigrations() string {
	return "CREATE TABLE IF NOT EXISTS " + r.table(migrationsTable) +
		" (version BIGINT NOT NULL PRIMARY KEY, name VARCHAR(255) NOT NULL, applied_at BIGINT NOT NULL)"
}

func (r *Runner) createLock() string {
	return "CREATE TABLE IF NOT EXISTS " + r.table(lockTable) +
		" (id BIGINT NOT NULL PRIMARY KEY, owner VARCHAR(64) NOT NULL, beat BIGINT NOT NULL)"
}

func (r *Runner) recordUp(m engine.Migration) string {
	return fmt.Sprintf("INSERT INTO %s (version, name, applied_at) VALUES (%d, %s, %d)",
		r.table(migrationsTable), m.Version, quoteText(m.Name), r.now())
}

func (r *Runner) recordDown(m engine.Migration) string {
	return fmt.Sprintf("DELETE FROM %s WHERE version = %d", r.table(migrationsTable), m.Version)
}

func (r *Runner) now() int64 {
	if r.Clock == nil {
		return engine.SystemClock{}.NowMillis()
	}
	return r.Clock.NowMillis()
}

// Print returns, as a script, what brings a schema from one version to another:
// Up when to is the higher one, else Down. It needs no session.
func (r *Runner) Print(from, to int) string {
	var b strings.Builder
	write := func(m engine.Migration, direction string, statements []string, record string) {
		fmt.Fprintf(&b, "-- %s %d: %s\n", direction, m.Version, m.Name)
		for _, sql := range append(slices.Clip(statements), record) {
			b.WriteString(strings.TrimRight(strings.TrimSpace(sql), ";") + ";\n")
		}
		b.WriteString("\n")
	}
	all := r.Dialect.Migrations
	if from < to {
		b.WriteString(r.createMigrations() + ";\n\n")
	}
	for _, m := range all {
		if m.Version > from && m.Version <= to {
			write(m, "up", m.Up, r.recordUp(m))
		}
	}
	for _, m := range slices.Backward(all) {
		if m.Version > to && m.Version <= from {
			write(m, "down", m.Down, r.recordDown(m))
		}
	}
	return b.String()
}
