package sqlstore_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/durokit/duro/core"
)

func TestSchemaStandsBeforeEveryName(t *testing.T) {
	t.Parallel()
	s := store(t)
	s.Schema, s.Prefix = "apart", "p_"
	r, err := s.Runner()
	if err != nil {
		t.Fatal(err)
	}
	script := r.Print(0, 1) + r.Dialect.Statements.ClassesList.Forms[0].SQL
	if n := strings.Count(script, `"apart"."p_`); n != 4 || strings.Count(script, `"p_`) != n {
		t.Errorf("%d qualified names in\n%s", n, script)
	}
	if s.Dialect.Migrations[0].Up[0] != `CREATE TABLE "§classes" (kind INTEGER, class INTEGER, name TEXT)` {
		t.Errorf("the dialect was changed: %q", s.Dialect.Migrations[0].Up)
	}
	for _, bad := range []string{`a"b`, "1a", "A", strings.Repeat("a", 64)} {
		s.Schema = bad
		if _, err := s.Runner(); !errors.Is(err, core.ErrInvalidArgument) {
			t.Errorf("schema %q: %v", bad, err)
		}
	}
}
