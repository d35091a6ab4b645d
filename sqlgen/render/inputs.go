package render

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/sqlgen/spec"
)

// A placeholder is written as its input's number between two marks, and bound
// when the text is complete: only then the order of plain ? is known.
const inputMark = "\x00"

var boundInput = regexp.MustCompile(inputMark + `(\d+)` + inputMark)

func placeholder(input int) string { return inputMark + strconv.Itoa(input) + inputMark }

// bind replaces the marks. args is nil when the placeholders follow the order of
// the inputs, or name them.
func (r *renderer) bind(text string) (sql string, args []int) {
	sql = boundInput.ReplaceAllStringFunc(text, func(s string) string {
		n, _ := strconv.Atoi(strings.Trim(s, inputMark))
		args = append(args, n)
		switch r.d.Placeholders {
		case spec.Dollar:
			return fmt.Sprintf("%s$%d", r.d.PlaceholderSign, n+1)
		case spec.NumberedQuestion:
			return fmt.Sprintf("%s?%d", r.d.PlaceholderSign, n+1)
		}
		return r.d.PlaceholderSign + "?"
	})
	if r.d.Placeholders != spec.Question {
		return sql, nil
	}
	inOrder := len(args) == r.inputs()
	for i, n := range args {
		inOrder = inOrder && i == n
	}
	if inOrder {
		return sql, nil
	}
	return sql, args
}

// inputs counts the inputs of the form.
func (r *renderer) inputs() int {
	n := len(r.m.Scalars)
	switch r.kind {
	case noRows:
		return n
	case oneRow, literalRows:
		return n + r.rows*len(r.m.Columns)
	case arrayRows:
		return n + len(r.m.Columns)
	default:
		return n + 1
	}
}

// scalar is the placeholder of an input given once.
func (r *renderer) scalar(name string) string {
	for i, s := range r.m.Scalars {
		if s.Name == name {
			return placeholder(i) + r.cast(s.Type, "")
		}
	}
	panic(fmt.Errorf("no scalar %q", name))
}

// cast names a parameter's type where the server cannot infer it.
func (r *renderer) cast(t engine.Type, suffix string) string {
	name := map[engine.Type]string{
		engine.Int: r.d.Types.IntParam, engine.Text: r.d.Types.TextParam, engine.Bytes: r.d.Types.BytesParam,
	}[t]
	if name == "" {
		return ""
	}
	return "::" + name + suffix
}

// row is a column of the row set.
func (r *renderer) row(name string) string {
	i := slices.IndexFunc(r.m.Columns, func(c engine.Column) bool { return c.Name == name })
	switch {
	case i < 0:
		panic(fmt.Errorf("no row column %q", name))
	case r.class != "":
		return r.class
	case r.kind == oneRow:
		return placeholder(len(r.m.Scalars)+i) + r.cast(r.m.Columns[i].Type, "")
	case r.kind == jsonEach && len(r.m.Columns) > 1:
		return fmt.Sprintf("(r.value ->> %d)", i)
	case r.kind == jsonEach:
		return "r.value"
	}
	return "r." + r.word(name)
}

// reserved are the words among the model's names that no database may be given
// as they are.
var reserved = []string{"key"}

func (r *renderer) word(name string) string {
	if slices.Contains(reserved, name) {
		return r.d.Quote + name + r.d.Quote
	}
	return name
}
