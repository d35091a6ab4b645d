// Command duro-backend-sqlite is the SQLite backend as a plugin.
package main

import (
	"fmt"
	"os"

	"github.com/durokit/duro/backends/sqlite"
	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/internal/casestores"
	"github.com/durokit/duro/internal/treeplugin"
)

func main() {
	err := treeplugin.Serve(treeplugin.Backend{
		Name: "sqlite", Example: "sqlite:orchestrations.db", Open: sqlite.OpenURL, VersionQuery: "SELECT sqlite_version()",
		Configure: func(url string, set func(*engine.Options)) (casestores.Place, error) {
			c, err := sqlite.ParseURL(url)
			if set != nil {
				set(&c.Engine)
			}
			return casestores.Place{Store: c.Store(), Path: c.Path, Memory: c.Memory}, err
		},
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
