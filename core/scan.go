package core

import (
	"fmt"
	"math/bits"
	"strings"
	"unicode/utf8"
)

// maxDepth is how many objects and arrays may be open at once, as in serde_json,
// whose counter of 128 must not reach zero. serde does not count inside unknown
// fields of work items; here they count like all others.
const maxDepth = 127

// decoder reads JSON tokens. It takes exactly RFC 8259 grammar, in valid UTF-8,
// with paired surrogates; encoding/json is laxer in each of these.
//
// What serde leaves unchecked inside unknown fields (surrogates) is refused
// too; a number too large for a float64 is accepted there.
type decoder struct {
	what  string
	s     string
	pos   int
	depth int
}

// newDecoder checks the encoding of the whole text once, so that no later step
// has to.
func newDecoder(what, s string) (*decoder, error) {
	d := &decoder{what: what, s: s}
	if !utf8.ValidString(s) {
		return nil, d.failAt(len(validPrefix(s)), "invalid UTF-8")
	}
	return d, nil
}

// validPrefix returns the part of s before its first invalid byte.
func validPrefix(s string) string {
	for i, r := range s {
		if r != utf8.RuneError {
			continue
		}
		if _, width := utf8.DecodeRuneInString(s[i:]); width == 1 {
			return s[:i]
		}
	}
	return s
}

func (d *decoder) fail(format string, args ...any) error {
	return d.failAt(d.pos, format, args...)
}

func (d *decoder) failAt(at int, format string, args ...any) error {
	return &DecodeError{What: d.what, Offset: at, Msg: fmt.Sprintf(format, args...)}
}

// peek skips white space and returns the next byte, 0 at the end. NUL itself is
// no token, so the two need no telling apart.
func (d *decoder) peek() byte {
	for d.pos < len(d.s) {
		switch c := d.s[d.pos]; c {
		case ' ', '\t', '\n', '\r':
			d.pos++
		default:
			return c
		}
	}
	return 0
}

// end checks that only white space follows.
func (d *decoder) end() error {
	d.peek()
	if d.pos < len(d.s) {
		return d.fail("trailing data")
	}
	return nil
}

// literal reads null, true or false.
func (d *decoder) literal(word string) error {
	if !strings.HasPrefix(d.s[d.pos:], word) {
		return d.fail("want %s", word)
	}
	d.pos += len(word)
	return nil
}

func (d *decoder) boolean() (bool, error) {
	switch d.peek() {
	case 't':
		return true, d.literal("true")
	case 'f':
		return false, d.literal("false")
	}
	return false, d.fail("want true or false")
}

// number reads an unsigned integer of that many bits. Signs, fractions and
// exponents are refused even where the value is whole, -0 and 1.0 included.
func (d *decoder) number(size int) (uint64, error) {
	d.peek()
	at, n := d.pos, uint64(0)
	for ; d.pos < len(d.s) && isDigit(d.s[d.pos]); d.pos++ {
		over, lo := bits.Mul64(n, 10)
		sum, carry := bits.Add64(lo, uint64(d.s[d.pos]-'0'), 0)
		if over+carry != 0 || sum>>(size-1)>>1 != 0 {
			return 0, d.failAt(at, "number does not fit in %d bits", size)
		}
		n = sum
	}
	switch text := d.s[at:d.pos]; {
	case text == "":
		return 0, d.fail("want an unsigned integer")
	case len(text) > 1 && text[0] == '0':
		return 0, d.failAt(at, "number starts with 0")
	case d.pos < len(d.s) && strings.IndexByte(".eE", d.s[d.pos]) >= 0:
		return 0, d.failAt(at, "want an unsigned integer, without fraction or exponent")
	}
	return n, nil
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
