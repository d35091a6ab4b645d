package engine

import (
	"reflect"
	"testing"
)

func TestMultiRow(t *testing.T) {
	t.Parallel()
	m := MultiRow{
		SQL: `SELECT ?
FROM (
    SELECT 1 AS ord, ? AS id, ? AS due
    … UNION ALL SELECT #, ?, ?
) AS r
WHERE r.due > ?`,
		Scalars: 1,
		Args:    []int{0, 1, 2, 0},
		Rows:    []int{3, 1},
	}
	want := []Form{
		{Rows: 3, Args: []int{0, 1, 2, 3, 4, 5, 6, 0}, SQL: `SELECT ?
FROM (
    SELECT 1 AS ord, ? AS id, ? AS due
    UNION ALL SELECT 2, ?, ?
    UNION ALL SELECT 3, ?, ?
) AS r
WHERE r.due > ?`},
		{Rows: 1, Args: []int{0, 1, 2, 0}, SQL: `SELECT ?
FROM (
    SELECT 1 AS ord, ? AS id, ? AS due
) AS r
WHERE r.due > ?`},
	}
	if got := m.Forms(); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

// Without arguments of its own a form's are in the order of the inputs.
func TestMultiRowInOrder(t *testing.T) {
	t.Parallel()
	for _, f := range (MultiRow{SQL: "SELECT ?\n… UNION ALL SELECT ?\n", Rows: []int{2, 1}}).Forms() {
		if f.Args != nil {
			t.Errorf("%d rows have the arguments %v", f.Rows, f.Args)
		}
	}
}
