package model

// Body is what a statement does.
type Body interface{ isBody() }

// Query is what a Pick takes its keys from.
type Query interface{ isQuery() }

// Select reads rows. The order of From is the order in which a database that
// can be told so joins.
type Select struct {
	Distinct bool
	Items    []Item
	From     []Source
	Where    []Expr
	OrderBy  []Order
	Limit    Expr
	Lock     Lock
	// Union appends the rows of further queries. OrderBy and Limit are empty then.
	Union []*Select
}

// Item is a result column; As is needed where something refers to it.
type Item struct {
	Expr
	As string
}

// Order is one key of an order.
type Order struct {
	Expr
	Desc bool
}

// Lock says how a query locks the rows it returns.
type Lock uint8

// The ways: not at all, waiting for others, skipping rows that others hold.
const (
	NoLock Lock = iota
	LockWait
	LockSkip
)

// Source is a table, the row set (Rows, alias "r"), or a query.
type Source struct {
	Table string
	Rows  bool
	Query *Select
	Alias string
	Left  bool
	On    []Expr
}

// Insert adds the rows of a query, whose items are the values.
type Insert struct {
	Into     string
	Values   []Assign
	Distinct bool
	From     []Source
	Where    []Expr
	// Ordered: the serial ids follow the order of the row set.
	Ordered bool
	// Conflict names the key whose duplicates are not an error: they are updated
	// with Set, or left alone when Set is empty.
	Conflict []string
	Set      []Assign
}

// Assign gives a column a value.
type Assign struct {
	Column string
	Value  Expr
}

// Update changes rows: those that Where matches, joined with the row set when
// there is one, or those that Pick names.
type Update struct {
	Table, Alias string
	Set          []Assign
	Pick         *Pick
	// With adds columns to the row set. They are computed once for each row, from
	// its inputs; Set and Where read them by the row set's alias.
	With  []Item
	Where []Expr
}

// Delete removes rows, found as Update finds them.
type Delete struct {
	Table, Alias string
	Pick         *Pick
	Where        []Expr
}

// Pick names rows by key columns, each equal to the query's item at its place.
// The query is evaluated once, and the row set appears only in it.
type Pick struct {
	Key   []string
	Query Query
}

// PerClass picks the first Limit rows by Order over all branches, reading no
// more than Limit rows for any class. It yields Key. The picked table has alias
// x inside a branch.
type PerClass struct {
	Table    string
	Key      string
	Order    []string
	Limit    Expr
	Branches []Branch
}

// Branch gives classes and says which rows belong to one.
type Branch struct {
	// Each yields one row for each class, where Where holds.
	Each  []Source
	Where []Expr
	// Join is joined to x, and locked with it; Match ties both to the class.
	Join  []Source
	Match []Expr
}

func (*Select) isBody()    {}
func (*Insert) isBody()    {}
func (*Update) isBody()    {}
func (*Delete) isBody()    {}
func (*Select) isQuery()   {}
func (*PerClass) isQuery() {}

// RowSet is the alias of the row set.
const RowSet = "r"

func from(sources ...Source) []Source { return sources }

func rows() Source { return Source{Rows: true, Alias: RowSet} }

func table(name, alias string, on ...Expr) Source {
	return Source{Table: name, Alias: alias, On: on}
}

func left(name, alias string, on ...Expr) Source {
	return Source{Table: name, Alias: alias, Left: true, On: on}
}

// query is a derived table, with alias p.
func query(q *Select) Source { return Source{Query: q, Alias: "p"} }

func list(exprs ...Expr) []Item {
	items := make([]Item, len(exprs))
	for i, e := range exprs {
		items[i] = Item{Expr: e}
	}
	return items
}

func by(exprs ...Expr) []Order {
	keys := make([]Order, len(exprs))
	for i, e := range exprs {
		keys[i] = Order{Expr: e}
	}
	return keys
}

func where(terms ...Expr) []Expr { return terms }

// set takes column, value, column, value and so on.
func set(pairs ...any) []Assign {
	var out []Assign
	for i := 0; i+1 < len(pairs); i += 2 {
		out = append(out, Assign{pairs[i].(string), pairs[i+1].(Expr)})
	}
	return out
}
