// Package all registers every backend of this module with package duro, and those at
// addresses. Import
// it for its effect, in programs that choose a backend at run time.
package all

import (
	"github.com/durokit/duro"
	"github.com/durokit/duro/backends/mariadb"
	"github.com/durokit/duro/backends/mysql"
	"github.com/durokit/duro/backends/postgres"
	"github.com/durokit/duro/backends/sqlite"
	"github.com/durokit/duro/internal/addressurl"
)

func init() {
	duro.Register("mariadb", mariadb.OpenURL)
	duro.Register("mysql", mysql.OpenURL)
	duro.Register("postgres", postgres.OpenURL)
	duro.Register("postgresql", postgres.OpenURL)
	duro.Register("sqlite", sqlite.OpenURL)
	duro.Register("tcp", addressurl.Open)
	duro.Register("unix", addressurl.Open)
}
