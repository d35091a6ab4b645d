package model

import (
	"reflect"
	"testing"

	"github.com/durokit/duro/core/engine"
)

// TestStatementsCoverTheEngine: the model has a statement for every field of
// engine.Statements, in the same order, and no other.
func TestStatementsCoverTheEngine(t *testing.T) {
	t.Parallel()
	fields := reflect.VisibleFields(reflect.TypeFor[engine.Statements]())
	list := Statements()
	names := map[string]bool{}
	for i, s := range list {
		if names[s.Name] {
			t.Errorf("statement %q is defined twice", s.Name)
		}
		names[s.Name] = true
		if i >= len(fields) || fields[i].Name != s.Field {
			t.Fatalf("statement %d is %s (field %s); the engine's field there differs: %v", i, s.Name, s.Field, fields[min(i, len(fields)-1)].Name)
		}
	}
	if len(list) < len(fields) {
		t.Errorf("no statement for engine.Statements.%s", fields[len(list)].Name)
	}
}
