package render

import (
	"fmt"
	"slices"
	"strings"

	"github.com/durokit/duro/sqlgen/model"
	"github.com/durokit/duro/sqlgen/spec"
)

// Schema returns the statements that create and drop the model's tables.
func Schema(d *spec.Dialect) (up, down []string, err error) {
	if d.Types.Int == "" || d.Types.ID == "" || d.Types.Payload == "" || d.Types.Serial == "" {
		return nil, nil, fmt.Errorf("dialect %s names no column types", d.Name)
	}
	r := &renderer{d: d}
	for _, t := range model.Tables() {
		up = append(up, r.createTable(t))
		for _, i := range t.Indexes {
			up = append(up, r.createIndex(t, i))
		}
		down = append([]string{"DROP TABLE " + r.table(t.Name)}, down...)
	}
	return up, down, nil
}

func (r *renderer) createTable(t model.Table) string {
	var lines []string
	for _, c := range t.Columns {
		lines = append(lines, c.Name+" "+r.columnType(c))
	}
	if len(t.Key) > 0 {
		lines = append(lines, "PRIMARY KEY ("+strings.Join(t.Key, ", ")+")")
	}
	text := "CREATE TABLE " + r.table(t.Name) + " " + "(\n" + tab + strings.Join(lines, ",\n"+tab) + "\n)"
	options, ok := r.d.TableOptions[t.Name]
	if !ok {
		options = r.d.TableOptions["*"]
	}
	if options == "" {
		return text
	}
	return text + " " + options
}

func (r *renderer) columnType(c model.Column) string {
	types := r.d.Types
	name := map[model.Logical]string{
		model.Int: types.Int, model.ID: types.ID, model.Short: types.Short, model.Token: types.Token,
		model.Payload: types.Payload, model.Serial: types.Serial,
	}[c.Type]
	if c.Null || c.Type == model.Serial {
		return name
	}
	return name + " NOT NULL"
}

func (r *renderer) createIndex(t model.Table, i model.Index) string {
	words := []string{"CREATE INDEX", r.indexName(t, i), "ON", r.table(t.Name), "(" + strings.Join(i.Columns, ", ") + ")"}
	if i.NotNull != "" && r.d.PartialIndexes {
		words = append(words, "WHERE", i.NotNull, "IS NOT NULL")
	}
	words = slices.DeleteFunc(words, func(w string) bool { return w == "" })
	return strings.Join(words, " ")
}
