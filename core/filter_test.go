package core

import (
	"cmp"
	"testing"
)

// The contract's table (docs/contract.md 1.4), with empty sets and the empty tag.
func TestTagFilterMatches(t *testing.T) {
	s := []string{"a", "b"}
	for _, c := range []struct {
		filter               TagFilter
		none, a, c, A, blank bool
	}{
		{TagFilter{}, true, false, false, false, false},
		{TagFilter{Mode: TagsDefaultOnly, Tags: s}, true, false, false, false, false},
		{TagFilter{Mode: TagsOnly, Tags: s}, false, true, false, false, false},
		{TagFilter{Mode: TagsOnly}, false, false, false, false, false},
		{TagFilter{Mode: TagsOnly, Tags: []string{""}}, false, false, false, false, true},
		{TagFilter{Mode: TagsDefaultAnd, Tags: s}, true, true, false, false, false},
		{TagFilter{Mode: TagsDefaultAnd}, true, false, false, false, false},
		{TagFilter{Mode: TagsAny}, true, true, true, true, true},
		{TagFilter{Mode: TagsNone, Tags: s}, false, false, false, false, false},
		{TagFilter{Mode: TagMode(99), Tags: s}, false, false, false, false, false},
	} {
		for _, m := range []struct {
			tag  *string
			want bool
		}{{nil, c.none}, {new("a"), c.a}, {new("c"), c.c}, {new("A"), c.A}, {new(""), c.blank}} {
			if got := c.filter.Matches(m.tag); got != m.want {
				t.Errorf("%+v matches %v: %t", c.filter, m.tag, got)
			}
		}
	}
}

func TestParseSemver(t *testing.T) {
	for in, want := range map[string]Semver{
		"0.0.0": {}, "1.2.3": {1, 2, 3}, "0.1.26": {0, 1, 26}, "1.2.3-rc.1": {1, 2, 3}, "1.2.3+build": {1, 2, 3},
		"1.2.3-rc.1+build-7": {1, 2, 3}, "1.2.3+build-7": {1, 2, 3}, "1.2.18446744073709551615": {1, 2, 1<<64 - 1},
	} {
		if got, err := ParseSemver(in); err != nil || got != want {
			t.Errorf("%q: %v, %v", in, got, err)
		}
	}
	for _, in := range []string{"", "1", "1.2", "1.2.3.4", "v1.2.3", "1.2.x", "1..3", "1.2.", "01.2.3", "1.02.3", "+1.2.3", "-1.2.3",
		"1.2.-3", " 1.2.3", "1.2.3 ", "1.2.18446744073709551616", "1,2,3", "unknown"} {
		if got, err := ParseSemver(in); err == nil {
			t.Errorf("%q: %v", in, got)
		}
	}
}

func TestSemverOrder(t *testing.T) {
	ordered := []Semver{{}, {0, 0, 9}, {0, 0, 10}, {0, 1, 0}, {0, 9, 9}, {1, 0, 0}, {1, 0, 1<<64 - 1}, {10, 0, 0}}
	for i, a := range ordered {
		for j, b := range ordered {
			want := cmp.Compare(i, j)
			if got := a.Compare(b); got != want {
				t.Errorf("%v against %v: %d", a, b, got)
			}
		}
		if back, err := ParseSemver(a.String()); err != nil || back != a {
			t.Errorf("%v prints as %q", a, a.String())
		}
	}
}

func TestCapabilityFilter(t *testing.T) {
	v := func(s string) Semver {
		v, err := ParseSemver(s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	two := &CapabilityFilter{[]SemverRange{{v("0.1.0"), v("0.1.9")}, {v("2.0.0"), v("2.0.0")}}}
	for in, want := range map[string]bool{
		"0.0.9": false, "0.1.0": true, "0.1.9": true, "0.1.10": false, "1.0.0": false, "2.0.0": true, "2.0.1": false,
	} {
		if pinned := v(in); two.Supports(&pinned) != want {
			t.Errorf("%s: %t", in, !want)
		}
	}
	var absent *CapabilityFilter
	none, pinned := &CapabilityFilter{}, v("1.0.0")
	if !absent.Supports(&pinned) || !absent.Supports(nil) {
		t.Error("an absent filter lets everything pass")
	}
	if none.Supports(&pinned) || none.Supports(nil) {
		t.Error("an empty filter lets nothing pass")
	}
	if !two.Supports(nil) {
		t.Error("an execution that pins nothing passes any filter that has a range")
	}
	backwards := &CapabilityFilter{[]SemverRange{{v("2.0.0"), v("1.0.0")}}}
	if mid := v("1.5.0"); backwards.Supports(&mid) {
		t.Error("a range whose end is before its start holds nothing")
	}
}
