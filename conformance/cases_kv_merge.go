package conformance

import (
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/durokit/duro/core"
)

var kvMergeCases = []Case{
	kvCase("kv/AllValues", "C-278 A-177",
		"reading all values gives exactly the live ones",
		"clients list what is there", func(t *T) {
			t.turn("a", 1, events(kvSet(100, "a", "1"), kvSet(101, "b", "2"), kvSet(102, "c", "3")))
			t.finish("a", 1)
			t.turn("a", 2, events(kvSet(200, "a", "changed"), kvCleared(201, "b"), kvSet(202, "d", "4")))
			t.hasKV("a", kv{"a": "changed", "c": "3", "d": "4"})
			t.hasKV("ghost", nil)
		}),
	kvCase("kv/LastUpdatedIsKept", "C-279 A-178",
		"a value keeps the time its event carries",
		"orchestrations decide by the age of a value", func(t *T) {
			at := func(id, ms uint64) draft {
				return ev(id, core.KeyValueSetEvent{Key: "k", Value: "v", LastUpdatedMS: ms})
			}
			old, err := core.DecodeEvent([]byte(`{"event_id":101,"source_event_id":null,"instance_id":"a","execution_id":1,` +
				`"timestamp_ms":1,"duroxide_version":"0.1.26","type":"KeyValueSet","key":"old","value":"v"}`))
			t.must(err, "decode an event without the field")
			t.turn("a", 1, events(at(100, 123)), exactly(old))
			t.finish("a", 1)
			t.enqueue(poke("a"))
			f := t.fetchOf("a")
			equal(t, "the snapshot", f.Item.KVSnapshot, map[string]core.KVEntry{"k": {Value: "v", LastUpdatedMS: 123},
				"old": {Value: "v"}})
			t.ack(f, 2, events(at(200, 456)), ended(core.StatusCompleted, ""))
			t.enqueue(poke("a"))
			equal(t, "the time after the next execution", t.fetchOf("a").Item.KVSnapshot["k"].LastUpdatedMS, 456)
		}),
	kvCase("kv/MergedOnFailed", "C-280 A-179",
		"a failed execution's values are merged too",
		"what it did, it did", func(t *T) {
			t.turn("a", 1, events(kvSet(100, "k", "v")))
			t.turn("a", 1, ended(core.StatusFailed, "x"))
			t.fetchedKV(kv{"k": "v"})
		}),
	kvCase("kv/NoMergeOnRunning", "C-084 A-180",
		"the status Running, given explicitly, merges nothing",
		"replay would begin with the end of its own story", func(t *T) {
			t.turn("a", 1, events(kvSet(100, "k", "v")), status(core.StatusRunning))
			t.hasKV("a", kv{"k": "v"})
			t.fetchedKV(nil)
		}),
	kvCase("kv/MergeIncludesSameAck", "C-281 A-181",
		"what the closing turn itself writes is merged",
		"the last write is often the result", func(t *T) {
			t.turn("a", 1, events(kvSet(100, "k", "v"), orchCompleted(101, "done")), ended(core.StatusCompleted, "done"))
			t.hasKV("a", kv{"k": "v"})
			t.fetchedKV(kv{"k": "v"})
		}),
	kvCase("kv/EventOrderWithinAck", "C-282 A-184",
		"the KV events of one turn apply in their order",
		"a set and a clear in the other order are the opposite", func(t *T) {
			t.turn("a", 1, events(kvSet(100, "stored", "v")))
			t.finish("a", 1)
			t.turn("a", 2, events(kvSet(200, "k", "v"), kvCleared(201, "k")))
			t.lacksKV("a", "k")
			t.turn("a", 2, events(kvCleared(202, "k"), kvSet(203, "k", "again")))
			t.hasKV("a", kv{"k": "again", "stored": "v"})
			t.turn("a", 2, events(kvSet(204, "k", "1"), kvCleared(205, "k"), kvSet(206, "k", "2")))
			t.hasKV("a", kv{"k": "2", "stored": "v"})
			t.turn("a", 2, events(kvSet(207, "l", "v"), kvAllCleared(208)))
			t.hasKV("a", nil)
			t.lacksKV("a", "k", "l", "stored")
		}),
	kvCase("kv/ClearSetClearInOneAck", "A-184",
		"clear, set and clear in one turn is a clear, also after the merge",
		"the last event counts", func(t *T) {
			t.turn("a", 1, events(kvSet(100, "other", "v"), kvCleared(101, "k"), kvSet(102, "k", "v"), kvCleared(103, "k")))
			t.lacksKV("a", "k")
			t.finish("a", 1)
			t.fetchedKV(kv{"other": "v"})
		}),
	kvCase("kv/MergeAppliesTombstone", "C-283 A-182",
		"a cleared key leaves the store when its execution closes",
		"cleared state would come back with the next run", func(t *T) {
			t.turn("a", 1, events(kvSet(100, "k", "v"), kvSet(101, "l", "w")))
			t.finish("a", 1)
			t.turn("a", 2, events(kvCleared(200, "k")))
			t.finish("a", 2)
			t.lacksKV("a", "k")
			t.hasKV("a", kv{"l": "w"})
			t.fetchedKV(kv{"l": "w"})
		}),
	kvCase("kv/ClearAllThenComplete", "A-183",
		"clearing all in the closing turn empties the store but for what follows",
		"cleared state would come back with the next run", func(t *T) {
			t.turn("a", 1, events(kvSet(100, "a", "1"), kvSet(101, "b", "2")))
			t.finish("a", 1)
			t.turn("a", 2, events(kvAllCleared(200), kvSet(201, "c", "3")), ended(core.StatusCompleted, ""))
			t.hasKV("a", kv{"c": "3"})
			t.fetchedKV(kv{"c": "3"})
		}),
	kvCase("kv/ClearAllTwice", "A-185",
		"clearing all again is no error",
		"orchestrations clear to be sure", func(t *T) {
			t.turn("a", 1, events(kvSet(100, "k", "v")))
			t.turn("a", 1, events(kvAllCleared(101)))
			t.turn("a", 1, events(kvAllCleared(102), kvAllCleared(103)))
			t.hasKV("a", nil)
			t.turn("a", 1, events(kvSet(104, "k", "again")))
			t.hasKV("a", kv{"k": "again"})
		}),
	kvCase("kv/ClearAllEmpty", "A-185",
		"clearing all where there is nothing is no error",
		"orchestrations clear to be sure", func(t *T) {
			t.turn("a", 1, events(kvAllCleared(100)))
			t.stored("a", 1, 100)
			t.hasKV("a", nil)
		}),
	kvCase("kv/DeltaEmptiedByMerge", "A-186",
		"a merge leaves nothing of the closed execution's changes behind",
		"an old tombstone or value would be merged again at the next end", func(t *T) {
			t.turn("a", 1, events(kvSet(100, "k", "old"), kvCleared(101, "gone")))
			t.finish("a", 1)
			t.turn("a", 2, events(kvSet(200, "k", "new"), kvSet(201, "gone", "back")), ended(core.StatusCompleted, ""))
			t.turn("a", 3, ended(core.StatusCompleted, "")) // merges nothing
			t.hasKV("a", kv{"k": "new", "gone": "back"})
			t.turn("a", 4, events(kvAllCleared(400)), ended(core.StatusCompleted, ""))
			t.hasKV("a", nil)
			t.turn("a", 5, events(kvSet(500, "k", "last")))
			t.turn("a", 5, ended(core.StatusCompleted, ""))
			t.fetchedKV(kv{"k": "last"})
		}),
	kvCase("kv/KeysAreByteExact", "C-284 A-191",
		"keys that differ in one byte are different",
		"collations that fold case or trailing spaces overwrite strangers", func(t *T) {
			want := kv{"k": "1", "K": "2", "k" + " ": "3", "ä": "4", "a\u0308": "5", strings.Repeat("x", 300): "6",
				strings.Repeat("x", 299) + "y": "7"}
			n := uint64(100)
			var ds []draft
			for k, v := range want {
				ds = append(ds, kvSet(n, k, v))
				n++
			}
			t.turn("a", 1, events(ds...))
			t.hasKV("a", want)
			t.finish("a", 1)
			t.hasKV("a", want)
		}),
	kvCase("kv/ReadConsistency", "C-285 A-188",
		"readers see one state, also while an execution closes",
		"a key in neither of two tables at the moment of the merge seems to vanish", func(t *T) {
			t.turn("a", 1, events(kvSet(100, "x", "0"), kvSet(101, "y", "0")))
			var stop atomic.Bool
			t.Together(2, func(i int) {
				if i == 0 {
					defer stop.Store(true)
					for n := uint64(1); n <= 100 && !t.ended(); n++ {
						v := strconv.FormatUint(n, 10)
						t.turn("a", n, events(kvSet(2*n+1000, "x", v), kvSet(2*n+1001, "y", v)))
						t.turn("a", n, ended(core.StatusContinuedAsNew, ""))
					}
					return
				}
				for !stop.Load() && !t.ended() {
					m, err := t.p.GetKVAllValues(t.ctx, "a")
					t.must(err, "GetKVAllValues")
					t.truthf(m["x"] != "" && m["x"] == m["y"], "reading during writes: got %v, want x and y of one turn", m)
					_, found, err := t.p.GetKVValue(t.ctx, "a", "x")
					t.must(err, "GetKVValue")
					t.truthf(found, "a key that is always there was not found")
				}
			})
		}),
	kvCase("kv/HistoryErrorFetchSucceeds", "C-286",
		"values do not stand in the way of an item with HistoryError",
		"the instance could not even be failed", func(t *T) {
			t.turn("a", 1, events(kvSet(100, "k", "v")))
			t.finish("a", 1)
			t.corrupt("a")
			t.enqueue(poke("a"))
			t.broken("a")
			t.hasKV("a", kv{"k": "v"})
		}, NeedCorruption),
	duro(kvCase("kv/HistoryErrorSnapshotIsEmpty", "C-286 A-192",
		"an item with HistoryError has an empty snapshot",
		"nothing can be done with it, so nothing is read for it", func(t *T) {
			t.turn("a", 1, events(kvSet(100, "k", "v")))
			t.finish("a", 1)
			t.fetchedKV(kv{"k": "v"})
			t.corrupt("a")
			t.enqueue(poke("a"))
			t.snapshot(t.broken("a"), nil)
		}, NeedCorruption)),
	kvCase("kv/FailedAckLeavesNoTrace", "A-189",
		"a failed ack changes no value",
		"a turn commits as a whole or not at all", func(t *T) {
			t.turn("a", 1, events(kvSet(100, "k", "v")))
			t.finish("a", 1)
			t.enqueue(poke("a"))
			f := t.fetchOf("a")
			err := t.tryAck(f, 1, events(kvSet(200, "k", "w"), kvCleared(201, "k"), kvSet(202, "l", "x"), started()),
				ended(core.StatusCompleted, ""))
			t.refused(err, core.ErrDuplicateEvent, "an ack with a stored event id")
			t.hasKV("a", kv{"k": "v"})
			t.ack(f, 1)
			t.fetchedKV(kv{"k": "v"})
		}),
	kvCase("kv/Big", "A-190",
		"values of a megabyte, long keys and many keys come back exactly",
		"the runtime's limits are the runtime's: a turn over them is still stored", func(t *T) {
			want := kv{"64 KiB": strings.Repeat("é", 1<<15), "1 MiB": strings.Repeat("\U0001F389", 1<<18),
				strings.Repeat("k", 200): "long key"}
			for i := range 150 {
				want[fmt.Sprintf("key %d", i)] = strconv.Itoa(i)
			}
			n := uint64(100)
			var ds []draft
			for k, v := range want {
				ds = append(ds, kvSet(n, k, v))
				n++
			}
			t.turn("a", 1, events(ds...))
			t.hasKV("a", want)
			t.finish("a", 1)
			t.hasKV("a", want)
			t.fetchedKV(want)
		}),
	{
		ID: "kv/WithoutRecord", Numbers: []string{"A-193"}, Section: "A2.22",
		Rule:  "values need no instance record",
		Why:   "a first turn without metadata must not lose them",
		Needs: []Need{NeedAdmin},
		Run: func(t *T) {
			t.enqueue(start("a"))
			t.ack(t.fetch(), 1, events(started(), kvSet(2, "k", "v")))
			t.hasKV("a", kv{"k": "v"})
			_, err := t.Admin().DeleteInstancesAtomic(t.ctx, []string{"a"}, true)
			t.must(err, "DeleteInstancesAtomic")
			t.hasKV("a", nil)
		},
	},
	kvCase("kv/LateEmptyAckDoesNotMerge", "A-194",
		"draining a finished instance's late messages changes no value",
		"an ack without a status closes nothing", func(t *T) {
			t.turn("a", 1, events(kvSet(100, "k", "v")))
			t.finish("a", 1)
			t.turn("a", 1, events(kvSet(101, "late", "x")))
			t.turn("a", 1)
			t.hasKV("a", kv{"k": "v", "late": "x"})
			t.fetchedKV(kv{"k": "v"})
		}),
	kvCase("kv/EmptyAfterRecreate", "A-195",
		"an instance made anew under a deleted one's id has no values",
		"nothing of a deleted instance may show", func(t *T) {
			t.turn("a", 1, events(kvSet(100, "k", "v")))
			t.finish("a", 1)
			t.turn("a", 2, events(kvSet(200, "l", "w")))
			t.deleted("a", true)
			t.create("a")
			t.hasKV("a", nil)
			t.fetchedKV(nil)
		}, NeedAdmin),
}
