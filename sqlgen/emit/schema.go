package emit

import "github.com/dave/jennifer/jen"

// schemaFile holds the statements that create and drop the tables.
func schemaFile(pkg string, up, down []string) *jen.File {
	f := newFile(pkg)
	f.Comment("migrations are the versions of the schema, in ascending order.")
	f.Var().Id("migrations").Op("=").Index().Qual(enginePath, "Migration").Add(keyed(keyed(
		key("Version", jen.Lit(1)),
		key("Name", jen.Lit("initial")),
		key("Up", jen.Index().String().Add(keyed(texts(up)...))),
		key("Down", jen.Index().String().Add(keyed(texts(down)...))),
	)))
	return f
}

func texts(list []string) []jen.Code {
	out := make([]jen.Code, 0, len(list))
	for _, s := range list {
		out = append(out, text(s))
	}
	return out
}
