package sqlite_test

import (
	"os"
	"testing"

	"github.com/durokit/duro/backends/sqlite"
	"github.com/durokit/duro/conformance/model"
)

// checkModel tries a thousand sequences where there is time for them.
func checkModel(t *testing.T, configure func(*sqlite.Config)) {
	t.Helper()
	t.Parallel()
	rounds := 1
	if os.Getenv("DURO_TEST_FULL") != "" {
		rounds = 10
	}
	for range rounds {
		model.Check(t, store(t, configure))
	}
}

func TestModelMemory(t *testing.T) { checkModel(t, func(c *sqlite.Config) { c.Memory = true }) }
func TestModelFile(t *testing.T)   { checkModel(t, func(*sqlite.Config) {}) }
