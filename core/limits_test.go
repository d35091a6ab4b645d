package core

import (
	"strings"
	"testing"
)

func TestCheckText(t *testing.T) {
	for _, c := range []struct {
		s    string
		min  int
		want string
	}{
		{"", 1, "key is empty"},
		{"", 0, ""},
		{"a", 1, ""},
		{" a ", 1, ""},
		{strings.Repeat("x", 10), 1, ""},
		{strings.Repeat("x", 11), 1, "key is longer than 10 bytes"},
		{"żółć", 1, ""}, // 8 bytes
		{"żółćżó", 1, "key is longer than 10 bytes"},
		{"a\x00b", 1, "key holds a NUL byte"},
		{"a\xff", 1, "key is not valid UTF-8"},
		{"\xed\xa0\x80", 1, "key is not valid UTF-8"}, // a surrogate
		{"\ufffd", 1, ""},
		{"\x01\n", 1, ""},
	} {
		if got := CheckText("key", c.s, c.min, 10); got != c.want {
			t.Errorf("%q: %q, want %q", c.s, got, c.want)
		}
	}
}

// Design decisions 2 and 3.
func TestLimits(t *testing.T) {
	if MaxIDBytes != 1024 || MaxSessionBytes != 255 || MaxTagBytes != 256 || MaxPayloadBytes != 16777216 || MaxCounter != 9223372036854775807 {
		t.Error("a limit changed")
	}
}
