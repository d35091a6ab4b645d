package engine

import "context"

// A plan is a list of Calls: set-based statements with named inputs, run in
// order in one transaction. No Go code stands between them, so a seam may send
// them as one pipeline, one packet, or one by one.

// Type is the logical type of an input or output column.
type Type uint8

// The logical types. Instants, counters and flags are Int; identifiers are Text
// and compare byte-exactly; tokens and payloads are Bytes.
const (
	Int Type = iota
	Text
	Bytes
)

// Column names one column of a statement's row set.
type Column struct {
	Name string
	Type Type
}

// Pack says how the rows of a call travel in one execution of a form.
type Pack uint8

const (
	// PackValues gives every value of every row a placeholder of its own.
	PackValues Pack = iota
	// PackArrays gives every column one array.
	PackArrays
	// PackJSON gives the whole row set one JSON array, of values for a single
	// column and of arrays otherwise. Only ids and numbers travel so.
	PackJSON
)

// Form is one rendering of a statement.
type Form struct {
	// Rows is how many rows one execution takes; 0 is all of them. A seam splits
	// a call over the largest forms that fit.
	Rows int
	// Most, when above 0, makes this the form of every number of rows up to it:
	// SQL and Args are to be spelled out, see Statement.Spell.
	Most int
	Pack Pack
	SQL  string
	// Args says which input each placeholder takes: scalars first, then row by
	// row its columns (or, packed, its arrays). Nil is that order itself.
	Args []int
}

// Statement is one generated statement of a plan.
type Statement struct {
	// Name is "group.action".
	Name string
	// Scalars and Columns name the inputs, in the order a Call gives them.
	Scalars []string
	Columns []Column
	// Output names the result's columns; empty when the statement returns none.
	Output []string
	// Forms are sorted by Rows, descending.
	Forms []Form
}

// Call runs a statement: once with Scalars when the statement has no Columns,
// else over Rows. Values are int64, string, []byte or nil.
type Call struct {
	Stmt    *Statement
	Scalars []any
	Rows    [][]any
	// IfChanged, when above 0, is 1 + the index of an earlier call of the same
	// list: unless that one changed rows, this one has nothing to do. A seam that
	// sends calls one by one skips it then; one that pipelines may ignore this.
	IfChanged int
	// Counted says that Result.Affected is read, or that a failure must name this
	// very call: a seam that sends many as one may otherwise leave Affected at 0, and
	// name a later call.
	Counted bool
}

// Result is what a call returned.
type Result struct {
	Rows []Row
	// Affected counts changed rows, where the statement changes any.
	Affected int64
}

// Row is one result row; its values are int64, string, []byte or nil.
type Row []any

// Int returns column i as an integer; NULL is 0.
func (r Row) Int(i int) int64 {
	v, _ := r[i].(int64)
	return v
}

// Text returns column i as a string; NULL is "".
func (r Row) Text(i int) string {
	switch v := r[i].(type) {
	case string:
		return v
	case []byte:
		return string(v)
	}
	return ""
}

// OptText returns column i as a string, nil when NULL.
func (r Row) OptText(i int) *string {
	if r[i] == nil {
		return nil
	}
	s := r.Text(i)
	return &s
}

// Bytes returns column i as bytes; NULL is nil.
func (r Row) Bytes(i int) []byte {
	switch v := r[i].(type) {
	case []byte:
		return v
	case string:
		return []byte(v)
	}
	return nil
}

// Null reports whether column i is NULL.
func (r Row) Null(i int) bool { return r[i] == nil }

// DB is how an engine reaches one database: a seam over a driver. All methods
// are safe for concurrent use. Errors are *Failure.
type DB interface {
	// Write runs the calls in one transaction and commits it: all or nothing,
	// one result for each call, given only after the commit.
	Write(ctx context.Context, calls []Call) ([]Result, error)
	// Claim is Write for calls that do no more than take locks. What they did may
	// be gone after a crash of the database's machine: the rows can then be taken
	// again, and who held them learns it from his token. An attempt may go
	// uncounted that way.
	Claim(ctx context.Context, calls []Call) ([]Result, error)
	// Read runs the calls over one snapshot and changes nothing.
	Read(ctx context.Context, calls []Call) ([]Result, error)
	// Transact runs fn in one writing transaction and commits it when fn
	// returns nil. fn may look at results before it goes on.
	Transact(ctx context.Context, fn func(run Runner) error) error
	// Clock reads the server's clock, in Unix milliseconds.
	Clock(ctx context.Context) (int64, error)
	// Close releases what the seam opened.
	Close() error
}

// Runner runs calls inside an open transaction.
type Runner func(calls ...Call) ([]Result, error)

// Dialect is what durogen generates for one database.
type Dialect struct {
	// Name identifies the database, for example in errors.
	Name string
	// SingleWriter: one transaction writes at a time; the engine has one lane.
	SingleWriter bool
	// Notify: the DB implements Notifier.
	Notify bool
	// ServerClock: DB.Clock is another machine's clock.
	ServerClock bool
	// Statements are the plans' parts.
	Statements Statements
	// Migrations are in ascending order.
	Migrations []Migration
	// Classify maps a driver's error code, as the backend spells it, to its
	// class. ok is false for a code the description does not list.
	Classify func(code string) (c Class, ok bool)
}

// Migration is one version of the schema.
type Migration struct {
	Version int
	Name    string
	Up      []string
	Down    []string
}
