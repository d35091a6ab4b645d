package mysqldb_test

import (
	"context"
	"testing"

	"github.com/durokit/duro/conformance"
	"github.com/durokit/duro/core"
	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/internal/mysqldb"
)

// stores makes a factory on one backend. Every store has a database of its own, and
// one clock among all its handles.
func stores(t *testing.T, b backend, configure func(*mysqldb.Config)) conformance.Factory {
	t.Helper()
	s := connect(t, b)
	return conformance.FactoryFunc(func(ctx context.Context, _ string) (*conformance.Harness, error) {
		dsn, drop, err := s.database(ctx)
		if err != nil {
			return nil, err
		}
		c := mysqldb.Config{DSN: dsn}
		c.Engine.Clock = &engine.ManualClock{}
		configure(&c)
		open := func(ctx context.Context) (core.Provider, error) { return s.store(c).Open(ctx) }
		p, err := open(ctx)
		if err != nil {
			return nil, err
		}
		return &conformance.Harness{Provider: p, Hooks: p.(*engine.Engine).Hooks(), Open: open, Close: drop}, nil
	})
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
