// Package sqlgen turns a description of a database into the Go code of a backend:
//
//	spec     reads and checks the description, dialect.yaml
//	model    the tables and operations, written once, naming no database
//	render   model and description -> statements
//	emit     statements -> Go source
//
// This package puts them together: it resolves a description, compares the
// result with the files of a backend's folder, and writes what differs.
package sqlgen

import (
	"fmt"

	"github.com/durokit/duro/internal/diag"
	"github.com/durokit/duro/sqlgen/emit"
	"github.com/durokit/duro/sqlgen/model"
	"github.com/durokit/duro/sqlgen/render"
	"github.com/durokit/duro/sqlgen/spec"
)

// Resolve reads the description at path and renders the whole model for it.
func Resolve(path string) (emit.Input, error) {
	statements := model.Statements()
	loader := spec.Loader{}
	for _, s := range statements {
		loader.Statements = append(loader.Statements, s.Name)
	}
	for _, t := range model.Tables() {
		loader.Tables = append(loader.Tables, t.Name)
	}
	d, err := loader.Load(path)
	if err != nil {
		return emit.Input{}, err
	}

	in := emit.Input{Dialect: d.Dialect}
	var errs diag.Error
	for _, s := range statements {
		rendered, err := render.Statement(s, d.Dialect)
		if err != nil {
			errs = append(errs, d.Blame(s.Name, err))
			continue
		}
		in.Statements = append(in.Statements, emit.Statement{Field: s.Field, Purpose: s.Purpose, Rendered: rendered})
	}
	if len(errs) > 0 {
		return emit.Input{}, errs
	}
	in.Up, in.Down, err = render.Schema(d.Dialect)
	if err != nil {
		return emit.Input{}, fmt.Errorf("%s: schema: %w", path, err)
	}
	return in, nil
}
