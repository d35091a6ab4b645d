package mariadb

import (
	"context"
	"strings"

	"github.com/durokit/duro/backends/mysql"
	"github.com/durokit/duro/core"
	"github.com/durokit/duro/core/engine/sqlstore"
)

// Config is as in package mysql, whose driver, settings and parameters serve here too.
type Config mysql.Config

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

// ParseURL reads a URL as package mysql does, with this dialect's name as its scheme.
func ParseURL(url string) (Config, error) {
	rest, ok := strings.CutPrefix(url, Dialect.Name+":")
	if !ok {
		return Config{}, core.Errorf("Open", core.ErrInvalidArgument, "a URL of this store begins with %q", Dialect.Name+":")
	}
	c, err := mysql.ParseURL(mysql.Dialect.Name + ":" + rest)
	return Config(c), err
}

// Store describes the store to what opens or migrates it.
func (c Config) Store() sqlstore.Store { return mysql.Config(c).Store().As(Dialect) }
