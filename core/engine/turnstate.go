package engine

import (
	"maps"
	"slices"

	"github.com/durokit/duro/core"
)

// turnState is what a turn's events change besides history: the custom status
// and the key-value store, folded to their final effect (contract 2.2 steps 9 to 11).
type turnState struct {
	statusSet bool
	status    *string
	clearAll  bool
	keys      map[string]kvChange
}

type kvChange struct {
	value     *string // nil: a tombstone
	updatedAt *uint64 // nil: the store's now
}

func stateOf(delta []core.Event) turnState {
	var t turnState
	for _, ev := range delta {
		switch ev.Kind() {
		case core.EventCustomStatusUpdated, core.EventKeyValueSet, core.EventKeyValueCleared, core.EventKeyValuesCleared:
			t.apply(ev.Payload())
		default: // to decode the payload of all would cost
		}
	}
	return t
}

func (t *turnState) apply(p core.EventPayload) {
	switch p := p.(type) {
	case core.CustomStatusUpdatedEvent:
		t.statusSet, t.status = true, p.Status
	case core.KeyValueSetEvent:
		t.put(p.Key, kvChange{value: &p.Value, updatedAt: &p.LastUpdatedMS})
	case core.KeyValueClearedEvent:
		t.put(p.Key, kvChange{})
	case core.KeyValuesClearedEvent:
		// Keys set before in this delta become tombstones like all others.
		t.clearAll = true
		for k := range t.keys {
			t.keys[k] = kvChange{}
		}
	}
}

func (t *turnState) put(key string, c kvChange) {
	if t.keys == nil {
		t.keys = map[string]kvChange{}
	}
	t.keys[key] = c
}

// size is what travels besides the events themselves.
func (t *turnState) size() int {
	n := 0
	if t.status != nil {
		n += len(*t.status)
	}
	for k, c := range t.keys {
		n += len(k)
		if c.value != nil {
			n += len(*c.value)
		}
	}
	return n
}

// add puts the changes into b; closing merges the delta into the store.
func (t *turnState) add(b *batch, tk token, closing bool) {
	s := b.e.s
	if t.statusSet {
		b.row(&s.AckCustomStatus, tk.instance, tk.nonce, optBytes(t.status))
	}
	if t.clearAll {
		b.row(&s.AckClearKV, tk.instance, tk.nonce)
	}
	for _, k := range slices.Sorted(maps.Keys(t.keys)) {
		c := t.keys[k]
		at, state := b.now, deltaTombstone
		if c.value != nil {
			at, state = int64(*c.updatedAt), deltaSet
		}
		b.row(&s.AckPutKV, tk.instance, tk.nonce, k, optBytes(c.value), at, state)
	}
	if closing {
		b.row(&s.AckMergeKVDrop, tk.instance, tk.nonce)
		b.row(&s.AckMergeKVKeep, tk.instance, tk.nonce)
	}
}
