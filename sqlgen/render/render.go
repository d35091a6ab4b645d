// Package render writes the model's statements and tables as SQL for one
// database, after its description. Equal input gives equal text.
package render

import (
	"fmt"
	"slices"

	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/sqlgen/model"
	"github.com/durokit/duro/sqlgen/spec"
)

// valueForms are the sizes of multi-row forms, descending. Where they differ in
// nothing but their rows, the generated code has one for every size between.
var valueForms = []int{128, 64, 32, 16, 8, 4, 2, 1}

// Statement renders a statement for a dialect.
func Statement(m model.Statement, d *spec.Dialect) (engine.Statement, error) {
	s := engine.Statement{Name: m.Name, Columns: m.Columns, Output: m.Output}
	for _, i := range m.Scalars {
		s.Scalars = append(s.Scalars, i.Name)
	}
	list := ways(m, d)
	override := slices.IndexFunc(d.Overrides, func(o spec.Override) bool { return o.Statement == m.Name })
	if override >= 0 {
		// A text written by hand has one form: the smallest, which takes its inputs in order.
		w := list[len(list)-1]
		s.Forms = []engine.Form{{Rows: w.rows, Pack: w.pack, SQL: d.Overrides[override].SQL}}
		return s, nil
	}
	for _, w := range list {
		form, err := render(m, d, w)
		if err != nil {
			return engine.Statement{}, fmt.Errorf("statement %s: %w", m.Name, err)
		}
		s.Forms = append(s.Forms, form)
	}
	return s, nil
}

// way is how the row set of a form is written.
type way struct {
	rows int // of a values form
	pack engine.Pack
	kind rowKind
}

type rowKind uint8

const (
	noRows      rowKind = iota
	oneRow              // placeholders stand for the columns themselves
	arrayRows           // unnest($1, $2, …)
	literalRows         // SELECT ?, ? UNION ALL SELECT ?, ?
	jsonEach            // json_each(?)
	jsonTable           // JSON_TABLE(?, …)
)

// ways lists the forms of a statement.
func ways(m model.Statement, d *spec.Dialect) []way {
	arrays := way{pack: engine.PackArrays, kind: arrayRows}
	switch {
	case len(m.Columns) == 0:
		return []way{{}}
	case m.Whole && d.IDs == spec.IDsJSONEach:
		return []way{{pack: engine.PackJSON, kind: jsonEach}}
	case m.Whole && d.IDs == spec.IDsJSONTable:
		var list []way
		if d.PerClass == spec.PerClassUnion && picksPerClass(m) {
			list = exactClasses()
		}
		return append(list, way{pack: engine.PackJSON, kind: jsonTable})
	case m.Whole || d.Rows == spec.RowsArrays:
		return []way{arrays}
	case d.Rows == spec.RowsLoop:
		return []way{{rows: 1, kind: oneRow}}
	}
	var list []way
	for _, n := range valueForms {
		list = append(list, way{rows: n, kind: literalRows})
	}
	return list
}

// render writes one form.
func render(m model.Statement, d *spec.Dialect, w way) (form engine.Form, err error) {
	defer func() {
		// The writers below give up by panicking with an error.
		if p := recover(); p != nil {
			e, ok := p.(error)
			if !ok {
				panic(p)
			}
			err = e
		}
	}()
	r := &renderer{d: d, m: m, way: w}
	form = engine.Form{Rows: w.rows, Pack: w.pack}
	form.SQL, form.Args = r.bind(r.body())
	return form, nil
}

// renderer writes the SQL of one form.
type renderer struct {
	d *spec.Dialect
	m model.Statement
	way
	// class stands for the row set's column inside the branch of a union.
	class string
}

func (r *renderer) body() string {
	switch b := r.m.Body.(type) {
	case *model.Select:
		return r.query(b)
	case *model.Insert:
		return r.insert(b)
	case *model.Update:
		return r.update(b)
	case *model.Delete:
		return r.remove(b)
	}
	panic(fmt.Errorf("unknown body %T", r.m.Body))
}
