// Package vet tries a dialect on a live server: it makes a store of its own there,
// executes every form of every statement, compares what the description claims
// with what the server does, and takes everything away again.
//
// A claim is refuted by what happened, never by a version: whoever claims too much
// learns which statement or behavior is missing. What a server could do beyond the
// description is a hint.
package vet

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/core/engine/migrate"
	"github.com/durokit/duro/core/engine/sqlstore"
	"github.com/durokit/duro/sqlgen"
	"github.com/durokit/duro/sqlgen/model"
	"github.com/durokit/duro/sqlgen/spec"
)

// Options say what to try, and where.
type Options struct {
	// Store is where, by way of the dialect's own Go.
	Store sqlstore.Store
	// Description is the path of its dialect.yaml.
	Description string
	// Progress is told what happens. Required.
	Progress io.Writer
}

// Run tries a dialect. Its error says that it could not; what it found wrong with
// the dialect is in the report.
func Run(ctx context.Context, o Options) (report Report, err error) {
	in, err := sqlgen.Resolve(o.Description)
	if err != nil {
		return report, err
	}
	s := &subject{
		dialect: in.Dialect, model: model.Statements(), progress: o.Progress, report: &report,
		failed: map[string]error{},
	}
	if err := s.connect(o.Store); err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, s.db.Close()) }()
	if s.now, err = s.db.Clock(ctx); err != nil {
		return report, fmt.Errorf("connect: %w", err)
	}
	installed := s.install(ctx)
	if installed {
		s.executeAll(ctx)
		s.judgeClaims(ctx)
		s.probe(ctx)
	}
	s.remove(context.WithoutCancel(ctx), installed)
	return report, ctx.Err()
}

// subject is a dialect on a server.
type subject struct {
	dialect *spec.Dialect
	model   []model.Statement
	// store is the throw-away one; every opening of it gives db.
	store sqlstore.Store
	db    sqlstore.Database
	// bound is the dialect as the engine would run it there.
	bound    *engine.Dialect
	progress io.Writer
	report   *Report

	now     int64 // the server's, when all began
	counter int64 // makes inputs that must be unique
	// failed are the statements that did not run, and why.
	failed map[string]error
}

// newPrefix is one that nobody has.
func newPrefix() string { return "durovet_" + strings.ToLower(rand.Text()[:12]) + "_" }

func (s *subject) connect(store sqlstore.Store) error {
	store.Prefix = newPrefix()
	r, err := store.Runner()
	if err != nil {
		return err
	}
	s.sayf("connecting to %s, tables %s*", store.Where, store.Prefix)
	if s.db, err = store.Connect(r.Dialect); err != nil {
		return err
	}
	store.Connect = func(*engine.Dialect) (sqlstore.Database, error) { return lent{s.db}, nil }
	s.bound, s.store = r.Dialect, store
	return nil
}

// lent is a database that its borrowers cannot close: one in memory would be gone.
type lent struct{ sqlstore.Database }

// Close implements engine.DB.
func (lent) Close() error { return nil }

func (s *subject) sayf(format string, args ...any) { fmt.Fprintf(s.progress, format+"\n", args...) }

// install creates the schema.
func (s *subject) install(ctx context.Context) (ok bool) {
	s.sayf("migrating up")
	err := s.store.Migrations(ctx, func(r *migrate.Runner) error {
		_, err := r.Up(ctx)
		return err
	})
	s.judge("schema", "created", err)
	if err == nil && s.dialect.PartialIndexes {
		s.addf(OK, "partial_indexes: true", "created with the schema")
	}
	return err == nil
}

// remove takes the schema away, by its own migrations if they created all of it, and
// what remembers them.
func (s *subject) remove(ctx context.Context, installed bool) {
	s.sayf("migrating down")
	left, err := takeDown(ctx, s.store)
	if installed {
		err = complete(left, err)
	}
	s.judge("schema, undone", "nothing is left", err)
	if installed {
		_, err = s.db.Read(ctx, []engine.Call{s.call(&s.bound.Statements.ClassesList)})
		s.expect("errors: a table is not there", err, schemaMismatch)
	}
}

// takeDown undoes the migrations, then drops what they left, which it returns, and the
// runner's own tables, which stay with a store as a rule.
func takeDown(ctx context.Context, store sqlstore.Store) (left []string, err error) {
	err = store.Migrations(ctx, func(r *migrate.Runner) error {
		_, err := r.Down(ctx, 0)
		drop := func(name string) {
			err = errors.Join(err, r.Session.Exec(ctx, "DROP TABLE IF EXISTS "+quoted(store, r.Prefix+name)))
		}
		for _, table := range model.Tables() {
			rows, failed := r.Session.Query(ctx, fmt.Sprintf(r.TableQuery, r.Prefix+table.Name))
			if err = errors.Join(err, failed); len(rows) > 0 {
				left = append(left, table.Name)
				drop(table.Name)
			}
		}
		drop("migrations")
		drop("migration_lock")
		return err
	})
	return left, err
}

// complete says that the migrations should have left nothing.
func complete(left []string, err error) error {
	if err == nil && len(left) > 0 {
		return fmt.Errorf("the migrations left %s", strings.Join(left, ", "))
	}
	return err
}

func quoted(store sqlstore.Store, name string) string {
	quote := cmp.Or(store.Quote, `"`)
	return quote + name + quote
}
