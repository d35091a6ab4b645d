package wire

import (
	"fmt"

	"github.com/durokit/duro/core"
	providerv1 "github.com/durokit/duro/plugin/proto/duro/provider/v1"
)

// Filter encodes a capability filter; nil does not filter.
func Filter(f *core.CapabilityFilter) *providerv1.CapabilityFilter {
	if f == nil {
		return nil
	}
	out := &providerv1.CapabilityFilter{}
	for _, r := range f.SupportedVersions {
		out.Ranges = append(out.Ranges, &providerv1.SemverRange{Min: r.Min.String(), Max: r.Max.String()})
	}
	return out
}

// ParseFilter decodes a capability filter.
func ParseFilter(f *providerv1.CapabilityFilter) (*core.CapabilityFilter, error) {
	if f == nil {
		return nil, nil //nolint:nilnil // nil does not filter
	}
	out := &core.CapabilityFilter{}
	for _, r := range f.GetRanges() {
		least, err := core.ParseSemver(r.GetMin())
		if err != nil {
			return nil, err
		}
		most, err := core.ParseSemver(r.GetMax())
		if err != nil {
			return nil, err
		}
		out.SupportedVersions = append(out.SupportedVersions, core.SemverRange{Min: least, Max: most})
	}
	return out, nil
}

// FetchWork encodes which activities are wanted.
func FetchWork(p core.FetchWorkParams) *providerv1.FetchWorkItemRequest {
	q := &providerv1.FetchWorkItemRequest{
		LockTimeout: Duration(p.LockTimeout), PollTimeout: Duration(p.PollTimeout),
		TagMode: providerv1.TagMode(p.Tags.Mode) + 1, Tags: p.Tags.Tags,
	}
	if p.Session != nil {
		q.Session = &providerv1.SessionFetch{OwnerId: p.Session.OwnerID, LockTimeout: Duration(p.Session.LockTimeout)}
	}
	return q
}

// ParseFetchWork decodes which activities are wanted.
func ParseFetchWork(q *providerv1.FetchWorkItemRequest) (core.FetchWorkParams, error) {
	p := core.FetchWorkParams{
		LockTimeout: q.GetLockTimeout().AsDuration(), PollTimeout: q.GetPollTimeout().AsDuration(),
		Tags: core.TagFilter{Tags: q.GetTags()},
	}
	switch q.GetTagMode() {
	case providerv1.TagMode_TAG_MODE_UNSPECIFIED, providerv1.TagMode_TAG_MODE_DEFAULT_ONLY:
		p.Tags.Mode = core.TagsDefaultOnly
	case providerv1.TagMode_TAG_MODE_TAGS:
		p.Tags.Mode = core.TagsOnly
	case providerv1.TagMode_TAG_MODE_DEFAULT_AND:
		p.Tags.Mode = core.TagsDefaultAnd
	case providerv1.TagMode_TAG_MODE_ANY:
		p.Tags.Mode = core.TagsAny
	case providerv1.TagMode_TAG_MODE_NONE:
		p.Tags.Mode = core.TagsNone
	default:
		return p, fmt.Errorf("tag_mode %d is not known", q.GetTagMode())
	}
	if s := q.GetSession(); s != nil {
		p.Session = &core.SessionFetch{OwnerID: s.GetOwnerId(), LockTimeout: s.GetLockTimeout().AsDuration()}
	}
	return p, nil
}

// Instances encodes a filter of instances.
func Instances(f core.InstanceFilter) *providerv1.InstanceFilter {
	out := &providerv1.InstanceFilter{CompletedBeforeMs: f.CompletedBeforeMS, Limit: f.Limit}
	if f.InstanceIDs != nil {
		out.InstanceIds = &providerv1.InstanceIDs{Ids: f.InstanceIDs}
	}
	return out
}

// ParseInstances decodes a filter of instances.
func ParseInstances(f *providerv1.InstanceFilter) core.InstanceFilter {
	if f == nil {
		return core.InstanceFilter{}
	}
	out := core.InstanceFilter{CompletedBeforeMS: f.CompletedBeforeMs, Limit: f.Limit}
	if f.GetInstanceIds() != nil {
		out.InstanceIDs = append([]string{}, f.GetInstanceIds().GetIds()...) // not nil: empty matches nothing
	}
	return out
}

// Prune encodes what may be pruned.
func Prune(o core.PruneOptions) *providerv1.PruneOptions {
	return &providerv1.PruneOptions{KeepLast: o.KeepLast, CompletedBeforeMs: o.CompletedBeforeMS}
}

// ParsePrune decodes what may be pruned.
func ParsePrune(o *providerv1.PruneOptions) core.PruneOptions {
	if o == nil {
		return core.PruneOptions{}
	}
	return core.PruneOptions{KeepLast: o.KeepLast, CompletedBeforeMS: o.CompletedBeforeMs}
}
