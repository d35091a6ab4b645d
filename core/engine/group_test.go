package engine

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/durokit/duro/core"
)

// standClock stands still until it is set.
type standClock struct{ at atomic.Int64 }

func (c *standClock) NowMillis() int64       { return c.at.Load() }
func (*standClock) Ahead() int64             { return 0 }
func (*standClock) OnJump(func()) (f func()) { return func() {} }

// newTestRoom makes a waiting room whose lane nobody runs: the test claims.
func newTestRoom(t *testing.T) (*waitingRoom, *standClock) {
	t.Helper()
	clock := &standClock{}
	clock.at.Store(1000)
	e := &Engine{d: &Dialect{SingleWriter: true}, clock: newStoreClock(clock), closing: make(chan struct{})}
	e.opts = Options{Clock: clock}.withDefaults(&Dialect{Name: "test"})
	e.lanes = []*lane{newLane(e, true, true)}
	e.waiting = newWaitingRoom(e)
	return e.waiting, clock
}

// fakeClaim wants items of one kind; fakeRound takes what it is given.
type fakeClaim struct{ name string }

func (c fakeClaim) key() string          { return c.name }
func (c fakeClaim) orchestrations() bool { return true }
func (c fakeClaim) interests() []interest {
	return []interest{{kind: LookInstances, owner: c.name}}
}
func (c fakeClaim) round(g *group, taken []*waiter, now int64) round {
	return &fakeRound{g: g, taken: taken, now: now}
}

type fakeRound struct {
	g     *group
	taken []*waiter
	now   int64
}

func (*fakeRound) calls(int64, int) []Call        { return nil }
func (*fakeRound) finish(int64, []Result)         {}
func (*fakeRound) found([]Result) int             { return 0 }
func (*fakeRound) fail(error)                     {}
func (r *fakeRound) members() (*group, []*waiter) { return r.g, r.taken }

// joined adds waiters to a group. They are not goroutines: the test looks into
// their channels.
func joined(t *testing.T, r *waitingRoom, n int, last bool) (*group, []*waiter) {
	t.Helper()
	var g *group
	ws := make([]*waiter, n)
	for i := range ws {
		ws[i] = &waiter{served: make(chan served, 1), last: last}
		var err error
		if g, err = r.join("op", fakeClaim{"g"}, ws[i]); err != nil {
			t.Fatal(err)
		}
	}
	return g, ws
}

// answers says what each waiter has got: "item", "none", an error, or "waits".
func answers(ws []*waiter) []string {
	all := make([]string, len(ws))
	for i, w := range ws {
		select {
		case s := <-w.served:
			switch {
			case s.err != nil:
				all[i] = s.err.Error()
			case s.item != nil:
				all[i] = fmt.Sprint(s.item)
			default:
				all[i] = "none"
			}
		default:
			all[i] = "waits"
		}
	}
	return all
}

// claim takes the one round there is to do now.
func claim(t *testing.T, r *waitingRoom) *fakeRound {
	t.Helper()
	rounds := r.rounds(claims{now: r.e.clock.now()})
	if len(rounds) != 1 {
		t.Fatalf("%d rounds to do, want 1", len(rounds))
	}
	rd, _ := rounds[0].(*fakeRound)
	return rd
}

func wantNoRound(t *testing.T, r *waitingRoom, why string) {
	t.Helper()
	if rounds := r.rounds(claims{now: r.e.clock.now()}); len(rounds) != 0 {
		t.Errorf("%d rounds to do, want none: %s", len(rounds), why)
	}
}

func (r *waitingRoom) end(rd *fakeRound, c claimed) {
	c.now = rd.now
	r.settle(rd.g, rd.taken, c)
}

func TestARoundServesInOrder(t *testing.T) {
	t.Parallel()
	r, _ := newTestRoom(t)
	_, ws := joined(t, r, 3, false)
	rd := claim(t, r)
	r.end(rd, claimed{items: []any{"x", "y"}, due: Never})
	if diff := cmp.Diff([]string{"x", "y", "waits"}, answers(ws)); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
	wantNoRound(t, r, "the third found nothing")
	r.signal(true, false)
	r.end(claim(t, r), claimed{items: []any{"z"}, due: Never})
	if diff := cmp.Diff([]string{"z"}, answers(ws[2:])); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
	wantForgotten(t, r)
}

