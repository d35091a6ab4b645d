package main

import (
	"errors"
	"io/fs"
	"os"
	"strings"

	// Every backend there is: the operator chooses one by URL.
	_ "github.com/durokit/duro/all"
	"github.com/durokit/duro/backends/mariadb"
	"github.com/durokit/duro/backends/mysql"
	"github.com/durokit/duro/backends/postgres"
	"github.com/durokit/duro/backends/sqlite"
	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/core/engine/migrate"
	"github.com/durokit/duro/internal/casestores"
)

// backend is what this command knows of one kind of store beyond the contract.
type backend struct {
	// config reads a URL. set, unless nil, changes how the store's engine is set up.
	config casestores.Configure
	// settings are what the doctor shows: a name, and a statement that gives it.
	settings []setting
	// quick and deep are statements by which the database checks itself, if it
	// can. They give one row, "ok", when nothing is wrong.
	quick, deep string
}

type setting struct{ name, query string }

// backends are the kinds of store that can be migrated and examined, by scheme.
var backends = map[string]*backend{
	"mariadb": {config: casestores.Served(mariadb.ParseURL,
		func(c *mariadb.Config) *engine.Options { return &c.Engine }), settings: mysqlSettings},
	"mysql": {config: casestores.Served(mysql.ParseURL,
		func(c *mysql.Config) *engine.Options { return &c.Engine }), settings: mysqlSettings},
	"postgres":   &onPostgres,
	"postgresql": &onPostgres,
	"sqlite": {
		config: func(url string, set func(*engine.Options)) (casestores.Place, error) {
			c, err := sqlite.ParseURL(url)
			if set != nil {
				set(&c.Engine)
			}
			return casestores.Place{Store: c.Store(), Path: c.Path, Memory: c.Memory}, err
		},
		settings: []setting{
			{"version", "SELECT sqlite_version()"},
			{"journal_mode", "PRAGMA journal_mode"},
			{"synchronous", "PRAGMA synchronous"},
			{"page_size", "PRAGMA page_size"},
			{"page_count", "PRAGMA page_count"},
			{"freelist_count", "PRAGMA freelist_count"},
		},
		quick: "PRAGMA quick_check",
		deep:  "PRAGMA integrity_check",
	},
}

var onPostgres = backend{
	config: casestores.Served(postgres.ParseURL, func(c *postgres.Config) *engine.Options { return &c.Engine }),
	settings: []setting{
		{"version", "SHOW server_version"},
		{"fsync", "SHOW fsync"},
		{"full_page_writes", "SHOW full_page_writes"},
		{"synchronous_commit", "SHOW synchronous_commit"},
		{"max_connections", "SHOW max_connections"},
		{"autovacuum", "SHOW autovacuum"},
	},
}

var mysqlSettings = []setting{
	{"version", "SELECT VERSION()"},
	{"innodb_flush_log_at_trx_commit", "SELECT @@GLOBAL.innodb_flush_log_at_trx_commit"},
	{"sync_binlog", "SELECT @@GLOBAL.sync_binlog"},
	{"innodb_buffer_pool_size", "SELECT @@GLOBAL.innodb_buffer_pool_size"},
	{"max_allowed_packet", "SELECT @@GLOBAL.max_allowed_packet"},
	{"max_connections", "SELECT @@GLOBAL.max_connections"},
}

// target is a store that was named and is not open yet.
type target struct {
	*backend
	casestores.Place
	url string
}

// target reads the chosen URL. A backend that is none of those above has no
// target, whatever duro.Open may know of it.
func (c *cli) target() (t *target, known bool, err error) {
	url := c.url()
	scheme, _, _ := strings.Cut(url, ":")
	b := backends[scheme]
	if b == nil || c.choice.Target.Plugin != nil {
		return nil, false, nil
	}
	p, err := b.config(url, nil)
	if err != nil {
		return nil, true, &failure{exitUsage, "open " + url + ": " + message(err), err}
	}
	return &target{b, p, url}, true, nil
}

// existing is target for a store that is only looked at.
func (c *cli) existing() (t *target, known bool, err error) {
	t, known, err = c.target()
	if known && err == nil {
		err = t.mustExist()
	}
	return t, known, err
}

// mustExist makes sure that looking at a store does not make or change one: it
// must be there, and have the schema already. A store in memory is always new.
func (t *target) mustExist() error {
	if t.Memory {
		return nil
	}
	if t.Path != "" {
		if _, err := os.Stat(t.Path); errors.Is(err, fs.ErrNotExist) {
			return &failure{exitStore, "open " + t.url + ": there is no such file; duro migrate up makes one", err}
		}
	}
	t.Migrate = migrate.Verify
	return nil
}
