package strictyaml

import (
	"encoding"
	"fmt"
	"reflect"
	"slices"

	"github.com/goccy/go-yaml/ast"
)

// enum is a string type with a closed set of values.
type enum interface{ Values() []string }

// scalar decodes a single value into a type that is known.
func (f *File) scalar(n ast.Node, v reflect.Value, path string) {
	switch v.Kind() {
	case reflect.String:
		f.text(n, v, path)
	case reflect.Bool:
		if b, ok := n.(*ast.BoolNode); ok {
			v.SetBool(b.Value)
			return
		}
		f.mismatch(n, path, "true or false")
	case reflect.Int:
		if i, ok := n.(*ast.IntegerNode); ok {
			if u, ok := i.Value.(uint64); ok && u <= 1<<31 {
				v.SetInt(int64(u))
				return
			}
			f.Errorf(f.spanOf(n), "%s is out of range", path)
			return
		}
		f.mismatch(n, path, "a number")
	default:
		panic(fmt.Sprintf("strictyaml: no decoding for %s", v.Type()))
	}
}

// text decodes a string, one of a closed set where the type has one.
func (f *File) text(n ast.Node, v reflect.Value, path string) {
	s, ok := f.plain(n, path)
	if !ok {
		return
	}
	if e, ok := reflect.TypeAssert[enum](v); ok && !slices.Contains(e.Values(), s) {
		f.Errorf(f.spanOf(n), "unknown value%s of %s%s", f.named(s), path, DidYouMean(s, e.Values()))
		return
	}
	v.SetString(s)
}

// unmarshal decodes a string whose type knows how to read it.
func (f *File) unmarshal(n ast.Node, into encoding.TextUnmarshaler, path string) {
	s, ok := f.plain(n, path)
	if !ok {
		return
	}
	if err := into.UnmarshalText([]byte(s)); err != nil {
		f.Errorf(f.spanOf(n), "%s: %v", path, err)
	}
}

// plain is the text of a string.
func (f *File) plain(n ast.Node, path string) (s string, ok bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		if f.form.Discreet {
			f.Errorf(f.spanOf(n), "%s must be a string, not %s; quote it", path, kindOf(n))
			break
		}
		f.Errorf(f.spanOf(n), "%s must be a string, not %s; quote it: %q", path, kindOf(n), n.GetToken().Value)
	default:
		f.mismatch(n, path, "a string")
	}
	return "", false
}

// free decodes a value of any kind: string, bool, int64, uint64, float64, []any or
// map[string]any.
func (f *File) free(n ast.Node, v reflect.Value, path string) {
	switch n := n.(type) {
	case *ast.StringNode, *ast.LiteralNode:
		s, _ := f.plain(n, path)
		v.Set(reflect.ValueOf(s))
	case *ast.BoolNode:
		v.Set(reflect.ValueOf(n.Value))
	case *ast.IntegerNode:
		v.Set(reflect.ValueOf(n.Value))
	case *ast.FloatNode:
		v.Set(reflect.ValueOf(n.Value))
	case *ast.SequenceNode:
		list := reflect.New(reflect.TypeFor[[]any]()).Elem()
		f.sequence(n, list, path)
		v.Set(list)
	case *ast.MappingNode, *ast.MappingValueNode:
		m := reflect.New(reflect.TypeFor[map[string]any]()).Elem()
		f.mapping(n, m, path)
		v.Set(m)
	default:
		f.mismatch(n, path, "a string, a number, true or false, a list or a mapping")
	}
}
