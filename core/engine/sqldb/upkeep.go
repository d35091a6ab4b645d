package sqldb

import (
	"context"
	"time"
)

// upkeep runs Options.Upkeep now and then until ctx ends. Its errors are nobody's
// concern: the next round tries again, and the database has its own bounds.
func (d *DB) upkeep(ctx context.Context) {
	tick := time.NewTicker(d.opts.UpkeepEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if d.written.Swap(false) {
				_, _ = d.opts.ReadFrom.ExecContext(ctx, d.opts.Upkeep)
			}
		case <-ctx.Done():
			return
		}
	}
}
