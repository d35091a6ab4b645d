package sqldb

import (
	"context"

	"github.com/durokit/duro/core/engine"
)

// Session is one writer connection for statements that are no plan: schema
// changes, above all. The caller begins and ends its own transactions.
type Session struct {
	t *tx
}

// Session runs fn with a writer connection while other processes are locked out.
// A transaction fn leaves open is rolled back.
func (d *DB) Session(ctx context.Context, fn func(*Session) error) error {
	return d.exclusive(ctx, func(c *pinned) error {
		d.written.Store(true)
		return d.onLive(ctx, c, func(t *tx) error {
			t.begun = true // fn may have had effects: it runs once
			err := fn(&Session{t})
			if err != nil {
				t.rollback()
			}
			return err
		})
	})
}

// Exec runs one statement.
func (s *Session) Exec(ctx context.Context, text string) error {
	if err := s.t.c.exec(ctx, text); err != nil {
		return s.t.db.failure(ctx, err, noCall)
	}
	return nil
}

// Query runs one statement and returns its rows, of int64, string, []byte or nil.
func (s *Session) Query(ctx context.Context, text string) ([][]any, error) {
	table, err := s.query(ctx, text)
	if err != nil {
		return nil, s.t.db.failure(ctx, err, noCall)
	}
	return table, nil
}

func (s *Session) query(ctx context.Context, text string) (table [][]any, err error) {
	c := s.t.c
	stmt, err := c.compile(ctx, text)
	if err != nil {
		return nil, c.note(err)
	}
	defer stmt.Close()
	rows, err := queryStmt(ctx, stmt, nil)
	if err != nil {
		return nil, c.note(err)
	}
	defer rows.Close()
	err = c.scan(rows, len(rows.Columns()), false, func(r engine.Row) { table = append(table, r) })
	return table, c.note(err)
}
