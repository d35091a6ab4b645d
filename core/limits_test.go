package core

import "testing"

// Design decisions 2 and 3.
func TestLimits(t *testing.T) {
	if MaxIDBytes != 1024 || MaxSessionBytes != 255 || MaxTagBytes != 256 || MaxPayloadBytes != 16777216 || MaxCounter != 9223372036854775807 {
		t.Error("a limit changed")
	}
}
