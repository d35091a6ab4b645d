package emit

import (
	"reflect"
	"slices"
	"strings"

	"github.com/durokit/duro/core/engine"
)

// multiRow finds the one text behind forms that differ only in their number of
// rows. It answers false unless that text gives exactly these forms again.
func multiRow(s engine.Statement) (engine.MultiRow, bool) {
	if len(s.Forms) < 2 {
		return engine.MultiRow{}, false
	}
	one, more := s.Forms[len(s.Forms)-1], s.Forms[len(s.Forms)-2]
	m := engine.MultiRow{Scalars: len(s.Scalars), Args: one.Args}
	for _, f := range s.Forms {
		m.Rows = append(m.Rows, f.Rows)
	}
	few, many := strings.SplitAfter(one.SQL, "\n"), strings.SplitAfter(more.SQL, "\n")
	if one.Rows != 1 || len(many) <= len(few) {
		return engine.MultiRow{}, false
	}
	at := 0
	for at < len(few) && few[at] == many[at] {
		at++
	}
	for _, line := range furtherRows(many[at]) {
		m.SQL = strings.Join(slices.Insert(slices.Clone(few), at, line), "")
		if reflect.DeepEqual(m.Forms(), s.Forms) {
			return m, true
		}
	}
	return engine.MultiRow{}, false
}

// furtherRows lists what the line of the second row may stand for: itself each
// time, or with one of its twos as the row's number.
func furtherRows(second string) []string {
	text := strings.TrimLeft(second, " ")
	start := second[:len(second)-len(text)] + engine.FurtherRow
	lines := []string{start + text}
	for i, r := range text {
		if r == '2' {
			lines = append(lines, start+text[:i]+engine.RowNumber+text[i+1:])
		}
	}
	return lines
}
