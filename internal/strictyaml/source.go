// Package strictyaml decodes one YAML file into Go values, strictly: an unknown key,
// a duplicate one or a value of another kind is an error with its place and the key
// that was probably meant, and all of them are reported at once.
package strictyaml

import (
	"fmt"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/token"

	"github.com/durokit/duro/internal/diag"
)

// Form says what kind of file is read, and how its mistakes are told.
type Form struct {
	// What is the file in a message, for example "description".
	What string
	// Discreet keeps what the file holds, keys aside, out of diagnostics: it may be
	// secret.
	Discreet bool
}

// File is one file that is or was decoded.
type File struct {
	// Name is the file's, with slashes on every system.
	Name string
	// Errs is everything wrong that was found.
	Errs diag.Error
	// Given is where each value of the file stands, by its path ("types.int",
	// "errors[2].code"); At has only those that were accepted.
	Given, At map[string]Span

	form  Form
	lines []string
}

// New returns a file that nothing is decoded from yet.
func (form Form) New(name string, data []byte) *File {
	return &File{
		Name: filepath.ToSlash(name), form: form, lines: strings.Split(string(data), "\n"),
		Given: map[string]Span{}, At: map[string]Span{},
	}
}

// Span is a stretch of one line. Lines and columns count from 1.
type Span struct{ Line, Column, Width int }

// Top is the beginning of a file, where there is no better place for a message.
var Top = Span{1, 1, 1}

// spanOf returns where a token stands. A quoted scalar's quotes are part of it.
func spanOf(t *token.Token) Span {
	if t == nil || t.Position == nil {
		return Span{}
	}
	text := strings.TrimSpace(t.Origin)
	if first, _, many := strings.Cut(text, "\n"); many {
		text = first
	}
	return Span{t.Position.Line, t.Position.Column, max(1, utf8.RuneCountInString(text))}
}

// Errorf notes a problem at a place of the file.
func (f *File) Errorf(at Span, format string, args ...any) {
	f.Errs = append(f.Errs, f.Diagnostic(at, format, args...))
}

// Diagnostic describes a problem at a place of the file.
func (f *File) Diagnostic(at Span, format string, args ...any) diag.Diagnostic {
	return diag.Diagnostic{
		File:    f.Name,
		Line:    at.Line,
		Column:  at.Column,
		Message: fmt.Sprintf(format, args...),
		Detail:  f.snippet(at),
	}
}

// snippet shows the line with the span underlined.
func (f *File) snippet(at Span) string {
	if f.form.Discreet || at.Line < 1 || at.Line > len(f.lines) {
		return ""
	}
	line := []rune(strings.TrimRight(f.lines[at.Line-1], "\r"))
	start := min(max(at.Column-1, 0), len(line))
	width := max(1, min(at.Width, len(line)-start))
	// Tabs stay tabs below, so that the mark stands under what it marks.
	indent := strings.Map(func(r rune) rune {
		if r == '\t' {
			return r
		}
		return ' '
	}, string(line[:start]))
	return fmt.Sprintf("%5d | %s\n      | %s%s", at.Line, string(line), indent, strings.Repeat("^", width))
}
