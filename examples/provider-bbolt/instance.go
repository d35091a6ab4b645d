package main

import (
	"cmp"
	"slices"

	"github.com/durokit/duro/core"
)

// instance is the record of one. It is made by the ack that names its orchestration.
type instance struct {
	core.InstanceInfo // but Status and Output, which are the current execution's

	Custom core.CustomStatus `json:"custom"`
}

// parent is empty when there is none.
func (in *instance) parent() string { return or(in.ParentInstanceID, "") }

// execution is the record of one.
type execution struct {
	core.ExecutionInfo // but EventCount

	Pinned *core.Semver `json:"pinned,omitempty"`
}

// endedBefore reports whether the execution ended before an instant, if one is given.
func (e *execution) endedBefore(ms *uint64) bool {
	return ms == nil || e.CompletedAtMS != nil && *e.CompletedAtMS < *ms
}

func (t *tx) instances() table[instance]   { return table[instance]{t.bucket("instances")} }
func (t *tx) executions() table[execution] { return table[execution]{t.bucket("executions")} }

// instance returns a record, nil if there is none.
func (t *tx) instance(id string) *instance {
	if id == "" {
		return nil
	}
	return t.instances().get([]byte(id))
}

// recorded is instance for an id that a caller gave, who needs it.
func (t *tx) recorded(id string) (*instance, error) {
	if err := validID(id); err != nil {
		return nil, err
	}
	in := t.instance(id)
	if in == nil {
		return nil, refuse(core.ErrNotFound, "instance %q", id)
	}
	return in, nil
}

// current is the execution that an instance is at, empty without a record of either.
func (t *tx) current(in *instance) *execution {
	if in != nil {
		if e := t.executions().get(key(in.InstanceID, in.CurrentExecutionID)); e != nil {
			return e
		}
	}
	return &execution{}
}

// executionIDs lists those with a record.
func (t *tx) executionIDs(id string) (ids []uint64) {
	for k := range t.executions().scan(key(id)) {
		ids = append(ids, lastNumber(k))
	}
	return ids
}

// latest is the highest execution that has a record, else 1. Acks make both records, and
// pruning keeps the current execution's, so the pointer of an instance is not needed.
func (t *tx) latest(id string) uint64 { return slices.Max(append(t.executionIDs(id), 1)) }

// order is a key to sort instances by. Those with equal keys are in the order of their ids.
type order func(*tx, *instance) int64

// The orders of lists.
func byID(*tx, *instance) int64             { return 0 }
func newestFirst(_ *tx, in *instance) int64 { return -int64(in.CreatedAtMS) }
func oldestEnded(t *tx, in *instance) int64 { return int64(or(t.current(in).CompletedAtMS, 0)) }
func every(*instance) bool                  { return true }

// list returns the records that match, the least key first.
func (t *tx) list(match func(*instance) bool, by order) (found []*instance) {
	keys := map[*instance]int64{}
	for _, in := range t.instances().all(nil) {
		if match(in) {
			found = append(found, in)
			keys[in] = by(t, in)
		}
	}
	slices.SortStableFunc(found, func(a, b *instance) int { return cmp.Compare(keys[a], keys[b]) })
	return found
}

// ids lists those of records.
func ids(instances []*instance) (ids []string) {
	for _, in := range instances {
		ids = append(ids, in.InstanceID)
	}
	return ids
}
