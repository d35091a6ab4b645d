package model

// readsColumn reports whether an expression reads a column of an alias, in queries
// inside it too.
func readsColumn(e Expr, alias, column string) bool {
	found := false
	Walk(e, func(e Expr) {
		if c, ok := e.(Col); ok && c.Alias == alias && c.Name == column {
			found = true
		}
	})
	return found
}

// Walk calls visit for an expression and all it holds.
func Walk(e Expr, visit func(Expr)) {
	if e == nil {
		return
	}
	visit(e)
	each := func(list ...Expr) {
		for _, x := range list {
			Walk(x, visit)
		}
	}
	switch e := e.(type) {
	case Binary:
		each(e.Left, e.Right)
	case Logic:
		each(e.Terms...)
	case IsNull:
		each(e.Of)
	case Call:
		each(e.Args...)
	case Case:
		for _, w := range e.Whens {
			each(w.If, w.Then)
		}
		each(e.Else)
	case Exists:
		walkQuery(e.Query, visit)
	case Sub:
		walkQuery(e.Query, visit)
	}
}

func walkQuery(q *Select, visit func(Expr)) {
	for _, i := range q.Items {
		Walk(i.Expr, visit)
	}
	for _, s := range q.From {
		if s.Query != nil {
			walkQuery(s.Query, visit)
		}
		for _, e := range s.On {
			Walk(e, visit)
		}
	}
	for _, e := range q.Where {
		Walk(e, visit)
	}
	for _, o := range q.OrderBy {
		Walk(o.Expr, visit)
	}
	Walk(q.Limit, visit)
	for _, u := range q.Union {
		walkQuery(u, visit)
	}
}
