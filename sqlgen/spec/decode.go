package spec

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// decoder reads one file into Go values, strictly, and goes on after an error:
// the reader of its diagnostics fixes them all at once. What the file does not
// say it leaves as it is, so that an heir is decoded over what it extends.
type decoder struct {
	*source
	// given is where each value of the file stands, by its path ("types.int",
	// "errors[2].code"); at only those that were accepted.
	given, at map[string]span
	// overrides is where each overridden statement is named.
	overrides map[string]span
}

// decode reads data over what d holds already.
func decode(src *source, data []byte, d *Dialect) *decoder {
	dec := &decoder{source: src, given: map[string]span{}, at: map[string]span{}, overrides: map[string]span{}}
	if body, ok := dec.parse(data); ok {
		dec.value(body, reflect.ValueOf(d).Elem(), "")
	}
	return dec
}

// value decodes n into v, whose path is given for messages.
func (d *decoder) value(n ast.Node, v reflect.Value, path string) {
	here, before := d.spanOf(n), len(d.errs)
	d.given[path] = here
	defer func() {
		if len(d.errs) == before {
			d.at[path] = here
		}
	}()
	switch n.(type) {
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode:
		d.errorf(here, "anchors, aliases and tags are not used here; write the value out")
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		d.structure(n, v, path)
	case reflect.Map:
		d.mapping(n, v, path)
	case reflect.Slice:
		d.sequence(n, v, path)
	case reflect.String:
		d.text(n, v, path)
	case reflect.Bool:
		if b, ok := n.(*ast.BoolNode); ok {
			v.SetBool(b.Value)
			return
		}
		d.mismatch(n, path, "true or false")
	case reflect.Int:
		if i, ok := n.(*ast.IntegerNode); ok {
			if u, ok := i.Value.(uint64); ok && u <= 1<<31 {
				v.SetInt(int64(u))
				return
			}
			d.errorf(here, "%s is out of range", path)
			return
		}
		d.mismatch(n, path, "a number")
	default:
		panic(fmt.Sprintf("spec: no decoding for %s", v.Type()))
	}
}

// structure decodes a mapping whose keys are the fields of v.
func (d *decoder) structure(n ast.Node, v reflect.Value, path string) {
	fields := fieldsOf(v.Type())
	d.entries(n, path, func(key string, at span, value ast.Node) {
		i := slices.IndexFunc(fields, func(f field) bool { return f.key == key })
		if i < 0 {
			d.errorf(at, "unknown key %q%s", key, DidYouMean(key, keysOf(fields)))
			return
		}
		into, key := v.Field(fields[i].index), join(path, key)
		d.value(value, into, key)
		if here, ok := d.at[key]; ok && !fields[i].optional && isBlank(into) {
			d.errorf(here, "%s must not be empty", key)
			delete(d.at, key)
		}
	})
}

// mapping decodes a mapping with free keys.
func (d *decoder) mapping(n ast.Node, v reflect.Value, path string) {
	d.entries(n, path, func(key string, _ span, value ast.Node) {
		if v.IsNil() {
			v.Set(reflect.MakeMap(v.Type()))
		}
		item := reflect.New(v.Type().Elem()).Elem()
		d.value(value, item, join(path, key))
		v.SetMapIndex(reflect.ValueOf(key), item)
	})
}

// sequence decodes a list, which replaces the one v holds.
func (d *decoder) sequence(n ast.Node, v reflect.Value, path string) {
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		d.mismatch(n, path, "a list")
		return
	}
	out := reflect.MakeSlice(v.Type(), len(list.Values), len(list.Values))
	for i, item := range list.Values {
		at := fmt.Sprintf("%s[%d]", path, i)
		d.value(item, out.Index(i), at)
		// Items are not inherited: each is complete in its file.
		if isMapping(item) && out.Index(i).Kind() == reflect.Struct {
			if missing := lacks(out.Index(i).Type(), at, d); len(missing) > 0 {
				d.errorf(d.given[at], "%s lacks %s", at, strings.Join(missing, ", "))
			}
		}
	}
	v.Set(out)
}

// text decodes a string, one of a closed set where the type has one.
func (d *decoder) text(n ast.Node, v reflect.Value, path string) {
	var s string
	switch n := n.(type) {
	case *ast.StringNode:
		s = n.Value
	case *ast.LiteralNode:
		s = n.Value.Value
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		d.errorf(d.spanOf(n), "%s must be a string, not %s; quote it: %q", path, kindOf(n), n.GetToken().Value)
		return
	default:
		d.mismatch(n, path, "a string")
		return
	}
	if e, ok := reflect.TypeAssert[enum](v); ok && !slices.Contains(e.Values(), s) {
		d.errorf(d.spanOf(n), "unknown value %q of %s%s", s, path, DidYouMean(s, e.Values()))
		return
	}
	v.SetString(s)
}

// entries calls f for each entry of a mapping, once for each key.
func (d *decoder) entries(n ast.Node, path string, f func(key string, at span, value ast.Node)) {
	var list []*ast.MappingValueNode
	switch n := n.(type) {
	case *ast.MappingNode:
		list = n.Values
	case *ast.MappingValueNode:
		list = []*ast.MappingValueNode{n}
	default:
		d.mismatch(n, path, "a mapping")
		return
	}
	seen := map[string]span{}
	for _, e := range list {
		at := spanOf(e.Key.GetToken())
		name, ok := e.Key.(*ast.StringNode)
		if !ok {
			d.errorf(at, "a key must be a plain string")
			continue
		}
		if first, dup := seen[name.Value]; dup {
			d.errorf(at, "duplicate key %q; it stands in line %d already", name.Value, first.line)
			continue
		}
		seen[name.Value] = at
		f(name.Value, at, e.Value)
	}
}
