package conformance

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/durokit/duro/core"
)

var pollingCases = []Case{
	{
		ID: "polling/ShortPollReturnsImmediately", Numbers: []string{"C-141"}, Section: "2.0",
		Rule:  "a short-polling provider returns at once",
		Why:   "the runtime paces its polling by what the provider declares",
		Needs: []Need{NeedShortPolling},
		Run: func(t *T) {
			t.within(t.timing.ShortPoll, func() { t.none("the store is empty", poll(5*t.timing.ShortPoll)) })
		},
	},
	{
		ID: "polling/LongPollWaits", Numbers: []string{"C-142"}, Section: "2.0",
		Rule:  "a fetch that finds nothing waits the whole poll time",
		Why:   "dispatchers would spin on an idle store",
		Needs: []Need{NeedLongPolling},
		Run: func(t *T) {
			took := elapsed(func() { t.none("the store is empty", poll(t.timing.Poll)) })
			t.truthf(took >= t.timing.Poll, "the fetch returned none after %v: want it to wait %v", took, t.timing.Poll)
		},
	},
	{
		ID: "polling/UpperBound", Numbers: []string{"C-143"}, Section: "2.0", Budget: 2 * time.Second,
		Rule: "a fetch does not wait longer than its poll time",
		Why:  "a dispatcher that is shutting down waits for its fetches",
		Run: func(t *T) {
			bound := t.timing.Poll + t.timing.Overshoot
			t.within(bound, func() { t.none("the store is empty", poll(t.timing.Poll)) })
			t.within(bound, func() { t.noWork("the store is empty", poll(t.timing.Poll)) })
			t.within(t.timing.Overshoot, func() { t.none("the store is empty") })
			t.within(t.timing.Overshoot, func() { t.noWork("the store is empty") })
		},
	},
	{
		ID: "polling/ShortPollWorkReturnsImmediately", Numbers: []string{"C-144"}, Section: "2.0",
		Rule:  "a short-polling provider's work fetch returns at once",
		Why:   "the runtime paces its polling by what the provider declares",
		Needs: []Need{NeedShortPolling},
		Run: func(t *T) {
			t.within(t.timing.ShortPoll, func() { t.noWork("the store is empty", poll(5*t.timing.ShortPoll)) })
		},
	},
	{
		ID: "polling/LongPollWorkWaits", Numbers: []string{"C-145"}, Section: "2.0",
		Rule:  "a work fetch that finds nothing waits the whole poll time",
		Why:   "workers would spin on an idle store",
		Needs: []Need{NeedLongPolling},
		Run: func(t *T) {
			took := elapsed(func() { t.noWork("the store is empty", poll(t.timing.Poll)) })
			t.truthf(took >= t.timing.Poll, "the work fetch returned none after %v: want it to wait %v", took, t.timing.Poll)
		},
	},
	{
		ID: "polling/WakesOnWork", Numbers: []string{"C-146"}, Section: "2.0", Level: LevelDuro, Budget: 20 * time.Second,
		Rule:  "a waiting fetch returns soon after something becomes available, whatever makes it so, on any handle",
		Why:   "the poll time would be the latency of every step",
		Needs: []Need{NeedLongPolling, NeedSecondHandle},
		Run: func(t *T) {
			t.create("a", "b")
			for _, from := range []*T{t, t.OpenHandle()} {
				t.wakes("a message", func() { from.enqueue(poke("a")) })
				t.wakesWork("an activity", func() { from.enqueueWork(activity("a", 1)) })
				from.enqueue(poke("b"))
				f := from.fetchOf("b")
				t.wakes("an ack with a message", func() { from.ack(f, 1, send(poke("a"))) })
				from.enqueue(poke("b"))
				f = from.fetchOf("b")
				t.wakesWork("an ack with an activity", func() { from.ack(f, 1, work(activity("a", 2))) })
				from.enqueueWork(activity("a", 3))
				w := from.fetchWork()
				t.wakes("an activity's completion", func() { from.completeWork(w, completed("a", 3)) })
				from.enqueue(poke("a"))
				f = from.fetchOf("a")
				t.wakes("an abandon", func() { from.abandon(f) })
			}
			t.enqueueAfter(t.timing.Tick, poke("a"))
			t.wakes("a message whose delay ends", func() { t.Wait(t.timing.Tick) })
			t.enqueue(poke("a"))
			t.fetchOf("a", lock(t.timing.Tick))
			t.wakes("a lock that expires", func() { t.Wait(t.timing.Tick) })
			t.enqueueWork(activity("a", 4))
			t.fetchWork(lock(t.timing.Tick))
			t.wakesWork("a work lock that expires", func() { t.Wait(t.timing.Tick) })
		},
	},
	{
		ID: "polling/Cancellation", Numbers: []string{"C-147"}, Section: "2.0", Budget: 5 * time.Second,
		Rule:  "a waiting fetch ends with its context and takes nothing with it",
		Why:   "a dispatcher that shuts down must not leave an instance locked for nobody",
		Needs: []Need{NeedLongPolling},
		Run: func(t *T) {
			ctx, stop := context.WithCancel(t.ctx)
			defer stop()
			var stopped time.Time
			t.Together(2, func(i int) {
				if i == 0 {
					t.Pause(t.timing.Poll / 4) // let the other one wait first
					stopped = now()
					stop()
					return
				}
				f, err := t.fetchWithin(ctx, poll(10*t.timing.Prompt))
				t.truthf(f == nil, "the fetch returned an instance from an empty store")
				t.refused(err, core.ErrCanceled, "a fetch whose context was cancelled")
			})
			late := since(stopped)
			t.truthf(late < t.timing.Prompt, "the fetch ended %v after its context: want less than %v", late, t.timing.Prompt)
			t.enqueue(start("a"))
			equal(t, "the attempt count of the next fetch", t.fetchOf("a").AttemptCount, 1)
			for i := range 20 { // cancelled at about the moment at which something arrives
				id := name("race", i)
				ctx, stop := context.WithCancel(t.ctx)
				var got *core.FetchedOrchestration
				t.Together(3, func(who int) {
					switch who {
					case 0:
						got, _ = t.fetchWithin(ctx, poll(10*t.timing.Prompt))
					case 1:
						t.stagger()
						t.enqueue(start(id))
					case 2:
						t.stagger()
						stop()
					}
				})
				if got == nil { // perhaps claimed for the one who left: it has to come back, uncounted
					got = t.fetchOf(id, poll(t.timing.Prompt))
				}
				equal(t, "the attempt count after a cancelled fetch", got.AttemptCount, 1)
				t.ack(got, 1)
			}
		},
	},
	{
		ID: "polling/DoesNotExhaustPool", Numbers: []string{"C-148"}, Section: "2.0", Budget: 5 * time.Second,
		Rule:  "fetches that wait hold nothing that others need",
		Why:   "an idle system with more waiting dispatchers than connections would stop",
		Needs: []Need{NeedLongPolling},
		Run: func(t *T) {
			const pollers = 64
			t.enqueue(start("a"))
			t.ack(t.fetch(), 1, events(started()), full, pinned(1, 0, 0))
			ctx, stop := context.WithCancel(t.ctx)
			defer stop()
			idle := make(chan struct{})
			go func() {
				defer close(idle)
				t.Together(2*pollers, func(i int) {
					if i < pollers {
						_, _ = t.p.FetchOrchestrationItem(ctx, core.FetchOrchestrationParams{
							LockTimeout: t.timing.Hold, PollTimeout: 10 * t.timing.Prompt,
							Filter: &core.CapabilityFilter{SupportedVersions: []core.SemverRange{between("99.0.0", "99.0.0")}},
						})
						return
					}
					_, _ = t.p.FetchWorkItem(ctx, core.FetchWorkParams{
						LockTimeout: t.timing.Hold, PollTimeout: 10 * t.timing.Prompt, Tags: core.TagFilter{Mode: core.TagsOnly,
							Tags: []string{"never"}},
					})
				})
			}()
			t.Pause(t.timing.Poll / 2)
			t.within(t.timing.Prompt, func() {
				for range 10 {
					t.turn("a", 1, work(activity("a", 1)))
					t.completeWork(t.fetchWorkOf(activity("a", 1)), completed("a", 1))
					t.ack(t.fetchOf("a"), 1)
					t.stored("a", 1)
				}
			})
			stop()
			patience := time.NewTimer(t.timing.Prompt)
			defer patience.Stop()
			select {
			case <-idle:
			case <-patience.C:
				t.Errorf("waiting fetches did not end with their context")
			}
		},
	},
	{
		ID: "polling/NothingMatchesTouchesNothing", Numbers: []string{"C-149"}, Section: "2.0", Budget: 2 * time.Second,
		Rule: "a fetch that nothing can satisfy finds nothing and changes nothing",
		Why:  "a node with the wrong filter must not poison or lock what others could run",
		Run: func(t *T) {
			t.enqueue(start("a"))
			t.enqueueWork(activity("a", 1))
			t.noWork("the filter matches nothing", tagged(core.TagsNone), poll(t.timing.Poll))
			t.none("the filter matches nothing", versions(), poll(t.timing.Poll))
			equal(t, "the attempt count", t.fetchOf("a").AttemptCount, 1)
			equal(t, "the activity's attempt count", t.fetchWork().AttemptCount, 1)
		},
	},
}

