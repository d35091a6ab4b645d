package spec

import (
	"reflect"
	"slices"
	"strings"
)

// field is one key of a structure.
type field struct {
	key      string
	index    int
	optional bool
}

// fieldsOf lists the keys of a structure as its yaml tags name them.
func fieldsOf(t reflect.Type) []field {
	out := make([]field, 0, t.NumField())
	for i := range t.NumField() {
		key, options, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
		if key == "" || key == "-" {
			continue
		}
		out = append(out, field{key: key, index: i, optional: options == "omitempty"})
	}
	return out
}

func keysOf(fields []field) []string {
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i] = f.key
	}
	return out
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// lacks lists the required keys of a structure that none of the files gives.
func lacks(t reflect.Type, path string, files ...*decoder) []string {
	var out []string
	for _, f := range fieldsOf(t) {
		given := slices.ContainsFunc(files, func(d *decoder) bool {
			_, ok := d.given[join(path, f.key)]
			return ok
		})
		if !given && !f.optional {
			out = append(out, f.key)
		}
	}
	return out
}

// isBlank reports whether a decoded value says nothing.
func isBlank(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.String:
		return strings.TrimSpace(v.String()) == ""
	case reflect.Slice:
		return v.Len() == 0
	default:
		return false
	}
}
