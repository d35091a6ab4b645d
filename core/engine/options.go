package engine

import (
	"cmp"
	"log/slog"
	"time"
)

// Options set an Engine up. The zero value is usable.
type Options struct {
	// Name and Version are what Provider.Name and Provider.Version return.
	// Default: the dialect's name, and "0.0.0".
	Name, Version string
	// Clock is the host's clock. Default: SystemClock.
	Clock Clock
	// CacheBytes bounds the history cache. Default: 64 MiB. Negative: no cache.
	CacheBytes int64
	// PollInterval is the longest time a message of another process waits to be
	// seen when nothing announces it. Default: 2 s, with jitter.
	PollInterval time.Duration
	// StatementTimeout bounds a batch on the server. Default: 30 s.
	StatementTimeout time.Duration
	// BatchMembers and BatchBytes cap a batch. Default: 64 and 4 MiB. A member
	// over a quarter of BatchBytes travels alone.
	BatchMembers int
	BatchBytes   int
	// Logger takes the engine's own records. Default: slog.Default.
	Logger *slog.Logger
}

func (o Options) withDefaults(d *Dialect) Options {
	o.Name = cmp.Or(o.Name, d.Name)
	o.Version = cmp.Or(o.Version, "0.0.0")
	if o.Clock == nil {
		o.Clock = SystemClock{}
	}
	o.CacheBytes = cmp.Or(o.CacheBytes, 64<<20)
	o.PollInterval = positive(o.PollInterval, 2*time.Second)
	o.StatementTimeout = positive(o.StatementTimeout, 30*time.Second)
	o.BatchMembers = positive(o.BatchMembers, 64)
	o.BatchBytes = positive(o.BatchBytes, 4<<20)
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	return o
}

func positive[N int | time.Duration](n, otherwise N) N {
	if n > 0 {
		return n
	}
	return otherwise
}
