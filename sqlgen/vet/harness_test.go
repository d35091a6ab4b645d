package vet_test

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/durokit/duro/backends/mariadb"
	"github.com/durokit/duro/backends/mysql"
	"github.com/durokit/duro/backends/postgres"
	"github.com/durokit/duro/backends/sqlite"
	"github.com/durokit/duro/core"
	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/core/engine/migrate"
	"github.com/durokit/duro/core/engine/sqlstore"
	"github.com/durokit/duro/internal/testservers"
	"github.com/durokit/duro/sqlgen"
	"github.com/durokit/duro/sqlgen/spec"
	"github.com/durokit/duro/sqlgen/vet"
)

// backend is one of ours, by its folder.
type backend string

var backends = []backend{"sqlite", testservers.Postgres, testservers.MySQL, testservers.MariaDB}

// store is a place on the backend's server.
func (b backend) store(t *testing.T) sqlstore.Store {
	t.Helper()
	if b == "sqlite" {
		return sqlite.Config{Memory: true}.Store()
	}
	url := testservers.URL(t, string(b))
	var c interface{ Store() sqlstore.Store }
	var err error
	switch b {
	case testservers.Postgres:
		c, err = postgres.ParseURL(url)
	case testservers.MySQL:
		c, err = mysql.ParseURL(url)
	default:
		c, err = mariadb.ParseURL(url)
	}
	if err != nil {
		t.Fatal(err)
	}
	return c.Store()
}

func (b backend) description() string {
	return filepath.Join("..", "..", "backends", string(b), spec.FileName)
}

// sibling is a description that extends the backend's, and the backend's store with
// what is rendered from it.
func (b backend) sibling(t *testing.T, edits string) (sqlstore.Store, string) {
	t.Helper()
	store := b.store(t)
	dir := t.TempDir()
	base, err := filepath.Abs(b.description())
	if err != nil {
		t.Fatal(err)
	}
	base, err = filepath.Rel(dir, base)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, spec.FileName)
	text := fmt.Sprintf("version: 1\nname: sibling\npackage: sibling\nextends: %s\n%s", filepath.ToSlash(base), edits)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return store.As(dialect(t, path)), path
}

// dialect is what the generated code of a description would hold.
func dialect(t *testing.T, path string) engine.Dialect {
	t.Helper()
	in, err := sqlgen.Resolve(path)
	if err != nil {
		t.Fatal(err)
	}
	flags := in.Dialect.Flags
	d := engine.Dialect{
		Name: in.Dialect.Name, SingleWriter: flags.SingleWriter, Notify: flags.Notify, ServerClock: flags.ServerClock,
		Migrations: []engine.Migration{{Version: 1, Name: "initial", Up: in.Up, Down: in.Down}},
		Classify:   classifier(t, in.Dialect.Errors),
	}
	fields := reflect.ValueOf(&d.Statements).Elem()
	for _, s := range in.Statements {
		fields.FieldByName(s.Field).Set(reflect.ValueOf(s.Rendered))
	}
	return d
}

func classifier(t *testing.T, rows []spec.ErrorRow) func(string) (engine.Class, bool) {
	t.Helper()
	outcomes := map[string]engine.Outcome{}
	for _, o := range []engine.Outcome{engine.Tell, engine.RetryStatement, engine.ReplayTransaction, engine.NextCandidate} {
		outcomes[o.String()] = o
	}
	classes := map[string]engine.Class{}
	for _, row := range rows {
		code, ok := core.ParseCode(row.Code)
		if !ok {
			t.Fatalf("no code %q", row.Code)
		}
		for _, native := range row.Codes {
			classes[native] = engine.Class{Outcome: outcomes[row.Outcome], Code: code}
		}
	}
	return func(native string) (engine.Class, bool) {
		class, ok := classes[native]
		return class, ok
	}
}

// try runs vet.
func try(t *testing.T, store sqlstore.Store, description string) vet.Report {
	t.Helper()
	var progress strings.Builder
	report, err := vet.Run(t.Context(), vet.Options{Store: store, Description: description, Progress: &progress})
	if err != nil {
		t.Fatalf("%v\n%s", err, progress.String())
	}
	return report
}

// claims are those with a verdict.
func claims(report vet.Report, verdict vet.Verdict) (names []string) {
	for _, f := range report.Findings {
		if f.Verdict == verdict {
			names = append(names, f.Claim)
		}
	}
	return names
}

// tables lists what there is with vet's prefix, as one of the server's questions
// does.
func tables(t *testing.T, store sqlstore.Store, query string) (names []string) {
	t.Helper()
	err := store.Migrations(t.Context(), func(r *migrate.Runner) error {
		rows, err := r.Session.Query(t.Context(), query)
		for _, row := range rows {
			names = append(names, fmt.Sprintf("%s", row[0]))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// lending gives every opening of a store the same database, so that one in memory
// can be looked at afterwards.
func lending(t *testing.T, store sqlstore.Store) sqlstore.Store {
	t.Helper()
	r, err := store.Runner()
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Connect(r.Dialect)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	store.Connect = func(*engine.Dialect) (sqlstore.Database, error) { return unclosed{db}, nil }
	return store
}

type unclosed struct{ sqlstore.Database }

func (unclosed) Close() error { return nil }
