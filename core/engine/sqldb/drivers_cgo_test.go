//go:build cgo

package sqldb_test

import (
	"errors"

	mattn "github.com/mattn/go-sqlite3"
)

func cgoDrivers() []testDriver {
	return []testDriver{{"mattn", &mattn.SQLiteDriver{}, func(err error) (int, bool) {
		e, ok := errors.AsType[mattn.Error](err)
		return max(int(e.Code), int(e.ExtendedCode)), ok
	}}}
}
