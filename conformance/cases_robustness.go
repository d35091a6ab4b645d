package conformance

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/durokit/duro/core"
)

var robustnessCases = []Case{
	{
		ID: "robustness/PayloadMatrix", Numbers: []string{"C-299"}, Section: "1.0", Slow: true,
		Rule: "every payload comes back byte for byte, whatever text it holds",
		Why:  "payloads are opaque: whatever changes them breaks somebody's orchestration",
		Run: func(t *T) {
			t.create("a")
			next := uint64(2)
			for _, text := range []string{"", "null", "{not json", "a\x00b", "\x01\x1f\x7f\u0085", "\U0001F389", awkward} {
				next = t.carry(text, next, true)
			}
			t.carry(strings.Repeat("5 MiB \U0001F389", 5<<20/10), next, false)
		},
	},
	{
		ID: "robustness/IdentifierLimits", Section: "1.0", Level: LevelDuro, Needs: []Need{NeedAdmin}, Budget: 2 * DefaultBudget,
		Rule: "identifiers outside the limits are refused everywhere, and the longest allowed ones work everywhere",
		Why:  "what one store cuts off or mixes up must be refused by all, or it cannot move to another",
		Run: func(t *T) {
			for _, bad := range badTexts(1, core.MaxIDBytes) {
				for method, use := range t.instanceUses(bad.text) {
					t.refused(use(), core.ErrInvalidArgument, fmt.Sprintf("%s with an instance id that is %s", method, bad.what))
				}
			}
			t.refusedParts()
			equal(t, "the metrics", t.metrics(), core.SystemMetrics{})
			equal(t, "the depths", t.depths(), core.QueueDepths{})
			for _, id := range []string{strings.Repeat("\U0001F389", core.MaxIDBytes/4), "x", " "} {
				t.longestIdentifiers(id)
			}
		},
	},
	{
		ID: "robustness/CounterLimits", Section: "1.0", Level: LevelDuro, Needs: []Need{NeedAdmin},
		Rule: "counters above 2^63-1 are refused, and instants above it are never reached",
		Why:  "in a signed column they become negative: the first of all events, a timer long due",
		Run: func(t *T) {
			const over = core.MaxCounter + 1
			t.enqueue(start("a"))
			f := t.fetch()
			refuse := func(what string, err error) { t.refused(err, core.ErrInvalidArgument, what) }
			refuse("an ack of execution 2^63", t.tryAck(f, over, events(started())))
			refuse("an ack of event 2^63", t.tryAck(f, 1, events(scheduled(over, "A"))))
			refuse("an ack with activity 2^63", t.tryAck(f, 1, work(activity("a", over))))
			for _, it := range []core.WorkItem{
				startAt("a", over),
				item(core.ActivityCompleted{Instance: "a", ExecutionID: over}), completed("a", over),
				item(core.ActivityFailed{Instance: "a", ID: over, Details: core.Application{}}),
				item(core.TimerFired{Instance: "a", ExecutionID: over}), item(core.TimerFired{Instance: "a", ID: over}),
				item(core.SubOrchCompleted{ParentInstance: "a", ParentID: over}),
				item(core.SubOrchFailed{ParentInstance: "a", ParentExecutionID: over, Details: core.Application{}}),
			} {
				refuse("an ack with "+it.Raw(), t.tryAck(f, 1, send(it)))
				refuse("enqueuing "+it.Raw(), t.tryEnqueue(0, it))
			}
			refuse("enqueuing activity 2^63", t.tryEnqueueWork(activity("a", over)))
			refuse("appending to execution 2^63", t.p.AppendWithExecution(t.ctx, "a", over,
				[]core.Event{started().event("a", 1)}))
			_, err := t.p.GetCustomStatus(t.ctx, "a", over)
			refuse("a custom status above version 2^63", err)
			t.nothing("a")
			t.ack(f, 1, events(started()), full, send(timer("a", math.MaxUint64)))
			t.enqueue(timer("a", math.MaxUint64))
			t.enqueueAfter(math.MaxInt64, poke("a"))
			t.none("these messages are never due")
			t.Wait(t.timing.Tick)
			t.none("these messages are never due")
			equal(t, "how many messages are delayed", t.depths().OrchestratorDelayed, 3)
			t.enqueue(start("b"))
			g := t.fetch(lock(math.MaxInt64))
			t.renew(g, math.MaxInt64)
			t.ack(g, 1)
		},
	},
	{
		ID: "robustness/PayloadLimit", Section: "1.0", Level: LevelDuro, Slow: true,
		Rule: "a payload of exactly the limit is stored, one byte more is refused",
		Why:  "a store that cuts off or chokes on a large value breaks the orchestration that wrote it",
		Run: func(t *T) {
			most := core.MaxPayloadBytes
			if t.h.MaxPayload > 0 {
				most = t.h.MaxPayload
			}
			// The payload is the work item or event as stored, its frame included.
			data := func(frame int, extra int) string { return strings.Repeat("x", most-frame+extra) }
			raised := func(extra int) core.WorkItem {
				frame := len(item(core.ExternalRaised{Instance: "a", Name: "big"}).Raw())
				return item(core.ExternalRaised{Instance: "a", Name: "big", Data: data(frame, extra)})
			}
			occurred := func(extra int) draft {
				frame := len(ev(2, core.ExternalEvent{Name: "big"}).event("a", 1).Raw())
				return ev(2, core.ExternalEvent{Name: "big", Data: data(frame, extra)})
			}
			t.create("a")
			t.refused(t.tryEnqueue(0, raised(1)), core.ErrInvalidArgument, "a message one byte over the limit")
			t.none("the message was refused")
			t.enqueue(raised(0))
			f := t.fetchOf("a")
			t.truthf(len(f.Item.Messages) == 1 && f.Item.Messages[0].Raw() == raised(0).Raw(),
				"the largest message came back changed")
			t.refused(t.tryAck(f, 1, events(occurred(1))), core.ErrInvalidArgument, "an event one byte over the limit")
			t.refused(t.tryAck(f, 1, send(raised(1))), core.ErrInvalidArgument, "an ack with a message one byte over the limit")
			t.refused(t.tryAck(f, 1, ended(core.StatusCompleted, data(0, 1))), core.ErrInvalidArgument,
				"an output one byte over the limit")
			t.stored("a", 1)
			t.ack(f, 1, events(occurred(0)))
			es := t.read("a")
			t.truthf(len(es) == 2 && es[1].Raw() == occurred(0).event("a", 1).Raw(), "the largest event came back changed")
		},
	},
	{
		ID: "robustness/CrashBetweenFetchAndAck", Numbers: []string{"C-301"}, Section: "2.0",
		Rule:  "what a process had fetched when it ended comes back after its lock",
		Why:   "at-least-once is what both queues promise",
		Needs: []Need{NeedSecondHandle},
		Run: func(t *T) {
			t.enqueue(start("a"))
			t.enqueueWork(activity("a", 1))
			other := t.OpenHandle()
			other.fetch(lock(t.timing.Lock))
			other.fetchWork(lock(t.timing.Lock))
			t.must(other.p.Close(t.ctx), "close the handle that holds both")
			t.none("the lock is the store's, not the process's")
			t.noWork("the lock is the store's, not the process's")
			t.Wait(t.timing.Lock)
			equal(t, "the attempt count", t.fetchOf("a").AttemptCount, 2)
			equal(t, "the activity's attempt count", t.fetchWorkOf(activity("a", 1)).AttemptCount, 2)
		},
	},
	{
		ID: "robustness/ClockConsistency", Numbers: []string{"C-300"}, Section: "2.0", Level: LevelDuro,
		Rule:  "locks and delays last as long for a process whose clock is wrong",
		Why:   "the clocks of hosts are seconds apart",
		Needs: []Need{NeedSkew},
		Run: func(t *T) {
			for _, by := range []time.Duration{2 * time.Second, -2 * time.Second} {
				t.consistent(fmt.Sprint("a", by), t.openSkewed(by), t.openSkewed(-by))
			}
		},
	},
	{
		ID: "robustness/ConcurrentMigration", Numbers: []string{"C-302"}, Section: "4.1", Slow: true,
		Rule:  "six processes that open an empty store at once all start",
		Why:   "deployments start all their nodes together",
		Needs: []Need{NeedUnopened},
		Run: func(t *T) {
			h, err := t.h.Unopened(t.ctx)
			t.must(err, "make a store without opening it")
			if h.Close != nil {
				t.Cleanup(h.Close)
			}
			const n = 6
			handles := make([]*T, n)
			t.Together(n, func(i int) {
				p, err := h.Open(t.ctx)
				t.must(err, "open the store with others")
				t.Cleanup(p.Close)
				handles[i] = t.On(p)
			})
			t.Stepf("open a new store six times at once")
			for i, one := range handles {
				one.enqueue(start(name("a", i)))
				handles[(i+1)%n].turn(name("a", i), 1, events(started()), full)
			}
		},
	},
	{
		ID: "robustness/HandlesTakeTurns", Numbers: []string{"C-301"}, Section: "2.1",
		Rule:  "a turn has the whole history, whoever took the turns before",
		Why:   "what a process remembers of an instance grows old when others work on it",
		Needs: []Need{NeedSecondHandle},
		Run: func(t *T) {
			handles := []*T{t, t.OpenHandle(), t.OpenHandle()}
			t.create("a")
			for n := uint64(2); n <= 10; n++ {
				t.enqueue(poke("a"))
				h := handles[n%3]
				f := h.fetchOf("a")
				equal(t, "how many events there are", len(f.Item.History), int(n-1))
				for i, e := range f.Item.History {
					equal(t, "the id of an event", e.ID(), uint64(i+1))
				}
				h.ack(f, 1, events(scheduled(n, "A")))
			}
		},
	},
	{
		ID: "robustness/ConcurrentEnqueues", Numbers: []string{"C-304"}, Section: "2.5",
		Rule: "what many callers enqueue at once is all there, once",
		Why:  "a store that gathers calls must not lose one of them",
		Run: func(t *T) {
			const n = 12
			t.Together(n, func(i int) {
				t.enqueue(start(name("a", i)))
				t.enqueueWork(activity("w", uint64(i+1)))
			})
			found := map[string]int{}
			for range n {
				found[t.fetch().Item.Instance]++
				found[t.fetchWork().Item.Raw()]++
			}
			equal(t, "how many different items there are", len(found), 2*n)
			t.none("all are fetched")
			t.noWork("all are fetched")
		},
	},
	{
		ID: "robustness/SchemaIsolation", Numbers: []string{"C-303"}, Section: "2.0",
		Rule: "two stores know nothing of each other, though they live on one server",
		Why:  "environments and tests share servers",
		Run: func(t *T) {
			other := t.Another()
			t.create("a")
			t.enqueue(poke("a"))
			t.enqueueWork(activity("a", 1))
			other.none("the other store is empty")
			other.noWork("the other store is empty")
			other.stored("a")
			other.create("a")
			other.turn("a", 1, events(scheduled(2, "A"), kvSet(3, "k", "v")))
			t.stored("a", 1)
			t.hasKV("a", nil)
			f := t.fetchOf("a")
			t.lost(other.tryAck(f, 1), "an ack of one store's token in the other")
			other.enqueue(poke("a"))
			other.fetchOf("a")
			t.ack(f, 1)
			t.fetchWorkOf(activity("a", 1))
		},
	},
	{
		ID: "robustness/ParallelChildren", Numbers: []string{"C-304"}, Section: "4.1", Slow: true,
		Rule: "twenty children that report to one parent at once neither fail nor lose a report",
		Why:  "upstream's PostgreSQL provider deadlocked in half of such runs",
		Run: func(t *T) {
			const n = 20
			t.create("p")
			for round := range 5 {
				children := make([]*core.FetchedOrchestration, n)
				for i := range n {
					id := fmt.Sprintf("p::%d::%d", round, i)
					t.enqueue(startChild(id, "p"))
					children[i] = t.fetchOf(id)
				}
				reports := map[string]int{}
				t.Together(n+1, func(i int) {
					if i < n {
						t.ack(children[i], 1, events(started(), orchCompleted(2, "done")), full, childOf("p"),
							ended(core.StatusCompleted, "done"),
							send(item(core.SubOrchCompleted{ParentInstance: "p", ParentExecutionID: 1, ParentID: uint64(i),
								Result: "done"})))
						return
					}
					for len(reports) < n && !t.ended() {
						f, err := t.tryFetch(poll(t.timing.Poll))
						t.must(err, "fetch the parent")
						if f == nil {
							continue
						}
						for _, m := range f.Item.Messages {
							reports[m.Raw()]++
						}
						t.ack(f, 1)
					}
				})
				for raw, times := range reports {
					t.truthf(times == 1, "%s arrived %d times", raw, times)
				}
				t.none("all reports were taken")
			}
		},
	},
	{
		ID: "robustness/Chaos", Numbers: []string{"C-305"}, Section: "2.0", Slow: true, Budget: time.Minute,
		Needs: []Need{NeedAdmin},
		Rule:  "whatever dispatchers and workers do wrong, every orchestration ends with a whole history",
		Why:   "this is what the contract is for",
		Run:   func(t *T) { newChaos(t, 300).run() },
	},
	{
		ID: "robustness/LongHistory", Numbers: []string{"C-306"}, Section: "2.13", Level: LevelDuro, Slow: true,
		Rule: "a history of ten thousand events is read whole and soon",
		Why:  "a statement for each event takes seconds on a remote database",
		Run: func(t *T) {
			const n = 10_000
			t.create("a")
			ids := []uint64{1}
			for id := uint64(2); id <= n; {
				var ds []draft
				for range min(1000, n-id+1) {
					ds, ids = append(ds, scheduled(id, "A")), append(ids, id)
					id++
				}
				t.turn("a", 1, events(ds...))
			}
			t.enqueue(poke("a"))
			var es []core.Event
			t.within(t.timing.Prompt, func() { es = t.read("a") })
			t.history("a", es, ids...)
			var f *core.FetchedOrchestration
			t.within(t.timing.Prompt, func() {
				if f != nil {
					t.abandon(f)
				}
				f = t.fetchOf("a")
			})
			t.history("the item", f.Item.History, ids...)
			t.ack(f, 1)
		},
	},
}

