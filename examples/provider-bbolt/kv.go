package main

import (
	"context"

	"github.com/durokit/duro/core"
)

// kvRow is a key of an instance: its value at the end of the last closed execution, and
// what the running one made of it. A nil entry is none.
type kvRow struct {
	Stored  *core.KVEntry `json:"stored,omitempty"`
	Changed bool          `json:"changed,omitempty"`
	Changes *core.KVEntry `json:"changes,omitempty"`
}

// live is what a client sees.
func (r *kvRow) live() *core.KVEntry {
	if r.Changed {
		return r.Changes
	}
	return r.Stored
}

func (t *tx) kv() table[kvRow] { return table[kvRow]{t.bucket("kv")} }

// kvKey is where a value is.
func kvKey(id, name string) []byte { return append(key(id), name...) }

// setKV notes what the running execution made of a key, nil when it took it away.
func (t *tx) setKV(id, name string, e *core.KVEntry) {
	r := t.kv().get(kvKey(id, name))
	if r == nil {
		r = &kvRow{}
	}
	r.Changed, r.Changes = true, e
	t.kv().put(kvKey(id, name), r)
}

// mergeKV makes the running execution's changes what is stored.
func (t *tx) mergeKV(id string) {
	for k, r := range t.kv().all(key(id)) {
		if r.live() == nil {
			t.kv().delete(k)
		} else if r.Changed {
			t.kv().put(k, &kvRow{Stored: r.Changes})
		}
	}
}

// liveKV is what a client sees of an instance.
func (t *tx) liveKV(id string) map[string]core.KVEntry { return t.entries(id, (*kvRow).live) }

// snapshot is what a turn begins with.
func (t *tx) snapshot(id string) map[string]core.KVEntry {
	return t.entries(id, func(r *kvRow) *core.KVEntry { return r.Stored })
}

func (t *tx) entries(id string, of func(*kvRow) *core.KVEntry) map[string]core.KVEntry {
	found := map[string]core.KVEntry{}
	for k, r := range t.kv().all(key(id)) {
		if e := of(r); e != nil {
			found[string(k[len(key(id)):])] = *e
		}
	}
	return found
}

// GetKVValue implements core.Provider.
func (s *Store) GetKVValue(ctx context.Context, id, name string) (value string, found bool, err error) {
	err = s.view(ctx, "GetKVValue", func(t *tx) error {
		if err := validID(id); err != nil {
			return err
		}
		if err := valid(core.CheckText("KV key", name, 1, core.MaxIDBytes)); err != nil {
			return err
		}
		if r := t.kv().get(kvKey(id, name)); r != nil && r.live() != nil {
			value, found = r.live().Value, true
		}
		return nil
	})
	return value, found, err
}

// GetKVAllValues implements core.Provider.
func (s *Store) GetKVAllValues(ctx context.Context, id string) (values map[string]string, err error) {
	err = s.view(ctx, "GetKVAllValues", func(t *tx) error {
		if err := validID(id); err != nil {
			return err
		}
		values = map[string]string{}
		for name, e := range t.liveKV(id) {
			values[name] = e.Value
		}
		return nil
	})
	return values, err
}
