package conformance

import (
	"strings"

	"github.com/durokit/duro/core"
)

var capabilityCases = []Case{
	{
		ID: "capability/NoFilter", Numbers: []string{"C-150"}, Section: "2.1",
		Rule: "a fetch without a filter takes executions pinned to any version",
		Why:  "a single node that names no versions must run everything",
		Run: func(t *T) {
			t.pin("a", 1, 2, 3)
			t.fetchOf("a")
		},
	},
	{
		ID: "capability/CompatibleFilter", Numbers: []string{"C-151"}, Section: "2.1",
		Rule: "a filter takes executions pinned to a version in its range",
		Why:  "they are the ones this node can replay",
		Run: func(t *T) {
			t.pin("a", 1, 2, 3)
			t.fetchOf("a", versions(between("1.0.0", "1.9.9")))
		},
	},
	{
		ID: "capability/IncompatibleFilter", Numbers: []string{"C-152"}, Section: "2.1",
		Rule: "a filter leaves executions pinned to a version outside its range",
		Why:  "a node that cannot replay an execution would fail it as nondeterministic",
		Run: func(t *T) {
			t.pin("a", 1, 2, 3)
			t.none("the execution is pinned to 1.2.3", versions(between("2.0.0", "2.9.9")))
		},
	},
	{
		ID: "capability/SkipsIncompatible", Numbers: []string{"C-153"}, Section: "2.1",
		Rule: "every node gets the executions it can replay",
		Why:  "two versions share one store during an upgrade",
		Run: func(t *T) {
			t.pin("one", 1, 0, 0)
			t.pin("two", 2, 0, 0)
			t.abandon(t.fetchOf("two", versions(between("2.0.0", "2.9.9"))))
			t.fetchOf("one", versions(between("1.0.0", "1.9.9")))
		},
	},
	{
		ID: "capability/SkippedIsNotLocked", Numbers: []string{"C-154"}, Section: "2.1",
		Rule: "a skipped instance is neither locked nor counted",
		Why:  "nodes that cannot run it would keep it from those that can",
		Run: func(t *T) {
			t.pin("a", 1, 2, 3)
			t.none("the execution is pinned to 1.2.3", versions(between("2.0.0", "2.9.9")))
			f := t.fetchOf("a", versions(between("0.0.0", "1.9.9")))
			equal(t, "the attempt count", f.AttemptCount, 1)
		},
	},
	{
		ID: "capability/NotPinnedIsCompatible", Numbers: []string{"C-155"}, Section: "2.1",
		Rule: "an execution without a pin passes every non-empty filter",
		Why:  "executions from before pinning would never run again",
		Run: func(t *T) {
			t.create("a")
			t.enqueue(poke("a"))
			t.fetchOf("a", versions(between("99.0.0", "99.9.9")))
		},
	},
	{
		ID: "capability/BoundaryVersions", Numbers: []string{"C-156"}, Section: "1.4",
		Rule: "a range includes both its ends and nothing beyond",
		Why:  "the newest supported version is the one everybody runs",
		Run: func(t *T) {
			filter := versions(between("1.0.0", "1.9.99"))
			t.pin("low", 1, 0, 0)
			t.pin("high", 1, 9, 99)
			t.fetchOf("low", filter)
			t.fetchOf("high", filter)
			other := t.Another()
			for _, v := range [][3]uint64{{2, 0, 0}, {1, 10, 0}, {0, 99, 99}, {1, 9, 100}} {
				other.pin("out", v[0], v[1], v[2])
				other.none("the version is outside the range", filter)
				other.ack(other.fetchOf("out"), 1)
			}
		},
	},
	{
		ID: "capability/PinnedViaMetadata", Numbers: []string{"C-157"}, Section: "2.2",
		Rule: "an ack's metadata pins its execution",
		Why:  "that is the only place a pin comes from",
		Run: func(t *T) {
			t.pin("a", 3, 1, 4)
			t.none("the execution is pinned to 3.1.4", versions(between("3.1.5", "3.9.9")))
			t.fetchOf("a", versions(between("3.0.0", "3.9.9")))
		},
	},
	{
		ID: "capability/PinSurvivesAcks", Numbers: []string{"C-158"}, Section: "2.2",
		Rule: "an ack without a pin keeps the stored one",
		Why:  "the runtime sends it with the first turn only",
		Run: func(t *T) {
			t.pin("a", 3, 1, 4)
			t.ack(t.fetchOf("a"), 1, events(scheduled(2, "A")), send(poke("a")))
			t.none("the execution is pinned to 3.1.4", versions(between("4.0.0", "4.9.9")))
			t.fetchOf("a", versions(between("3.0.0", "3.9.9")))
		},
	},
	{
		ID: "capability/PinPerExecution", Numbers: []string{"C-159"}, Section: "2.2",
		Rule: "the filter looks at the current execution's pin",
		Why:  "continue-as-new is how an eternal orchestration moves to a newer version",
		Run: func(t *T) {
			t.pin("a", 1, 0, 0)
			t.ack(t.fetchOf("a"), 1, full, status(core.StatusContinuedAsNew), send(continueAsNew("a")))
			t.ack(t.fetchOf("a"), 2, events(started()), full, pinned(2, 0, 0), send(poke("a")))
			t.none("execution 2 is pinned to 2.0.0", versions(between("1.0.0", "1.9.9")))
			t.fetchOf("a", versions(between("2.0.0", "2.9.9")))
		},
	},
	{
		ID: "capability/EmptyFilter", Numbers: []string{"C-160"}, Section: "1.4",
		Rule: "a filter without ranges is compatible with nothing",
		Why:  "a node that supports no version must not run any",
		Run: func(t *T) {
			t.pin("a", 1, 2, 3)
			t.enqueue(start("b"))
			t.none("no version is supported", versions())
			t.fetchOf("a")
			t.fetchOf("b")
		},
	},
	{
		ID: "capability/FilteredFetchIsExclusive", Numbers: []string{"C-161"}, Section: "2.1",
		Rule: "a filtered fetch locks like any other",
		Why:  "two dispatchers in one instance",
		Run: func(t *T) {
			t.pin("a", 1, 2, 3)
			t.fetchOf("a", versions(between("1.0.0", "1.9.9")))
			t.none("the instance is locked", versions(between("1.0.0", "1.9.9")))
			t.none("the instance is locked")
		},
	},
	{
		ID: "capability/PinnedByLaterAck", Numbers: []string{"C-162"}, Section: "2.2",
		Rule: "a later ack can pin an execution that was not pinned",
		Why:  "whether and when to pin is the runtime's decision",
		Run: func(t *T) {
			t.create("a")
			t.turn("a", 1, pinned(1, 2, 3), send(poke("a")))
			t.none("the execution is pinned to 1.2.3", versions(between("2.0.0", "2.9.9")))
			t.fetchOf("a", versions(between("1.0.0", "1.9.9")))
		},
	},
	{
		ID: "capability/PinIsReplaced", Numbers: []string{"C-163"}, Section: "2.2",
		Rule: "a later pin replaces the stored one",
		Why:  "write-once is the runtime's business; the provider stores what it is told",
		Run: func(t *T) {
			t.pin("a", 1, 0, 0)
			t.ack(t.fetchOf("a"), 1, pinned(2, 0, 0), send(poke("a")))
			t.none("the pin was replaced", versions(between("1.0.0", "1.0.0")))
			t.fetchOf("a", versions(between("2.0.0", "2.0.0")))
		},
	},
	{
		ID: "capability/CorruptedHistoryFilteredAndNot", Numbers: []string{"C-164"}, Section: "2.1",
		Rule:  "an undecodable history is an item with HistoryError, and nothing at all for a filter that skips it",
		Why:   "a history from a newer version is unreadable for older nodes, which must leave it alone",
		Needs: []Need{NeedCorruption},
		Run: func(t *T) {
			t.pin("a", 1, 0, 0)
			t.corrupt("a")
			t.none("the execution is pinned to 1.0.0", versions(between("2.0.0", "2.9.9")))
			f := t.broken("a")
			t.batch(f, poke("a"))
			t.abandon(f)
		},
	},
	{
		ID: "capability/HistoryErrorCountsAttempt", Numbers: []string{"C-165"}, Section: "2.1",
		Rule:  "a delivery with HistoryError counts",
		Why:   "the poison rules are what ends an instance nobody can read",
		Needs: []Need{NeedCorruption, NeedAttempts},
		Run:   func(t *T) { t.brokenCycles(2) },
	},
	{
		ID: "capability/HistoryErrorReachesPoison", Numbers: []string{"C-166"}, Section: "2.1",
		Rule:  "deliveries with HistoryError add up",
		Why:   "the poison rules are what ends an instance nobody can read",
		Needs: []Need{NeedCorruption, NeedAttempts},
		Run:   func(t *T) { t.brokenCycles(5) },
	},
	{
		ID: "capability/FilterBeforeDecoding", Numbers: []string{"C-167"}, Section: "2.1",
		Rule:  "the filter comes before the history is read",
		Why:   "an older node must not choke on what it was told to leave alone",
		Needs: []Need{NeedCorruption, NeedAttempts},
		Run: func(t *T) {
			t.pin("a", 99, 0, 0)
			t.corrupt("a")
			t.none("the execution is pinned to 99.0.0", versions(between("1.0.0", "2.0.0")))
			equal(t, "the stored attempt count", t.attempts("a"), 0)
			t.broken("a")
		},
	},
	{
		ID: "capability/OrderWithTwoRanges", Numbers: []string{"C-168"}, Section: "2.1",
		Rule: "with several ranges the instance that waited longest still comes first, and an abandon keeps its place",
		Why:  "a busy version must not starve another one",
		Run: func(t *T) {
			filter := versions(between("1.0.0", "1.5.0"), between("3.0.0", "3.5.0"))
			t.pin("a", 1, 0, 0)
			t.pin("b", 3, 0, 0)
			t.abandon(t.fetchOf("a", filter))
			t.fetchOf("a", filter)
		},
	},
	{
		ID: "capability/AckOnCorruptedHistory", Numbers: []string{"C-169"}, Section: "2.2",
		Rule:  "an ack appends to a history that cannot be decoded",
		Why:   "this is how the runtime fails an instance it cannot read",
		Needs: []Need{NeedCorruption, NeedAdmin},
		Run: func(t *T) {
			t.pin("a", 1, 0, 0)
			t.corrupt("a")
			d := core.Poison{
				AttemptCount: 11, MaxAttempts: 10, Message: "m",
				MessageType: core.PoisonFailedDeserialization{Instance: "a", ExecutionID: 1, Error: "e"},
			}
			t.ack(t.broken("a"), 1, events(ev(99999, core.OrchestrationFailedEvent{Details: d})), full,
				ended(core.StatusFailed, d.Display()))
			i := t.info("a")
			equal(t, "the status", i.Status, core.StatusFailed)
			t.truthf(i.Output != nil && strings.Contains(*i.Output, "deserialization failed"),
				"the output does not say what failed")
			equal(t, "how many events are stored", t.execution("a", 1).EventCount, 2)
		},
	},
	{
		ID: "capability/AnyOfRanges", Numbers: []string{"C-170"}, Section: "1.4", Level: LevelDuro,
		Rule: "a version in any of the ranges is compatible",
		Why:  "upstream's providers look at the first range only, against the type's own words",
		Run: func(t *T) {
			t.pin("b", 3, 0, 0)
			t.fetchOf("b", versions(between("1.0.0", "1.5.0"), between("3.0.0", "3.5.0")))
		},
	},
	{
		ID: "capability/LargeVersionComponents", Numbers: []string{"C-171"}, Section: "1.4", Level: LevelDuro,
		Rule: "versions compare by three whole numbers",
		Why:  "packed into one number, as upstream does, 1.0.1500 becomes 1.1.500",
		Run: func(t *T) {
			t.pin("a", 1, 1000, 0)
			t.none("1.1000.0 is below the range", versions(between("2.0.0", "2.0.0")))
			t.none("1.1000.0 is above the range", versions(between("1.0.0", "1.999.999999")))
			t.fetchOf("a", versions(between("1.999.0", "1.1001.0")))
			t.pin("b", 1, 0, 1500)
			t.none("1.0.1500 is below the range", versions(between("1.1.0", "1.9.9")))
			t.fetchOf("b", versions(between("1.0.1001", "1.0.2000")))
			t.pin("c", 1<<40, 0, core.MaxCounter)
			t.fetchOf("c", versions(between("1099511627776.0.1", "1099511627776.1.0")))
		},
	},
	{
		ID: "capability/PrereleasePin", Numbers: []string{"C-172"}, Section: "1.4", Level: LevelDuro,
		Rule: "pre-release and build parts of a version do not count",
		Why:  "a release candidate runs what its release can run",
		Run: func(t *T) {
			v, err := core.ParseSemver("1.2.3-rc.1+b")
			t.must(err, "parse a version")
			t.pin("a", v.Major, v.Minor, v.Patch)
			t.none("the pin is 1.2.3", versions(between("1.2.4", "1.9.9")))
			t.fetchOf("a", versions(between("1.2.3", "1.2.3")))
		},
	},
	{
		ID: "capability/NewInstancePassesAnyFilter", Numbers: []string{"C-173"}, Section: "2.1",
		Rule: "an instance that has not run yet passes every non-empty filter",
		Why:  "it has no version yet: whoever takes it pins it",
		Run: func(t *T) {
			t.enqueue(start("a"))
			t.fetchOf("a", versions(between("99.0.0", "99.9.9")))
		},
	},
	{
		ID: "capability/FilteredHeadDoesNotHideRest", Numbers: []string{"C-174"}, Section: "2.1", Budget: 2 * DefaultBudget,
		Rule: "instances that a filter skips do not hide those behind them",
		Why:  "after an upgrade the old version's executions pile up at the head",
		Run: func(t *T) {
			const old = 50
			for i := range old + 1 {
				t.enqueue(start(name("inst", i)))
				v := pinned(1, 0, 0)
				if i == old {
					v = pinned(2, 0, 0)
				}
				t.ack(t.fetch(), 1, events(started()), full, v)
			}
			for i := range old + 1 {
				t.enqueue(poke(name("inst", i)))
			}
			t.fetchOf(name("inst", old), versions(between("2.0.0", "2.9.9")))
		},
	},
	{
		ID: "capability/HistoryErrorWithoutRecord", Numbers: []string{"C-175"}, Section: "2.1", Level: LevelDuro,
		Rule:  "an undecodable history is reported without an instance record too",
		Why:   "upstream takes it for an empty history and would run the instance from its beginning",
		Needs: []Need{NeedCorruption},
		Run: func(t *T) {
			t.enqueue(start("b"))
			t.ack(t.fetch(), 1, events(started()))
			t.corrupt("b")
			t.enqueue(poke("b"))
			t.broken("b")
		},
	},
	{
		ID: "capability/OneBadEventAmongMany", Numbers: []string{"C-176"}, Section: "2.1",
		Rule:  "one undecodable event makes the whole history undecodable",
		Why:   "a history with a gap replays into a different orchestration",
		Needs: []Need{NeedCorruption},
		Run: func(t *T) {
			t.create("a")
			t.turn("a", 1, events(scheduled(2, "A"), scheduled(3, "B"), scheduled(4, "C"), scheduled(5, "D")))
			t.hooked(t.Hooks().CorruptEvent(t.ctx, "a", 3), "CorruptEvent")
			t.enqueue(poke("a"))
			t.broken("a")
			_, err := t.p.Read(t.ctx, "a")
			t.refused(err, core.ErrCorrupt, "Read")
		},
	},
}

