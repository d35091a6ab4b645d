package model

import (
	"maps"

	"github.com/durokit/duro/core/engine"
)

// valueType is a type, or that of NULL, which fits every other.
type valueType struct {
	engine.Type
	null bool
}

func known(t engine.Type) valueType { return valueType{Type: t} }

func (c *checker) same(what string, a, b valueType) {
	if !a.null && !b.null && a.Type != b.Type {
		c.failf("%s: types %d and %d differ", what, a.Type, b.Type)
	}
}

// query checks a SELECT inside the outer scope and returns its items' types.
func (c *checker) query(q *Select, outer scope) []valueType {
	sc := c.sources(q.From, outer)
	c.conditions(q.Where, sc)
	types := make([]valueType, len(q.Items))
	for i, item := range q.Items {
		types[i] = c.expr(item.Expr, sc)
	}
	for _, o := range q.OrderBy {
		c.expr(o.Expr, sc)
	}
	if q.Limit != nil {
		c.expr(q.Limit, sc)
	}
	for _, u := range q.Union {
		for i, t := range c.query(u, outer) {
			c.same("union", types[i], t)
		}
	}
	return types
}

// sources returns the outer scope with the sources' aliases.
func (c *checker) sources(list []Source, outer scope) scope {
	sc := maps.Clone(outer)
	for _, s := range list {
		switch {
		case sc[s.Alias] != nil:
			c.failf("alias %q is taken", s.Alias)
		case s.Rows:
			if c.noRows {
				c.failf("the row set may not be used here")
			}
			columns := map[string]engine.Type{}
			for _, i := range c.s.Columns {
				columns[i.Name] = i.Type
			}
			sc[s.Alias] = columns
		case s.Query != nil:
			types := c.query(s.Query, outer)
			columns := map[string]engine.Type{}
			for i, item := range s.Query.Items {
				columns[itemName(item)] = types[i].Type
			}
			sc[s.Alias] = columns
		default:
			if c.noTarget && s.Table == c.target {
				c.failf("%q is read while it is changed; use a pick", s.Table)
			}
			sc[s.Alias] = c.table(s.Table)
		}
		c.conditions(s.On, sc)
	}
	return sc
}

func itemName(i Item) string {
	if c, ok := i.Expr.(Col); ok && i.As == "" {
		return c.Name
	}
	return i.As
}

func (c *checker) conditions(list []Expr, sc scope) {
	for _, e := range list {
		c.expr(e, sc)
	}
}

func (c *checker) expr(e Expr, sc scope) valueType {
	switch e := e.(type) {
	case Col:
		if sc[e.Alias] == nil {
			c.failf("no alias %q", e.Alias)
			return valueType{null: true}
		}
		return c.column(sc[e.Alias], e.Name)
	case Scalar:
		return c.input(c.s.Scalars, e.Name)
	case Row:
		if c.noRows {
			c.failf("row %q may not be used here", e.Name)
		}
		return c.input(c.s.Columns, e.Name)
	case Num:
		return known(engine.Int)
	case Str:
		return known(engine.Text)
	case Null:
		return valueType{null: true}
	case Binary:
		c.same(e.Op, c.expr(e.Left, sc), c.expr(e.Right, sc))
		return known(engine.Int)
	case Logic:
		c.conditions(e.Terms, sc)
		return known(engine.Int)
	case IsNull:
		c.expr(e.Of, sc)
		return known(engine.Int)
	case Exists:
		c.query(e.Query, sc)
		return known(engine.Int)
	case Sub:
		return c.query(e.Query, sc)[0]
	case Excluded:
		return c.column(sc[excluded], e.Column)
	case Case:
		t := c.expr(e.Else, sc)
		for _, w := range e.Whens {
			c.expr(w.If, sc)
			t = c.join(t, c.expr(w.Then, sc))
		}
		return t
	case Call:
		return c.call(e, sc)
	}
	c.failf("unknown expression %T", e)
	return valueType{null: true}
}

func (c *checker) call(e Call, sc scope) valueType {
	t := valueType{null: true}
	for _, a := range e.Args {
		at := c.expr(a, sc)
		if e.Fn == Coalesce || e.Fn == Greatest {
			t = c.join(t, at)
		}
	}
	switch e.Fn {
	case Coalesce, Greatest:
		return t
	case AsText:
		return known(engine.Text)
	default:
		return known(engine.Int)
	}
}

// join is the type of an expression that yields one of two values.
func (c *checker) join(a, b valueType) valueType {
	c.same("alternatives", a, b)
	if a.null {
		return b
	}
	return a
}

func (c *checker) input(declared []Input, name string) valueType {
	c.used[name] = true
	for _, i := range declared {
		if i.Name == name {
			return known(i.Type)
		}
	}
	c.failf("input %q is not declared", name)
	return valueType{null: true}
}
