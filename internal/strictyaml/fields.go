package strictyaml

import (
	"reflect"
	"slices"
	"strings"
)

// Field is one key of a structure.
type Field struct {
	Key      string
	Index    int
	Optional bool
}

// FieldsOf lists the keys of a structure as its yaml tags name them.
func FieldsOf(t reflect.Type) []Field {
	out := make([]Field, 0, t.NumField())
	for i := range t.NumField() {
		key, options, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
		if key == "" || key == "-" {
			continue
		}
		out = append(out, Field{Key: key, Index: i, Optional: options == "omitempty"})
	}
	return out
}

func keysOf(fields []Field) []string {
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i] = f.Key
	}
	return out
}

// Join appends a key to a path.
func Join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// Lacks lists the required keys of a structure that none of the files gives.
func Lacks(t reflect.Type, path string, files ...*File) []string {
	var out []string
	for _, f := range FieldsOf(t) {
		given := slices.ContainsFunc(files, func(file *File) bool {
			_, ok := file.Given[Join(path, f.Key)]
			return ok
		})
		if !given && !f.Optional {
			out = append(out, f.Key)
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
