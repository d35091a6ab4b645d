package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
)

// maxPrepared bounds the statements a connection keeps prepared. Plans have a
// few hundred; only statements made up at run time could exceed it.
const maxPrepared = 1024

// pinned is one connection, held for as long as it works, with the statements
// prepared on it. One goroutine uses it at a time.
type pinned struct {
	db     *sql.DB
	ender  ender
	late   bool        // somebody's patience ended: the server may not know
	conn   *sql.Conn   // nil before the first use and after it broke
	dc     driver.Conn // only while in use
	stmts  map[string]driver.Stmt
	args   []driver.NamedValue // reused from execution to execution
	dest   []driver.Value
	broken bool
}

// use connects if need be and runs fn with c.dc set. A connection that broke
// meanwhile, or whose user panicked, is dropped.
func (c *pinned) use(ctx context.Context, fn func() error) (err error) {
	if c.conn == nil {
		conn, err := c.db.Conn(ctx)
		if err != nil {
			return err
		}
		c.conn, c.stmts, c.late = conn, map[string]driver.Stmt{}, false
		if err := c.ender.meet(ctx, conn); err != nil {
			c.conn, c.stmts = nil, nil
			return errors.Join(err, conn.Close())
		}
	}
	c.broken = true // unless fn returns and thinks otherwise
	defer func() {
		if c.broken {
			_ = c.conn.Close() // it is broken
			c.conn, c.stmts = nil, nil
			if c.late {
				c.ender.end(ctx, c.db)
			}
		}
	}()
	ran := false
	raw := c.conn.Raw(func(dc any) error {
		ran = true
		return c.inside(dc.(driver.Conn), func() { err = fn() }) //nolint:forcetypeassert // it is what a driver opens
	})
	if !ran {
		return raw
	}
	return err
}

// inside runs fn on the driver's connection. It returns driver.ErrBadConn, which
// makes database/sql throw the connection away, when that broke.
func (c *pinned) inside(dc driver.Conn, fn func()) error {
	c.dc = dc
	defer func() {
		c.dc = nil
		if c.broken { // open statements would keep the connection, and its locks, alive
			c.closeStatements()
		}
	}()
	c.broken = false
	panicked := true
	defer func() { c.broken = c.broken || panicked }()
	fn()
	panicked = false
	if c.broken {
		return driver.ErrBadConn
	}
	return nil
}

// exec runs one statement as text and returns nothing of it.
func (c *pinned) exec(ctx context.Context, text string) error {
	err := driver.ErrSkip
	if e, ok := c.dc.(driver.ExecerContext); ok {
		_, err = e.ExecContext(ctx, text, nil)
	}
	if errors.Is(err, driver.ErrSkip) {
		var s driver.Stmt
		if s, err = c.compile(ctx, text); err == nil {
			_, err = execStmt(ctx, s, nil)
			err = errors.Join(err, s.Close())
		}
	}
	return c.note(err)
}

// prepare returns the prepared form of text, from the first use on the same.
func (c *pinned) prepare(ctx context.Context, text string) (driver.Stmt, error) {
	if s, ok := c.stmts[text]; ok {
		return s, nil
	}
	if len(c.stmts) >= maxPrepared {
		c.closeStatements()
	}
	s, err := c.compile(ctx, text)
	if err != nil {
		return nil, c.note(err)
	}
	c.stmts[text] = s
	return s, nil
}

func (c *pinned) compile(ctx context.Context, text string) (driver.Stmt, error) {
	if p, ok := c.dc.(driver.ConnPrepareContext); ok {
		return p.PrepareContext(ctx, text)
	}
	return c.dc.Prepare(text)
}

// note drops the connection, when err says that it is gone.
func (c *pinned) note(err error) error {
	if errors.Is(err, driver.ErrBadConn) {
		c.broken = true
	}
	c.late = c.late || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
	return err
}

// rollback ends whatever transaction is open. Some databases have ended it by
// themselves after an error, and then refuse; that a new one can be begun proves
// it. A connection that cannot be brought to rest is dropped.
func (c *pinned) rollback(ctx context.Context, begin string) {
	if c.broken {
		return
	}
	if c.exec(ctx, rollback) != nil {
		if c.exec(ctx, begin) != nil || c.exec(ctx, rollback) != nil {
			c.broken = true
		}
	}
	if v, ok := c.dc.(driver.Validator); ok && !v.IsValid() {
		c.broken = true
	}
}

func (c *pinned) closeStatements() {
	for _, s := range c.stmts {
		_ = s.Close() // the connection goes, or the statement was only a cached one
	}
	clear(c.stmts)
}

// close closes the statements and gives the connection back.
func (c *pinned) close() error {
	if c.conn == nil {
		return nil
	}
	err := c.conn.Raw(func(any) error {
		c.closeStatements()
		return nil
	})
	return errors.Join(err, c.conn.Close())
}
