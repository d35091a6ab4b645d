package core

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// TagMode says how a TagFilter treats work without a tag.
type TagMode uint8

// The five tag filters (contract 1.4). The empty tag is a tag like any other.
const (
	// TagsDefaultOnly matches work without a tag. It is the zero value.
	TagsDefaultOnly TagMode = iota
	// TagsOnly matches work whose tag is in the set.
	TagsOnly
	// TagsDefaultAnd matches work without a tag and work whose tag is in the set.
	TagsDefaultAnd
	// TagsAny matches everything.
	TagsAny
	// TagsNone matches nothing.
	TagsNone
)

// TagFilter selects work items by tag. The zero value is DefaultOnly. An empty
// Tags with TagsOnly matches nothing.
type TagFilter struct {
	Mode TagMode
	Tags []string
}

// Matches reports whether an item with this tag (nil: none) passes the filter.
func (f TagFilter) Matches(tag *string) bool {
	switch f.Mode {
	case TagsAny:
		return true
	case TagsDefaultOnly:
		return tag == nil
	case TagsOnly:
		return tag != nil && f.has(*tag)
	case TagsDefaultAnd:
		return tag == nil || f.has(*tag)
	}
	return false
}

func (f TagFilter) has(tag string) bool {
	return slices.Contains(f.Tags, tag)
}

// Semver is a release version; pre-release and build parts are dropped when it
// is parsed (contract 2.2 step 5).
type Semver struct{ Major, Minor, Patch uint64 }

// ParseSemver reads "1.2.3", "1.2.3-rc.1" or "1.2.3+build".
func ParseSemver(s string) (Semver, error) {
	core, build, hasBuild := strings.Cut(s, "+")
	core, pre, hasPre := strings.Cut(core, "-")
	parts := strings.Split(core, ".")
	if len(parts) != 3 || hasBuild && build == "" || hasPre && pre == "" {
		return Semver{}, fmt.Errorf("version %q is not major.minor.patch[-pre][+build]", s)
	}
	var n [3]uint64
	for i, p := range parts {
		v, err := strconv.ParseUint(p, 10, 64)
		if err != nil || (len(p) > 1 && p[0] == '0') || p[0] == '+' {
			return Semver{}, fmt.Errorf("version %q: %q is not a number", s, p)
		}
		n[i] = v
	}
	return Semver{n[0], n[1], n[2]}, nil
}

// String formats v as "major.minor.patch".
func (v Semver) String() string { return fmt.Sprintf("%d.%d.%d", v.Major, v.Minor, v.Patch) }

// Compare orders versions by their three parts.
func (v Semver) Compare(o Semver) int {
	return cmp.Or(cmp.Compare(v.Major, o.Major), cmp.Compare(v.Minor, o.Minor), cmp.Compare(v.Patch, o.Patch))
}

// SemverRange is the inclusive range Min to Max.
type SemverRange struct{ Min, Max Semver }

// Contains reports whether v lies in the range.
func (r SemverRange) Contains(v Semver) bool {
	return r.Min.Compare(v) <= 0 && v.Compare(r.Max) <= 0
}

// CapabilityFilter names the versions a dispatcher can replay. A version is
// compatible when any range contains it; an empty list is compatible with
// nothing, not even with executions that pin no version (contract 1.4).
type CapabilityFilter struct{ SupportedVersions []SemverRange }

// Supports reports whether an execution pinned to v (nil: not pinned) passes.
func (f *CapabilityFilter) Supports(v *Semver) bool {
	if f == nil {
		return true
	}
	if v == nil {
		return len(f.SupportedVersions) > 0
	}
	for _, r := range f.SupportedVersions {
		if r.Contains(*v) {
			return true
		}
	}
	return false
}
