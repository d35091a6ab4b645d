package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/sqlgen/model"
	"github.com/durokit/duro/sqlgen/spec"
)

// perClass writes a pick of the first rows over several classes. Each way reads
// no more than the limit's rows of any class, from the end of the index that
// holds the first ones.
func (r *renderer) perClass(q *model.PerClass) string {
	branch := map[spec.PerClass]func(*model.PerClass, model.Branch) []string{
		spec.PerClassLateral:    r.lateral,
		spec.PerClassCorrelated: r.correlated,
		spec.PerClassUnion:      r.unrolled,
	}[r.d.PerClass]
	if branch == nil {
		panic(fmt.Errorf("unknown per_class %q", r.d.PerClass))
	}
	if r.d.PerClass == spec.PerClassUnion && r.rows == 1 && len(q.Branches) == 1 {
		return r.single(q)
	}
	var branches []string
	for _, b := range q.Branches {
		branches = append(branches, branch(q, b)...)
	}
	first := "SELECT p." + q.Key + "\nFROM "
	last := "ORDER BY " + strings.Join(qualified(picked, q.Order), ", ") + "\n" + r.limit(q.Limit)
	return first + block(strings.Join(branches, "\nUNION ALL\n")) + " AS " + picked + "\n" + last
}

// yields are the columns of a branch: the key and what orders it.
func yields(q *model.PerClass, alias string) string {
	columns := []string{q.Key}
	for _, o := range q.Order {
		if o != q.Key {
			columns = append(columns, o)
		}
	}
	return strings.Join(qualified(alias, columns), ", ")
}

// first picks the first rows of one class.
func (r *renderer) first(q *model.PerClass, b model.Branch, items string) string {
	from, conditions := r.from(scan{
		list: append([]model.Source{{Table: q.Table, Alias: "x"}}, b.Join...), where: b.Match, inOrder: true,
	})
	return clauses("SELECT "+items, from, conjunction("WHERE", conditions),
		"ORDER BY "+strings.Join(qualified("x", q.Order), ", "), r.limit(q.Limit), r.lock(model.LockSkip))
}

// lateral joins each class with its first rows.
func (r *renderer) lateral(q *model.PerClass, b model.Branch) []string {
	from, conditions := r.from(scan{list: b.Each, where: b.Where})
	return []string{clauses(
		"SELECT "+yields(q, "f"), from,
		"CROSS JOIN LATERAL "+block(r.first(q, b, yields(q, "x")))+" AS f",
		conjunction("WHERE", conditions),
	)}
}

// correlated joins each class with the rows whose key is among its first.
func (r *renderer) correlated(q *model.PerClass, b model.Branch) []string {
	from, conditions := r.from(scan{list: b.Each, where: b.Where})
	in := "f." + q.Key + " IN " + block(r.first(q, b, "x."+q.Key))
	return []string{clauses(
		"SELECT "+yields(q, "f"), from, cmp.Or(r.d.InnerJoin, "JOIN")+" "+r.table(q.Table)+" AS f",
		conjunction("WHERE", append(conditions, strings.ReplaceAll(in, "\n", "\n"+tab))),
	)}
}

// unrolledClasses is how many classes have a branch of their own.
const unrolledClasses = 16

// fewClasses is up to how many classes a pick has a form of its own: most claims
// look at one or two, and a branch costs the planner its time also when it finds
// nothing.
const fewClasses = 4

func exactClasses() (list []way) {
	for n := fewClasses; n > 0; n-- {
		list = append(list, way{rows: n, pack: engine.PackJSON, kind: jsonTable})
	}
	return list
}

// picksPerClass reports whether a statement changes the first rows of several
// classes.
func picksPerClass(m model.Statement) bool {
	u, ok := m.Body.(*model.Update)
	if !ok || u.Pick == nil {
		return false
	}
	_, ok = u.Pick.Query.(*model.PerClass)
	return ok
}

// unrolled writes a branch for each of the first classes, with the class as a
// constant: only so the planner binds the rest of the index too. In the form for
// any number of classes, places that the set does not fill match nothing, and
// classes beyond are read together.
func (r *renderer) unrolled(q *model.PerClass, b model.Branch) []string {
	if len(b.Each) != 1 || !b.Each[0].Rows {
		return []string{block(r.together(q, b, false))}
	}
	var out []string
	for i := range cmp.Or(r.rows, unrolledClasses) {
		r.class = r.nthClass(i)
		out = append(out, block(r.first(q, b, yields(q, "x"))))
	}
	r.class = ""
	if r.rows > 0 {
		return out
	}
	return append(out, block(r.together(q, b, true)))
}

// single is the pick of one class, which needs no union: with it a server makes two
// temporary tables and sorts.
func (r *renderer) single(q *model.PerClass) string {
	r.class = r.nthClass(0)
	defer func() { r.class = "" }()
	return r.first(q, q.Branches[0], "x."+q.Key)
}

// nthClass is a class of the set as a constant.
func (r *renderer) nthClass(i int) string {
	return fmt.Sprintf("CAST(JSON_EXTRACT(%s, '$[%d]') AS %s)", placeholder(len(r.m.Scalars)), i, r.d.Types.IntCast)
}

// together joins classes and rows without a limit for each class: all classes,
// or those beyond the unrolled ones.
func (r *renderer) together(q *model.PerClass, b model.Branch, beyond bool) string {
	from, conditions := r.from(scan{
		list:  slices.Concat(b.Each, []model.Source{{Table: q.Table, Alias: "x"}}, b.Join),
		where: slices.Concat(b.Where, b.Match),
		rows:  r.classSet(beyond), loose: true,
	})
	return clauses("SELECT "+yields(q, "x"), from, conjunction("WHERE", conditions),
		"ORDER BY "+strings.Join(qualified("x", q.Order), ", "), r.limit(q.Limit), r.lock(model.LockSkip))
}

// classSet is the row set as a query: a table function cannot stand beside a
// locking clause.
func (r *renderer) classSet(beyond bool) string {
	name := r.word(r.m.Columns[0].Name)
	if !beyond {
		return block("SELECT DISTINCT j."+name+"\nFROM "+r.jsonTable("j", "")) + " AS " + model.RowSet
	}
	return block(fmt.Sprintf("SELECT DISTINCT j.%s\nFROM %s\nWHERE j.ord > %d",
		name, r.jsonTable("j", "ord FOR ORDINALITY, "), unrolledClasses)) + " AS " + model.RowSet
}
