// Command duro-backend-mysql is the MySQL backend as a plugin.
package main

import (
	"fmt"
	"os"

	"github.com/durokit/duro/backends/mysql"
	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/internal/casestores"
	"github.com/durokit/duro/internal/treeplugin"
)

func main() {
	err := treeplugin.Serve(treeplugin.Backend{
		Name: "mysql", Example: "mysql://localhost/duro", Open: mysql.OpenURL, VersionQuery: "SELECT VERSION()",
		Configure: casestores.Served(mysql.ParseURL, func(c *mysql.Config) *engine.Options { return &c.Engine }),
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
