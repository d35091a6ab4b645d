package main

import (
	"slices"
	"testing"

	"github.com/durokit/duro/core"
)

func TestOneLine(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"plain":                   "plain",
		"a\n\n  b\r\nc\n":         "a b c",
		"clear\x1b[2Jthe screen":  "clear\ufffd[2Jthe screen",
		"two  spaces stay \"so\"": "two  spaces stay \"so\"",
	} {
		if got := oneLine(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

func TestPrintable(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"order-1 (ü, 訂單)": "order-1 (ü, 訂單)",
		"a\tb":            `"a\tb"`,
		"\u009b2J":        `"\u009b2J"`,
		"\u202eevil":      `"\u202eevil"`,
		"\xff":            `"\xff"`,
	} {
		if got := printable(in); got != want {
			t.Errorf("%q is printed as %s, want %s", in, got, want)
		}
	}
}

func TestShort(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"": "", "äöü": "äöü", "äöüß": "äö…"} {
		if got := short(in, 3); got != want {
			t.Errorf("%q is cut to %q, want %q", in, got, want)
		}
	}
}

func TestDepthFirstEndsOnACycle(t *testing.T) {
	t.Parallel()
	of := func(id, parent string) *core.InstanceInfo {
		return &core.InstanceInfo{InstanceID: id, ParentInstanceID: &parent}
	}
	nodes := depthFirst("a", []*core.InstanceInfo{of("a", "c"), of("b", "a"), of("c", "b"), of("d", "a")})
	var got []string
	for _, n := range nodes {
		got = append(got, n.InstanceID)
	}
	if want := []string{"a", "b", "c", "d"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
