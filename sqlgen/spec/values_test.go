package spec

import (
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"slices"
	"strconv"
	"testing"
)

// A string type of its own stands for a closed set. Without Values the decoder
// would take any string for it.
func TestEveryClosedSetHasItsValues(t *testing.T) {
	declared := declaredValues(t)
	var look func(reflect.Type)
	look = func(typ reflect.Type) {
		switch typ.Kind() {
		case reflect.Struct:
			for f := range typ.Fields() {
				look(f.Type)
			}
		case reflect.Slice, reflect.Map:
			look(typ.Elem())
		case reflect.String:
			if typ.Name() == "string" {
				return
			}
			e, ok := reflect.TypeAssert[enum](reflect.Zero(typ))
			if !ok {
				t.Errorf("%s has no Values", typ)
				return
			}
			if got, want := e.Values(), declared[typ.Name()]; !slices.Equal(got, want) {
				t.Errorf("%s has the values %q, its constants are %q", typ, got, want)
			}
		default: // numbers and truth values need no list
		}
	}
	look(reflect.TypeFor[Dialect]())
}

// declaredValues reads the constants of each type from the source.
func declaredValues(t *testing.T) map[string][]string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "dialect.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if name, ok := spec.Type.(*ast.Ident); ok {
			value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			out[name.Name] = append(out[name.Name], value)
		}
		return true
	})
	return out
}
