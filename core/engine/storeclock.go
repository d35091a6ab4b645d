package engine

import (
	"context"
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

// follow measures the offset to the server's clock: the sample with the
// shortest round trip is the least wrong.
func (c *storeClock) follow(ctx context.Context, db DB) error {
	best := int64(1 << 62)
	for range clockSamples {
		before := time.Now()
		hostBefore := c.host.NowMillis()
		server, err := db.Clock(ctx)
		if err != nil {
			return err
		}
		trip := time.Since(before).Milliseconds()
		if trip < best {
			best = trip
			c.offset.Store(server - hostBefore - trip/2)
		}
	}
	return nil
}
