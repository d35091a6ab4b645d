package conformance

import (
	"strconv"
	"strings"

	"github.com/durokit/duro/core"
)

// kv is what a key-value map should hold.
type kv = map[string]string

var kvCases = []Case{
	kvCase("kv/SetAndGet", "C-243 A-142",
		"a value that was set can be read",
		"this is what the store is for", func(t *T) {
			t.turn("a", 1, events(kvSet(100, "counter", "42")))
			t.hasKV("a", kv{"counter": "42"})
		}),
	kvCase("kv/Overwrite", "C-244 A-143",
		"a later value replaces an earlier one",
		"readers would see old state", func(t *T) {
			t.turn("a", 1, events(kvSet(100, "k", "old")))
			t.turn("a", 1, events(kvSet(101, "k", "new")))
			t.hasKV("a", kv{"k": "new"})
		}),
	kvCase("kv/ClearOne", "C-245 A-144",
		"a cleared key is absent",
		"readers would see state that is gone", func(t *T) {
			t.turn("a", 1, events(kvSet(100, "k", "v"), kvSet(101, "other", "w")))
			t.turn("a", 1, events(kvCleared(102, "k")))
			t.hasKV("a", kv{"other": "w"})
			t.lacksKV("a", "k")
		}),
	kvCase("kv/ClearAll", "C-246 A-145",
		"clearing all leaves no key",
		"readers would see state that is gone", func(t *T) {
			t.turn("a", 1, events(kvSet(100, "a", "1"), kvSet(101, "b", "2")))
			t.turn("a", 1, events(kvAllCleared(102)))
			t.hasKV("a", nil)
			t.lacksKV("a", "a", "b")
		}),
	kvCase("kv/GetMissing", "C-247 A-146",
		"a key that was never set is absent, not an error",
		"clients wait for keys to appear", func(t *T) {
			t.lacksKV("a", "k")
			t.turn("a", 1, events(kvSet(100, "k", "v")))
			t.lacksKV("a", "other")
			t.hasKV("a", kv{"k": "v"})
		}),
	kvCase("kv/SnapshotAfterCompletion", "C-248 A-155",
		"what a closed execution left is in the next fetch's snapshot",
		"it is the state the next run begins with", func(t *T) {
			t.turn("a", 1, events(kvSet(100, "x", "10"), kvSet(101, "y", "20")))
			t.finish("a", 1)
			t.fetchedKV(kv{"x": "10", "y": "20"})
		}),
	kvCase("kv/SnapshotAfterClearOne", "C-249 A-156",
		"a key cleared before the end is not in the snapshot",
		"cleared state would come back", func(t *T) {
			t.turn("a", 1, events(kvSet(100, "keep", "yes"), kvSet(101, "remove", "no")))
			t.turn("a", 1, events(kvCleared(102, "remove")))
			t.finish("a", 1)
			t.fetchedKV(kv{"keep": "yes"})
		}),
	kvCase("kv/SnapshotAfterClearAll", "C-250 A-157",
		"a running execution's sets and clears are not in the snapshot",
		"replay rebuilds them itself", func(t *T) {
			t.turn("a", 1, events(kvSet(100, "a", "1"), kvSet(101, "b", "2")))
			t.turn("a", 1, events(kvAllCleared(102)))
			t.hasKV("a", nil)
			t.fetchedKV(nil)
		}),
	kvCase("kv/LastWriterAcrossExecutions", "C-251 A-162",
		"the last execution to write a key wins, and pruning keeps its value",
		"pruning removes history, not state", func(t *T) {
			t.turn("a", 1, events(kvSet(100, "shared", "one")))
			t.continued("a", 2)
			t.turn("a", 2, events(kvSet(200, "shared", "two")))
			t.pruned("a", core.PruneOptions{KeepLast: new(uint32(1))}, 1)
			t.hasKV("a", kv{"shared": "two"})
		}, NeedAdmin),
	kvCase("kv/CrossExecutionOverwrite", "C-252 A-163",
		"a new execution's value replaces the old one's",
		"readers would see old state", func(t *T) {
			t.turn("a", 1, events(kvSet(100, "k", "v1")))
			t.continued("a", 2)
			t.hasKV("a", kv{"k": "v1"})
			t.turn("a", 2, events(kvSet(200, "k", "v2")))
			t.hasKV("a", kv{"k": "v2"})
		}),
	kvCase("kv/CrossExecutionRemoveAndReadd", "C-253 A-164",
		"a key can be cleared in one execution and set again in the next",
		"a tombstone must not outlive its execution", func(t *T) {
			t.turn("a", 1, events(kvSet(100, "k", "exec1")))
			t.continued("a", 2)
			t.turn("a", 2, events(kvCleared(200, "k")))
			t.lacksKV("a", "k")
			t.continued("a", 3)
			t.lacksKV("a", "k")
			t.turn("a", 3, events(kvSet(300, "k", "exec3")))
			t.hasKV("a", kv{"k": "exec3"})
		}),
	kvCase("kv/PruneKeepsOverwritten", "C-254 A-170",
		"pruning the execution that first wrote a key keeps its latest value",
		"pruning removes history, not state", func(t *T) {
			t.turn("a", 1, events(kvSet(100, "k", "v1")))
			t.continued("a", 2)
			t.turn("a", 2, events(kvSet(200, "k", "v2")))
			t.pruned("a", core.PruneOptions{KeepLast: new(uint32(1))}, 1)
			t.hasKV("a", kv{"k": "v2"})
		}, NeedAdmin),
	kvCase("kv/PruneKeepsAllKeys", "C-255 A-171",
		"pruning an execution keeps the keys that only it wrote",
		"pruning removes history, not state", func(t *T) {
			t.turn("a", 1, events(kvSet(100, "one", "1")))
			t.continued("a", 2)
			t.turn("a", 2, events(kvSet(200, "two", "2")))
			t.pruned("a", core.PruneOptions{KeepLast: new(uint32(1))}, 1)
			t.hasKV("a", kv{"one": "1", "two": "2"})
		}, NeedAdmin),
	kvCase("kv/InstanceIsolation", "C-256 A-153",
		"one key of two instances is two values",
		"strangers would overwrite each other", func(t *T) {
			t.create("b")
			t.turn("a", 1, events(kvSet(100, "k", "of a")))
			t.turn("b", 1, events(kvSet(100, "k", "of b")))
			t.hasKV("a", kv{"k": "of a"})
			t.hasKV("b", kv{"k": "of b"})
		}),
	kvCase("kv/DeleteCascades", "C-257 A-174",
		"a deleted instance's values are gone",
		"nothing of a deleted instance may show", func(t *T) {
			t.turn("a", 1, events(kvSet(100, "k", "v")))
			t.finish("a", 1)
			t.hasKV("a", kv{"k": "v"})
			t.deleted("a", false)
			t.hasKV("a", nil)
			t.lacksKV("a", "k")
		}, NeedAdmin),
	kvCase("kv/ClearMissingKey", "C-258 A-148",
		"clearing a key that was never set is no error",
		"orchestrations clear to be sure", func(t *T) {
			t.turn("a", 1, events(kvSet(100, "other", "v"), kvCleared(101, "k")))
			t.lacksKV("a", "k")
			t.hasKV("a", kv{"other": "v"})
		}),
	{
		ID: "kv/GetUnknownInstance", Numbers: []string{"C-259", "A-147"}, Section: "2.17",
		Rule: "an unknown instance has no values, and asking is no error",
		Why:  "clients wait for values of instances that have not started",
		Run: func(t *T) {
			t.lacksKV("ghost", "k")
			t.hasKV("ghost", nil)
		},
	},
	kvCase("kv/ClearThenSetInOneAck", "C-260 A-149",
		"a clear of all and a set after it in one turn leave the set",
		"events apply in their order", func(t *T) {
			t.turn("a", 1, events(kvSet(100, "old_a", "1"), kvSet(101, "old_b", "2")))
			t.turn("a", 1, events(kvAllCleared(102), kvSet(103, "new_x", "fresh")))
			t.hasKV("a", kv{"new_x": "fresh"})
			t.lacksKV("a", "old_a", "old_b")
		}),
	kvCase("kv/EmptyValue", "C-261 A-150",
		"the empty value is a value",
		"stores that take it for NULL lose the key", func(t *T) {
			t.turn("a", 1, events(kvSet(100, "k", "")))
			t.hasKV("a", kv{"k": ""})
			t.finish("a", 1)
			t.hasKV("a", kv{"k": ""})
			t.fetchedKV(kv{"k": ""})
		}),
	kvCase("kv/LargeValue", "C-262 A-151",
		"a value of 16,384 bytes comes back exactly",
		"it is the most the runtime allows", func(t *T) {
			t.turn("a", 1, events(kvSet(100, "k", strings.Repeat("x", 16_384))))
			t.hasKV("a", kv{"k": strings.Repeat("x", 16_384)})
		}),
	kvCase("kv/OddKeys", "C-263 A-152",
		"keys may hold any text",
		"keys are names people choose", func(t *T) {
			want := kv{}
			var ds []draft
			keys := []string{
				"with spaces", "日本語キー", "dots.and.more", "a/b/c", "\U0001F389\U0001F525", strip(awkward), "%", "_",
			}
			for i, k := range keys {
				want[k] = strconv.Itoa(i)
				ds = append(ds, kvSet(uint64(100+i), k, want[k]))
			}
			t.turn("a", 1, events(ds...))
			t.hasKV("a", want)
			t.finish("a", 1)
			t.hasKV("a", want)
			t.fetchedKV(want)
		}),
	kvCase("kv/SnapshotEmpty", "C-264 A-158",
		"without values the snapshot is an empty map",
		"the runtime reads from it without asking", func(t *T) {
			t.enqueue(poke("a"))
			f := t.fetchOf("a")
			t.truthf(f.Item.KVSnapshot != nil, "the snapshot is nil: want an empty map")
			t.snapshot(f, nil)
		}),
	kvCase("kv/SnapshotAcrossExecutions", "C-265 A-159",
		"the snapshot holds what closed executions wrote, not what the running one writes",
		"replay would begin with the end of its own story", func(t *T) {
			t.turn("a", 1, events(kvSet(100, "A", "1")))
			t.continued("a", 2)
			t.turn("a", 2, events(kvSet(200, "B", "2")))
			t.fetchedKV(kv{"A": "1"})
		}),
	kvCase("kv/PruneKeepsCurrentExecution", "C-266 A-172",
		"pruning an instance with one execution keeps its values",
		"the current execution is never pruned", func(t *T) {
			t.turn("a", 1, events(kvSet(100, "k", "v")))
			t.pruned("a", core.PruneOptions{KeepLast: new(uint32(1))}, 0)
			t.hasKV("a", kv{"k": "v"})
		}, NeedAdmin),
	kvCase("kv/DeleteCascadesToChildren", "C-267 A-175",
		"deleting a parent deletes its children's values",
		"nothing of a deleted tree may show", func(t *T) {
			t.finished("child", "a")
			t.turn("a", 1, events(kvSet(100, "k", "of the parent")))
			t.turn("child", 1, events(kvSet(100, "k", "of the child")))
			t.finish("a", 1)
			t.finish("child", 1)
			t.deleted("a", false)
			t.hasKV("a", nil)
			t.hasKV("child", nil)
		}, NeedAdmin),
	kvCase("kv/ClearIsolation", "C-268 A-154",
		"clearing one instance's values leaves others'",
		"strangers would lose their state", func(t *T) {
			t.create("b")
			t.turn("a", 1, events(kvSet(100, "k", "of a")))
			t.turn("b", 1, events(kvSet(100, "k", "of b")))
			t.turn("a", 1, events(kvAllCleared(101)))
			t.hasKV("a", nil)
			t.hasKV("b", kv{"k": "of b"})
		}),
	kvCase("kv/SnapshotExcludesRunningExecution", "C-269 A-160",
		"clients see what the running execution wrote, its snapshot does not",
		"a counter would be incremented twice on replay", func(t *T) {
			t.turn("a", 1, events(kvSet(100, "counter", "1")))
			t.hasKV("a", kv{"counter": "1"})
			t.fetchedKV(nil)
		}),
	kvCase("kv/SnapshotIncludesClosedExecution", "C-270 A-161",
		"continue-as-new hands the values on",
		"it is the state the next run begins with", func(t *T) {
			t.turn("a", 1, events(kvSet(100, "counter", "5")))
			t.continued("a", 2)
			t.fetchedKV(kv{"counter": "5"})
		}),
	kvCase("kv/MergedRead", "C-271 A-165",
		"clients read the closed executions' values overlaid by the running one's",
		"either half alone is a state that never was", func(t *T) {
			t.turn("a", 1, events(kvSet(100, "color", "red"), kvSet(101, "size", "large")))
			t.finish("a", 1)
			t.turn("a", 2, events(kvSet(200, "color", "blue"), kvSet(201, "shape", "circle")))
			t.hasKV("a", kv{"color": "blue", "size": "large", "shape": "circle"})
		}),
	kvCase("kv/TombstoneHidesStore", "C-272 A-166",
		"a key cleared by the running execution is absent for clients",
		"readers would see state that is gone", func(t *T) {
			t.turn("a", 1, events(kvSet(100, "temp", "x"), kvSet(101, "keep", "y")))
			t.finish("a", 1)
			t.turn("a", 2, events(kvCleared(200, "temp")))
			t.lacksKV("a", "temp")
			t.hasKV("a", kv{"keep": "y"})
		}),
	kvCase("kv/ClearAllHidesStore", "C-273 A-167",
		"clearing all hides the closed executions' values too",
		"readers would see state that is gone", func(t *T) {
			t.turn("a", 1, events(kvSet(100, "a", "1"), kvSet(101, "b", "2")))
			t.finish("a", 1)
			t.turn("a", 2, events(kvAllCleared(200), kvSet(201, "c", "3")))
			t.hasKV("a", kv{"c": "3"})
			t.lacksKV("a", "a", "b")
		}),
	kvCase("kv/MergedOnCompletion", "C-274 A-168",
		"values stay readable after completion",
		"the result is often in them", func(t *T) {
			t.turn("a", 1, events(kvSet(100, "result", "42")))
			t.finish("a", 1)
			t.hasKV("a", kv{"result": "42"})
		}),
	kvCase("kv/MergedOnContinueAsNew", "C-275 A-169",
		"the values of all turns of an execution are merged at its end",
		"the next run begins with the last state, not with the first", func(t *T) {
			t.turn("a", 1, events(kvSet(100, "version", "1"), kvSet(101, "progress", "50%")))
			t.turn("a", 1, events(kvSet(102, "progress", "100%")))
			t.continued("a", 2)
			t.fetchedKV(kv{"version": "1", "progress": "100%"})
		}),
	kvCase("kv/ForceDeleteRemovesDelta", "C-276 A-176",
		"deleting a running instance deletes what it has written so far",
		"nothing of a deleted instance may show", func(t *T) {
			t.turn("a", 1, events(kvSet(100, "k", "v")))
			t.deleted("a", true)
			t.hasKV("a", nil)
		}, NeedAdmin),
	kvCase("kv/PruneKeepsUntouchedKey", "C-277 A-173",
		"values of several executions survive pruning, for clients and for the snapshot",
		"pruning removes history, not state", func(t *T) {
			t.turn("a", 1, events(kvSet(100, "one", "1")))
			t.continued("a", 2)
			t.turn("a", 2, events(kvSet(200, "two", "2")))
			t.continued("a", 3)
			t.pruned("a", core.PruneOptions{KeepLast: new(uint32(1))}, 2)
			t.hasKV("a", kv{"one": "1", "two": "2"})
			t.fetchedKV(kv{"one": "1", "two": "2"})
		}, NeedAdmin),
}

// fetchedKV pokes and fetches instance a, demands its snapshot, and drains it.
func (t *T) fetchedKV(want kv) {
	t.enqueue(poke("a"))
	f := t.fetchOf("a")
	t.snapshot(f, want)
	t.ack(f, f.Item.ExecutionID)
}
