package conformance

import "github.com/durokit/duro/core"

var statsCases = []Case{
	{
		ID: "stats/Unknown", Numbers: []string{"C-292", "A-196"}, Section: "2.19",
		Rule: "an id without an instance record has no statistics",
		Why:  "zeros would be taken for an idle instance",
		Run: func(t *T) {
			t.noStats("ghost")
			t.enqueue(start("a"))
			t.noStats("a")
			t.ack(t.fetch(), 1, events(started()), full)
			t.statsOf("a")
		},
	},
	{
		ID: "stats/History", Numbers: []string{"C-293", "A-197"}, Section: "A1.13",
		Rule: "a new instance has one event and nothing else",
		Why:  "operators look for histories that grow",
		Run: func(t *T) {
			t.create("a")
			s := t.statsOf("a")
			t.truthf(s.HistoryEventCount == 1 && s.HistorySizeBytes > 0, "the history of one event: got %+v", s)
			t.hasStats("a", 0, 0, 0)
		},
	},
	{
		ID: "stats/KV", Numbers: []string{"C-294", "A-198"}, Section: "A1.13",
		Rule: "values are counted with their bytes",
		Why:  "the runtime's limits are watched by it",
		Run: func(t *T) {
			t.enqueue(start("a"))
			t.ack(t.fetch(), 1, events(started(), kvSet(2, "k1", "aaa"), kvSet(3, "k2", "bbbbb"), orchCompleted(4, "done")), full,
				ended(core.StatusCompleted, "done"))
			t.hasStats("a", 2, 8, 0)
		},
	},
	{
		ID: "stats/CarryForward", Numbers: []string{"C-295", "A-199"}, Section: "A1.13",
		Rule: "the pending count is that of the events carried into the current execution",
		Why:  "it tells how much an eternal orchestration drags along",
		Run: func(t *T) {
			t.enqueue(start("a"))
			t.ack(t.fetch(), 1, full, events(ev(1, core.OrchestrationStartedEvent{
				Name: orch, Version: orchVersion, Input: "{}", CarryForwardEvents: []core.CarriedEvent{{Name: "a"}, {Name: "b"},
					{Name: "c"}},
			})))
			t.hasStats("a", 0, 0, 3)
		},
	},
	{
		ID: "stats/DeltaOnly", Numbers: []string{"C-296", "A-200"}, Section: "A1.13",
		Rule: "values of the running execution are counted",
		Why:  "clients see them too",
		Run: func(t *T) {
			t.create("b")
			t.turn("b", 1, events(kvSet(2, "dk1", "xxx"), kvSet(3, "dk2", "yyyyyy")))
			t.hasStats("b", 2, 9, 0)
		},
	},
	{
		ID: "stats/Merged", Numbers: []string{"C-297", "A-201"}, Section: "A1.13",
		Rule: "a value that was overwritten and merged is counted once, with its new size",
		Why:  "the same bytes counted twice look like growth",
		Run: func(t *T) {
			t.create("a")
			t.turn("a", 1, events(kvSet(2, "mk1", "aaa"), kvSet(3, "mk2", "bb")))
			t.hasStats("a", 2, 5, 0)
			t.turn("a", 1, events(kvSet(4, "mk1", "zzzzz")), ended(core.StatusCompleted, ""))
			t.hasStats("a", 2, 7, 0)
		},
	},
	{
		ID: "stats/Tombstone", Numbers: []string{"C-298", "A-202"}, Section: "A2.19", Level: LevelDuro,
		Rule: "a stored value cleared by the running execution is not counted",
		Why:  "clients do not see it either",
		Run: func(t *T) {
			t.create("a")
			t.turn("a", 1, events(kvSet(2, "k", "v")), ended(core.StatusCompleted, ""))
			t.hasStats("a", 1, 1, 0)
			t.turn("a", 2, events(started(), kvCleared(2, "k")))
			t.hasStats("a", 0, 0, 0)
		},
	},
	{
		ID: "stats/OverwriteIsCountedOnce", Numbers: []string{"A-203"}, Section: "A2.19", Level: LevelDuro,
		Rule: "a stored value overwritten by the running execution counts with its new size",
		Why:  "clients see the new one only",
		Run: func(t *T) {
			t.create("a")
			t.turn("a", 1, events(kvSet(2, "k", "aaaa")), ended(core.StatusCompleted, ""))
			t.turn("a", 2, events(started(), kvSet(2, "k", "b")))
			t.hasStats("a", 1, 1, 0)
		},
	},
	{
		ID: "stats/BytesNotCharacters", Numbers: []string{"A-204"}, Section: "A1.13",
		Rule: "sizes are bytes as stored",
		Why:  "limits are in bytes",
		Run: func(t *T) {
			t.create("a")
			t.turn("a", 1, events(kvSet(2, "k", "é\U0001F389"), ev(3, core.ExternalEvent{Name: "日本", Data: awkward})))
			t.hasStats("a", 1, 6, 0)
			want := 0
			for _, e := range t.read("a") {
				want += len(e.Raw())
			}
			equal(t, "the history's size", t.statsOf("a").HistorySizeBytes, uint64(want))
		},
	},
	{
		ID: "stats/CurrentExecutionOnly", Numbers: []string{"A-205"}, Section: "A1.13",
		Rule: "only the current execution's history counts",
		Why:  "closed ones do not slow the instance down",
		Run: func(t *T) {
			t.create("a")
			t.turn("a", 1, events(scheduled(2, "A"), scheduled(3, "B")))
			t.continued("a", 2)
			t.continued("a", 3)
			s := t.statsOf("a")
			equal(t, "how many events are counted", s.HistoryEventCount, 1)
			equal(t, "the history's size", s.HistorySizeBytes, uint64(len(t.read("a")[0].Raw())))
		},
	},
	{
		ID: "stats/NotTheLiveQueue", Numbers: []string{"A-206"}, Section: "A1.13",
		Rule: "waiting messages do not count as pending",
		Why:  "the number is about what was carried, and never changes during an execution",
		Run: func(t *T) {
			t.create("a")
			for i := range 5 {
				t.enqueue(queueMessage("a", name("m", i)))
			}
			t.hasStats("a", 0, 0, 0)
		},
	},
	{
		ID: "stats/Corrupted", Section: "A2.19", Level: LevelDuro,
		Rule:  "statistics of an instance whose first event cannot be decoded are an error",
		Why:   "a zero would hide the damage",
		Needs: []Need{NeedCorruption},
		Run: func(t *T) {
			t.create("a")
			t.hooked(t.Hooks().CorruptEvent(t.ctx, "a", 1), "CorruptEvent")
			_, err := t.p.GetInstanceStats(t.ctx, "a")
			t.refused(err, core.ErrCorrupt, "GetInstanceStats")
		},
	},
}

// statsOf returns an instance's statistics, which must exist.
func (t *T) statsOf(id string) core.InstanceStats {
	s, err := t.p.GetInstanceStats(t.ctx, id)
	t.must(err, "GetInstanceStats")
	if s == nil {
		t.Fatalf("GetInstanceStats of %q: got none, want statistics", id)
	}
	t.Stepf("statistics of %q: %+v", id, *s)
	return *s
}

// hasStats demands the number of keys, their bytes, and the pending count.
func (t *T) hasStats(id string, keys, bytes, pending uint64) {
	s := t.statsOf(id)
	equal(t, "the number of keys", s.KVUserKeyCount, keys)
	equal(t, "the bytes of all values", s.KVTotalValueBytes, bytes)
	equal(t, "the pending count", s.QueuePendingCount, pending)
}

// noStats demands that there are no statistics.
func (t *T) noStats(id string) {
	s, err := t.p.GetInstanceStats(t.ctx, id)
	t.must(err, "GetInstanceStats")
	t.truthf(s == nil, "GetInstanceStats of %q: got %+v, want none", id, s)
}
