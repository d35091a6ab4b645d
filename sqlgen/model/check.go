package model

import (
	"errors"
	"fmt"
	"slices"

	"github.com/durokit/duro/core/engine"
)

// Check reports the first mistake in a statement: names that nothing declares,
// inputs nobody uses, types that differ, and what some database could not run.
func (s Statement) Check() error {
	c := &checker{s: s, used: map[string]bool{}}
	c.statement()
	for _, i := range slices.Concat(s.Scalars, s.Columns) {
		if c.err == nil && !c.used[i.Name] {
			c.failf("input %q is not used", i.Name)
		}
	}
	return c.err
}

// checker walks a statement. The first error wins.
type checker struct {
	s    Statement
	used map[string]bool
	err  error
	// target is the table being changed, which nothing else may read.
	target string
	// noRows forbids the row set here, noTarget the target in queries.
	noRows, noTarget bool
}

// scope maps aliases to the types of their columns.
type scope map[string]map[string]engine.Type

func (c *checker) failf(format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf(format, args...)
	}
}

func isBytes(i Input) bool { return i.Type == engine.Bytes }

func (c *checker) statement() {
	s := c.s
	if s.Name == "" || s.Field == "" || s.Purpose == "" {
		c.err = errors.New("needs a name, a field and a purpose")
		return
	}
	if s.Whole && (len(s.Columns) == 0 || slices.ContainsFunc(s.Columns, isBytes)) {
		c.failf("only ids and numbers travel whole")
	}
	_, reads := s.Body.(*Select)
	if reads != (len(s.Output) > 0) {
		c.failf("a query, and nothing else, has output")
	}
	switch b := s.Body.(type) {
	case *Select:
		if n := c.query(b, scope{}); len(n) != len(s.Output) {
			c.failf("%d items for %d outputs", len(n), len(s.Output))
		}
	case *Insert:
		c.insert(b)
	case *Update:
		c.change(b.Table, b.Alias, b.Set, b.Pick, b.With, b.Where)
	case *Delete:
		c.change(b.Table, b.Alias, nil, b.Pick, nil, b.Where)
	default:
		c.failf("unknown body %T", b)
	}
}

func (c *checker) insert(b *Insert) {
	sc := c.sources(b.From, scope{})
	c.conditions(b.Where, sc)
	target := c.table(b.Into)
	for i, a := range b.Values {
		c.assign(a, target, sc)
		if slices.ContainsFunc(b.Values[:i], func(o Assign) bool { return o.Column == a.Column }) {
			c.failf("column %q has two values", a.Column)
		}
	}
	for _, t := range Tables() {
		for _, col := range t.Columns {
			given := slices.ContainsFunc(b.Values, func(a Assign) bool { return a.Column == col.Name })
			if t.Name == b.Into && !given && !col.Null && col.Type != Serial {
				c.failf("column %q has no value", col.Name)
			}
		}
	}
	for _, k := range b.Conflict {
		c.column(target, k)
	}
	up := scope{b.Into: target, excluded: target}
	c.noRows = true // only what would have been inserted can be told apart everywhere
	c.assigns(b.Set, target, b.Into, up)
}

// excluded is the scope's alias of the row that an upsert would have inserted.
const excluded = "excluded"

func (c *checker) change(name, alias string, set []Assign, pick *Pick, with []Item, conditions []Expr) {
	target := c.table(name)
	sc := scope{alias: target}
	c.target = name
	if pick != nil {
		types := c.pick(pick)
		if len(types) != len(pick.Key) {
			c.failf("%d items for %d key columns", len(types), len(pick.Key))
			return
		}
		for i, k := range pick.Key {
			c.same("key "+k, c.column(target, k), types[i])
		}
		c.noRows = true
	}
	c.noTarget = true
	if len(with) > 0 {
		c.with(with, pick, sc)
	}
	c.assigns(set, target, alias, sc)
	c.conditions(conditions, sc)
}

// with puts the columns that are added to the row set into the scope.
func (c *checker) with(items []Item, pick *Pick, sc scope) {
	if pick != nil || len(c.s.Columns) == 0 {
		c.failf("there is no row set to add columns to")
	}
	added := map[string]engine.Type{}
	for _, i := range items {
		added[i.As] = c.expr(i.Expr, scope{}).Type
	}
	sc[RowSet] = added
}

func (c *checker) pick(p *Pick) []valueType {
	switch q := p.Query.(type) {
	case *Select:
		return c.query(q, scope{})
	case *PerClass:
		return c.perClass(q)
	}
	c.failf("a pick needs a query")
	return nil
}

func (c *checker) perClass(q *PerClass) []valueType {
	x := c.table(q.Table)
	for _, o := range q.Order {
		c.column(x, o)
	}
	c.expr(q.Limit, scope{})
	for _, b := range q.Branches {
		sc := c.sources(b.Each, scope{})
		c.conditions(b.Where, sc)
		sc["x"] = x
		sc = c.sources(b.Join, sc)
		c.conditions(b.Match, sc)
	}
	return []valueType{c.column(x, q.Key)}
}

// assigns checks that no assignment reads a column assigned before it: some
// databases would give it the new value.
func (c *checker) assigns(set []Assign, target map[string]engine.Type, alias string, sc scope) {
	for i, a := range set {
		c.assign(a, target, sc)
		for _, earlier := range set[:i] {
			if readsColumn(a.Value, alias, earlier.Column) {
				c.failf("%q reads %q after it was assigned", a.Column, earlier.Column)
			}
		}
	}
}

func (c *checker) assign(a Assign, target map[string]engine.Type, sc scope) {
	c.same("column "+a.Column, c.column(target, a.Column), c.expr(a.Value, sc))
}

func (c *checker) table(name string) map[string]engine.Type {
	for _, t := range Tables() {
		if t.Name == name {
			columns := map[string]engine.Type{}
			for _, col := range t.Columns {
				columns[col.Name] = col.Type.Value()
			}
			return columns
		}
	}
	c.failf("no table %q", name)
	return nil
}

func (c *checker) column(columns map[string]engine.Type, name string) valueType {
	t, ok := columns[name]
	if !ok {
		c.failf("no column %q", name)
	}
	return known(t)
}
