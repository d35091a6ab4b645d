package engine

import (
	"slices"
	"strconv"
	"strings"
)

const (
	// FurtherRow starts the line of a MultiRow's text that stands for every row
	// after the first.
	FurtherRow = "… "
	// RowNumber stands for the row's number in that line.
	RowNumber = "#"
)

// MultiRow is the text of a statement that takes several rows at once, written
// once for all numbers of rows: what would be thousands of lines of generated
// code, which differ by nothing else, is spelled out when the program starts.
type MultiRow struct {
	// SQL has one line that starts with FurtherRow.
	SQL string
	// Scalars counts the inputs given once; the row's columns come after them.
	Scalars int
	// Args are those of the form for one row.
	Args []int
	// Rows are the numbers of rows, descending.
	Rows []int
}

// Forms spells the forms out.
func (m MultiRow) Forms() []Form {
	forms := make([]Form, 0, len(m.Rows))
	for _, n := range m.Rows {
		forms = append(forms, Form{Rows: n, SQL: m.text(n), Args: m.args(n)})
	}
	return forms
}

func (m MultiRow) text(rows int) string {
	var b strings.Builder
	for line := range strings.Lines(m.SQL) {
		text := strings.TrimLeft(line, " ")
		row, further := strings.CutPrefix(text, FurtherRow)
		if !further {
			b.WriteString(line)
			continue
		}
		indent := line[:len(line)-len(text)]
		for n := 2; n <= rows; n++ {
			b.WriteString(indent + strings.ReplaceAll(row, RowNumber, strconv.Itoa(n)))
		}
	}
	return b.String()
}

// args repeats the columns of the one row, which stand together where the text
// has its rows.
func (m MultiRow) args(rows int) []int {
	isColumn := func(arg int) bool { return arg >= m.Scalars }
	first := slices.IndexFunc(m.Args, isColumn)
	if first < 0 {
		return m.Args
	}
	after := m.Args[first:]
	columns := slices.IndexFunc(after, func(arg int) bool { return !isColumn(arg) })
	if columns < 0 {
		columns = len(after)
	}
	out := slices.Clone(m.Args[:first])
	for i := range rows * columns {
		out = append(out, m.Scalars+i)
	}
	return append(out, after[columns:]...)
}