// carry sends a text through every payload field there is, or only through one
// of each kind of value, and demands that it comes back. It returns the next
// free event id.
func (t *T) carry(text string, next uint64, everyKind bool) uint64 {
	messages := []core.WorkItem{item(core.ExternalRaised{Instance: "a", Name: "n", Data: text})}
	if everyKind {
		messages = messagesOfEveryKind("a", text)
	}
	t.enqueue(messages...)
	f := t.fetchOf("a")
	t.batch(f, messages...)
	job := item(core.ActivityExecute{Instance: "a", ExecutionID: 1, ID: next, Name: "n", Input: text})
	result := item(core.ActivityCompleted{Instance: "a", ExecutionID: 1, ID: next, Result: text})
	event := ev(next, core.ExternalEvent{Name: "n", Data: text})
	t.ack(f, 1, events(event, statusSet(next+1, text), kvSet(next+2, "k", text)), work(job), ended(core.StatusCompleted, text))
	t.hasKV("a", kv{"k": text})
	if s := t.customStatus("a", 0); s == nil || s.Status == nil || *s.Status != text {
		t.Errorf("the custom status came back changed: want %.60q", text)
	}
	if a, ok := core.Admin(t.p); ok {
		e, err := a.GetExecutionInfo(t.ctx, "a", 1)
		t.must(err, "GetExecutionInfo")
		t.truthf(e.Output != nil && *e.Output == text, "the output came back changed: want %.60q", text)
	}
	t.completeWork(t.fetchWorkOf(job), result)
	f = t.fetchOf("a")
	t.batch(f, result)
	equal(t, "the snapshot's value", f.Item.KVSnapshot["k"].Value, text)
	t.sameEvents("the fetched item", f.Item.History[len(f.Item.History)-3:len(f.Item.History)-2], event.event("a", 1))
	t.ack(f, 1)
	return next + 3
}

