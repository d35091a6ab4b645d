package emit

import (
	"strconv"
	"strings"

	"github.com/dave/jennifer/jen"
)

// commentWidth is where comments are wrapped.
const commentWidth = 96

// comment writes text as line comments, wrapped.
func comment(text string) *jen.Statement {
	out := jen.Null()
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && len("// "+line+" "+word) > commentWidth {
			out.Comment(line).Line()
			line = ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	return out.Comment(line)
}

// keyed writes a composite literal's body with one item on each line, in the
// given order (jen.Dict would sort them).
func keyed(items ...jen.Code) *jen.Statement {
	return jen.Custom(jen.Options{Open: "{", Close: "}", Separator: ",", Multi: true}, items...)
}

// key writes "name: value".
func key(name string, value jen.Code) *jen.Statement {
	return jen.Id(name).Op(":").Add(value)
}

// text writes SQL as a raw string, as it reads on a console. A text that holds a
// backquote cannot be one and is written line by line.
func text(sql string) *jen.Statement {
	if strconv.CanBackquote(strings.ReplaceAll(sql, "\n", "")) {
		return jen.Op("`" + sql + "`")
	}
	out := jen.Null()
	for line := range strings.Lines(sql) {
		if len(*out) > 1 {
			out.Op("+").Line()
		}
		out.Lit(line)
	}
	return out
}

// stringList writes a []string in one line.
func stringList(list []string) *jen.Statement {
	return jen.Index().String().ValuesFunc(func(g *jen.Group) {
		for _, s := range list {
			g.Lit(s)
		}
	})
}

// exported turns a name of a description ("lock_lost") into its Go form.
func exported(name string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(name, "_") {
		if word != "" {
			b.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return b.String()
}
