package vet_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/durokit/duro/internal/testservers"
	"github.com/durokit/duro/sqlgen/vet"
)

func TestOurDescriptionsHold(t *testing.T) {
	t.Parallel()
	for _, b := range backends {
		t.Run(string(b), func(t *testing.T) {
			t.Parallel()
			report := try(t, b.store(t), b.description())
			if report.Failures() > 0 {
				t.Errorf("%v", report)
			}
		})
	}
}

// What a description claims too much is refuted, each claim by its own name.
func TestTooMuchIsRefuted(t *testing.T) {
	t.Parallel()
	const broken = "overrides:\n  - statement: classes.list\n    reason: none\n    sql: SELECT kind, class FROM nowhere\n"
	const otherTypes = "overrides:\n  - statement: work.horizon\n    reason: none\n    sql: SELECT 'one', 'two'\n"
	const fewColumns = "overrides:\n  - statement: classes.list\n    reason: none\n    sql: SELECT kind, class FROM \"§classes\"\n"
	const unlisted = "errors:\n  - codes: [\"%s\"]\n    name: taken for another\n    outcome: tell\n    code: internal\n"
	for _, c := range []struct {
		name  string
		on    backend
		edits string
		want  []string
	}{
		{"a lateral join", testservers.MariaDB, "per_class: lateral\n", []string{
			"statement claim.mark", "statement work.claim", "statement work.claim_session", "per_class: lateral",
		}},
		{"partial indexes", testservers.MariaDB, "partial_indexes: true\n", []string{"schema"}},
		{"another upsert", testservers.MariaDB, "upsert: on_conflict\n", []string{
			"statement claims.ensure", "statement ack.put_kv", "upsert: on_conflict",
		}},
		{"ids that ignore case", testservers.MariaDB, "types:\n  id: VARCHAR(255) CHARACTER SET utf8mb4\n", []string{"types.id"}},
		{"short ids that ignore case", "sqlite", "types:\n  short: TEXT COLLATE NOCASE\n", []string{"types.short"}},
		{"announcements", "sqlite", "flags:\n  notify: true\n", []string{"flags.notify: true"}},
		{"several writers", "sqlite", "flags:\n  single_writer: false\n", []string{"flags.single_writer: false"}},
		{"one writer", testservers.Postgres, "flags:\n  single_writer: true\n", []string{"flags.single_writer: true"}},
		{"a table that is not there", testservers.Postgres, broken, []string{"statement classes.list"}},
		{"a column too few", testservers.Postgres, fewColumns, []string{"statement classes.list"}},
		{"another type", testservers.Postgres, otherTypes, []string{"statement work.horizon"}},
		{"names of indexes", testservers.Postgres, "index_names: plain\n", []string{"a second store in the same database"}},
		{"a duplicate key", testservers.Postgres, strings.ReplaceAll(unlisted, "%s", "23505"), []string{"errors: a duplicate key"}},
		{"a deadlock", testservers.MySQL, strings.ReplaceAll(unlisted, "%s", "1213"), []string{"errors: a deadlock"}},
		{"a missing table", "sqlite", strings.ReplaceAll(unlisted, "%s", "1"), []string{"errors: a table is not there"}},
	} {
		t.Run(string(c.on)+": "+c.name, func(t *testing.T) {
			t.Parallel()
			store, path := c.on.sibling(t, c.edits)
			failed := claims(try(t, store, path), vet.Failed)
			for _, want := range c.want {
				if !slices.Contains(failed, want) {
					t.Errorf("%q does not fail, but %q", want, failed)
				}
			}
		})
	}
}

// What is not claimed fails nothing.
func TestTooLittleIsAHint(t *testing.T) {
	t.Parallel()
	for b, c := range map[backend]struct{ edits, hint string }{
		testservers.Postgres: {"flags:\n  notify: false\n", "flags.notify: true"},
		"sqlite":             {"partial_indexes: false\n", "partial_indexes: true"},
		testservers.MySQL:    {"per_class: union\n", "per_class: lateral"},
	} {
		t.Run(string(b), func(t *testing.T) {
			t.Parallel()
			store, path := b.sibling(t, c.edits)
			report := try(t, store, path)
			if hints := claims(report, vet.Hint); !cmp.Equal(hints, []string{c.hint}) || report.Failures() > 0 {
				t.Errorf("want the hint %q only, got %v", c.hint, report)
			}
		})
	}
}

func TestNothingIsLeftBehind(t *testing.T) {
	t.Parallel()
	const all = "SELECT name FROM sqlite_master"
	for name, edits := range map[string]string{
		"a good one":                 "",
		"one whose schema fails":     "table_options:\n  aside: NONSENSE\n",
		"one whose statements fail":  "per_class: lateral\n",
		"one whose second store may": "index_names: plain\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store, path := backend("sqlite").sibling(t, edits)
			store = lending(t, store)
			try(t, store, path)
			if left := tables(t, store, all); len(left) > 0 {
				t.Errorf("left: %v", left)
			}
		})
	}
}