// TestARoundThatFindsLittleIsFollowedByARest where claims have a lane of their own and
// follow each other closely; but not for those who wait no longer, and not where all
// were served.
func TestARoundThatFindsLittleIsFollowedByARest(t *testing.T) {
	t.Parallel()
	r, _ := newTestRoom(t)
	r.e.d = &Dialect{}
	const took = time.Hour
	round := func(apart time.Duration, found ...any) *group {
		rd := claim(t, r)
		rd.g.began = rd.g.began.Add(-took)
		rd.g.ended = rd.g.began.Add(-apart)
		r.end(rd, claimed{items: found, due: Never})
		r.signal(true, false)
		return rd.g
	}
	joined(t, r, 5, false)
	if g := round(restFactor*took+time.Minute, "a"); g.resting() > 0 {
		t.Error("a round long after the last one is followed by a rest")
	}
	g := round(restFactor*took-time.Minute, "b", "c", "d")
	if rest := g.resting().Round(time.Minute); rest != restFactor*took/4 {
		t.Errorf("one of four who found nothing brings a rest of %v", rest)
	}
	wantNoRound(t, r, "the group rests")
	if wait := r.untilDue().Round(time.Minute); wait != restFactor*took/4 {
		t.Errorf("the lane is to look again in %v", wait)
	}
	joined(t, r, 1, true)
	if round(0, "e", "f").resting() > 0 {
		t.Error("a round that served all is followed by a rest")
	}
	joined(t, r, 1, false)
	claim(t, r)
}

// wantForgotten demands that nobody waits, and that this is noticed.
func wantForgotten(t *testing.T, r *waitingRoom) {
	t.Helper()
	r.sweep()
	r.sweep()
	if len(r.groups) != 0 {
		t.Errorf("%d groups are kept without waiters", len(r.groups))
	}
}

// TestAnEarlyRoundTellsNobodyNone: what the writes behind it make may serve those
// who wait no longer, so they get another claim at once. Others wait as before.
func TestAnEarlyRoundTellsNobodyNone(t *testing.T) {
	t.Parallel()
	for _, last := range []bool{true, false} {
		r, _ := newTestRoom(t)
		_, ws := joined(t, r, 2, last)
		rounds := r.rounds(claims{now: r.e.clock.now(), early: true})
		if len(rounds) != 1 {
			t.Fatalf("%d rounds, want 1", len(rounds))
		}
		rd, _ := rounds[0].(*fakeRound)
		r.end(rd, claimed{items: []any{"x"}, due: Never})
		if diff := cmp.Diff([]string{"x", "waits"}, answers(ws)); diff != "" {
			t.Errorf("last %t: answers (-want +got):\n%s", last, diff)
		}
		if !last {
			wantNoRound(t, r, "nobody has to be told")
			continue
		}
		r.end(claim(t, r), claimed{due: Never})
		if diff := cmp.Diff([]string{"none"}, answers(ws[1:])); diff != "" {
			t.Errorf("answers (-want +got):\n%s", diff)
		}
	}
}

// lookFor takes the one group that wants a look.
func lookFor(t *testing.T, r *waitingRoom) map[*group][]interest {
	t.Helper()
	groups := r.interests(func(g *group) bool { return g.asked })
	if len(groups) != 1 {
		t.Fatalf("%d groups want a look, want 1", len(groups))
	}
	return groups
}

// found is a look's finding about the one group.
func found(groups map[*group][]interest, due int64) map[interest]int64 {
	all := map[interest]int64{}
	for _, is := range groups {
		for _, in := range is {
			all[in] = due
		}
	}
	return all
}

// TestAGroupKnownToHaveNothingLooksBeforeItClaims: a look that finds nothing is an
// answer for those who were there when it began, and one that finds something
// makes a claim.
func TestAGroupKnownToHaveNothingLooksBeforeItClaims(t *testing.T) {
	t.Parallel()
	r, clock := newTestRoom(t)
	now := clock.at.Load()
	joined(t, r, 1, false)
	r.end(claim(t, r), claimed{due: Never})

	_, there := joined(t, r, 1, true)
	wantNoRound(t, r, "a look comes first")
	groups := lookFor(t, r)
	_, late := joined(t, r, 1, true)
	r.looked(groups, found(groups, now+500), now)
	if diff := cmp.Diff([]string{"none", "waits"}, answers(append(there, late...))); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
	if d := r.untilDue(); d != 500*time.Millisecond {
		t.Errorf("sleeps %v, want until what the look has seen", d)
	}

	groups = lookFor(t, r)
	r.looked(groups, found(groups, now), now)
	r.end(claim(t, r), claimed{items: []any{"x", "y"}, due: Never})
	if diff := cmp.Diff([]string{"y"}, answers(late)); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
	wantForgotten(t, r)
}

