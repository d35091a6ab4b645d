//go:build !cgo

package sqlite

import (
	"errors"

	"modernc.org/sqlite"
)

var sqliteDriver = &sqlite.Driver{}

// codeOf is SQLite's extended code, 0 for an error that is not SQLite's.
func codeOf(err error) int {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code()
	}
	return 0
}
