// Package embedded opens stores in databases that are a library and a file: one
// writer with readers beside it, other processes kept out by a file lock, or all
// of it in memory on a single connection. It knows no such database.
package embedded

import (
	"database/sql"
	"database/sql/driver"
	"slices"
	"time"

	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/core/engine/migrate"
	"github.com/durokit/duro/core/engine/sqldb"
	"github.com/durokit/duro/core/engine/sqlstore"
	"github.com/durokit/duro/internal/filelock"
	"github.com/durokit/duro/internal/netfs"
)

// Readers is how many connections read a file at a time.
const Readers = 4

// memory is the name of a database in memory.
const memory = ":memory:"

// Config says which database to open. A backend's Config has the same fields.
type Config struct {
	// Path is the database file. It is created when missing; its folder is not.
	Path string
	// Memory opens a database of its own in memory, which ends with Close.
	Memory bool
	// AllowNetworkFS accepts a file on a network file system.
	AllowNetworkFS bool
	// Prefix begins the names of all tables. Default: engine.DefaultPrefix.
	Prefix string
	// Migrate says what opening does about the schema.
	Migrate migrate.Mode
	// Engine sets the engine up.
	Engine engine.Options
}

// Database describes the library.
type Database struct {
	// Dialect is the generated one.
	Dialect engine.Dialect
	// Driver opens ":memory:" and file: URIs.
	Driver driver.Driver
	// Init runs on every new connection, InitReader also on those that read a file.
	Init, InitReader []string
	// Begin starts a transaction that covers schema changes and may write,
	// BeginClaim one that only takes locks, see engine.DB.
	Begin, BeginClaim string
	// TableQuery tells whether a table exists, see migrate.Runner.
	TableQuery string
	// Code and Uncommitted are as in sqldb.Options.
	Code        func(error) string
	Uncommitted func(error) bool
	// Upkeep runs every UpkeepEvery while a file is written to.
	Upkeep      string
	UpkeepEvery time.Duration

	// networkKind stands in for netfs.Kind in tests.
	networkKind func(path string) (string, error)
}

// Store describes c's store to what opens or migrates it.
func (d Database) Store(c Config) sqlstore.Store {
	where := c.Path
	if c.Memory {
		where = memory
	}
	return sqlstore.Store{
		Where: d.Dialect.Name + " " + where, Dialect: d.Dialect, Prefix: c.Prefix, Migrate: c.Migrate, Engine: c.Engine,
		Begin: []string{d.Begin}, TableQuery: d.TableQuery,
		Connect: func(bound *engine.Dialect) (sqlstore.Database, error) { return d.connect(c, bound) },
	}
}

func (d Database) connect(c Config, bound *engine.Dialect) (sqlstore.Database, error) {
	o := sqldb.Options{
		Dialect: bound, Code: d.Code, Uncommitted: d.Uncommitted, Begin: d.Begin, BeginClaim: d.BeginClaim,
		OwnedBytes: true, Clock: c.Engine.Clock, BriskPlans: true,
	}
	if c.Memory {
		return sqlstore.SQL{DB: sqldb.New(d.open(memory, 1), o)}, nil
	}
	kind := d.networkKind
	if kind == nil {
		kind = netfs.Kind
	}
	if c.AllowNetworkFS {
		kind = nil
	}
	path, err := resolve(c.Path, kind)
	if err != nil {
		return nil, err
	}
	lock, err := filelock.Open(path + "-lock")
	if err != nil {
		return nil, refuse("the lock file beside the database: %v", err)
	}
	o.Lock, o.Readers, o.Upkeep, o.UpkeepEvery = lock, Readers, d.Upkeep, d.UpkeepEvery
	o.ReadFrom = d.open(uri(path), Readers+1, d.InitReader...) // one more, for the upkeep
	return sqlstore.SQL{DB: sqldb.New(d.open(uri(path), 1), o)}, nil
}

func (d Database) open(dsn string, conns int, more ...string) *sql.DB {
	return sqldb.Open(d.Driver, dsn, conns, slices.Concat(d.Init, more)...)
}
