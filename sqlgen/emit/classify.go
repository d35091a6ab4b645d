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

// classifyTestFile holds the table as data, for two tests: that the classifier is
// the table, and that the database speaks it. Who can make the database fail is
// written by hand beside it, as provocations.
func classifyTestFile(pkg string, d *spec.Dialect) *jen.File {
	f := newFile(pkg)
	rows := make([]jen.Code, 0, len(d.Errors))
	for _, row := range d.Errors {
		fields := []jen.Code{
			key("Name", jen.Lit(row.Name)),
			key("Codes", jen.Index().String().Values(literals(row.Codes)...)),
			key("Class", class(row)),
		}
		if row.NotProvoked != "" {
			fields = append(fields, key("NotProvoked", jen.Lit(row.NotProvoked)))
		}
		rows = append(rows, keyed(fields...))
	}
	f.Add(comment("errorRows is the table of errors in the description of " + d.Name + "."))
	f.Var().Id("errorRows").Op("=").Index().Qual(classtestPath, "Row").Add(keyed(rows...))
	test := func(name string, parallel jen.Code, body *jen.Statement) {
		f.Func().Id(name).Params(jen.Id("t").Op("*").Qual("testing", "T")).Block(parallel, body)
	}
	f.Line()
	test("TestClassifyTable", jen.Id("t").Dot("Parallel").Call(),
		jen.Qual(classtestPath, "Table").Call(jen.Id("t"), jen.Id("classify"), jen.Id("errorRows")))
	f.Line()
	f.Add(comment("TestErrorsAreProvoked makes the database fail by way of provocations, which are written by hand, for each code one."))
	test("TestErrorsAreProvoked", jen.Id("t").Dot("Parallel").Call(),
		jen.Qual(classtestPath, "Provoke").Call(jen.Id("t"), jen.Id("errorRows"), jen.Id("provocations").Call(jen.Id("t"))))
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
