package sqlstore_test

import (
	"errors"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	modernc "modernc.org/sqlite"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/core/engine/migrate"
	"github.com/durokit/duro/core/engine/sqldb"
	"github.com/durokit/duro/core/engine/sqlstore"
)

// store is a small one; its database has two writers, and a lock that is a row
// when begin is empty.
func store(t *testing.T, begin ...string) sqlstore.Store {
	t.Helper()
	dsn := (&url.URL{Scheme: "file", Path: filepath.Join(t.TempDir(), "test.db")}).String()
	d := engine.Dialect{Name: "test", Migrations: []engine.Migration{{Version: 1, Name: "only", Up: []string{
		`CREATE TABLE "§classes" (kind INTEGER, class INTEGER, name TEXT)`,
	}}}}
	d.Statements.ClassesList = engine.Statement{
		Name: "classes.list", Output: []string{"kind", "class", "name"},
		Forms: []engine.Form{{SQL: `SELECT kind, class, name FROM "§classes"`}},
	}
	return sqlstore.Store{
		Where: "the test's store", Dialect: d, Begin: begin,
		TableQuery: "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '%s'",
		Connect: func(d *engine.Dialect) (sqlstore.Database, error) {
			db := sqldb.Open(&modernc.Driver{}, dsn, 2, "PRAGMA busy_timeout = 1000")
			return sqlstore.SQL{DB: sqldb.New(db, sqldb.Options{Dialect: d, Writers: 2})}, nil
		},
	}
}

func TestOpenMigratesAndStarts(t *testing.T) {
	t.Parallel()
	for name, begin := range map[string][]string{"Transaction": {"BEGIN IMMEDIATE"}, "Row": nil} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := store(t, begin...)
			s.Migrate = migrate.Verify
			_, err := s.Open(t.Context())
			if !errors.Is(err, core.ErrSchemaMismatch) {
				t.Errorf("an empty store, verified: %v", err)
			}
			s.Migrate = migrate.Auto
			p, err := s.Open(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if err := p.Close(t.Context()); err != nil {
				t.Error(err)
			}
			err = s.Migrations(t.Context(), func(r *migrate.Runner) error {
				st, err := r.Status(t.Context())
				if err == nil && (st.Current != 1 || len(st.Pending) != 0 || r.Prefix != engine.DefaultPrefix) {
					t.Errorf("status %+v with prefix %q", st, r.Prefix)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

func TestOpenSaysWhichStoreFailed(t *testing.T) {
	t.Parallel()
	s := store(t, "BEGIN IMMEDIATE")
	s.Dialect.Migrations[0].Up = []string{"NONSENSE"}
	_, err := s.Open(t.Context())
	pe, ok := errors.AsType[*core.ProviderError](err)
	if !ok || pe.Op != "Open" || !strings.Contains(pe.Message, "the test's store") || !strings.Contains(pe.Message, `migration 1, "only"`) {
		t.Errorf("got %v", err)
	}
	s.Prefix = "Bad"
	if _, err := s.Open(t.Context()); !errors.Is(err, core.ErrInvalidArgument) {
		t.Errorf("a bad prefix: %v", err)
	}
	s.Prefix = ""
	s.Connect = func(*engine.Dialect) (sqlstore.Database, error) { return nil, errors.New("no route") }
	if _, err := s.Open(t.Context()); !errors.Is(err, core.ErrUnavailable) {
		t.Errorf("no connection: %v", err)
	}
}
