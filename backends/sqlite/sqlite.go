// Package sqlite keeps a store in memory or in a SQLite file, which processes may share: they take turns at
// the file lock <path>-lock. With cgo the driver is mattn/go-sqlite3, without it modernc.org/sqlite.
package sqlite

import (
	"context"
	"slices"
	"time"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/core/engine/migrate"
	"github.com/durokit/duro/core/engine/sqldb"
	"github.com/durokit/duro/core/engine/sqlstore"
	"github.com/durokit/duro/internal/embedded"
)

// Config names the file Path, or with Memory a database that ends with Close. AllowNetworkFS
// accepts file systems on which SQLite can get corrupted. The rest is as in sqlstore.Store.
type Config struct {
	Path                   string
	Memory, AllowNetworkFS bool
	Prefix                 string
	Migrate                migrate.Mode
	Engine                 engine.Options
}

// database describes SQLite. A background PASSIVE checkpoint keeps the log short out of the
// writer's way; the writer's own, at 10,000 pages, bounds it. Claims do not wait for the disk:
// what a power failure takes of them were locks of processes that it ended too.
var database = embedded.Database{
	Dialect: Dialect, Driver: sqliteDriver, Code: code, Uncommitted: uncommitted,
	Begin: "PRAGMA synchronous = FULL; BEGIN IMMEDIATE", BeginClaim: "PRAGMA synchronous = NORMAL; BEGIN IMMEDIATE",
	Init: []string{"PRAGMA busy_timeout = 2000", "PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA temp_store = MEMORY",
		"PRAGMA cache_size = -65536", "PRAGMA wal_autocheckpoint = 10000", "PRAGMA journal_size_limit = 67108864"},
	InitReader: []string{"PRAGMA query_only = 1"}, TableQuery: "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '%s'",
	Upkeep: "PRAGMA wal_checkpoint(PASSIVE)", UpkeepEvery: 200 * time.Millisecond,
}

// Open opens the database, and creates it when it is missing.
func Open(ctx context.Context, c Config) (core.Provider, error) { return c.Store().Open(ctx) }

// OpenURL opens what ParseURL reads.
func OpenURL(ctx context.Context, url string) (core.Provider, error) {
	return database.OpenURL(ctx, url)
}

// ParseURL reads sqlite:path, sqlite:///path or sqlite::memory:, with the parameters
// prefix, migrate, cache, poll and allow_network_fs.
func ParseURL(url string) (Config, error) {
	c, err := database.ParseURL(url)
	return Config(c), err
}

// Store describes the store to what opens or migrates it.
func (c Config) Store() sqlstore.Store { return database.Store(embedded.Config(c)) }

// code spells an error as dialect.yaml does; the primary code is the extended one's last byte.
func code(err error) string { return sqldb.DetailedCode(codeOf(err)&255, codeOf(err)) }

// uncommitted: a COMMIT that was busy, interrupted, refused or out of space wrote no commit record.
func uncommitted(err error) bool {
	return slices.Contains([]int{5, 6, 7, 8, 9, 13, 19}, codeOf(err)&255)
}
