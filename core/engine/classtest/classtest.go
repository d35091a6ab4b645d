// Package classtest judges a generated error classifier: by the table it was made
// from, and by the database itself, which is made to fail in the table's ways.
package classtest

import (
	"errors"
	"slices"
	"testing"

	"github.com/durokit/duro/core/engine"
)

// Row is a row of a description's table of errors.
type Row struct {
	Name  string
	Codes []string
	Class engine.Class
	// NotProvoked says why no test provokes it; empty when one does.
	NotProvoked string
}

// Provocation makes a database fail with one code, through the seam that the
// engine uses, and returns what the seam says.
type Provocation func(t *testing.T) error

// Table expects the classifier to know the rows, and nothing else.
func Table(t *testing.T, classify func(code string) (engine.Class, bool), rows []Row) {
	t.Helper()
	for _, row := range rows {
		for _, code := range row.Codes {
			if got, ok := classify(code); !ok || got != row.Class {
				t.Errorf("classify(%q) (%s) = %+v, %t, want %+v", code, row.Name, got, ok, row.Class)
			}
		}
	}
	if got, ok := classify("no such code"); ok {
		t.Errorf("classify knows a code that is not listed: %+v", got)
	}
}

// Provoke runs the provocations, which are named by their codes. Every row needs
// one, or a reason to have none, and each must be classified as its row says.
func Provoke(t *testing.T, rows []Row, provocations map[string]Provocation) {
	t.Helper()
	for code := range provocations {
		if !slices.ContainsFunc(rows, func(r Row) bool { return slices.Contains(r.Codes, code) }) {
			t.Errorf("code %s is provoked, and no row lists it", code)
		}
	}
	for _, row := range rows {
		provoked := slices.DeleteFunc(slices.Clone(row.Codes), func(code string) bool { return provocations[code] == nil })
		switch {
		case len(provoked) == 0 && row.NotProvoked == "":
			t.Errorf("no test provokes %q, and its row gives no reason", row.Name)
		case len(provoked) > 0 && row.NotProvoked != "":
			t.Errorf("%q is provoked after all, although its row says: %s", row.Name, row.NotProvoked)
		}
		for _, code := range provoked {
			t.Run(code, func(t *testing.T) { expect(t, row, code, provocations[code](t)) })
		}
	}
}

func expect(t *testing.T, row Row, code string, err error) {
	t.Helper()
	f, ok := errors.AsType[*engine.Failure](err)
	if !ok {
		t.Fatalf("%s: the seam says %v (%T), want a failure with code %s", row.Name, err, err, code)
	}
	if f.Native != code || f.Class != row.Class {
		t.Errorf("%s: got code %q, %+v (%v), want %s, %+v", row.Name, f.Native, f.Class, f, code, row.Class)
	}
}
