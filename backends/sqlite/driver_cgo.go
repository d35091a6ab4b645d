//go:build cgo

package sqlite

import (
	"errors"

	"github.com/mattn/go-sqlite3"
)

var sqliteDriver = &sqlite3.SQLiteDriver{}

// codeOf is SQLite's extended code, 0 for an error that is not SQLite's.
func codeOf(err error) int {
	e, _ := errors.AsType[sqlite3.Error](err)
	return max(int(e.Code), int(e.ExtendedCode))
}
