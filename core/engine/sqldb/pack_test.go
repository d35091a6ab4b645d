package sqldb

import (
	"reflect"
	"testing"

	"github.com/durokit/duro/core/engine"
)

func TestArraysAreTypedByColumn(t *testing.T) {
	s := &engine.Statement{Name: "s", Columns: []engine.Column{
		{Name: "i", Type: engine.Int}, {Name: "n", Type: engine.Int}, {Name: "t", Type: engine.Text}, {Name: "b", Type: engine.Bytes},
	}}
	e := execution{s: s, form: engine.Form{Pack: engine.PackArrays}, rows: [][]any{
		{int64(1), nil, "x", []byte("a")}, {int64(2), int64(3), "y", nil},
	}}
	got, err := pack(e)
	if err != nil {
		t.Fatal(err)
	}
	three := int64(3)
	want := []any{array{[]int64{1, 2}}, array{[]*int64{nil, &three}}, array{[]string{"x", "y"}}, array{[][]byte{[]byte("a"), nil}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", got)
	}
	for i, wrong := range []any{"text", "text", int64(1), "text"} {
		row := []any{int64(1), int64(1), "x", []byte("a")}
		row[i] = wrong
		if _, err := pack(execution{s: s, form: e.form, rows: [][]any{row}}); err == nil {
			t.Errorf("column %d took a %T", i, wrong)
		}
	}
}

func TestConvertNumbers(t *testing.T) {
	for _, c := range []struct {
		in, want any
	}{
		{uint64(7), int64(7)}, {int32(-7), int64(-7)}, {uint32(7), int64(7)}, {float32(2), int64(2)}, {-4.0, int64(-4)},
		{false, int64(0)}, {uint64(1 << 63), nil}, {1e300, nil}, {struct{}{}, nil},
	} {
		got, err := convert(c.in, false)
		if got != c.want || (err != nil) != (c.want == nil) {
			t.Errorf("%v: %v, %v", c.in, got, err)
		}
	}
	b := []byte("x")
	if got, _ := convert(b, false); &got.([]byte)[0] == &b[0] {
		t.Error("a driver's memory was passed on")
	}
	if got, _ := convert(b, true); &got.([]byte)[0] != &b[0] {
		t.Error("owned memory was copied")
	}
}
