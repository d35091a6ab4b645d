package mysqldb_test

import (
	"context"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"github.com/durokit/duro/conformance"
	"github.com/durokit/duro/core"
	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/internal/mysqldb"
	"github.com/durokit/duro/internal/testservers"
)

// stores makes a factory on one backend. Every store has a database of its own, and
// one clock among all its handles.
func stores(t *testing.T, b backend, configure func(*mysqldb.Config)) conformance.Factory {
	t.Helper()
	s := connect(t, b)
	unopened := func(ctx context.Context) (*conformance.Harness, error) {
		dsn, drop, err := s.database(ctx)
		if err != nil {
			return nil, err
		}
		c := mysqldb.Config{DSN: dsn}
		clock := &engine.ManualClock{}
		c.Engine.Clock = clock
		configure(&c)
		return &conformance.Harness{
			Open: func(ctx context.Context) (core.Provider, error) { return s.store(c).Open(ctx) },
			Skewed: func(ctx context.Context, by time.Duration) (core.Provider, error) {
				skewed := c
				skewed.Engine.Clock = engine.SkewedClock{Clock: clock, By: by}
				return s.store(skewed).Open(ctx)
			},
			Connections: func(ctx context.Context) ([]string, error) { return s.connections(ctx, dsn) },
			Close:       drop,
		}, nil
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

// connections lists what is connected to a database.
func (s *server) connections(ctx context.Context, dsn string) (found []string, err error) {
	c, err := mysql.ParseDSN(dsn)
	if err != nil {
		return nil, err
	}
	all, err := testservers.Processes(ctx, s.admin, c.DBName)
	for _, p := range all {
		found = append(found, p.Command+": "+p.Info)
	}
	return found, err
}

// conform runs the suite on one backend.
func conform(t *testing.T, b backend, configure func(*mysqldb.Config)) {
	t.Helper()
	conformance.Test(t, stores(t, b, configure))
}

func TestConformanceMySQL(t *testing.T) {
	conform(t, backends[0], func(*mysqldb.Config) {})
}

func TestConformanceMariaDB(t *testing.T) {
	conform(t, backends[1], func(*mysqldb.Config) {})
}
