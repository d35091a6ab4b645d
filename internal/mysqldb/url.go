package mysqldb

import (
	"cmp"
	"context"
	"net/url"
	"strings"

	"github.com/go-sql-driver/mysql"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/internal/storeurl"
)

// ParseURL reads name://user:password@host:port/database, where name is the
// dialect's, with the parameters prefix, migrate, cache and poll. The driver gets
// all others: tls, timeout, or a system variable of the session. Its messages
// never quote what may hold the password.
func (d Database) ParseURL(raw string) (c Config, err error) {
	rest, params, err := storeurl.Split(raw, d.Dialect.Name)
	if err != nil {
		return c, err
	}
	params.Common(&c.Prefix, &c.Migrate, &c.Engine)
	others, err := url.ParseQuery(params.Rest())
	if err := cmp.Or(params.Err(), err); err != nil {
		return c, err
	}
	u, err := url.Parse(d.Dialect.Name + ":" + rest)
	database, rooted := "", false
	if err == nil {
		database, rooted = strings.CutPrefix(u.Path, "/")
	}
	if !rooted || database == "" || strings.Contains(database, "/") || u.Host == "" {
		return c, refuse("after its scheme, a URL of this store goes on with //user:password@host:port/database, with " +
			"reserved characters as %%XX")
	}
	m, err := mysql.ParseDSN("/?" + others.Encode())
	if err != nil {
		return c, refuse("the parameters of the URL: %v", err)
	}
	m.Net, m.Addr, m.DBName = "tcp", u.Host, database
	if u.Port() == "" {
		m.Addr += ":3306"
	}
	m.User = u.User.Username()
	m.Passwd, _ = u.User.Password()
	c.DSN = m.FormatDSN()
	return c, nil
}

// OpenURL opens what ParseURL reads.
func (d Database) OpenURL(ctx context.Context, raw string) (core.Provider, error) {
	c, err := d.ParseURL(raw)
	if err != nil {
		return nil, err
	}
	return d.Store(c).Open(ctx)
}
