package mysql

import (
	"context"
	"database/sql"

	"github.com/go-sql-driver/mysql"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/core/engine/migrate"
	"github.com/durokit/duro/core/engine/sqlstore"
	"github.com/durokit/duro/internal/mysqldb"
)

// Config names the database by a DSN of go-sql-driver/mysql, or brings a pool, DB, which is probed
// when the store is opened and stays open after it. BeforeConnect may set the credentials and the
// TLS configuration of each connection that is made from a DSN. The rest is as in sqlstore.Store.
type Config struct {
	DSN           string
	DB            *sql.DB
	BeforeConnect func(context.Context, *mysql.Config) error
	Prefix        string
	Migrate       migrate.Mode
	Engine        engine.Options
}

// database describes MySQL.
var database = mysqldb.Database{Dialect: Dialect}

// Open opens the database, which must exist.
func Open(ctx context.Context, c Config) (core.Provider, error) { return c.Store().Open(ctx) }

// OpenURL opens what ParseURL reads.
func OpenURL(ctx context.Context, url string) (core.Provider, error) {
	return database.OpenURL(ctx, url)
}

// ParseURL reads mysql://user:password@host:port/database, with the parameters prefix, migrate,
// cache and poll. All others are the driver's: tls, timeout, or a system variable.
func ParseURL(url string) (Config, error) {
	c, err := database.ParseURL(url)
	return Config(c), err
}

// Store describes the store to what opens or migrates it.
func (c Config) Store() sqlstore.Store { return database.Store(mysqldb.Config(c)) }
