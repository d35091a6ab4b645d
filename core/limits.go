package core

import (
	"math"
	"strings"
	"unicode/utf8"
)

// Limits every provider keeps alike (design decision 2 and 3). Sizes are bytes.
const (
	MaxIDBytes      = 1024                  // instance ids and KV keys, at least 1
	MaxSessionBytes = 255                   // session and owner ids, at least 1
	MaxTagBytes     = 256                   // tags, which may be empty
	MaxPayloadBytes = 16 << 20              // one stored work item, event, output, status or value
	MaxCounter      = uint64(math.MaxInt64) // execution ids, event ids and versions
)

// CheckText returns why s is not a valid identifier of min to max bytes, or "".
// Identifiers are UTF-8 without NUL and compare byte-exactly.
func CheckText(what, s string, minBytes, maxBytes int) string {
	switch {
	case len(s) < minBytes:
		return what + " is empty"
	case len(s) > maxBytes:
		return what + " is longer than " + itoa(maxBytes) + " bytes"
	case strings.IndexByte(s, 0) >= 0:
		return what + " holds a NUL byte"
	case !utf8.ValidString(s):
		return what + " is not valid UTF-8"
	}
	return ""
}
