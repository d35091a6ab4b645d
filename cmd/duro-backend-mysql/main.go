// Command duro-backend-mysql is the MySQL backend as a plugin.
package main

import (
	"github.com/durokit/duro/backends/mysql"
	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/internal/casestores"
	"github.com/durokit/duro/internal/treeplugin"
)

func main() {
	treeplugin.Main(treeplugin.Backend{
		Name: "mysql", Example: "mysql://localhost/duro", Open: mysql.OpenURL, VersionQuery: "SELECT VERSION()",
		Configure: casestores.Served(mysql.ParseURL, func(c *mysql.Config) *engine.Options { return &c.Engine }),
	})
}
