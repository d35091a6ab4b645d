package postgres

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/durokit/duro/backends/postgres/pgxdb"
	"github.com/durokit/duro/core"
	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/core/engine/migrate"
	"github.com/durokit/duro/core/engine/sqlstore"
	"github.com/durokit/duro/internal/storeurl"
)

// Config names a server by Address, a URL or key=value words as pgxpool takes them, or brings a
// Pool, which the store does not close. BeforeConnect may set the credentials of each connection.
// Schema is created when missing; without one the tables are where the search_path says. Behind a
// pooler, and with a default_query_exec_mode other than cache_statement, nothing is prepared or set
// for longer than a transaction. The rest is as in sqlstore.Store.
type Config struct {
	Address        string
	Pool           *pgxpool.Pool
	BeforeConnect  func(context.Context, *pgx.ConnConfig) error
	Schema, Prefix string
	Migrate        migrate.Mode
	Engine         engine.Options
}

// Open opens the store.
func Open(ctx context.Context, c Config) (core.Provider, error) { return c.Store().Open(ctx) }

// OpenURL opens what ParseURL reads.
func OpenURL(ctx context.Context, url string) (core.Provider, error) {
	c, err := ParseURL(url)
	if err != nil {
		return nil, err
	}
	return Open(ctx, c)
}

// ParseURL reads postgres://user:password@host:port/database with the parameters schema, prefix,
// migrate, cache and poll; all others are the driver's or the server's. postgresql: works too.
func ParseURL(url string) (c Config, err error) {
	if after, long := strings.CutPrefix(url, "postgresql:"); long {
		url = "postgres:" + after
	}
	rest, params, err := storeurl.Split(url, Dialect.Name)
	if err != nil {
		return c, err
	}
	params.Common(&c.Prefix, &c.Migrate, &c.Engine)
	params.Func("schema", func(s string) error { c.Schema = s; return nil })
	c.Address = Dialect.Name + ":" + rest + "?" + params.Rest()
	_, err = pgxdb.ParseConfig(c.Address)
	return c, cmp.Or(params.Err(), err)
}

// Store describes the store to what opens or migrates it. Migrations take turns by a lock of
// their transaction, so they work behind poolers, too.
func (c Config) Store() sqlstore.Store {
	lock := fmt.Sprintf("SELECT pg_advisory_xact_lock(hashtextextended('duro migrate %s.%s', 0))", c.Schema, c.Prefix)
	begin := []string{"BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE", lock}
	if c.Schema != "" {
		// IF NOT EXISTS would need the right to create one in any case, and a session's
		// cache may not know yet what somebody made while it waited for the lock.
		begin = append(begin, fmt.Sprintf(
			`DO 'BEGIN IF NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = ''%[1]s'') THEN CREATE SCHEMA "%[1]s"; END IF; END'`, c.Schema))
	}
	return sqlstore.Store{
		Where: Dialect.Name, Dialect: Dialect, Schema: c.Schema, Prefix: c.Prefix, Migrate: c.Migrate, Engine: c.Engine,
		Begin: begin, TableQuery: `SELECT 1 WHERE to_regclass('"%s"') IS NOT NULL`, Connect: c.connect,
	}
}

func (c Config) connect(d *engine.Dialect) (sqlstore.Database, error) {
	channel := fmt.Sprintf("duro_%x", sha256.Sum224([]byte(c.Schema+"."+cmp.Or(c.Prefix, engine.DefaultPrefix))))[:60]
	o := pgxdb.Options{Dialect: d, Timeout: c.Engine.StatementTimeout, Channel: channel}
	if c.Pool != nil {
		return pgxdb.New(c.Pool, o), nil
	}
	own, err := pgxdb.ParseConfig(c.Address)
	if err != nil {
		return nil, err
	}
	own.BeforeConnect = c.BeforeConnect
	return pgxdb.Open(own, o)
}
