package sqlite_test

import (
	"testing"

	"github.com/durokit/duro/backends/sqlite"
	"github.com/durokit/duro/conformance/model"
)

func TestModelMemory(t *testing.T) {
	t.Parallel()
	model.Check(t, store(t, func(c *sqlite.Config) { c.Memory = true }))
}

func TestModelFile(t *testing.T) {
	t.Parallel()
	model.Check(t, store(t, func(*sqlite.Config) {}))
}
