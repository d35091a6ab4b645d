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
	// A word of a connection string or a query, with its value, quoted or not.
	regexp.MustCompile(`(?i)(?:password|passwd|passphrase|pwd|secret|token|api_?key)\s*=\s*('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^\s&;,'")\]]+)`),
}

// masker masks secrets in texts.
type masker struct {
	values   *strings.Replacer
	patterns []*regexp.Regexp
}

func newMasker(s Secrets) *masker {
	var all []string
	for _, v := range s.Values {
		all = append(all, written(v)...)
	}
	// At one place the first that fits is masked: the longest must come first, or the
	// end of a secret stays when its beginning is another one.
	slices.SortFunc(all, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	var pairs []string
	for _, v := range slices.Compact(all) {
		pairs = append(pairs, v, Mask)
	}
	return &masker{values: strings.NewReplacer(pairs...), patterns: slices.Concat(known, s.Patterns)}
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

// apply returns a text without its secrets.
func (m *masker) apply(text string) string {
	text = m.values.Replace(text)
	for _, p := range m.patterns {
		text = maskMatches(p, text)
	}
	return text
}

// maskMatches masks what the groups of a pattern match, or all of it if there are none.
func maskMatches(p *regexp.Regexp, text string) string {
	var b strings.Builder
	end := 0 // of what has been written
	for _, match := range p.FindAllStringSubmatchIndex(text, -1) {
		if len(match) > 2 {
			match = match[2:]
		}
		for ; len(match) > 0; match = match[2:] {
			from, to := match[0], match[1]
			if from < end || from == to { // a group that took no part, or lies in another
				continue
			}
			b.WriteString(text[end:from])
			b.WriteString(Mask)
			end = to
		}
	}
	if end == 0 {
		return text
	}
	b.WriteString(text[end:])
	return b.String()
}
