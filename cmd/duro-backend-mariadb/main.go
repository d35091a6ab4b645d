// Command duro-backend-mariadb is the MariaDB backend as a plugin.
package main

import (
	"fmt"
	"os"

	"github.com/durokit/duro/backends/mariadb"
	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/internal/casestores"
	"github.com/durokit/duro/internal/treeplugin"
)

func main() {
	err := treeplugin.Serve(treeplugin.Backend{
		Name: "mariadb", Example: "mariadb://localhost/duro", Open: mariadb.OpenURL, VersionQuery: "SELECT VERSION()",
		Configure: casestores.Served(mariadb.ParseURL, func(c *mariadb.Config) *engine.Options { return &c.Engine }),
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
