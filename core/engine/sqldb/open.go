package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
)

// Open makes a pool of at most conns connections that drv opens at dsn. Every
// new connection runs the statements in init before anybody gets it.
func Open(drv driver.Driver, dsn string, conns int, init ...string) *sql.DB {
	db := sql.OpenDB(&connector{drv: drv, dsn: dsn, init: init})
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	return db
}

// connector opens connections and runs their first statements.
type connector struct {
	drv  driver.Driver
	dsn  string
	init []string
}

// Driver implements driver.Connector.
func (c *connector) Driver() driver.Driver { return c.drv }

// Connect implements driver.Connector.
func (c *connector) Connect(ctx context.Context) (driver.Conn, error) {
	dc, err := c.open(ctx)
	if err != nil {
		return nil, err
	}
	conn := &pinned{dc: dc}
	for _, text := range c.init {
		if err := conn.exec(ctx, text); err != nil {
			return nil, errors.Join(fmt.Errorf("%s: %w", text, err), dc.Close())
		}
	}
	return dc, nil
}

func (c *connector) open(ctx context.Context) (driver.Conn, error) {
	if d, ok := c.drv.(driver.DriverContext); ok {
		inner, err := d.OpenConnector(c.dsn)
		if err != nil {
			return nil, err
		}
		return inner.Connect(ctx)
	}
	return c.drv.Open(c.dsn)
}
