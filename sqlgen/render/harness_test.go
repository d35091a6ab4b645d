package render_test

import (
	"testing"

	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/sqlgen/model"
	"github.com/durokit/duro/sqlgen/render"
	"github.com/durokit/duro/sqlgen/spec"
)

// dialects are the descriptions in the tree; those with a server that the tests
// can have are verified on it.
var dialects = []struct {
	name     string
	verified bool
}{{"mariadb", true}, {"mysql", true}, {"postgres", true}, {"sqlite", true}}

// rendered is the whole model in one dialect.
type rendered struct {
	up, down   []string
	statements []engine.Statement
}

func (r rendered) find(t testing.TB, name string) engine.Statement {
	t.Helper()
	for _, s := range r.statements {
		if s.Name == name {
			return s
		}
	}
	t.Fatalf("no statement %q", name)
	return engine.Statement{}
}

func renderAll(t testing.TB, dialect string) rendered {
	t.Helper()
	d, err := spec.Loader{}.Load("../../backends/" + dialect + "/dialect.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var r rendered
	if r.up, r.down, err = render.Schema(d.Dialect); err != nil {
		t.Fatal(err)
	}
	for _, m := range model.Statements() {
		s, err := render.Statement(m, d.Dialect)
		if err != nil {
			t.Fatal(err)
		}
		r.statements = append(r.statements, s)
	}
	return r
}
