package render

import (
	"cmp"
	"slices"
	"strings"

	"github.com/durokit/duro/sqlgen/model"
)

// scan is what a query reads: FROM and WHERE.
type scan struct {
	list  []model.Source
	where []model.Expr
	// ord numbers the row set; rows replaces it.
	ord  bool
	rows string
	// loose leaves the join to the planner, for queries that lock what they read.
	loose bool
	// inOrder reads the first table through the index that yields the order, so
	// that a limit ends the scan.
	inOrder bool
}

// from writes FROM and returns the conditions that are left for WHERE.
//
// Where the description has a fence, every table that is joined stands in a
// subquery of its own, which the planner can neither merge nor reorder: the
// query reads its tables in the written order, each through an index that its
// own conditions bind, whatever the statistics say.
func (r *renderer) from(s scan) (text string, conditions []string) {
	fence := r.d.Fence != "" && !s.loose
	where := conjuncts(s.where)
	var lines []string
	for i, source := range s.list {
		text, ok := r.source(source, s)
		if !ok {
			continue
		}
		later := aliases(s.list[i+1:])
		own := conjuncts(source.On)
		first := len(lines) == 0
		if first {
			own = slices.Concat(own, where)
			where = nil
		}
		if source.Table != "" {
			text += r.forced(source.Table, source.Alias, slices.Concat(own, where), nil, later)
		}
		switch {
		case first && fence && source.Table != "" && !s.inOrder:
			// What only this table and the inputs tell belongs to it.
			mine, others := split(own, later)
			lines = append(lines, "FROM "+r.fenced(text, source.Alias, mine))
			where = others
		case first:
			lines, where = append(lines, "FROM "+text), own
		case fence && source.Table != "" && source.Left:
			lines = append(lines, "LEFT JOIN LATERAL "+r.fenced(text, source.Alias, own)+" ON TRUE")
		case fence && source.Table != "":
			lines = append(lines, "CROSS JOIN LATERAL "+r.fenced(text, source.Alias, own))
		case source.Left:
			lines = append(lines, "LEFT JOIN "+text+onClause(r.terms(own)))
		default:
			lines = append(lines, cmp.Or(r.d.InnerJoin, "JOIN")+" "+text+onClause(r.terms(own)))
		}
	}
	if len(lines) == 0 {
		return "", r.terms(where)
	}
	return strings.Join(lines, "\n"), r.terms(where)
}

// fenced is a table behind a fence, with its conditions.
func (r *renderer) fenced(table, alias string, terms []model.Expr) string {
	return block(clauses("SELECT "+alias+".*", "FROM "+table,
		conjunction("WHERE", r.terms(terms)), r.d.Fence)) + " AS " + alias
}

// split separates the conditions that read none of the aliases.
func split(terms []model.Expr, others []string) (mine, rest []model.Expr) {
	for _, e := range terms {
		if readsAny(e, others) {
			rest = append(rest, e)
		} else {
			mine = append(mine, e)
		}
	}
	return mine, rest
}

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

func (r *renderer) source(source model.Source, s scan) (text string, ok bool) {
	switch {
	case source.Rows && s.rows != "":
		return s.rows, true
	case source.Rows:
		return r.rowSource(s.ord)
	case source.Query != nil:
		return block(r.query(source.Query)) + " AS " + source.Alias, true
	}
	return r.table(source.Table) + " AS " + source.Alias, true
}
