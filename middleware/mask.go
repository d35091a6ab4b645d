package middleware

import (
	"cmp"
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// known are the places where secrets stand in the texts of drivers.
var known = []*regexp.Regexp{
	// A password in a URL goes up to the last @ before a space: it may hold an @ or a /
	// that somebody forgot to escape, and a host too much is masked rather than a letter
	// too little.
	regexp.MustCompile(`[A-Za-z][A-Za-z0-9+.-]*://[^\s/?#@:]*:(\S*)@`),
	// The same in a connection string of MySQL's.
	regexp.MustCompile(`[^\s:/@]+:(\S*)@[a-z0-9]+\(`),
	// A word of a connection string or a query, with its value, quoted or not.
	regexp.MustCompile(`(?i)(?:password|passwd|passphrase|pwd|secret|token|api_?key)\s*=\s*('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^\s&;,'")\]]+)`),
}

// masker masks secrets in texts.
type masker struct {
	values   []string
	patterns []*regexp.Regexp
}

func newMasker(s Secrets) *masker {
	m := &masker{patterns: slices.Concat(known, s.Patterns)}
	for _, v := range s.Values {
		m.values = append(m.values, written(v)...)
	}
	slices.Sort(m.values)
	m.values = slices.Compact(m.values)
	return m
}

// written returns the ways in which a value is written in messages.
func written(v string) []string {
	if v == "" {
		return nil
	}
	inJSON, _ := json.Marshal(v) // a string always has a JSON form
	_, userinfo, _ := strings.Cut(url.UserPassword("", v).String(), ":")
	return []string{v, url.QueryEscape(v), url.PathEscape(v), userinfo, unquoted(strconv.Quote(v)), unquoted(string(inJSON))}
}

// unquoted takes the quotation marks off.
func unquoted(s string) string { return s[1 : len(s)-1] }

// section is a part of a text.
type section struct{ from, to int }

// apply returns a text without its secrets. All are looked for before any is masked, so
// that of two which overlap nothing stays.
func (m *masker) apply(text string) string {
	found := m.find(text)
	if len(found) == 0 {
		return text
	}
	slices.SortFunc(found, func(a, b section) int { return cmp.Compare(a.from, b.from) })
	var b strings.Builder
	end := 0 // of what has been written or masked
	for _, s := range found {
		if s.from >= end {
			b.WriteString(text[end:s.from])
			b.WriteString(Mask)
		}
		end = max(end, s.to)
	}
	b.WriteString(text[end:])
	return b.String()
}

// find returns where the secrets of a text are.
func (m *masker) find(text string) []section {
	var all []section
	for _, v := range m.values {
		for from := range len(text) {
			if strings.HasPrefix(text[from:], v) {
				all = append(all, section{from, from + len(v)})
			}
		}
	}
	for _, p := range m.patterns {
		for _, match := range p.FindAllStringSubmatchIndex(text, -1) {
			all = append(all, groups(match)...)
		}
	}
	return all
}

// groups returns where the groups of a match are, or the match if there are none.
func groups(match []int) (all []section) {
	if len(match) > 2 {
		match = match[2:]
	}
	for ; len(match) > 0; match = match[2:] {
		if match[0] < match[1] { // the group took part
			all = append(all, section{match[0], match[1]})
		}
	}
	return all
}
