// Package diag is how readers of files say what is wrong, and where: one type of
// diagnostic and a printer for each reader (a person, a program, a code host).
package diag

import (
	"fmt"
	"strings"
)

// Diagnostic is one thing wrong. Line and Column count from 1, columns in
// characters; they are 0 when the whole file is meant.
type Diagnostic struct {
	File   string `json:"file"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	// Message is one line; Detail (a source snippet, a diff) may be many.
	Message string `json:"message"`
	Detail  string `json:"detail,omitempty"`
}

// String returns "file:line:column: message", without the detail.
func (d Diagnostic) String() string {
	if d.Line == 0 {
		return fmt.Sprintf("%s: %s", d.File, d.Message)
	}
	return fmt.Sprintf("%s:%d:%d: %s", d.File, d.Line, d.Column, d.Message)
}

// Error is a list of diagnostics as an error: everything that is wrong, not
// only the first thing.
type Error []Diagnostic

// Error returns every diagnostic with its detail.
func (e Error) Error() string {
	var b strings.Builder
	_ = Text.Print(&b, e) // a strings.Builder never fails
	return strings.TrimSuffix(b.String(), "\n")
}
