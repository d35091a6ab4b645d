package stress

import (
	"context"
)

// Ceiling runs a workload on a store that does nothing but hand messages around
// in memory: it forgets no message and locks nothing for good, but it has no
// timers, sessions, KV and admin half. What it reaches is what driver and runtime
// can do by themselves, on this machine and with this configuration; a provider's
// figure means little when it comes near.
func Ceiling(ctx context.Context, cfg Config, watch Observer) (*Result, error) {
	return Run(ctx, newMemory(), cfg, watch)
}
