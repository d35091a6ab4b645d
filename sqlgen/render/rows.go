package render

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/sqlgen/model"
)

// rowSource writes the row set as a source of FROM. A form that takes one row
// has none. With ord, the rows carry their position.
func (r *renderer) rowSource(ord bool) (text string, ok bool) {
	switch r.kind {
	case arrayRows:
		return r.unnest(ord), true
	case literalRows:
		return r.literals(ord), true
	case jsonEach:
		return fmt.Sprintf("json_each(%s) AS %s", placeholder(len(r.m.Scalars)), model.RowSet), true
	case jsonTable:
		return r.jsonTable(model.RowSet, ""), true
	}
	return "", false
}

// jsonTypes are the column types of JSON_TABLE. Texts are compared as bytes
// with the columns they are joined to.
var jsonTypes = map[engine.Type]string{engine.Int: "BIGINT", engine.Text: "VARCHAR(1024)"}

func (r *renderer) jsonTable(alias, more string) string {
	columns := make([]string, len(r.m.Columns))
	for i, c := range r.m.Columns {
		path := "$"
		if len(columns) > 1 {
			path = fmt.Sprintf("$[%d]", i)
		}
		columns[i] = fmt.Sprintf("%s %s PATH '%s'", r.word(c.Name), jsonTypes[c.Type], path)
	}
	return fmt.Sprintf("JSON_TABLE(%s, '$[*]' COLUMNS (%s%s)) AS %s",
		placeholder(len(r.m.Scalars)), more, strings.Join(columns, ", "), alias)
}

func (r *renderer) unnest(ord bool) string {
	var arrays, names []string
	for i, c := range r.m.Columns {
		arrays = append(arrays, placeholder(len(r.m.Scalars)+i)+r.cast(c.Type, "[]"))
		names = append(names, r.word(c.Name))
	}
	with := ""
	if ord {
		with = " WITH ORDINALITY"
		names = append(names, "ord")
	}
	return fmt.Sprintf("unnest(%s)%s AS %s(%s)",
		wrap(arrays), with, model.RowSet, strings.Join(names, ", "))
}

// literals is a derived table of as many rows as the form takes.
func (r *renderer) literals(ord bool) string {
	var b strings.Builder
	b.WriteString("(\n")
	input := len(r.m.Scalars)
	for n := range r.rows {
		var values []string
		if ord {
			values = append(values, named(strconv.Itoa(n+1), "ord", n == 0))
		}
		for _, c := range r.m.Columns {
			values = append(values, named(placeholder(input)+r.cast(c.Type, ""), r.word(c.Name), n == 0))
			input++
		}
		union := "    SELECT "
		if n > 0 {
			union = "    UNION ALL SELECT "
		}
		b.WriteString(union + strings.Join(values, ", ") + "\n")
	}
	b.WriteString(") AS " + model.RowSet)
	return b.String()
}

// named gives a column its name; in a union only the first row's counts.
func named(value, name string, first bool) string {
	if !first {
		return value
	}
	return value + " AS " + name
}
