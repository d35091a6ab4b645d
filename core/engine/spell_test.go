package engine

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSpell(t *testing.T) {
	t.Parallel()
	s := Statement{Scalars: []string{"until"}}
	f := Form{
		Most: 9,
		SQL: `SELECT ?
FROM (
    SELECT 1 AS ord, ? AS id, ? AS due
    … UNION ALL SELECT #, ?, ?
) AS r
WHERE r.due > ?`,
		Args: []int{0, 1, 2, 0},
	}
	for _, want := range []Form{
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
	} {
		if diff := cmp.Diff(want, s.Spell(f, want.Rows)); diff != "" {
			t.Errorf("%d rows (-want +got):\n%s", want.Rows, diff)
		}
	}
}

// Without arguments of its own a form's are in the order of the inputs.
func TestSpellInOrder(t *testing.T) {
	t.Parallel()
	var s Statement
	got := s.Spell(Form{Most: 2, SQL: "SELECT ?\n… UNION ALL SELECT ?\n"}, 2)
	if diff := cmp.Diff(Form{Rows: 2, SQL: "SELECT ?\nUNION ALL SELECT ?\n"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