// badText is a text that no identifier may be.
type badText struct{ what, text string }

// badTexts are texts outside the limits.
func badTexts(least, most int) []badText {
	bad := []badText{
		{"one byte too long", strings.Repeat("x", most+1)},
		{"long in bytes, not in characters", strings.Repeat("\U0001F389", most/4+1)},
		{"with a NUL", "a\x00b"},
		{"invalid UTF-8", "a\xffb"},
	}
	if least > 0 {
		bad = append(bad, badText{"empty", ""})
	}
	return bad
}

// instanceUses are all the uses of an instance id, by what they are.
func (t *T) instanceUses(id string) map[string]func() error {
	a, ctx := t.Admin(), t.ctx
	held := func(use func(f *core.FetchedOrchestration) error) func() error {
		return func() error {
			t.enqueue(start("held"))
			f := t.fetchOf("held")
			defer t.ackAndForget(f)
			return use(f)
		}
	}
	return map[string]func() error{
		"EnqueueForOrchestrator": func() error { return t.tryEnqueue(0, start(id)) },
		"EnqueueForWorker":       func() error { return t.tryEnqueueWork(activity(id, 1)) },
		"an ack with a message":  held(func(f *core.FetchedOrchestration) error { return t.tryAck(f, 1, send(poke(id))) }),
		"an ack with an activity": held(func(f *core.FetchedOrchestration) error {
			return t.tryAck(f, 1,
				work(activity(id, 1)))
		}),
		"an ack with a parent": held(func(f *core.FetchedOrchestration) error {
			return t.tryAck(f, 1, full,
				childOf(id))
		}),
		"Read":              func() error { _, err := t.p.Read(ctx, id); return err },
		"ReadWithExecution": func() error { _, err := t.p.ReadWithExecution(ctx, id, 1); return err },
		"AppendWithExecution": func() error {
			return t.p.AppendWithExecution(ctx, id, 1,
				[]core.Event{started().event("a", 1)})
		},
		"GetCustomStatus":               func() error { _, err := t.p.GetCustomStatus(ctx, id, 0); return err },
		"GetKVValue":                    func() error { _, _, err := t.p.GetKVValue(ctx, id, "k"); return err },
		"GetKVAllValues":                func() error { _, err := t.p.GetKVAllValues(ctx, id); return err },
		"GetInstanceStats":              func() error { _, err := t.p.GetInstanceStats(ctx, id); return err },
		"ListExecutions":                func() error { _, err := a.ListExecutions(ctx, id); return err },
		"ReadHistory":                   func() error { _, err := a.ReadHistory(ctx, id); return err },
		"ReadHistoryWithExecutionID":    func() error { _, err := a.ReadHistoryWithExecutionID(ctx, id, 1); return err },
		"LatestExecutionID":             func() error { _, err := a.LatestExecutionID(ctx, id); return err },
		"GetInstanceInfo":               func() error { _, err := a.GetInstanceInfo(ctx, id); return err },
		"GetExecutionInfo":              func() error { _, err := a.GetExecutionInfo(ctx, id, 1); return err },
		"ListChildren":                  func() error { _, err := a.ListChildren(ctx, id); return err },
		"GetParentID":                   func() error { _, _, err := a.GetParentID(ctx, id); return err },
		"GetInstanceTree":               func() error { _, err := a.GetInstanceTree(ctx, id); return err },
		"DeleteInstance":                func() error { _, err := t.tryDelete(id, true); return err },
		"DeleteInstancesAtomic":         func() error { _, err := t.tryDeleteAtomic(true, "x", id); return err },
		"PruneExecutions":               func() error { _, err := a.PruneExecutions(ctx, id, core.PruneOptions{}); return err },
		"an activity with a completion": func() error { return t.completionFor(id) },
	}
}