// TestALookBesideAClaimSaysNothing: what is made while a look is under way is the
// claim's to tell.
func TestALookBesideAClaimSaysNothing(t *testing.T) {
	t.Parallel()
	r, clock := newTestRoom(t)
	now := clock.at.Load()
	joined(t, r, 1, false)
	r.end(claim(t, r), claimed{due: Never})
	_, last := joined(t, r, 1, true)
	groups := lookFor(t, r)
	r.signal(true, false)
	r.looked(groups, found(groups, Never), now)
	rd := claim(t, r)
	r.looked(groups, found(groups, Never), now)
	if diff := cmp.Diff([]string{"waits"}, answers(last)); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
	r.end(rd, claimed{items: []any{"x", "y"}, due: Never})
	if diff := cmp.Diff([]string{"y"}, answers(last)); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
}

// TestWritesReachGroupsInWhichNobodyWaits: the next who joins claims at once.
func TestWritesReachGroupsInWhichNobodyWaits(t *testing.T) {
	t.Parallel()
	r, _ := newTestRoom(t)
	joined(t, r, 1, true)
	r.end(claim(t, r), claimed{due: Never})
	if rounds := r.rounds(claims{now: r.e.clock.now(), messages: true}); len(rounds) != 0 {
		t.Fatalf("%d rounds for nobody", len(rounds))
	}
	_, ws := joined(t, r, 1, true)
	r.end(claim(t, r), claimed{items: []any{"x"}, due: Never})
	if diff := cmp.Diff([]string{"x"}, answers(ws)); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
}

// TestNoneIsSaidToWhoeverWasThere: beyond the round's members too, but not to
// those who came after its clock reading.
func TestNoneIsSaidToWhoeverWasThere(t *testing.T) {
	t.Parallel()
	r, clock := newTestRoom(t)
	_, there := joined(t, r, 100, true)
	clock.at.Store(2000)
	rounds := r.rounds(claims{now: 1500})
	if len(rounds) != 1 {
		t.Fatalf("%d rounds, want 1", len(rounds))
	}
	_, late := joined(t, r, 1, true)
	rd, _ := rounds[0].(*fakeRound)
	if len(rd.taken) != 64 {
		t.Errorf("the round is for %d, want 64", len(rd.taken))
	}
	r.end(rd, claimed{due: Never})
	for i, a := range answers(there) {
		if a != "none" {
			t.Fatalf("waiter %d got %q, want none", i, a)
		}
	}
	if got := answers(late)[0]; got != "waits" {
		t.Errorf("the late one got %q, want to wait for a claim of his own", got)
	}
	r.end(claim(t, r), claimed{due: Never})
	if got := answers(late)[0]; got != "none" {
		t.Errorf("the late one got %q, want none", got)
	}
}

// TestManyWaitersDoNotSpin: who waits beyond a round's size does not make the
// next one worth while.
func TestManyWaitersDoNotSpin(t *testing.T) {
	t.Parallel()
	r, _ := newTestRoom(t)
	joined(t, r, 200, false)
	r.end(claim(t, r), claimed{due: Never})
	wantNoRound(t, r, "there was nothing for anybody")
	r.signal(true, false)
	full := make([]any, 64)
	for i := range full {
		full[i] = i
	}
	r.end(claim(t, r), claimed{items: full, due: Never, more: true})
	r.end(claim(t, r), claimed{items: full[:10], due: Never})
	wantNoRound(t, r, "the last round left nothing")
}

// TestWhatSeemsThereIsTriedAgainButNotForEver: with pauses, longer each time, then
// seldom; and who does not wait is told none only then.
func TestWhatSeemsThereIsTriedAgainButNotForEver(t *testing.T) {
	t.Parallel()
	r, clock := newTestRoom(t)
	_, waits := joined(t, r, 1, false)
	_, last := joined(t, r, 1, true)
	gone := int64(0)
	rounds := 0
	for ; len(last[0].served) == 0; rounds++ {
		if rounds > 100 {
			t.Fatal("100 rounds, and the fetch that does not wait has no answer")
		}
		for len(r.groups) > 0 && r.groups["g"].due > clock.at.Load() && !r.groups["g"].dirty {
			clock.at.Add(1)
			gone++
		}
		rd := claim(t, r)
		r.end(rd, claimed{due: rd.now, more: true})
	}
	if rounds < 5 || gone < 100 || gone > 400 {
		t.Errorf("none after %d rounds in %d ms, want some, with pauses between them", rounds, gone)
	}
	for range 3 { // who waits goes on, slowly
		wantNoRound(t, r, "it has just been tried")
		clock.at.Add(tryRest.Milliseconds())
		rd := claim(t, r)
		r.end(rd, claimed{due: rd.now, more: true})
	}
	clock.at.Add(tryRest.Milliseconds())
	r.end(claim(t, r), claimed{items: []any{"x"}, due: Never, more: true})
	if got := answers(waits)[0]; got != "x" {
		t.Errorf("who waited got %q, want the item", got)
	}
}

