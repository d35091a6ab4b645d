package emit

import (
	"reflect"
	"slices"
	"strings"

	"github.com/durokit/duro/core/engine"
)

// multiRow finds the one form behind forms that differ only in their number of
// rows. It answers false unless that one gives exactly these forms again.
func multiRow(s engine.Statement) (engine.Form, bool) {
	if len(s.Forms) < 2 {
		return engine.Form{}, false
	}
	one, more := s.Forms[len(s.Forms)-1], s.Forms[len(s.Forms)-2]
	few, many := strings.SplitAfter(one.SQL, "\n"), strings.SplitAfter(more.SQL, "\n")
	if one.Rows != 1 || len(many) <= len(few) {
		return engine.Form{}, false
	}
	at := 0
	for at < len(few) && few[at] == many[at] {
		at++
	}
	for _, line := range furtherRows(many[at]) {
		f := engine.Form{
			Most: s.Forms[0].Rows, Pack: one.Pack, Args: one.Args,
			SQL: strings.Join(slices.Insert(slices.Clone(few), at, line), ""),
		}
		if gives(s, f) {
			return f, true
		}
	}
	return engine.Form{}, false
}

// gives reports whether f, spelled out, is every form of s.
func gives(s engine.Statement, f engine.Form) bool {
	return !slices.ContainsFunc(s.Forms, func(want engine.Form) bool {
		return !reflect.DeepEqual(s.Spell(f, want.Rows), want)
	})
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
