package render_test

import (
	"testing"

	"github.com/durokit/duro/sqlgen/model"
	"github.com/durokit/duro/sqlgen/render"
	"github.com/durokit/duro/sqlgen/spec"
)

// TestOverride: a text of the description stands in for all forms.
func TestOverride(t *testing.T) {
	t.Parallel()
	d, err := spec.Loader{}.Load("../../backends/mysql/dialect.yaml")
	if err != nil {
		t.Fatal(err)
	}
	d.Overrides = []spec.Override{{Statement: "work.delete", Reason: "test", SQL: "DELETE ?"}}
	for _, m := range model.Statements() {
		s, err := render.Statement(m, d.Dialect)
		if err != nil {
			t.Fatal(err)
		}
		own := len(s.Forms) == 1 && s.Forms[0].SQL == "DELETE ?" && s.Forms[0].Rows == 1
		if own != (m.Name == "work.delete") {
			t.Errorf("%s has forms %v", m.Name, s.Forms)
		}
	}
}