func elapsed(f func()) time.Duration {
	begin := now()
	f()
	return since(begin)
}

// within demands that f ends in time, once of three times: a busy machine may
// hold up anybody once.
func (t *T) within(bound time.Duration, f func()) {
	var took time.Duration
	for range 3 {
		if took = elapsed(f); took < bound {
			return
		}
	}
	t.Errorf("took %v, three times over: want less than %v", took, bound)
}

// wakes demands that an instance's waiting fetch returns soon after cause.
func (t *T) wakes(what string, cause func()) {
	t.wake(what, cause, func() bool {
		f, err := t.tryFetch(poll(10 * t.timing.Prompt))
		t.must(err, "a fetch that waits for "+what)
		if f != nil {
			t.ack(f, 1)
		}
		return f != nil
	})
}

// wakesWork is wakes for a work fetch.
func (t *T) wakesWork(what string, cause func()) {
	t.wake(what, cause, func() bool {
		w, err := t.tryFetchWork(poll(10 * t.timing.Prompt))
		t.must(err, "a work fetch that waits for "+what)
		if w != nil {
			t.ackWork(w)
		}
		return w != nil
	})
}

func (t *T) wake(what string, cause func(), fetch func() bool) {
	t.Stepf("wait for %s", what)
	var caused atomic.Int64
	t.Together(2, func(i int) {
		if i == 0 {
			t.Pause(t.timing.Poll / 4) // let the other one wait first
			cause()
			caused.Store(now().UnixNano())
			return
		}
		if !fetch() {
			t.Fatalf("a waiting fetch did not see %s", what)
		}
		if at := caused.Load(); at != 0 {
			late := time.Duration(now().UnixNano() - at)
			t.truthf(late < t.timing.Prompt, "a waiting fetch saw %s after %v: want less than %v", what, late, t.timing.Prompt)
		}
	})
}
