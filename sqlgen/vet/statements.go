package vet

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/sqlgen/model"
	"github.com/durokit/duro/sqlgen/spec"
)

// rounds is how often the statements run before every form does: a claim finds rows
// in the second that the first has made, and what holds a lock in the third.
const rounds = 2

// someRows is how many rows a form gets that takes any number.
const someRows = 3

// executeAll executes every form of every statement.
func (s *subject) executeAll(ctx context.Context) {
	s.sayf("executing %d statements", len(s.model))
	all := s.statements()
	for range rounds {
		for _, st := range all {
			if forms := st.Forms; len(forms) > 0 {
				last := forms[len(forms)-1]
				_, _ = s.execute(ctx, st, last, st.sizes(last)[0]) // the last round tells
			}
		}
	}
	forms, queries, answered := 0, 0, 0
	for _, st := range all {
		returned, err := s.executeForms(ctx, st)
		if err != nil {
			s.failed[st.Name] = err
			s.addf(Failed, "statement "+st.Name, "%s%v", s.written(st.Name), err)
		}
		forms += len(st.Forms)
		if len(st.Forms) > 0 && len(st.Output) > 0 {
			queries++
		}
		if returned {
			answered++
		}
	}
	if len(s.failed) == 0 {
		s.addf(OK, "statements", "%d statements in %d forms executed; of %d queries %d returned rows, of the types described",
			len(all), forms, queries, answered)
	}
}

// executeForms executes every form of a statement. It returns the first error, and
// whether there were rows.
func (s *subject) executeForms(ctx context.Context, st statement) (returned bool, err error) {
	for _, form := range st.Forms {
		for _, size := range st.sizes(form) {
			rows, failed := s.execute(ctx, st, form, size)
			if failed != nil && form.Rows+form.Most > 0 {
				failed = fmt.Errorf("the form for %d rows: %w", size, failed)
			}
			err = cmp.Or(err, failed)
			returned = returned || len(rows) > 0
		}
	}
	return returned, err
}

// written says where the text of a statement comes from, if not from the model.
func (s *subject) written(name string) string {
	if slices.ContainsFunc(s.dialect.Overrides, func(o spec.Override) bool { return o.Statement == name }) {
		return "the description's own text, "
	}
	return ""
}

// statement is one that the dialect renders, with what the model knows of it.
type statement struct {
	*engine.Statement
	of model.Statement
}

// sizes are the numbers of rows a form is tried with.
func (st statement) sizes(form engine.Form) []int {
	switch {
	case form.Most > 0:
		return []int{1, someRows, form.Most}
	case form.Rows == 0 && len(st.Columns) > 0:
		return []int{someRows}
	}
	return []int{max(form.Rows, 1)}
}

func (s *subject) statements() (list []statement) {
	fields := reflect.ValueOf(&s.bound.Statements).Elem()
	for _, m := range s.model {
		rendered := fields.FieldByName(m.Field).Addr().Interface().(*engine.Statement)
		list = append(list, statement{rendered, m})
	}
	return list
}

// errUndo ends a transaction that is to leave nothing behind.
var errUndo = errors.New("undone on purpose")

// execute runs one form alone, with so many rows, and compares the rows it returns with the description.
func (s *subject) execute(ctx context.Context, st statement, form engine.Form, size int) ([]engine.Row, error) {
	alone := *st.Statement
	alone.Forms = []engine.Form{form}
	rows := make([]given, size)
	var results []engine.Result
	err := s.db.Transact(ctx, func(run engine.Runner) (err error) {
		if results, err = run(s.call(&alone, rows...)); err == nil && takesAway(st.of) {
			err = errUndo
		}
		return err
	})
	if _, inserts := st.of.Body.(*model.Insert); inserts && isDuplicate(err) {
		return nil, nil // an earlier form was given the same key
	}
	if err != nil && !errors.Is(err, errUndo) {
		return nil, err
	}
	return results[0].Rows, compare(st.of, results[0].Rows)
}

func isDuplicate(err error) bool {
	failure, ok := errors.AsType[*engine.Failure](err)
	return ok && failure.Class.Code == core.ErrDuplicateEvent
}

// takesAway reports whether a statement deletes rows or gives locks back, which
// those after it are to find.
func takesAway(m model.Statement) bool {
	switch b := m.Body.(type) {
	case *model.Delete:
		return true
	case *model.Update:
		return slices.Contains(b.Set, model.Assign{Column: "token", Value: model.Null{}})
	}
	return false
}

// compare looks whether the values are of the types that the model says.
func compare(m model.Statement, rows []engine.Row) error {
	types := m.OutputTypes()
	for _, row := range rows {
		if len(row) != len(types) {
			return fmt.Errorf("returned %d columns, not %d: %v", len(row), len(types), m.Output)
		}
		for i, v := range row {
			if v == nil {
				continue
			}
			if _, number := v.(int64); number != (types[i] == engine.Int) {
				return fmt.Errorf("column %s came as %T; a cast in the description would mend it", m.Output[i], v)
			}
		}
	}
	return nil
}
