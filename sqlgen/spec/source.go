package spec

import (
	"fmt"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/token"

	"github.com/durokit/duro/sqlgen/diag"
)

// source is one description file, kept to show its lines in diagnostics.
type source struct {
	name  string // with slashes, on every system
	lines []string
	errs  diag.Error
}

func newSource(name string, data []byte) *source {
	return &source{name: filepath.ToSlash(name), lines: strings.Split(string(data), "\n")}
}

// span is a stretch of one line.
type span struct{ line, column, width int }

// spanOf returns where a token stands. A quoted scalar's quotes are part of it.
func spanOf(t *token.Token) span {
	if t == nil || t.Position == nil {
		return span{}
	}
	text := strings.TrimSpace(t.Origin)
	if first, _, many := strings.Cut(text, "\n"); many {
		text = first
	}
	return span{t.Position.Line, t.Position.Column, max(1, utf8.RuneCountInString(text))}
}

// errorf notes a problem at a place of the file.
func (s *source) errorf(at span, format string, args ...any) {
	s.errs = append(s.errs, s.diagnostic(at, format, args...))
}

func (s *source) diagnostic(at span, format string, args ...any) diag.Diagnostic {
	return diag.Diagnostic{
		File:    s.name,
		Line:    at.line,
		Column:  at.column,
		Message: fmt.Sprintf(format, args...),
		Detail:  s.snippet(at),
	}
}

// snippet shows the line with the span underlined.
func (s *source) snippet(at span) string {
	if at.line < 1 || at.line > len(s.lines) {
		return ""
	}
	line := []rune(strings.TrimRight(s.lines[at.line-1], "\r"))
	start := min(max(at.column-1, 0), len(line))
	width := max(1, min(at.width, len(line)-start))
	// Tabs stay tabs below, so that the mark stands under what it marks.
	indent := strings.Map(func(r rune) rune {
		if r == '\t' {
			return r
		}
		return ' '
	}, string(line[:start]))
	return fmt.Sprintf("%5d | %s\n      | %s%s", at.line, string(line), indent, strings.Repeat("^", width))
}
