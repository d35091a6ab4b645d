package render

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/durokit/duro/sqlgen/model"
	"github.com/durokit/duro/sqlgen/spec"
)

// picked is the alias of a pick that is joined.
const picked = "p"

func (r *renderer) update(b *model.Update) string {
	t := r.target(b.Table, b.Alias, b.Pick, b.With, b.Where)
	var set []string
	for _, a := range b.Set {
		column := a.Column
		if r.d.UpdateFrom == spec.UpdateFromJoin {
			column = b.Alias + "." + column
		}
		set = append(set, strings.ReplaceAll(column+" = "+r.expr(a.Value), "\n", "\n"+tab))
	}
	assignments := "SET " + strings.Join(set, ",\n"+tab)
	if r.d.UpdateFrom == spec.UpdateFromJoin {
		return clauses("UPDATE "+t.joined(r)+t.table, assignments, t.conditions)
	}
	return clauses(t.with, "UPDATE "+t.table, assignments, t.from("FROM "), t.conditions)
}

func (r *renderer) remove(b *model.Delete) string {
	t := r.target(b.Table, b.Alias, b.Pick, nil, b.Where)
	if r.d.UpdateFrom == spec.UpdateFromJoin {
		return clauses("DELETE "+b.Alias, "FROM "+t.joined(r)+t.table, t.conditions)
	}
	return clauses(t.with, "DELETE FROM "+t.table, t.from("USING "), t.conditions)
}

// target is what an UPDATE or DELETE changes, and what it is joined with.
type target struct {
	table string
	// source is the row set or the pick, where it is joined; with defines it.
	source, with string
	conditions   string
}

func (t target) from(word string) string {
	if t.source == "" {
		return ""
	}
	return word + t.source
}

func (t target) joined(r *renderer) string {
	if t.source == "" {
		return ""
	}
	return t.source + "\n" + cmp.Or(r.d.InnerJoin, "JOIN") + " "
}

func (r *renderer) target(name, alias string, pick *model.Pick, with []model.Item, where []model.Expr) target {
	t := target{table: r.table(name) + " AS " + alias}
	var keys []string
	switch {
	case len(with) > 0:
		t.source = r.extended(with)
	case pick == nil && r.kind != noRows && r.kind != oneRow:
		t.source, _ = r.rowSource(false)
	case pick == nil:
	case r.d.UpdateFrom == spec.UpdateFromIn:
		columns := strings.Join(qualified(alias, pick.Key), ", ")
		if len(pick.Key) > 1 {
			columns = "(" + columns + ")"
		}
		keys = []string{columns + " IN " + block(r.keys(pick, false))}
	case r.d.UpdateFrom == spec.UpdateFromFrom && len(pick.Key) == 1:
		// An array is made once, before the first row is looked at.
		keys = []string{alias + "." + pick.Key[0] + " = ANY (ARRAY" + block(r.keys(pick, false)) + ")"}
	case r.d.UpdateFrom == spec.UpdateFromFrom:
		t.with, t.source = "WITH "+picked+" AS MATERIALIZED "+block(r.keys(pick, true)), picked
		keys = joinKeys(alias, pick.Key)
	case r.d.UpdateFrom == spec.UpdateFromJoin:
		t.source = block(r.keys(pick, true)) + " AS " + picked
		keys = joinKeys(alias, pick.Key)
	default:
		panic(fmt.Errorf("unknown update_from %q", r.d.UpdateFrom))
	}
	for i := range keys {
		keys[i] = strings.ReplaceAll(keys[i], "\n", "\n"+tab)
	}
	if pick != nil {
		t.table += r.forced(name, alias, where, pick.Key, nil)
	} else {
		t.table += r.forced(name, alias, where, nil, nil)
	}
	t.conditions = conjunction("WHERE", append(keys, r.terms(where)...))
	return t
}

// extended is the row set with columns that are computed once for each row.
func (r *renderer) extended(with []model.Item) string {
	var items []string
	source, ok := r.rowSource(false)
	if ok {
		for _, c := range r.m.Columns {
			items = append(items, model.RowSet+"."+r.word(c.Name))
		}
		source = "FROM " + source
	}
	for _, i := range with {
		items = append(items, r.expr(i.Expr)+" AS "+i.As)
	}
	return block(clauses("SELECT "+strings.Join(items, ", "), source, r.d.Fence)) + " AS " + model.RowSet
}

// keys writes the query of a pick. Named, its items are the key columns; one
// without a limit is made distinct, so that no database merges it into the rest.
func (r *renderer) keys(p *model.Pick, named bool) string {
	q, ok := p.Query.(*model.Select)
	if !ok {
		return r.perClass(p.Query.(*model.PerClass))
	}
	if !named {
		return r.query(q)
	}
	own := *q
	own.Items = make([]model.Item, len(q.Items))
	for i, item := range q.Items {
		own.Items[i] = model.Item{Expr: item.Expr, As: p.Key[i]}
	}
	own.Distinct = !r.d.SelfSubquery && q.Limit == nil && q.Lock == model.NoLock
	return r.query(&own)
}

func qualified(alias string, columns []string) []string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = alias + "." + c
	}
	return out
}

func joinKeys(alias string, columns []string) []string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = alias + "." + c + " = " + picked + "." + c
	}
	return out
}
