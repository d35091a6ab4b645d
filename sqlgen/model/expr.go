package model

import "strings"

// Expr is a value computed by the database.
type Expr interface{ isExpr() }

type (
	// Col is a column of the source with that alias.
	Col struct{ Alias, Name string }
	// Scalar is an input given once.
	Scalar struct{ Name string }
	// Row is an input of the row set.
	Row struct{ Name string }
	// Num is a literal number.
	Num struct{ Value int64 }
	// Str is a literal text.
	Str struct{ Value string }
	// Null is NULL.
	Null struct{}
	// Binary joins two values with an operator, one of = <> < <= > >= + and -.
	Binary struct {
		Op          string
		Left, Right Expr
	}
	// Logic joins conditions with AND or OR.
	Logic struct {
		Op    string
		Terms []Expr
	}
	// IsNull tests for NULL, or with Not for anything else.
	IsNull struct {
		Of  Expr
		Not bool
	}
	// Call is a function of the set below.
	Call struct {
		Fn   Func
		Args []Expr
	}
	// Case is CASE WHEN … THEN … ELSE … END.
	Case struct {
		Whens []When
		Else  Expr
	}
	// Exists tests whether a query has rows, or with Not that it has none.
	Exists struct {
		Query *Select
		Not   bool
	}
	// Sub is a query's single value, NULL when it has no row.
	Sub struct{ Query *Select }
	// Excluded is the value an upsert would have inserted.
	Excluded struct{ Column string }
)

// When is one branch of a Case.
type When struct{ If, Then Expr }

// Func is a function every database has, by whatever name.
type Func uint8

// The functions. Length counts bytes. AsInt and AsText fix the type of a result.
const (
	Coalesce Func = iota
	Greatest
	Count
	Sum
	Length
	AsInt
	AsText
)

func (Col) isExpr()      {}
func (Scalar) isExpr()   {}
func (Row) isExpr()      {}
func (Num) isExpr()      {}
func (Str) isExpr()      {}
func (Null) isExpr()     {}
func (Binary) isExpr()   {}
func (Logic) isExpr()    {}
func (IsNull) isExpr()   {}
func (Call) isExpr()     {}
func (Case) isExpr()     {}
func (Exists) isExpr()   {}
func (Sub) isExpr()      {}
func (Excluded) isExpr() {}

// col takes "alias.column".
func col(ref string) Expr {
	alias, name, _ := strings.Cut(ref, ".")
	return Col{alias, name}
}

func scalar(name string) Expr { return Scalar{name} }
func row(name string) Expr    { return Row{name} }
func num(n int64) Expr        { return Num{n} }
func str(s string) Expr       { return Str{s} }

func eq(a, b Expr) Expr    { return Binary{"=", a, b} }
func ne(a, b Expr) Expr    { return Binary{"<>", a, b} }
func lt(a, b Expr) Expr    { return Binary{"<", a, b} }
func le(a, b Expr) Expr    { return Binary{"<=", a, b} }
func gt(a, b Expr) Expr    { return Binary{">", a, b} }
func ge(a, b Expr) Expr    { return Binary{">=", a, b} }
func plus(a, b Expr) Expr  { return Binary{"+", a, b} }
func minus(a, b Expr) Expr { return Binary{"-", a, b} }

func and(terms ...Expr) Expr { return Logic{"AND", terms} }
func or(terms ...Expr) Expr  { return Logic{"OR", terms} }

func isNull(e Expr) Expr  { return IsNull{Of: e} }
func notNull(e Expr) Expr { return IsNull{Of: e, Not: true} }

func coalesce(args ...Expr) Expr { return Call{Coalesce, args} }
func greatest(a, b Expr) Expr    { return Call{Greatest, []Expr{a, b}} }
func count() Expr                { return Call{Fn: Count} }
func sum(e Expr) Expr            { return Call{Sum, []Expr{e}} }
func length(e Expr) Expr         { return Call{Length, []Expr{e}} }
func asInt(e Expr) Expr          { return Call{AsInt, []Expr{e}} }
func asText(e Expr) Expr         { return Call{AsText, []Expr{e}} }

// choose is CASE with the last argument as ELSE: choose(if, then, …, else).
func choose(args ...Expr) Expr {
	c := Case{Else: args[len(args)-1]}
	for i := 0; i+1 < len(args); i += 2 {
		c.Whens = append(c.Whens, When{args[i], args[i+1]})
	}
	return c
}

// flag is 1 when the condition holds, else 0.
func flag(cond Expr) Expr { return asInt(choose(cond, num(1), num(0))) }

func exists(q *Select) Expr    { return Exists{Query: q} }
func notExists(q *Select) Expr { return Exists{Query: q, Not: true} }
func sub(q *Select) Expr       { return Sub{q} }
