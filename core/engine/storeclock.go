package engine

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"
)

// storeClock is the one clock of a store as seen by this process: the host's
// clock plus the offset to the server's. It never goes back.
type storeClock struct {
	host   Clock
	offset atomic.Int64
	last   atomic.Int64
}

func newStoreClock(host Clock) *storeClock { return &storeClock{host: host} }

// now returns the store's time in Unix milliseconds.
func (c *storeClock) now() int64 {
	t := c.host.NowMillis() + c.offset.Load()
	for {
		last := c.last.Load()
		if t <= last {
			return last
		}
		if c.last.CompareAndSwap(last, t) {
			return t
		}
	}
}

// clockSamples is how many round trips the offset is the best of.
const clockSamples = 5

// clockEvery is how long an offset is trusted: clocks drift, and are set.
const clockEvery = 30 * time.Second

// follow measures the server's offset to this machine's clock: the sample with
// the shortest round trip is the least wrong. A host clock that was set forward
// by hand stays as far ahead of the server's.
func (c *storeClock) follow(ctx context.Context, db DB) error {
	best, offset := time.Duration(1<<62), int64(0)
	for range clockSamples {
		begun, before := time.Now(), c.host.NowMillis()-c.host.Ahead()
		server, err := db.Clock(ctx)
		if err != nil {
			return err
		}
		trip := time.Since(begun)
		if trip < best {
			best, offset = trip, server-before-(trip/2).Milliseconds()
		}
	}
	c.offset.Store(offset)
	return nil
}

// followClock keeps the offset fresh until the engine stops.
func (e *Engine) followClock() {
	for sleep(e.run, clockEvery) {
		ctx, cancel := context.WithTimeout(e.run, e.opts.StatementTimeout)
		if err := e.clock.follow(ctx, e.db); err != nil && e.run.Err() == nil {
			e.opts.Logger.Warn("read the server's clock", slog.String("store", e.opts.Name), slog.Any("error", err))
		}
		cancel()
	}
}
