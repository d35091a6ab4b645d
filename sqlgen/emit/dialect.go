package emit

import (
	"github.com/dave/jennifer/jen"

	"github.com/durokit/duro/sqlgen/spec"
)

// dialectFile holds the one exported value that the engine is given.
func dialectFile(pkg string, d *spec.Dialect, digest string) *jen.File {
	f := newFile(pkg)
	f.Add(comment("Digest identifies what this package was generated from: the resolved description" +
		" and everything rendered from the logical model."))
	f.Const().Id("Digest").Op("=").Lit(digest).Line()
	f.Comment("Dialect is what the engine knows of " + d.Name + ".")
	f.Var().Id("Dialect").Op("=").Qual(enginePath, "Dialect").Add(keyed(
		key("Name", jen.Lit(d.Name)),
		key("SingleWriter", jen.Lit(d.Flags.SingleWriter)),
		key("Notify", jen.Lit(d.Flags.Notify)),
		key("ServerClock", jen.Lit(d.Flags.ServerClock)),
		key("Statements", jen.Id("statements")),
		key("Migrations", jen.Id("migrations")),
		key("Classify", jen.Id("classify")),
	))
	return f
}
