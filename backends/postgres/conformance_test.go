package postgres_test

import (
	"context"
	"crypto/rand"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/durokit/duro/backends/postgres"
	"github.com/durokit/duro/conformance"
	"github.com/durokit/duro/core"
	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/internal/testservers"
)

// server returns the test server's address and a pool for the test's own purposes.
func server(tb testing.TB) (address string, pool *pgxpool.Pool) {
	tb.Helper()
	address = testservers.URL(tb, testservers.Postgres)
	pool, err := pgxpool.New(tb.Context(), address)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(pool.Close)
	return address, pool
}

// schema returns the name of a schema of a store's own.
func schema() string { return "test_" + strings.ToLower(rand.Text()) }

// connections lists the connections of an application by name.
func connections(ctx context.Context, pool *pgxpool.Pool, name string) ([]string, error) {
	rows, err := pool.Query(ctx, "SELECT concat(state, ': ', query) FROM pg_stat_activity WHERE application_name = $1", name)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

func drop(ctx context.Context, pool *pgxpool.Pool, schema string) error {
	_, err := pool.Exec(ctx, "DROP SCHEMA IF EXISTS "+schema+" CASCADE")
	return err
}

// store makes a factory whose stores have a schema each, and share one clock
// among all their handles.
func store(t *testing.T, configure func(*postgres.Config)) conformance.Factory {
	t.Helper()
	address, pool := server(t)
	unopened := func(context.Context) (*conformance.Harness, error) {
		c := postgres.Config{Address: address, Schema: schema()}
		clock := &engine.ManualClock{}
		c.Engine.Clock = clock
		configure(&c)
		h := &conformance.Harness{
			Open: func(ctx context.Context) (core.Provider, error) { return postgres.Open(ctx, c) },
			Skewed: func(ctx context.Context, by time.Duration) (core.Provider, error) {
				skewed := c
				skewed.Engine.Clock = engine.SkewedClock{Clock: clock, By: by}
				return postgres.Open(ctx, skewed)
			},
			Close: func(ctx context.Context) error { return drop(ctx, pool, c.Schema) },
		}
		if strings.HasPrefix(c.Address, address) { // and not a pooler's, which keeps its connections
			c.Address += "&application_name=" + c.Schema
			h.Connections = func(ctx context.Context) ([]string, error) { return connections(ctx, pool, c.Schema) }
		}
		return h, nil
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
		return h, nil
	})
}

func TestConformance(t *testing.T) {
	conformance.Test(t, store(t, func(*postgres.Config) {}))
}

// inFull skips a variation of the suite but in full runs.
func inFull(t *testing.T) {
	t.Helper()
	if os.Getenv("DURO_TEST_FULL") == "" {
		t.Skip("a variation of TestConformance; make test/full runs it")
	}
}

// A history read from the store must be the one that would have come from the cache.
func TestConformanceWithoutHistoryCache(t *testing.T) {
	inFull(t)
	conformance.Test(t, store(t, func(c *postgres.Config) { c.Engine.CacheBytes = -1 }))
}

// Nothing may be prepared behind a pooler.
func TestConformanceUnnamed(t *testing.T) {
	inFull(t)
	conformance.Test(t, store(t, func(c *postgres.Config) { c.Address += "&default_query_exec_mode=exec" }))
}
