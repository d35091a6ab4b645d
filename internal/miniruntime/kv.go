package miniruntime

import (
	"maps"

	"github.com/durokit/duro/core"
)

// kvState is the instance's KV state as the code sees it: the snapshot of earlier
// executions and, on top, what this execution did.
type kvState struct {
	snapshot map[string]core.KVEntry
	live     map[string]string // nil until needed: most orchestrations use no KV
}

func newKVState(snapshot map[string]core.KVEntry) *kvState { return &kvState{snapshot: snapshot} }

func (s *kvState) values() map[string]string {
	if s.live == nil {
		s.live = make(map[string]string, len(s.snapshot))
		for k, e := range s.snapshot {
			s.live[k] = e.Value
		}
	}
	return s.live
}

// KVGet returns the value of a key and whether there is one.
func (c *Context) KVGet(key string) (string, bool) {
	v, ok := c.kv.values()[key]
	return v, ok
}

// KVAll returns a copy of all keys and values. Range over it in a sorted order
// only: the order of a map is not deterministic.
func (c *Context) KVAll() map[string]string { return maps.Clone(c.kv.values()) }

// KVSet sets a key. Clients and later executions of the instance see it.
func (c *Context) KVSet(key, value string) {
	c.act(0, core.KeyValueSetEvent{Key: key, Value: value, LastUpdatedMS: c.j.nowMS})
	values := c.kv.values()
	values[key] = value
	if len(value) > MaxKVValueBytes {
		c.exceedsf("KV value for key %q of %d bytes exceeds the limit of %d", key, len(value), MaxKVValueBytes)
	}
	if len(values) > MaxKVKeys {
		c.exceedsf("%d KV keys exceed the limit of %d", len(values), MaxKVKeys)
	}
}

// KVClear removes a key.
func (c *Context) KVClear(key string) {
	c.act(0, core.KeyValueClearedEvent{Key: key})
	delete(c.kv.values(), key)
}

// KVClearAll removes all keys.
func (c *Context) KVClearAll() {
	c.act(0, core.KeyValuesClearedEvent{})
	clear(c.kv.values())
}
