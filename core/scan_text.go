package core

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// text reads a string. One without escapes shares the memory of the message,
// unless it is a small part of a large one: an instance id that somebody keeps
// must not pin 16 MiB.
func (d *decoder) text() (string, error) {
	s, err := d.sharedText()
	if len(d.s) > 4096 && len(s) < len(d.s)/8 {
		s = strings.Clone(s)
	}
	return s, err
}

// sharedText is text for strings that nobody keeps, such as names of fields.
func (d *decoder) sharedText() (string, error) {
	if d.peek() != '"' {
		return "", d.fail("want a string")
	}
	body, size, err := d.scanText()
	if err == nil && size < len(body) {
		body = unescape(body, size)
	}
	return body, err
}

// scanText reads a string from its opening quote and returns what stands between
// the quotes, with its size after unescaping. The two are the same only when
// nothing is escaped: every escape is longer than what it stands for.
func (d *decoder) scanText() (body string, size int, err error) {
	s, start := d.s, d.pos+1
	i, saved := start, 0
	for {
		i += plainPrefix(s[i:])
		switch {
		case i == len(s):
			return "", 0, d.failAt(i, "string without end")
		case s[i] == '"':
			d.pos = i + 1
			return s[start:i], i - start - saved, nil
		case s[i] != '\\':
			return "", 0, d.failAt(i, "control character in a string")
		case i+1 < len(s) && simpleEscapes[s[i+1]] != 0:
			i += 2
			saved++
			continue
		}
		r, width := unicodeEscape(s[i:])
		if width == 0 {
			return "", 0, d.failAt(i, "invalid escape")
		}
		i += width
		saved += width - utf8.RuneLen(r)
	}
}

// unescape decodes a valid string body of known decoded size.
func unescape(body string, size int) string {
	var b strings.Builder
	b.Grow(size)
	for {
		n := plainPrefix(body)
		b.WriteString(body[:n])
		if n == len(body) {
			return b.String()
		}
		if c := simpleEscapes[body[n+1]]; c != 0 {
			b.WriteByte(c)
			body = body[n+2:]
			continue
		}
		r, width := unicodeEscape(body[n:])
		b.WriteRune(r)
		body = body[n+width:]
	}
}

// simpleEscapes holds what a backslash and one more byte stand for, else 0.
var simpleEscapes = [256]byte{
	'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t',
}

// unicodeEscape decodes \uXXXX, or two of them that make one character. The
// width is 0 when there is none; a lone surrogate is none.
func unicodeEscape(s string) (r rune, width int) {
	r, ok := codeUnit(s)
	switch {
	case !ok:
		return 0, 0
	case !utf16.IsSurrogate(r):
		return r, 6
	}
	low, _ := codeUnit(s[6:])
	if r = utf16.DecodeRune(r, low); r == utf8.RuneError {
		return 0, 0 // not a high surrogate followed by a low one
	}
	return r, 12
}

// codeUnit decodes \uXXXX at the start of s.
func codeUnit(s string) (rune, bool) {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return 0, false
	}
	var r rune
	for _, c := range []byte(s[2:6]) {
		switch {
		case isDigit(c):
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}
