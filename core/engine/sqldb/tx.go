package sqldb

import (
	"context"
	"database/sql/driver"
	"errors"
	"time"

	"github.com/durokit/duro/core/engine"
)

// How transactions end.
const (
	commit   = "COMMIT"
	rollback = "ROLLBACK"
)

// rollbackTimeout bounds a ROLLBACK, which runs even when the caller is gone.
const rollbackTimeout = 5 * time.Second

// tx runs calls on a connection, in a transaction or for a single read.
type tx struct {
	db  *DB
	c   *pinned
	ctx context.Context
	// steady is ctx without its end. Short statements run under it: watching a
	// context costs some drivers a goroutine for each execution. ctx is looked
	// at between them.
	steady context.Context
	// brisk: all statements are short.
	brisk  bool
	begun  bool            // BEGIN has succeeded
	failed *engine.Failure // no statement runs after the first failure
}

func (d *DB) newTx(ctx context.Context, c *pinned) *tx {
	return &tx{db: d, c: c, ctx: ctx, steady: context.WithoutCancel(ctx)}
}

// watched is the context a statement runs under.
func (t *tx) watched(short bool) context.Context {
	if short || t.brisk {
		return t.steady
	}
	return t.ctx
}

// transact runs fn in a writing transaction and commits it.
func (d *DB) transact(ctx context.Context, c *pinned, begin string, fn func(*tx) error) error {
	return d.inTransaction(ctx, c, begin, fn, (*tx).commit)
}

// snapshot runs fn in a reading transaction.
func (d *DB) snapshot(ctx context.Context, c *pinned, fn func(*tx) error) error {
	return d.inTransaction(ctx, c, d.opts.BeginRead, fn, (*tx).leave)
}

// direct runs fn without a transaction.
func (d *DB) direct(ctx context.Context, c *pinned, fn func(*tx) error) error {
	return d.onLive(ctx, c, func(t *tx) error {
		err := fn(t)
		if err != nil {
			t.rollback()
		}
		return err
	})
}

func (d *DB) inTransaction(ctx context.Context, c *pinned, begin string, fn, end func(*tx) error) error {
	return d.onLive(ctx, c, func(t *tx) error { return t.whole(begin, fn, end) })
}

// onLive calls fn with a connection, and once more when the connection turned
// out to have died while nobody used it: nothing that counts was sent by then.
func (d *DB) onLive(ctx context.Context, c *pinned, fn func(*tx) error) error {
	for fresh := c.conn == nil; ; fresh = true {
		t, ran := d.newTx(ctx, c), false
		err := c.use(ctx, func() error {
			ran = true
			return fn(t)
		})
		switch {
		case err == nil:
			return nil
		case !fresh && !t.begun && errors.Is(err, driver.ErrBadConn):
		case !ran:
			return d.failure(ctx, err, noCall)
		default:
			return err
		}
	}
}

// whole is a transaction from BEGIN to its end. An error of fn's own is returned
// as it is.
func (t *tx) whole(begin string, fn, end func(*tx) error) error {
	if err := t.c.exec(t.watched(t.db.opts.BriskPlans), begin); err != nil {
		t.rollback() // in case it had begun after all
		return t.db.failure(t.ctx, err, noCall)
	}
	t.begun = true
	err := fn(t)
	if err == nil && t.failed != nil {
		err = t.failed
	}
	if err == nil && t.ctx.Err() != nil {
		err = t.db.failure(t.ctx, t.ctx.Err(), noCall)
	}
	if err != nil {
		t.rollback()
		return err
	}
	return end(t)
}

// commit is not stopped by the caller's context.
func (t *tx) commit() error {
	ctx := t.steady
	if bound := t.db.opts.CommitTimeout; bound > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, bound)
		defer cancel()
	}
	err := t.c.exec(ctx, commit)
	if err == nil {
		return nil
	}
	f := t.db.failure(t.steady, err, noCall)
	f.Ambiguous = !t.db.opts.Uncommitted(err)
	t.rollback()
	return f
}

// leave ends a reading transaction.
func (t *tx) leave() error {
	t.rollback()
	return nil
}

func (t *tx) rollback() {
	ctx, cancel := context.WithTimeout(t.steady, rollbackTimeout)
	defer cancel()
	t.c.rollback(ctx, t.db.opts.BeginRead)
}
