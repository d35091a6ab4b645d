package render

import (
	"strings"

	"github.com/durokit/duro/sqlgen/model"
	"github.com/durokit/duro/sqlgen/spec"
)

func (r *renderer) query(q *model.Select) string {
	parts := []string{r.simple(q)}
	for _, u := range q.Union {
		parts = append(parts, r.simple(u))
	}
	return strings.Join(parts, "\nUNION ALL\n")
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
	from, conditions := r.from(scan{
		list: q.From, where: q.Where, loose: q.Lock != model.NoLock,
		inOrder: q.Limit != nil || len(q.From) == 1 && (len(q.OrderBy) == 0 || len(q.Where) == 0),
	})
	return clauses(word+wrap(items), from, conjunction("WHERE", conditions),
		r.order(r.inIndexOrder(q)), r.limit(q.Limit), r.lock(q.Lock))
}

func sameName(e model.Expr, name string) bool {
	c, ok := e.(model.Col)
	return ok && c.Name == name
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
