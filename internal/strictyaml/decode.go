package strictyaml

import (
	"encoding"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// Decode reads data into what into points to, a structure whose yaml tags name its
// keys. It goes on after an error: the reader of its diagnostics fixes them all at
// once. What the file does not say it leaves as it is, so that a file can be decoded
// over another.
func (form Form) Decode(name string, data []byte, into any) *File {
	f := form.New(name, data)
	if body, ok := f.parse(data); ok {
		f.value(body, reflect.ValueOf(into).Elem(), "")
	}
	return f
}

// value decodes n into v, whose path is given for messages.
func (f *File) value(n ast.Node, v reflect.Value, path string) {
	here, before := f.spanOf(n), len(f.Errs)
	f.Given[path] = here
	defer func() {
		if len(f.Errs) == before {
			f.At[path] = here
		}
	}()
	switch n.(type) {
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode:
		f.Errorf(here, "anchors, aliases and tags are not used here; write the value out")
		return
	}
	if into, ok := reflect.TypeAssert[encoding.TextUnmarshaler](v.Addr()); ok {
		f.unmarshal(n, into, path)
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		f.structure(n, v, path)
	case reflect.Map:
		f.mapping(n, v, path)
	case reflect.Slice:
		f.sequence(n, v, path)
	case reflect.Pointer:
		into := reflect.New(v.Type().Elem())
		f.value(n, into.Elem(), path)
		v.Set(into)
	case reflect.Interface:
		f.free(n, v, path)
	default:
		f.scalar(n, v, path)
	}
}

// structure decodes a mapping whose keys are the fields of v.
func (f *File) structure(n ast.Node, v reflect.Value, path string) {
	fields := FieldsOf(v.Type())
	f.entries(n, path, func(key string, at Span, value ast.Node) {
		i := slices.IndexFunc(fields, func(field Field) bool { return field.Key == key })
		if i < 0 {
			f.Errorf(at, "unknown key%s%s", f.named(key), DidYouMean(key, keysOf(fields)))
			return
		}
		into, key := v.Field(fields[i].Index), Join(path, key)
		f.value(value, into, key)
		if here, ok := f.At[key]; ok && !fields[i].Optional && isBlank(into) {
			f.Errorf(here, "%s must not be empty", key)
			delete(f.At, key)
		}
	})
}

// mapping decodes a mapping with free keys.
func (f *File) mapping(n ast.Node, v reflect.Value, path string) {
	f.entries(n, path, func(key string, _ Span, value ast.Node) {
		if v.IsNil() {
			v.Set(reflect.MakeMap(v.Type()))
		}
		item := reflect.New(v.Type().Elem()).Elem()
		f.value(value, item, Join(path, key))
		v.SetMapIndex(reflect.ValueOf(key), item)
	})
}

// sequence decodes a list, which replaces the one v holds.
func (f *File) sequence(n ast.Node, v reflect.Value, path string) {
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		f.mismatch(n, path, "a list")
		return
	}
	out := reflect.MakeSlice(v.Type(), len(list.Values), len(list.Values))
	for i, item := range list.Values {
		at := fmt.Sprintf("%s[%d]", path, i)
		f.value(item, out.Index(i), at)
		// Items are not inherited: each is complete in its file.
		if isMapping(item) && out.Index(i).Kind() == reflect.Struct {
			if missing := Lacks(out.Index(i).Type(), at, f); len(missing) > 0 {
				f.Errorf(f.Given[at], "%s lacks %s", at, strings.Join(missing, ", "))
			}
		}
	}
	v.Set(out)
}

// entries calls each for each entry of a mapping, once for each key.
func (f *File) entries(n ast.Node, path string, each func(key string, at Span, value ast.Node)) {
	var list []*ast.MappingValueNode
	switch n := n.(type) {
	case *ast.MappingNode:
		list = n.Values
	case *ast.MappingValueNode:
		list = []*ast.MappingValueNode{n}
	default:
		f.mismatch(n, path, "a mapping")
		return
	}
	seen := make(map[string]Span, len(list))
	for _, e := range list {
		at := spanOf(e.Key.GetToken())
		name, ok := e.Key.(*ast.StringNode)
		if !ok {
			f.Errorf(at, "a key must be a plain string")
			continue
		}
		if first, dup := seen[name.Value]; dup {
			f.Errorf(at, "duplicate key%s; it stands in line %d already", f.named(name.Value), first.Line)
			continue
		}
		seen[name.Value] = at
		each(name.Value, at, e.Value)
	}
}

// plainKey is a key as people choose them.
var plainKey = regexp.MustCompile(`^[\w.-]{1,64}$`)

// named quotes a key, or a word of a closed set, for a message. What cannot have been
// meant as one may be a secret.
func (f *File) named(key string) string {
	if f.form.Discreet && !plainKey.MatchString(key) {
		return ""
	}
	return fmt.Sprintf(" %q", key)
}
