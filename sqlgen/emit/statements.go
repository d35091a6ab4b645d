package emit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/durokit/duro/core/engine"
)

// statementsFile holds every SQL text as a named constant below the line that
// says what it is for, then the table of statements that refers to them.
func statementsFile(pkg string, list []Statement) *jen.File {
	f := newFile(pkg)
	if slices.ContainsFunc(list, func(s Statement) bool { _, ok := multiRow(s.Rendered); return ok }) {
		f.Comment("A line that starts with … is there once for each row after the first, # being")
		f.Comment("the row's number; see engine.Statement.Spell.").Line()
	}
	for _, s := range list {
		purpose := strings.TrimSuffix(s.Purpose, ".") + "."
		list := written(s.Rendered)
		for _, form := range list {
			constant(f, constName(s, list, form), purpose+formNote(list, form), form.SQL)
		}
	}
	f.Comment("statements are the parts of all plans; engine.Statements holds their contracts.")
	f.Var().Id("statements").Op("=").Qual(enginePath, "Statements").Add(keyed(statementEntries(list)...))
	return f
}

// written are the forms that the code holds: one, where it stands for all.
func written(s engine.Statement) []engine.Form {
	if f, ok := multiRow(s); ok {
		return []engine.Form{f}
	}
	return s.Forms
}

func constant(f *jen.File, name, about, sql string) {
	f.Add(comment(name + " " + about))
	f.Const().Id(name).Op("=").Add(text(sql)).Line()
}

func statementEntries(list []Statement) []jen.Code {
	entries := make([]jen.Code, 0, len(list))
	for _, s := range list {
		entries = append(entries, key(s.Field, jen.Qual(enginePath, "Statement").Add(keyed(statementBody(s)...))))
	}
	return entries
}

// statementBody leaves out what is empty.
func statementBody(s Statement) []jen.Code {
	r := s.Rendered
	body := []jen.Code{key("Name", jen.Lit(r.Name))}
	if len(r.Scalars) > 0 {
		body = append(body, key("Scalars", stringList(r.Scalars)))
	}
	if len(r.Columns) > 0 {
		body = append(body, key("Columns", columns(r.Columns)))
	}
	if len(r.Output) > 0 {
		body = append(body, key("Output", stringList(r.Output)))
	}
	return append(body, key("Forms", forms(s)))
}

func columns(list []engine.Column) *jen.Statement {
	rows := make([]jen.Code, 0, len(list))
	for _, c := range list {
		rows = append(rows, jen.Values(
			key("Name", jen.Lit(c.Name)),
			key("Type", jen.Qual(enginePath, typeNames[c.Type])),
		))
	}
	return jen.Index().Qual(enginePath, "Column").Add(keyed(rows...))
}

func forms(s Statement) *jen.Statement {
	list := written(s.Rendered)
	rows := make([]jen.Code, 0, len(list))
	for _, form := range list {
		var body []jen.Code
		if form.Rows > 0 {
			body = append(body, key("Rows", jen.Lit(form.Rows)))
		}
		if form.Most > 0 {
			body = append(body, key("Most", jen.Lit(form.Most)))
		}
		if form.Pack != engine.PackValues {
			body = append(body, key("Pack", jen.Qual(enginePath, packNames[form.Pack])))
		}
		body = append(body, key("SQL", jen.Id(constName(s, list, form))))
		if form.Args != nil {
			body = append(body, key("Args", args(form.Args)))
		}
		rows = append(rows, jen.Values(body...))
	}
	return jen.Index().Qual(enginePath, "Form").Add(keyed(rows...))
}

// argsPerLine keeps a long list of argument positions readable.
const argsPerLine = 24

func args(list []int) *jen.Statement {
	body := jen.Index().Int()
	if len(list) <= argsPerLine {
		return body.Values(ints(list)...)
	}
	var lines []jen.Code
	for line := range slices.Chunk(list, argsPerLine) {
		lines = append(lines, jen.List(ints(line)...))
	}
	return body.Add(keyed(lines...))
}

func ints(list []int) []jen.Code {
	out := make([]jen.Code, 0, len(list))
	for _, n := range list {
		out = append(out, jen.Lit(n))
	}
	return out
}

// constName is "sqlClaimsEnsure", with the number of rows where a statement has
// several forms.
func constName(s Statement, all []engine.Form, form engine.Form) string {
	name := "sql" + s.Field
	if len(all) > 1 {
		name += fmt.Sprintf("%dRows", form.Rows)
	}
	return name
}

func formNote(all []engine.Form, form engine.Form) string {
	switch {
	case len(all) == 1:
		return ""
	case form.Rows == 1:
		return " For one row."
	case form.Rows == 0:
		return " For all rows at once."
	}
	return fmt.Sprintf(" For %d rows.", form.Rows)
}

var typeNames = map[engine.Type]string{engine.Int: "Int", engine.Text: "Text", engine.Bytes: "Bytes"}

var packNames = map[engine.Pack]string{
	engine.PackValues: "PackValues",
	engine.PackArrays: "PackArrays",
	engine.PackJSON:   "PackJSON",
}