// TestProgressIsNoFailure: rows are made ready a few at a time, and what this
// group wants may be behind a great many others.
func TestProgressIsNoFailure(t *testing.T) {
	t.Parallel()
	r, _ := newTestRoom(t)
	_, last := joined(t, r, 1, true)
	for range 10 * maxTries {
		rd := claim(t, r) // at once
		r.end(rd, claimed{due: rd.now, more: true, progress: true})
	}
	r.end(claim(t, r), claimed{items: []any{"x"}, due: Never})
	if got := answers(last)[0]; got != "x" {
		t.Errorf("got %q, want the item", got)
	}
}

func TestADueTimeMakesARound(t *testing.T) {
	t.Parallel()
	r, clock := newTestRoom(t)
	joined(t, r, 1, false)
	r.end(claim(t, r), claimed{due: 1500})
	if d := r.untilDue(); d != 500*time.Millisecond {
		t.Errorf("sleeps %v, want 500ms", d)
	}
	clock.at.Store(1499)
	wantNoRound(t, r, "nothing is due")
	clock.at.Store(1500)
	rd := claim(t, r)
	clock.at.Store(1600) // by the time the claim ends, the next is due already
	r.end(rd, claimed{due: 1550})
	r.end(claim(t, r), claimed{due: Never})
	if d := r.untilDue(); d != time.Hour {
		t.Errorf("sleeps %v with nothing due, want an hour", d)
	}
}

// TestSignalsDuringARoundAreKept: for those who go on waiting, even when nobody
// else is in the group meanwhile.
func TestSignalsDuringARoundAreKept(t *testing.T) {
	t.Parallel()
	r, _ := newTestRoom(t)
	g, ws := joined(t, r, 2, false)
	rd := claim(t, r)
	r.leave(g, ws[0])
	r.signal(true, false)
	r.end(rd, claimed{due: Never})
	r.end(claim(t, r), claimed{items: []any{"x"}, due: Never})
	if got := answers(ws)[1]; got != "x" {
		t.Errorf("got %q, want the item", got)
	}
}

func TestAFailureIsToldToTheRoundOnly(t *testing.T) {
	t.Parallel()
	r, _ := newTestRoom(t)
	_, ws := joined(t, r, 65, false)
	rd := claim(t, r)
	ws[0].gone = true
	r.fail(rd.g, rd.taken, core.ErrUnavailable)
	got := answers(ws)
	want := append([]string{"waits"}, slices.Repeat([]string{core.ErrUnavailable.Error()}, 63)...)
	if diff := cmp.Diff(append(want, "waits"), got); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
	r.fail(rd.g, claim(t, r).taken, core.ErrUnavailable) // the 65th has a claim of his own
	wantForgotten(t, r)
}

// TestTheEndOfTheRoom: everybody is told, once, whether a round is under way or not.
func TestTheEndOfTheRoom(t *testing.T) {
	t.Parallel()
	r, _ := newTestRoom(t)
	_, ws := joined(t, r, 70, true)
	rd := claim(t, r)
	r.close()
	r.end(rd, claimed{items: []any{"x"}, due: Never})
	for i, got := range answers(ws) {
		if (i == 0) != (got == "x") || got == "waits" || got == "none" {
			t.Errorf("waiter %d got %q", i, got)
		}
	}
	if _, err := r.wait(t.Context(), "op", fakeClaim{"g"}, 0); core.CodeOf(err) != core.ErrUnavailable {
		t.Errorf("a fetch after the end got %v, want unavailable", err)
	}
	wantForgotten(t, r)
}

