package emit

import (
	"github.com/dave/jennifer/jen"

	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/sqlgen/spec"
)

// classifyFile holds the switch over the driver's error codes.
func classifyFile(pkg string, d *spec.Dialect) *jen.File {
	f := newFile(pkg)
	f.Add(comment("classify maps an error code of " + d.Name +
		" to what the engine does about it; ok is false for a code the description does not list."))
	body := jen.Switch(jen.Id("code")).BlockFunc(func(g *jen.Group) {
		for _, row := range d.Errors {
			note := row.Name
			if row.NotProvoked != "" {
				note += "; no test provokes it: " + row.NotProvoked
			}
			g.Case(literals(row.Codes)...).Block(
				comment(note),
				jen.Return(class(row), jen.True()),
			)
		}
	})
	if len(d.Errors) == 0 {
		body = jen.Null()
	}
	f.Func().Id("classify").Params(jen.Id("code").String()).
		Params(jen.Id("class").Qual(enginePath, "Class"), jen.Id("ok").Bool()).
		Block(body, jen.Return(jen.Qual(enginePath, "Class").Values(), jen.False()))
	return f
}

// classifyTestFile holds a table test with every code of the description.
func classifyTestFile(pkg string, d *spec.Dialect) *jen.File {
	f := newFile(pkg)
	var rows []jen.Code
	for _, row := range d.Errors {
		for _, code := range row.Codes {
			rows = append(rows, jen.Values(jen.Lit(code), jen.Lit(row.Name), class(row)))
		}
	}
	f.Func().Id("TestClassifyTable").Params(jen.Id("t").Op("*").Qual("testing", "T")).Block(
		jen.Id("t").Dot("Parallel").Call(),
		jen.Id("rows").Op(":=").Index().Struct(
			jen.List(jen.Id("code"), jen.Id("name")).String(),
			jen.Id("want").Qual(enginePath, "Class"),
		).Add(keyed(rows...)),
		jen.For(jen.List(jen.Id("_"), jen.Id("row")).Op(":=").Range().Id("rows")).Block(
			jen.List(jen.Id("got"), jen.Id("ok")).Op(":=").Id("classify").Call(jen.Id("row").Dot("code")),
			jen.If(jen.Op("!").Id("ok").Op("||").Id("got").Op("!=").Id("row").Dot("want")).Block(
				jen.Id("t").Dot("Errorf").Call(
					jen.Lit("classify(%q) (%s) = %+v, %t, want %+v"), jen.Id("row").Dot("code"), jen.Id("row").Dot("name"),
					jen.Id("got"), jen.Id("ok"), jen.Id("row").Dot("want"),
				),
			),
		),
		jen.If(
			jen.List(jen.Id("got"), jen.Id("ok")).Op(":=").Id("classify").Call(jen.Lit("no such code")),
			jen.Id("ok"),
		).Block(
			jen.Id("t").Dot("Errorf").Call(jen.Lit("classify knows a code that is not listed: %+v"), jen.Id("got")),
		),
	)
	return f
}

func literals(list []string) []jen.Code {
	out := make([]jen.Code, 0, len(list))
	for _, s := range list {
		out = append(out, jen.Lit(s))
	}
	return out
}

// class writes the engine.Class of a row. A class that was found is written in
// full, also where it equals the zero one.
func class(row spec.ErrorRow) *jen.Statement {
	return jen.Qual(enginePath, "Class").Values(
		key("Outcome", jen.Qual(enginePath, outcomeNames[row.Outcome])),
		key("Code", jen.Qual(corePath, "Err"+exported(row.Code))),
	)
}

var outcomeNames = map[string]string{
	engine.Tell.String():              "Tell",
	engine.RetryStatement.String():    "RetryStatement",
	engine.ReplayTransaction.String(): "ReplayTransaction",
	engine.NextCandidate.String():     "NextCandidate",
}
