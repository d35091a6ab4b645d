package sqldb

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

const (
	endTimeout = 2 * time.Second
	endAgain   = 5 * time.Millisecond
)

// ender ends a connection on the server, for drivers that only hang up.
type ender struct {
	ask, kill string
	id        int64
}

// meet remembers a new connection's number.
func (e *ender) meet(ctx context.Context, conn *sql.Conn) error {
	if e.ask == "" {
		return nil
	}
	return conn.QueryRowContext(ctx, e.ask).Scan(&e.id)
}

// end kills the connection by way of another and waits until the server does not
// know it any more, so that whoever looks next sees what became of its work.
func (e *ender) end(ctx context.Context, db *sql.DB) {
	if e.kill == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTimeout)
	defer cancel()
	again := time.NewTicker(endAgain)
	defer again.Stop()
	for {
		if _, err := db.ExecContext(ctx, fmt.Sprintf(e.kill, e.id)); err != nil {
			return
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			return
		}
	}
}
