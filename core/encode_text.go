package core

const hexDigits = "0123456789abcdef"

// escapes holds, for each byte that serde_json escapes, what it writes: the
// quote, the backslash and controls below 0x20, nothing else. Other bytes are
// written verbatim, those of invalid UTF-8 too (docs/contract.md 1.0).
var escapes = func() (table [256]string) {
	for c := range 0x20 {
		table[c] = `\u00` + string(hexDigits[c>>4]) + string(hexDigits[c&15])
	}
	for c, short := range map[byte]string{
		'"': `\"`, '\\': `\\`, '\b': `\b`, '\f': `\f`, '\n': `\n`, '\r': `\r`, '\t': `\t`,
	} {
		table[c] = short
	}
	return table
}()

// text writes a JSON string.
func (w *writer) text(s string) {
	w.raw(`"`)
	for {
		n := plainPrefix(s)
		w.raw(s[:n])
		if n == len(s) {
			break
		}
		w.raw(escapes[s[n]])
		s = s[n+1:]
	}
	w.raw(`"`)
}

// plainPrefix returns how many bytes at the start of s stand for themselves
// inside a JSON string.
func plainPrefix(s string) int {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c == '"' || c == '\\' {
			return i
		}
	}
	return len(s)
}
