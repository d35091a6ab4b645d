package model

import (
	"fmt"
	"slices"
	"sync"

	"github.com/durokit/duro/core/engine"
)

// Statement is one part of the engine's plans.
type Statement struct {
	// Name is "group.action"; Field is the field of engine.Statements.
	Name, Field string
	// Purpose says in a line what the statement does.
	Purpose string
	// Scalars are the inputs given once, Columns those of the row set.
	Scalars, Columns []Input
	// Whole: one execution takes the whole row set, which holds only ids and
	// numbers.
	Whole bool
	// Output names the result's columns.
	Output []string
	Body   Body
}

// Input is a named, typed input.
type Input = engine.Column

// Statements returns all statements, in the order of engine.Statements.
func Statements() []Statement { return slices.Clone(all()) }

var all = sync.OnceValue(func() []Statement {
	return slices.Concat(
		claims(), messages(), ack(), claim(), orphans(),
		workInsert(), workClaim(), workHeld(), sessions(), look(),
		reads(), classes(), aside(), lists(), deletion(), bulk(), checks(),
	)
})

// define checks a statement. A mistake is one of this package's, so it panics.
func define(s Statement) Statement {
	if err := s.Check(); err != nil {
		panic(fmt.Sprintf("model: statement %s: %v", s.Name, err))
	}
	return s
}

func ints(names ...string) []Input    { return inputs(engine.Int, names) }
func texts(names ...string) []Input   { return inputs(engine.Text, names) }
func byteses(names ...string) []Input { return inputs(engine.Bytes, names) }

func inputs(t engine.Type, names []string) []Input {
	out := make([]Input, len(names))
	for i, n := range names {
		out[i] = Input{Name: n, Type: t}
	}
	return out
}

func in(groups ...[]Input) []Input { return slices.Concat(groups...) }

func out(names ...string) []string { return names }
