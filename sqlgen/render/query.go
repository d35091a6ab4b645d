package render

import (
	"cmp"
	"slices"
	"strings"

	"github.com/durokit/duro/sqlgen/model"
	"github.com/durokit/duro/sqlgen/spec"
)

func (r *renderer) query(q *model.Select) string {
	text := r.simple(q)
	for _, u := range q.Union {
		text += "\nUNION ALL\n" + r.simple(u)
	}
	return text
}

func (r *renderer) simple(q *model.Select) string {
	word := "SELECT "
	if q.Distinct {
		word = "SELECT DISTINCT "
	}
	items := make([]string, len(q.Items))
	for i, item := range q.Items {
		items[i] = r.expr(item.Expr)
		if item.As != "" && !sameName(item.Expr, item.As) {
			items[i] += " AS " + item.As
		}
	}
	sources, ons := r.sources(q.From, q.Where, false)
	return clauses(
		word+wrap(items), sources, conjunction("WHERE", append(ons, r.terms(q.Where)...)),
		r.order(q.OrderBy), r.limit(q.Limit), r.lock(q.Lock),
	)
}

func sameName(e model.Expr, name string) bool {
	c, ok := e.(model.Col)
	return ok && c.Name == name
}

// sources writes FROM. Where the row set is not a source, the conditions of what
// it would have been joined with come back as ons.
// where are the conditions that follow.
func (r *renderer) sources(list []model.Source, where []model.Expr, ord bool) (text string, ons []string) {
	var lines []string
	for i, s := range list {
		source, ok := r.source(s, ord)
		if !ok {
			continue
		}
		if s.Table != "" {
			source += r.forced(s.Table, s.Alias, slices.Concat(s.On, where), nil, aliases(list[i+1:]))
		}
		on := r.terms(s.On)
		switch {
		case len(lines) == 0:
			lines, ons = append(lines, "FROM "+source), on
		case s.Left:
			lines = append(lines, "LEFT JOIN "+source+onClause(on))
		default:
			lines = append(lines, r.join()+" "+source+onClause(on))
		}
	}
	return strings.Join(lines, "\n"), ons
}

// join is the keyword that joins two sources.
func (r *renderer) join() string { return cmp.Or(r.d.InnerJoin, "JOIN") }

func onClause(terms []string) string {
	if len(terms) == 0 {
		return " ON TRUE"
	}
	line := " ON " + strings.Join(terms, " AND ")
	if len(line) <= width && !strings.Contains(line, "\n") {
		return line
	}
	return "\n" + indent(conjunction("ON", terms))
}

func (r *renderer) source(s model.Source, ord bool) (text string, ok bool) {
	switch {
	case s.Rows:
		return r.rowSource(ord)
	case s.Query != nil:
		return block(r.query(s.Query)) + " AS " + s.Alias, true
	}
	return r.table(s.Table) + " AS " + s.Alias, true
}

func (r *renderer) terms(list []model.Expr) []string {
	var out []string
	for _, e := range list {
		if l, ok := e.(model.Logic); ok && l.Op == "AND" {
			out = append(out, r.terms(l.Terms)...)
			continue
		}
		out = append(out, strings.ReplaceAll(r.expr(e), "\n", "\n"+tab))
	}
	return out
}

func (r *renderer) order(list []model.Order) string {
	if len(list) == 0 {
		return ""
	}
	keys := make([]string, len(list))
	for i, o := range list {
		keys[i] = r.expr(o.Expr)
		if o.Desc {
			keys[i] += " DESC"
		}
	}
	return "ORDER BY " + strings.Join(keys, ", ")
}

func (r *renderer) limit(e model.Expr) string {
	if e == nil {
		return ""
	}
	return "LIMIT " + r.expr(e)
}

func (r *renderer) lock(l model.Lock) string {
	switch {
	case l == model.NoLock || r.d.RowLock == spec.RowLockNone:
		return ""
	case l == model.LockSkip:
		return "FOR UPDATE SKIP LOCKED"
	}
	return "FOR UPDATE"
}
