package sqldb_test

import (
	"context"
	"database/sql/driver"
	"sync"
)

// spy is a driver around another one that writes down what is executed and fails
// where a test wants it to.
type spy struct {
	driver.Driver
	// before may fail an execution instead of letting it happen, after one that
	// has happened.
	before, after func(text string) error

	mu     sync.Mutex
	opened int
	log    []string
}

func (s *spy) Open(name string) (driver.Conn, error) {
	c, err := s.Driver.Open(name)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opened++
	return &spyConn{Conn: c, spy: s}, nil
}

func (s *spy) connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.opened
}

// count returns how often text was executed.
func (s *spy) count(text string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, t := range s.log {
		if t == text {
			n++
		}
	}
	return n
}

func (s *spy) around(text string, run func() error) error {
	s.mu.Lock()
	s.log = append(s.log, text)
	s.mu.Unlock()
	if s.before != nil {
		if err := s.before(text); err != nil {
			return err
		}
	}
	if err := run(); err != nil {
		return err
	}
	if s.after != nil {
		return s.after(text)
	}
	return nil
}

type spyConn struct {
	driver.Conn
	spy *spy
}

func (c *spyConn) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (res driver.Result, err error) {
	err = c.spy.around(text, func() error {
		res, err = c.Conn.(driver.ExecerContext).ExecContext(ctx, text, args)
		return err
	})
	return res, err
}

func (c *spyConn) PrepareContext(ctx context.Context, text string) (driver.Stmt, error) {
	s, err := c.Conn.(driver.ConnPrepareContext).PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	return &spyStmt{Stmt: s, spy: c.spy, text: text}, nil
}

type spyStmt struct {
	driver.Stmt
	spy  *spy
	text string
}

func (s *spyStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (res driver.Result, err error) {
	err = s.spy.around(s.text, func() error {
		res, err = s.Stmt.(driver.StmtExecContext).ExecContext(ctx, args)
		return err
	})
	return res, err
}

func (s *spyStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (rows driver.Rows, err error) {
	err = s.spy.around(s.text, func() error {
		rows, err = s.Stmt.(driver.StmtQueryContext).QueryContext(ctx, args)
		return err
	})
	return rows, err
}