// TestEveryItemGoesToOneCaller: many who come and go, and a claim that finds
// fewer, more or as many as there are. Everything is either received, or given
// back; nobody hangs.
func TestEveryItemGoesToOneCaller(t *testing.T) {
	t.Parallel()
	r, _ := newTestRoom(t)
	const callers, items = 16, 1500
	var received, made atomic.Int64
	var wg sync.WaitGroup
	for range callers {
		wg.Go(func() {
			for made.Load() < items {
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(rand.IntN(400))*time.Microsecond)
				got, err := r.wait(ctx, "op", fakeClaim{strconv.Itoa(rand.IntN(2))}, time.Duration(rand.IntN(2000))*time.Microsecond)
				if got != nil && err == nil {
					received.Add(1)
				}
				cancel()
			}
		})
	}
	done := make(chan struct{})
	go func() {
		wg.Wait()
		close(done)
	}()
	for over := false; !over; {
		select {
		case <-done:
			over = true
		case <-r.e.lanes[0].wake:
		case <-time.NewTimer(time.Millisecond).C:
		}
		for _, rd := range r.rounds(claims{now: r.e.clock.now(), messages: rand.IntN(2) == 0, early: rand.IntN(2) == 0}) {
			g, taken := rd.members()
			c := claimed{now: r.e.clock.now(), due: Never}
			for range rand.IntN(len(taken) + 1) {
				c.items = append(c.items, &claimedWork{row: Row{made.Add(1), int64(1), nil, nil}})
			}
			r.settle(g, taken, c)
		}
	}
	l := r.e.lanes[0]
	if back := int64(len(l.queue)); received.Load()+back != made.Load() {
		t.Errorf("%d items: %d received, %d given back", made.Load(), received.Load(), back)
	}
	wantForgotten(t, r)
}

// TestClaimsOfOneKindShareAGroup: and no others.
func TestClaimsOfOneKindShareAGroup(t *testing.T) {
	t.Parallel()
	work := func(lock time.Duration, s *core.SessionFetch, mode core.TagMode, tags ...string) string {
		return newWorkClaim(&Engine{}, core.FetchWorkParams{
			LockTimeout: lock, Session: s, Tags: core.TagFilter{Mode: mode, Tags: tags},
		}).key()
	}
	instances := func(lock int64, filter *core.CapabilityFilter) string {
		return orchestrationClaim{lockMS: lock, filter: filter}.key()
	}
	versions := func(lowest, highest uint64) *core.CapabilityFilter {
		return &core.CapabilityFilter{SupportedVersions: []core.SemverRange{
			{Min: core.Semver{Major: lowest}, Max: core.Semver{Major: highest}},
		}}
	}
	same := [][]string{
		{work(1, nil, core.TagsOnly, "a", "b"), work(1, nil, core.TagsOnly, "b", "a", "b"), work(time.Millisecond, nil, core.TagsOnly, "a", "b")},
		{work(1, nil, core.TagsDefaultOnly), work(1, nil, core.TagsDefaultOnly, "ignored")},
		{work(1, nil, core.TagsAny), work(1, nil, core.TagsAny, "ignored")},
		{work(1, nil, core.TagsDefaultAnd, "a", "b")}, {work(1, nil, core.TagsDefaultAnd, "")}, {work(1, nil, core.TagsDefaultAnd)},
		{work(1, nil, core.TagsOnly, "a|b")}, {work(1, nil, core.TagsOnly, "")}, {work(1, nil, core.TagsOnly)},
		{work(2*time.Millisecond, nil, core.TagsDefaultOnly)},
		{work(1, &core.SessionFetch{OwnerID: "o"}, core.TagsDefaultOnly)},
		{work(1, &core.SessionFetch{OwnerID: "o\"1"}, core.TagsDefaultOnly)},
		{work(1, &core.SessionFetch{OwnerID: "o", LockTimeout: 1}, core.TagsDefaultOnly)},
		{work(1, &core.SessionFetch{OwnerID: "o", LockTimeout: 2 * time.Millisecond}, core.TagsDefaultOnly)},
		{instances(1, nil)}, {instances(2, nil)}, {instances(1, versions(1, 2))}, {instances(1, versions(1, 3))},
	}
	seen := map[string]int{}
	for i, keys := range same {
		for _, k := range keys {
			if of, ok := seen[k]; ok && of != i {
				t.Errorf("claims of kind %d and %d share the group %q", of, i, k)
			}
			seen[k] = i
		}
		if len(slices.Compact(keys)) != 1 {
			t.Errorf("claims of kind %d are in groups %q", i, keys)
		}
	}
}
