package vet

import (
	"fmt"

	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/sqlgen/model"
)

// given are inputs by name.
type given map[string]any

const (
	minute = 60_000             // milliseconds
	token  = "a token of vet's" // 16 bytes
)

// call is a call with the inputs given, and plausible ones for the rest: one row for
// each of the givens, where the statement takes rows.
func (s *subject) call(stmt *engine.Statement, rows ...given) engine.Call {
	var inputs model.Statement
	for _, m := range s.model {
		if m.Name == stmt.Name {
			inputs = m
		}
	}
	if len(rows) == 0 {
		rows = []given{nil}
	}
	c := engine.Call{Stmt: stmt, Counted: true}
	for _, in := range inputs.Scalars {
		c.Scalars = append(c.Scalars, s.input(in, 0, rows[0]))
	}
	for n, row := range rows {
		if len(inputs.Columns) == 0 {
			break
		}
		var values []any
		for _, in := range inputs.Columns {
			values = append(values, s.input(in, n, row))
		}
		c.Rows = append(c.Rows, values)
	}
	return c
}

func (s *subject) input(in model.Input, row int, from given) any {
	if v, ok := from[in.Name]; ok {
		return v
	}
	switch in.Type {
	case engine.Text:
		return text(in.Name, row)
	case engine.Bytes:
		return bytes(in.Name)
	default:
		return s.number(in.Name, int64(row))
	}
}

// text names an instance alike wherever one is asked for, so that statements find
// each other's rows.
func text(name string, row int) string {
	switch name {
	case "instance", "source":
		name = "vet"
	case "status":
		return "Running"
	}
	return fmt.Sprintf("%s-%02d", name, row)
}

func bytes(name string) []byte {
	if name == "token" || name == "nonce" {
		return []byte(token)
	}
	return []byte("{\"vet\":\x00}")
}

// number is one that is unique, unless the name asks for an instant, a flag, or a
// row that is there.
func (s *subject) number(name string, row int64) int64 {
	switch name {
	case "now", "before", "updated_at", "completed_at":
		return s.now
	case "lock_until", "session_until", "until", "due":
		return s.now + minute
	case "visible_at", "uncount", "state", "home", "tag_class", "idle_after":
		return 0
	case "class":
		return row
	case "kind", "execution", "holder":
		return 1
	case "id":
		return row + 1
	case "limit":
		return 1000
	}
	s.counter++
	return s.counter
}
