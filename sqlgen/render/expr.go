package render

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/durokit/duro/sqlgen/model"
	"github.com/durokit/duro/sqlgen/spec"
)

// expr writes a value. One that AND and OR make is put between parentheses.
func (r *renderer) expr(e model.Expr) string {
	switch e := e.(type) {
	case model.Col:
		return r.column(e)
	case model.Scalar:
		return r.scalar(e.Name)
	case model.Row:
		return r.row(e.Name)
	case model.Num:
		return strconv.FormatInt(e.Value, 10)
	case model.Str:
		return "'" + strings.ReplaceAll(e.Value, "'", "''") + "'"
	case model.Null:
		return "NULL"
	case model.Binary:
		return r.expr(e.Left) + " " + e.Op + " " + r.expr(e.Right)
	case model.Logic:
		return "(" + r.condition(e) + ")"
	case model.IsNull:
		if e.Not {
			return r.expr(e.Of) + " IS NOT NULL"
		}
		return r.expr(e.Of) + " IS NULL"
	case model.Call:
		return r.call(e)
	case model.Case:
		return r.cases(e)
	case model.Exists:
		word := "EXISTS "
		if e.Not {
			word = "NOT EXISTS "
		}
		return word + block(clauses(r.query(e.Query), r.d.Fence))
	case model.Sub:
		return block(r.query(e.Query))
	case model.Excluded:
		if r.d.Upsert == spec.OnDuplicateKey {
			return "VALUES(" + e.Column + ")"
		}
		return "excluded." + e.Column
	}
	panic(fmt.Errorf("unknown expression %T", e))
}

// column qualifies a column. The alias of an upsert's own table is its name.
func (r *renderer) column(c model.Col) string {
	alias := c.Alias
	if in, ok := r.m.Body.(*model.Insert); ok && in.Into == alias {
		alias = r.table(alias)
	}
	return alias + "." + c.Name
}

// condition writes a condition where nothing else stands beside it.
func (r *renderer) condition(e model.Expr) string {
	l, ok := e.(model.Logic)
	if !ok {
		return r.expr(e)
	}
	terms := make([]string, len(l.Terms))
	length := 0
	for i, t := range l.Terms {
		terms[i] = r.expr(t)
		length += len(terms[i])
	}
	if length > width || strings.Contains(strings.Join(terms, ""), "\n") {
		for i := range terms {
			terms[i] = strings.ReplaceAll(terms[i], "\n", "\n"+tab)
		}
		return strings.Join(terms, "\n"+tab+l.Op+" ")
	}
	return strings.Join(terms, " "+l.Op+" ")
}

func (r *renderer) call(e model.Call) string {
	args := make([]string, len(e.Args))
	for i, a := range e.Args {
		args[i] = r.expr(a)
	}
	list := strings.Join(args, ", ")
	switch e.Fn {
	case model.Coalesce:
		return "COALESCE(" + list + ")"
	case model.Greatest:
		return r.d.Greatest + "(" + list + ")"
	case model.Count:
		return "COUNT(*)"
	case model.Sum:
		return "SUM(" + list + ")"
	case model.Length:
		return "LENGTH(" + list + ")"
	case model.AsInt:
		return castTo(list, r.d.Types.IntCast)
	case model.AsText:
		return castTo(list, r.d.Types.TextCast)
	}
	panic(fmt.Errorf("unknown function %d", e.Fn))
}

func castTo(value, name string) string {
	if name == "" {
		return value
	}
	return "CAST(" + value + " AS " + name + ")"
}

func (r *renderer) cases(e model.Case) string {
	parts := []string{"CASE"}
	for _, w := range e.Whens {
		parts = append(parts, "WHEN "+r.condition(w.If)+" THEN "+r.expr(w.Then))
	}
	parts = append(parts, "ELSE "+r.expr(e.Else))
	line := strings.Join(parts, " ") + " END"
	if len(line) <= width && !strings.Contains(line, "\n") {
		return line
	}
	for i := range parts[1:] {
		parts[i+1] = indent(parts[i+1])
	}
	return strings.Join(parts, "\n") + "\nEND"
}
