package engine

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

const (
	// FurtherRow starts the line of a form's text that stands for every row after
	// the first.
	FurtherRow = "… "
	// RowNumber stands for the row's number in that line, once.
	RowNumber = "#"
)

// Spell returns the form for so many rows of a form that takes any number. Its SQL
// has one line that starts with FurtherRow, its Args are those for one row.
func (s *Statement) Spell(f Form, rows int) Form {
	return Form{Rows: rows, Pack: f.Pack, SQL: f.text(rows), Args: f.args(len(s.Scalars), rows)}
}

func (f Form) text(rows int) string {
	mark := strings.Index(f.SQL, FurtherRow)
	if mark < 0 {
		return f.SQL
	}
	start := strings.LastIndexByte(f.SQL[:mark], '\n') + 1
	indent, row := f.SQL[start:mark], f.SQL[mark+len(FurtherRow):]
	end := cmp.Or(strings.IndexByte(row, '\n')+1, len(row))
	row, rest := row[:end], row[end:]
	row, after, numbered := strings.Cut(row, RowNumber)
	text := make([]byte, 0, len(f.SQL)+rows*(len(indent)+end+1))
	text = append(text, f.SQL[:start]...)
	for n := 2; n <= rows; n++ {
		text = append(append(text, indent...), row...)
		if numbered {
			text = strconv.AppendInt(text, int64(n), 10)
		}
		text = append(text, after...)
	}
	return string(append(text, rest...))
}

// args repeats the columns of the one row, which stand together where the text
// has its rows. Inputs are numbered scalars first.
func (f Form) args(scalars, rows int) []int {
	isColumn := func(arg int) bool { return arg >= scalars }
	first := slices.IndexFunc(f.Args, isColumn)
	if first < 0 {
		return f.Args
	}
	after := f.Args[first:]
	columns := slices.IndexFunc(after, func(arg int) bool { return !isColumn(arg) })
	if columns < 0 {
		columns = len(after)
	}
	out := make([]int, first, len(f.Args)+rows*columns)
	copy(out, f.Args)
	for i := range rows * columns {
		out = append(out, scalars+i)
	}
	return append(out, after[columns:]...)
}
