package render

import (
	"slices"
	"strings"

	"github.com/durokit/duro/sqlgen/model"
	"github.com/durokit/duro/sqlgen/spec"
)

// primary is what hints call the primary key.
const primary = "PRIMARY"

// forced is the hint that makes a table be read by the index which the
// conditions bind best. Columns in keys are bound too. later are the aliases
// that are joined after the table: their values are not known yet.
func (r *renderer) forced(table, alias string, terms []model.Expr, keys, later []string) string {
	i, _ := r.best(table, alias, terms, keys, later)
	if i.name == "" || !r.d.ForceIndex {
		return ""
	}
	return " FORCE INDEX (" + i.name + ")"
}

// inIndexOrder orders a limited query by all columns of its index up to those
// that matter. Where indexes are forced, the planner would else not see that a
// column which is equal anyway cannot change the order, and sort.
func (r *renderer) inIndexOrder(q *model.Select) []model.Order {
	if !r.d.ForceIndex || q.Limit == nil || len(q.From) != 1 || q.From[0].Table == "" {
		return q.OrderBy
	}
	s := q.From[0]
	i, equal := r.best(s.Table, s.Alias, q.Where, nil, nil)
	var leading []model.Order
	for _, c := range i.columns {
		if !slices.Contains(equal, c) {
			break
		}
		leading = append(leading, model.Order{Expr: model.Col{Alias: s.Alias, Name: c}})
	}
	return append(leading, q.OrderBy...)
}

// best is the index that conditions bind best, and the columns bound to a value.
func (r *renderer) best(table, alias string, terms []model.Expr, keys, later []string) (best index, equal []string) {
	equal = slices.Clone(keys)
	var ranged []string
	for _, e := range conjuncts(terms) {
		b, ok := e.(model.Binary)
		if !ok {
			continue
		}
		c, ok := b.Left.(model.Col)
		if !ok || c.Alias != alias || readsAny(b.Right, append(later, alias)) {
			continue
		}
		if b.Op == "=" {
			equal = append(equal, c.Name)
		} else if b.Op != "<>" {
			ranged = append(ranged, c.Name)
		}
	}
	most := 0
	for _, i := range r.indexes(table) {
		if n := bound(i.columns, equal, ranged); n > most {
			most, best = n, i
		}
	}
	return best, equal
}

// bound counts how much of an index is bound, a range half.
func bound(columns, equal, ranged []string) (n int) {
	for _, c := range columns {
		if !slices.Contains(equal, c) {
			if slices.Contains(ranged, c) {
				n++
			}
			return n
		}
		n += 2
	}
	return n
}

type index struct {
	name    string
	columns []string
}

// indexes lists the ways into a table, the primary key first.
func (r *renderer) indexes(table string) (list []index) {
	for _, t := range model.Tables() {
		if t.Name != table {
			continue
		}
		key := t.Key
		if len(key) == 0 {
			key = []string{t.Columns[0].Name} // the serial
		}
		list = append(list, index{primary, key})
		for _, i := range t.Indexes {
			list = append(list, index{r.indexName(t, i), i.Columns})
		}
	}
	return list
}

// conjuncts flattens AND.
func conjuncts(terms []model.Expr) (out []model.Expr) {
	for _, e := range terms {
		if l, ok := e.(model.Logic); ok && l.Op == "AND" {
			out = append(out, conjuncts(l.Terms)...)
			continue
		}
		out = append(out, e)
	}
	return out
}

// readsAny reports whether an expression reads a column of one of the aliases.
func readsAny(e model.Expr, aliases []string) (found bool) {
	model.Walk(e, func(e model.Expr) {
		switch e := e.(type) {
		case model.Col:
			found = found || slices.Contains(aliases, e.Alias)
		case model.Row:
			found = found || slices.Contains(aliases, model.RowSet)
		}
	})
	return found
}

func aliases(sources []model.Source) []string {
	out := make([]string, len(sources))
	for i, s := range sources {
		out[i] = s.Alias
	}
	return out
}

// indexName is an index's name, quoted; empty where the database makes it up.
func (r *renderer) indexName(t model.Table, i model.Index) string {
	name := t.Name + "_" + strings.Join(i.Columns, "_")
	switch r.d.IndexNames {
	case spec.IndexNamesAutomatic:
		return ""
	case spec.IndexNamesPlain:
		return r.d.Quote + name + r.d.Quote
	}
	return r.table(name)
}
