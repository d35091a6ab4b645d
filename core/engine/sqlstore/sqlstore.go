// Package sqlstore opens a store over a seam: what every backend does alike, from
// the table prefix to the running engine.
package sqlstore

import (
	"cmp"
	"context"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/core/engine/migrate"
	"github.com/durokit/duro/core/engine/sqldb"
)

// Store is a store before it is open.
type Store struct {
	// Where names the store in messages. It holds no secret.
	Where string
	// Dialect is the generated one, not bound to a prefix yet.
	Dialect engine.Dialect
	// Prefix begins the names of all tables. Default: engine.DefaultPrefix.
	Prefix string
	// Schema qualifies the names of all tables. Default: none, which leaves it to
	// the database where they are.
	Schema string
	// Connect makes the seam.
	Connect func(d *engine.Dialect) (Database, error)
	// Begin and TableQuery are what the migrations need of the database, see
	// migrate.Runner. A store without Begin must have two writers at least.
	Begin      []string
	TableQuery string
	// Quote surrounds identifiers. Default: the double quote.
	Quote string
	// Migrate says what Open does about the schema.
	Migrate migrate.Mode
	// Engine sets the engine up.
	Engine engine.Options
}

// Database is a seam that also runs statements which are no plan.
type Database interface {
	engine.DB
	// Session runs fn with a connection of its own. A transaction that fn leaves
	// open is rolled back.
	Session(ctx context.Context, fn func(migrate.Session) error) error
}

// SQL makes a Database of a seam over database/sql.
type SQL struct{ *sqldb.DB }

// Session implements Database.
func (s SQL) Session(ctx context.Context, fn func(migrate.Session) error) error {
	return s.DB.Session(ctx, func(session *sqldb.Session) error { return fn(session) })
}

// Open connects, brings the schema up to date or verifies it, and starts an
// engine. Its errors are *core.ProviderError.
func (s Store) Open(ctx context.Context) (core.Provider, error) {
	r, db, err := s.connect()
	if err != nil {
		return nil, err
	}
	err = s.migrate(ctx, r, db, func(r *migrate.Runner) error { return r.Ensure(ctx, s.Migrate) })
	var e *engine.Engine
	if err == nil {
		e, err = engine.New(ctx, db, r.Dialect, s.Engine)
	}
	if err != nil {
		_ = db.Close() // the first error is the one that matters
		return nil, sqldb.OpenError(err, s.Where)
	}
	return e, nil
}

// Migrations connects and gives fn the store's migrations, for an operator who
// wants to see, apply or undo them.
func (s Store) Migrations(ctx context.Context, fn func(*migrate.Runner) error) error {
	r, db, err := s.connect()
	if err != nil {
		return err
	}
	err = s.migrate(ctx, r, db, fn)
	if closed := db.Close(); err == nil {
		err = closed
	}
	return sqldb.OpenError(err, s.Where)
}

// Runner returns the store's migrations without a connection: they can be printed.
func (s Store) Runner() (*migrate.Runner, error) {
	unbound, err := s.qualified()
	if err != nil {
		return nil, err
	}
	prefix := cmp.Or(s.Prefix, engine.DefaultPrefix)
	d, err := unbound.WithPrefix(prefix)
	if err != nil {
		return nil, err
	}
	return &migrate.Runner{
		Dialect: d, Prefix: s.inSchema(prefix),
		Begin: s.Begin, TableQuery: s.TableQuery, Quote: s.Quote, Clock: s.Engine.Clock,
	}, nil
}

func (s Store) connect() (*migrate.Runner, Database, error) {
	r, err := s.Runner()
	if err != nil {
		return nil, nil, err
	}
	db, err := s.Connect(r.Dialect)
	return r, db, sqldb.OpenError(err, s.Where)
}

func (s Store) migrate(ctx context.Context, r *migrate.Runner, db Database, fn func(*migrate.Runner) error) error {
	return db.Session(ctx, func(session migrate.Session) error {
		r.Session = session
		if len(s.Begin) > 0 {
			return fn(r)
		}
		return db.Session(ctx, func(beat migrate.Session) error {
			r.Beat = beat
			return fn(r)
		})
	})
}
