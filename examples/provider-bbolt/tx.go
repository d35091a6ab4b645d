package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"iter"
	"time"

	"go.etcd.io/bbolt"

	"github.com/durokit/duro/core"
)

// layout lists the buckets. A key is an instance id and a NUL, which no id contains, or a
// number in eight bytes, or both, so that keys are in the order in which they are read.
var layout = []string{
	"instances",    // instance: its record
	"children",     // instance, when a child was created, the child
	"executions",   // instance, execution: its record
	"history",      // instance, execution, event: the event as it came
	"kv",           // instance, key: value
	"sessions",     // session: who owns it
	"messages",     // number: a row of the orchestrator queue; see queue
	"messages.raw", // number: the item as it came
	"messages.of",  // instance, number
	"messages.held",
	"work", // the same for the worker queue
	"work.raw",
	"work.of",
	"work.held",
	"aside", // queue, number: an item that cannot be decoded, for the operator
}

// The file says how it is laid out. Whoever changes the layout changes the format.
const (
	formatBucket = "format"
	format       = "1"
)

// prepare makes what a new file has to hold, and refuses one laid out differently.
func prepare(b *bbolt.Tx) error {
	about, err := b.CreateBucketIfNotExists([]byte(formatBucket))
	if err != nil {
		return err
	}
	if found := about.Get([]byte(formatBucket)); found != nil && string(found) != format {
		return refuse(core.ErrSchemaMismatch, "the file has format %q, this program knows %q", found, format)
	}
	for _, name := range layout {
		if _, err := b.CreateBucketIfNotExists([]byte(name)); err != nil {
			return err
		}
	}
	return about.Put([]byte(formatBucket), []byte(format))
}

// tx is a transaction at one instant. What goes wrong with the storage in it is kept
// until its end and decides about it, so that the operations need not ask at every step:
// they go on with nothing, and all they do is rolled back.
type tx struct {
	b       *bbolt.Tx
	now     uint64 // in Unix milliseconds, as all instants
	next    uint64 // the earliest instant to come that was asked about
	changed bool
	err     error
}

func (f *file) begin(b *bbolt.Tx) *tx {
	now := f.now()
	return &tx{b: b, now: now, next: now + uint64(time.Hour.Milliseconds())}
}

// result is what becomes of the transaction: a fault of the storage comes before the
// error of an operation that it may have misled.
func (t *tx) result(err error) error {
	if t.err != nil {
		return t.err
	}
	return err
}

func (t *tx) fail(err error) {
	if t.err == nil {
		t.err = err
	}
}

// due reports whether an instant has come. A lock has ended when its end is now.
func (t *tx) due(instant uint64) bool {
	if instant > t.now {
		t.next = min(t.next, instant)
	}
	return instant <= t.now
}

// untilNext is how long a fetch that found nothing may sleep.
func (t *tx) untilNext() time.Duration { return time.Duration(t.next-t.now) * time.Millisecond }

// at is the instant d from now.
func (t *tx) at(d time.Duration) uint64 { return t.now + uint64(d.Milliseconds()) }

// bucket is one of the layout's in a transaction.
type bucket struct {
	t *tx
	b *bbolt.Bucket
}

func (t *tx) bucket(name string) bucket { return bucket{t, t.b.Bucket([]byte(name))} }

func (b bucket) get(key []byte) []byte { return b.b.Get(key) }

func (b bucket) put(key, value []byte) {
	b.t.changed = true
	if err := b.b.Put(key, value); err != nil {
		b.t.fail(failed("write", err))
	}
}

func (b bucket) delete(key []byte) {
	b.t.changed = true
	if err := b.b.Delete(key); err != nil {
		b.t.fail(failed("delete", err))
	}
}

// scan goes through the keys with a prefix, in order. What is scanned may be changed
// meanwhile: every step looks for the next key anew.
func (b bucket) scan(prefix []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(k, v []byte) bool) {
		c := b.b.Cursor()
		for k, v := c.Seek(prefix); k != nil && bytes.HasPrefix(k, prefix); {
			k = bytes.Clone(k)
			if !yield(k, v) {
				return
			}
			k, v = c.Seek(append(k, 0))
		}
	}
}

// any reports whether there is a key with a prefix.
func (b bucket) any(prefix []byte) bool {
	for range b.scan(prefix) {
		return true
	}
	return false
}

// count says how many keys with a prefix there are.
func (b bucket) count(prefix []byte) (n uint64) {
	for range b.scan(prefix) {
		n++
	}
	return n
}

// clear deletes the keys with a prefix and says how many there were.
func (b bucket) clear(prefix []byte) (n uint64) {
	for k := range b.scan(prefix) {
		b.delete(k)
		n++
	}
	return n
}

// table is a bucket whose values are JSON.
type table[V any] struct{ bucket }

// get returns a value, nil if there is none.
func (b table[V]) get(key []byte) *V {
	if raw := b.bucket.get(key); raw != nil {
		return b.decode(key, raw)
	}
	return nil
}

func (b table[V]) put(key []byte, v *V) {
	raw, err := json.Marshal(v)
	if err != nil {
		b.t.fail(failed("encode", err))
	}
	b.bucket.put(key, raw)
}

// all goes through the values whose keys have a prefix.
func (b table[V]) all(prefix []byte) iter.Seq2[[]byte, *V] {
	return func(yield func([]byte, *V) bool) {
		for k, raw := range b.scan(prefix) {
			if !yield(k, b.decode(k, raw)) {
				return
			}
		}
	}
}

func (b table[V]) decode(key, raw []byte) *V {
	v := new(V)
	if err := json.Unmarshal(raw, v); err != nil {
		b.t.fail(core.Wrap("", core.ErrCorrupt, err, "read the record with the key "+string(bytes.ToValidUTF8(key, []byte("?")))))
	}
	return v
}

// key makes one of an instance, or of another name, and of numbers.
func key(name string, numbers ...uint64) []byte {
	return append(append([]byte(name), 0), number(numbers...)...)
}

// number makes a key of numbers alone.
func number(ns ...uint64) (k []byte) {
	for _, n := range ns {
		k = binary.BigEndian.AppendUint64(k, n)
	}
	return k
}

// lastNumber is the one at the end of a key.
func lastNumber(k []byte) uint64 {
	if len(k) < 8 {
		return 0
	}
	return binary.BigEndian.Uint64(k[len(k)-8:])
}
