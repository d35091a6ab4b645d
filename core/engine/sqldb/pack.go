package sqldb

import (
	"bytes"
	"encoding/json"
	"strconv"
	"unicode/utf8"

	"github.com/durokit/duro/core/engine"
)

// array marks a value the driver has to be asked about.
type array struct{ values any }

// pack returns the rows of e as one array for each column, or as one JSON text;
// nothing for a form whose values travel singly.
func pack(e execution) ([]any, error) {
	switch e.form.Pack {
	case engine.PackArrays:
		arrays := make([]any, len(e.s.Columns))
		for i, col := range e.s.Columns {
			values, err := columnArray(e, i, col)
			if err != nil {
				return nil, err
			}
			arrays[i] = array{values}
		}
		return arrays, nil
	case engine.PackJSON:
		text, err := packJSON(e)
		return []any{text}, err
	case engine.PackValues:
	}
	return nil, nil
}

// columnArray is column i of the rows as a slice of its type.
func columnArray(e execution, i int, col engine.Column) (any, error) {
	switch col.Type {
	case engine.Int:
		return typed[int64](e, i, col)
	case engine.Text:
		return typed[string](e, i, col)
	case engine.Bytes:
	}
	values := make([][]byte, len(e.rows)) // nil is NULL
	for r, row := range e.rows {
		switch v := row[i].(type) {
		case nil:
		case []byte:
			values[r] = v
		default:
			return nil, mistyped(e, col, v)
		}
	}
	return values, nil
}

// typed is column i as []T, or as []*T when a value is NULL.
func typed[T any](e execution, i int, col engine.Column) (any, error) {
	values, null := make([]T, len(e.rows)), false
	for r, row := range e.rows {
		v, ok := row[i].(T)
		if !ok && row[i] != nil {
			return nil, mistyped(e, col, row[i])
		}
		values[r], null = v, null || !ok
	}
	if !null {
		return values, nil
	}
	pointers := make([]*T, len(e.rows))
	for r, row := range e.rows {
		if row[i] != nil {
			pointers[r] = &values[r]
		}
	}
	return pointers, nil
}

func mistyped(e execution, col engine.Column, v any) error {
	return misuse("%s: column %s got a value of type %T", e.s.Name, col.Name, v)
}

// packJSON writes the rows as an array: of values for a single column, of arrays
// otherwise.
func packJSON(e execution) (string, error) {
	single := len(e.s.Columns) == 1
	b := append(make([]byte, 0, 32*len(e.rows)*len(e.s.Columns)+2), '[')
	for r, row := range e.rows {
		if r > 0 {
			b = append(b, ',')
		}
		if !single {
			b = append(b, '[')
		}
		for i, v := range row {
			if i > 0 {
				b = append(b, ',')
			}
			var ok bool
			if b, ok = appendJSON(b, v); !ok {
				return "", misuse("%s: column %s: only integers and valid UTF-8 text travel as JSON, got %T",
					e.s.Name, e.s.Columns[i].Name, v)
			}
		}
		if !single {
			b = append(b, ']')
		}
	}
	return string(append(b, ']')), nil
}

func appendJSON(b []byte, v any) ([]byte, bool) {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...), true
	case int64:
		return strconv.AppendInt(b, v, 10), true
	case string:
		text, err := json.Marshal(v)
		return append(b, bytes.TrimSpace(text)...), err == nil && utf8.ValidString(v)
	}
	return b, false
}
