package pgxdb

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// Announce implements engine.Notifier.
func (d *DB) Announce(ctx context.Context, text string) error {
	_, err := d.onConn(ctx, func(c *conn) error {
		_, err := c.Exec(ctx, "SELECT pg_notify($1, $2)", pgx.QueryExecModeExec, d.opts.Channel, text)
		return err
	})
	return err
}

// Listen implements engine.Notifier, on a connection that it takes out of the pool.
// Behind a pooler that gives every transaction another connection nothing can be
// heard.
func (d *DB) Listen(ctx context.Context, ready func(), heard func(text string)) error {
	if d.unnamed {
		<-ctx.Done()
		return ctx.Err()
	}
	pooled, err := d.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	c := pooled.Hijack()
	defer leave(ctx, c)
	if _, err := c.Exec(ctx, "LISTEN "+pgx.Identifier{d.opts.Channel}.Sanitize(), pgx.QueryExecModeExec); err != nil {
		return err
	}
	ready()
	for {
		n, err := c.WaitForNotification(ctx)
		if err != nil {
			return err
		}
		heard(n.Payload)
	}
}
