package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"sync"
)

// errClosed is what calls after Close fail with.
var errClosed = errors.New("the database is closed")

// pool hands out a fixed number of pinned connections, the one used last first,
// so that no more are opened than run at a time and their statements stay warm.
type pool struct {
	db     *sql.DB
	turns  chan struct{} // one for each connection; waiters get theirs in order
	closed chan struct{}
	keep   bool // db is not ours to close

	mu   sync.Mutex
	free []*pinned
}

func (d *DB) newPool(db *sql.DB, size int) *pool {
	p := &pool{db: db, turns: make(chan struct{}, size), closed: make(chan struct{}), keep: d.opts.Borrowed}
	for range size {
		p.free = append(p.free, &pinned{db: db, ender: ender{ask: d.opts.SessionID, kill: d.opts.Kill}})
		p.turns <- struct{}{}
	}
	return p
}

// take waits for a connection until ctx ends or the pool closes.
func (p *pool) take(ctx context.Context) (*pinned, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case <-p.closed:
		return nil, errClosed
	default:
	}
	select {
	case <-p.turns:
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-p.closed:
		return nil, errClosed
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	last := len(p.free) - 1
	c := p.free[last]
	p.free = p.free[:last]
	return c, nil
}

func (p *pool) put(c *pinned) {
	p.mu.Lock()
	p.free = append(p.free, c)
	p.mu.Unlock()
	p.turns <- struct{}{}
}

// close refuses new takers, waits for those who hold a connection, and closes
// all. It is called once.
func (p *pool) close() error {
	close(p.closed)
	for range cap(p.turns) {
		<-p.turns
	}
	var errs []error
	for _, c := range p.free {
		errs = append(errs, c.close())
	}
	if !p.keep {
		errs = append(errs, p.db.Close())
	}
	return errors.Join(errs...)
}
