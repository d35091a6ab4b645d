package postgres_test

import (
	"os"
	"testing"

	"github.com/durokit/duro/backends/postgres"
	"github.com/durokit/duro/conformance/model"
)

func TestModel(t *testing.T) {
	t.Parallel()
	o := model.Options{Sequences: 5} // a schema each
	if os.Getenv("DURO_TEST_FULL") != "" {
		o.Sequences = 100
	}
	model.Check(t, store(t, func(*postgres.Config) {}), o)
}
