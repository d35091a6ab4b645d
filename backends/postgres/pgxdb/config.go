package pgxdb

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/durokit/duro/core"
)

// cancelPatience is how long a server may take to answer a cancel request before
// the connection is dropped.
const cancelPatience = time.Second

// Config reads an address of a pool, a URL or key=value words, as pgxpool does. Its
// connections ask the server to stop when a context ends, and hear from it
// whether a COMMIT was before that.
func Config(address string) (*pgxpool.Config, error) {
	c, err := pgxpool.ParseConfig(address)
	if err != nil {
		return nil, core.Errorf("Open", core.ErrInvalidArgument, "the address of the server: %s", redact(err.Error(), address))
	}
	c.ConnConfig.BuildContextWatcherHandler = func(conn *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: conn, DeadlineDelay: cancelPatience}
	}
	return c, nil
}

// Open makes a seam over a pool of its own. before, which may be nil, is called
// before each connection is made. The first one is made at the first use.
func Open(address string, before func(context.Context, *pgx.ConnConfig) error, opts Options) (*DB, error) {
	c, err := Config(address)
	if err != nil {
		return nil, err
	}
	c.BeforeConnect = before
	pool, err := pgxpool.NewWithConfig(context.Background(), c)
	if err != nil {
		return nil, err
	}
	return New(pool, opts), nil
}

// redact takes the secrets of an address out of a text. The text is dropped where
// it cannot be known what they are.
func redact(text, address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme == "" {
		return "it cannot be read; write postgres://user:password@host:port/database?sslmode=require"
	}
	secrets := []string{u.Query().Get("password"), u.Query().Get("sslpassword")}
	if password, ok := u.User.Password(); ok {
		_, escaped, _ := strings.Cut(u.User.String(), ":")
		secrets = append(secrets, password, escaped)
	}
	for _, secret := range secrets {
		if secret != "" {
			text = strings.ReplaceAll(text, secret, "xxxxx")
		}
	}
	return text
}
