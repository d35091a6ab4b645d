// Command duro-backend-postgres is the PostgreSQL backend as a plugin.
package main

import (
	"fmt"
	"os"

	"github.com/durokit/duro/backends/postgres"
	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/internal/casestores"
	"github.com/durokit/duro/internal/treeplugin"
)

func main() {
	err := treeplugin.Serve(treeplugin.Backend{
		Name: "postgres", Example: "postgres://localhost/duro", Open: postgres.OpenURL, VersionQuery: "SHOW server_version",
		Configure: casestores.Served(postgres.ParseURL, func(c *postgres.Config) *engine.Options { return &c.Engine }),
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