// ackAndForget drains a batch and removes what the ack left.
func (t *T) ackAndForget(f *core.FetchedOrchestration) {
	_ = t.tryAck(f, 1)
	t.deletedAtomic(true, f.Item.Instance)
}

// completionFor acks an activity with a completion for an instance.
func (t *T) completionFor(id string) error {
	t.enqueueWork(activity("held", 1))
	w := t.fetchWork()
	err := t.tryAckWork(w.LockToken, new(completed(id, 1)))
	if err != nil {
		t.ackWork(w)
	}
	return err
}

// refusedParts uses bad KV keys, sessions, owners and tags.
func (t *T) refusedParts() {
	refuse := func(what string, err error) { t.refused(err, core.ErrInvalidArgument, what) }
	for _, bad := range badTexts(1, core.MaxIDBytes) {
		_, _, err := t.p.GetKVValue(t.ctx, "a", bad.text)
		refuse("GetKVValue with a key that is "+bad.what, err)
		t.enqueue(start("held"))
		f := t.fetchOf("held")
		refuse("setting a key that is "+bad.what, t.tryAck(f, 1, events(kvSet(1, bad.text, "v"))))
		refuse("clearing a key that is "+bad.what, t.tryAck(f, 1, events(kvCleared(1, bad.text))))
		t.ackAndForget(f)
	}
	for _, bad := range badTexts(1, core.MaxSessionBytes) {
		refuse("work of a session that is "+bad.what, t.tryEnqueueWork(ofSession(1, bad.text)))
		_, err := t.tryFetchWork(owned(bad.text, t.timing.Hold))
		refuse("fetching as an owner that is "+bad.what, err)
		_, err = t.p.RenewSessionLock(t.ctx, core.RenewSessionParams{OwnerIDs: []string{"A", bad.text}})
		refuse("renewing for an owner that is "+bad.what, err)
	}
	for _, bad := range badTexts(0, core.MaxTagBytes) {
		refuse("work with a tag that is "+bad.what, t.tryEnqueueWork(tagWork(1, &bad.text)))
		_, err := t.tryFetchWork(tagged(core.TagsOnly, "x", bad.text))
		refuse("fetching by a tag that is "+bad.what, err)
	}
}

