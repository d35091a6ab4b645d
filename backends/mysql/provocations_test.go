package mysql

import (
	"testing"

	"github.com/durokit/duro/core/engine/classtest"
	"github.com/durokit/duro/core/engine/sqlstore"
	"github.com/durokit/duro/internal/provoke"
)

func provocations(t *testing.T) map[string]classtest.Provocation {
	t.Helper()
	return provoke.MySQL(t, func(url string) (sqlstore.Store, error) {
		c, err := ParseURL(url)
		return c.Store(), err
	})
}
