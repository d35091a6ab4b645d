package render

import (
	"strings"

	"github.com/durokit/duro/sqlgen/model"
	"github.com/durokit/duro/sqlgen/spec"
)

func (r *renderer) insert(b *model.Insert) string {
	names := make([]string, len(b.Values))
	values := make([]string, len(b.Values))
	for i, a := range b.Values {
		names[i], values[i] = a.Column, r.expr(a.Value)
	}
	return clauses("INSERT INTO "+r.table(b.Into)+" ("+wrap(names)+")", r.inserted(b, values), r.upsert(b))
}

// inserted writes the rows to insert.
func (r *renderer) inserted(b *model.Insert, values []string) string {
	ord := b.Ordered && (r.kind == arrayRows || r.kind == literalRows)
	from, conditions := r.from(scan{list: b.From, where: b.Where, ord: ord})
	if from == "" && len(conditions) == 0 {
		return "VALUES (" + wrap(values) + ")"
	}
	word := "SELECT "
	if b.Distinct {
		word = "SELECT DISTINCT "
	}
	if len(conditions) == 0 && b.Conflict != nil && r.d.Upsert == spec.OnConflict {
		conditions = []string{"TRUE"} // else the parser may take ON CONFLICT for a join's ON
	}
	order := ""
	if ord {
		order = "ORDER BY " + model.RowSet + ".ord"
	}
	return clauses(word+wrap(values), from, conjunction("WHERE", conditions), order)
}

// upsert writes what happens to duplicates of the key.
func (r *renderer) upsert(b *model.Insert) string {
	if b.Conflict == nil {
		return ""
	}
	var set []string
	for _, a := range b.Set {
		set = append(set, a.Column+" = "+r.expr(a.Value))
	}
	if r.d.Upsert == spec.OnDuplicateKey {
		if set == nil { // an assignment that changes nothing
			set = []string{b.Conflict[0] + " = VALUES(" + b.Conflict[0] + ")"}
		}
		return "ON DUPLICATE KEY UPDATE " + wrap(set)
	}
	target := "ON CONFLICT (" + strings.Join(b.Conflict, ", ") + ") "
	if set == nil {
		return target + "DO NOTHING"
	}
	return target + "DO UPDATE SET " + wrap(set)
}
