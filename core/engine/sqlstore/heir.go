package sqlstore

import (
	"strings"

	"github.com/durokit/duro/core/engine"
)

// As returns the store as that of a sibling: a database that takes the same driver,
// settings and connections, and has a description of its own.
func (s Store) As(d engine.Dialect) Store {
	s.Where = d.Name + strings.TrimPrefix(s.Where, s.Dialect.Name)
	s.Dialect = d
	return s
}