// pin makes an instance pinned to a version, with a message waiting.
func (t *T) pin(id string, major, minor, patch uint64) {
	t.enqueue(start(id))
	f := t.fetch()
	var older []*core.FetchedOrchestration // instances with a message of their own
	for f.Item.Instance != id {
		older = append(older, f)
		f = t.fetch()
	}
	parts := []part{full, pinned(major, minor, patch), send(poke(id))}
	if len(f.Item.History) == 0 {
		parts = append(parts, events(started()))
	}
	t.ack(f, 1, parts...)
	for _, o := range older {
		t.abandon(o, uncounted)
	}
}

// broken fetches an instance whose history cannot be decoded.
func (t *T) broken(id string, opts ...opt) *core.FetchedOrchestration {
	f := t.fetchOf(id, opts...)
	t.truthf(f.Item.HistoryError != "", "HistoryError is empty although the history cannot be decoded")
	t.history("an undecodable history", f.Item.History)
	t.none("an item with HistoryError is locked like any other")
	return f
}

// brokenCycles fetches and abandons an instance whose history cannot be decoded.
func (t *T) brokenCycles(n uint32) {
	t.pin("a", 1, 0, 0)
	t.corrupt("a")
	for want := uint32(1); want <= n; want++ {
		f := t.broken("a", lock(t.timing.Lock))
		equal(t, "the attempt count", f.AttemptCount, want)
		t.abandon(f)
	}
	got := t.attempts("a")
	t.truthf(got >= n, "the stored attempt count: got %d, want at least %d", got, n)
}
