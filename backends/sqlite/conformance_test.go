package sqlite_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/durokit/duro/backends/sqlite"
	"github.com/durokit/duro/conformance"
	"github.com/durokit/duro/core"
	"github.com/durokit/duro/core/engine"
)

// store makes a factory whose stores share one clock among all their handles.
func store(t *testing.T, configure func(*sqlite.Config)) conformance.Factory {
	t.Helper()
	var probe sqlite.Config
	configure(&probe)
	unopened := func(context.Context) (*conformance.Harness, error) {
		c := sqlite.Config{Path: filepath.Join(t.TempDir(), "store.db")}
		c.Engine.Clock = &engine.ManualClock{}
		configure(&c)
		return &conformance.Harness{Open: func(ctx context.Context) (core.Provider, error) { return sqlite.Open(ctx, c) }}, nil
	}
	return conformance.FactoryFunc(func(ctx context.Context, _ string) (*conformance.Harness, error) {
		h, err := unopened(ctx)
		if err != nil {
			return nil, err
		}
		if h.Provider, err = h.Open(ctx); err != nil {
			return nil, err
		}
		h.Hooks, h.Unopened = h.Provider.(*engine.Engine).Hooks(), unopened
		h.Timing.OneClock = true
		if probe.Memory { // every opening is a store of its own
			h.Open, h.Unopened = nil, nil
		}
		return h, nil
	})
}

func TestConformanceFile(t *testing.T) {
	conformance.Test(t, store(t, func(*sqlite.Config) {}))
}

func TestConformanceMemory(t *testing.T) {
	conformance.Test(t, store(t, func(c *sqlite.Config) { c.Memory = true }))
}

// A history read from the store must be the one that would have come from the cache.
func TestConformanceWithoutHistoryCache(t *testing.T) {
	conformance.Test(t, store(t, func(c *sqlite.Config) { c.Memory, c.Engine.CacheBytes = true, -1 }))
}

// A cache that holds one short history evicts all the time.
func TestConformanceWithTinyHistoryCache(t *testing.T) {
	conformance.Test(t, store(t, func(c *sqlite.Config) { c.Memory, c.Engine.CacheBytes = true, 2000 }))
}