// longestIdentifiers lives a life under an id, with the longest key, session,
// owner and tag there may be.
func (t *T) longestIdentifiers(id string) {
	long := func(n int) string { return strings.Repeat("é", n/2) + strings.Repeat("x", n%2) }
	session, tag, key := long(core.MaxSessionBytes), long(core.MaxTagBytes), long(core.MaxIDBytes)
	job := item(core.ActivityExecute{Instance: id, ExecutionID: 1, ID: 2, Name: "Work", SessionID: &session, Tag: &tag})
	plain := item(core.ActivityExecute{Instance: id, ExecutionID: 1, ID: 3, Name: "Work", Tag: new("")})
	t.create(id)
	t.turn(id, 1, events(kvSet(2, key, "v"), kvSet(3, "k", "w")), work(job, plain))
	t.hasKV(id, kv{key: "v", "k": "w"})
	t.completeWork(t.fetchWorkOf(job, owned(session, t.timing.Hold), tagged(core.TagsOnly, tag)), completed(id, 2))
	t.ackWork(t.fetchWorkOf(plain, tagged(core.TagsOnly, "")))
	t.ack(t.fetchOf(id), 1, events(orchCompleted(4, "")), ended(core.StatusCompleted, ""))
	t.stored(id, 1, 2, 3, 4)
	equal(t, "the instance id", t.info(id).InstanceID, id)
	t.deleted(id, false)
}

// openSkewed opens a handle of a process whose clock is wrong.
func (t *T) openSkewed(by time.Duration) *T {
	p, err := t.h.Skewed(t.ctx, by)
	t.must(err, "open a handle with a clock of its own")
	t.Cleanup(p.Close)
	t.Stepf("open a handle whose clock is wrong by %v", by)
	return t.On(p)
}

// consistent demands that two handles agree when a delay and a lock end.
func (t *T) consistent(id string, mine, other *T) {
	margin := t.timing.Tick / 8
	mine.enqueueAfter(t.timing.Tick, start(id))
	t.Wait(t.timing.Tick - margin)
	for _, h := range []*T{mine, other} {
		h.none("the delay is not over, whatever the clock of the process says")
	}
	t.Wait(margin)
	mine.fetchOf(id, lock(t.timing.Lock))
	t.Wait(t.timing.Lock - margin)
	other.none("the lock is not over, whatever the clock of the process says")
	t.Wait(margin)
	equal(t, "the attempt count", other.fetchOf(id).AttemptCount, 2)
}
