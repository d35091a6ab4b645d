package engine

import (
	"slices"
	"sort"
	"time"

	"github.com/durokit/duro/core"
)

// group is the callers that one claim can serve, first come first served. The
// waiting room's mutex guards it.
type group struct {
	claimer
	name    string    // the claimer's key
	waiters []*waiter // by since
	// busy says that a round is under way; there is at most one.
	busy bool
	// dirty says that a claim might find something.
	dirty bool
	// due is when the next known row becomes claimable, in store time.
	due int64
	// early: the round under way tells nobody that there is none, see claims.
	early bool
	// empty: the last round left nothing to claim.
	empty bool
	// seen is the host's time when the store last told what there is.
	seen time.Time
	// asked: somebody wants a look.
	asked bool
	// deserted: nobody waited when the room was last swept.
	deserted bool
	// short: the last round found less than it was asked for.
	short bool
	// tries counts claims in a row that found nothing where something seems to be.
	tries int
	// began and ended are the host's times of the last round, rested when the next one
	// may begin.
	began, ended, rested time.Time
}

// claimed is what a round found.
type claimed struct {
	items []any
	// now is the clock reading the round went by.
	now int64
	// due is the next known time for this group.
	due int64
	// more says that there is claimable work the round did not get, progress that
	// it nevertheless brought it nearer.
	more, progress bool
}

// Claims that find less than there seems to be are repeated: at once when they made
// progress, else when this process has committed what may have been in the way, or
// after a pause, longer each time, and not for ever (rule 3).
const (
	maxTries  = 10
	tryPause  = 2 * time.Millisecond
	longPause = 32 * time.Millisecond
	tryRest   = 100 * time.Millisecond // what cannot be had for so long is somebody else's
)

// take starts a round at now: for at most n of those who are here by then.
func (g *group) take(now int64, n int) []*waiter {
	here := sort.Search(len(g.waiters), func(i int) bool { return g.waiters[i].since > now })
	n = min(n, here)
	if n == 0 {
		return nil
	}
	taken := g.waiters[:n:n]
	// The round's answer is not for those who came later.
	g.dirty = slices.ContainsFunc(g.waiters[here:], func(w *waiter) bool { return w.last })
	g.waiters = g.waiters[n:]
	g.busy, g.due, g.began = true, Never, after(0)
	return taken
}

// restFactor is how much longer than a claim a group rests at most before the next
// one. A claim costs much the same whether it finds one row or thirty, so that a
// store is busiest with claims when each finds what has come since the last.
const restFactor = 3

// pace ends a round that asked for a number of rows: the fewer of them it found, the
// longer the group rests. Where claims are far apart they may find as little as they
// like, and nobody waits for the next one.
func (g *group) pace(asked, found int) {
	took, apart := after(0).Sub(g.began), g.began.Sub(g.ended)
	if g.ended = after(0); apart > restFactor*took {
		return
	}
	missed := float64(max(asked-found, 0)) / float64(asked)
	g.rested = g.ended.Add(time.Duration(restFactor * missed * float64(took)))
}

// resting is how long the group still rests. It does not while anybody waits for no
// more than the next claim.
func (g *group) resting() time.Duration {
	if slices.ContainsFunc(g.waiters, func(w *waiter) bool { return w.last }) {
		return 0
	}
	return max(g.rested.Sub(after(0)), 0)
}

// rejoin ends a round: whoever was taken for it is at the head again.
func (g *group) rejoin(taken []*waiter) {
	g.busy = false
	all := make([]*waiter, 0, len(taken)+len(g.waiters))
	for _, w := range taken {
		if !w.gone {
			all = append(all, w)
		}
	}
	g.waiters = append(all, g.waiters...)
}

// hand serves the first in line; it reports whether there was one.
func (g *group) hand(item any) bool {
	if len(g.waiters) == 0 {
		return false
	}
	g.waiters[0].served <- served{item: item}
	g.waiters = g.waiters[1:]
	return true
}

// decide says after a round, which asked for a number of rows, when the next one
// is worth while.
func (g *group) decide(asked int, c claimed, now int64) {
	g.short, g.seen = len(c.items) < asked, after(0)
	g.tries++
	if !c.more || c.progress || len(c.items) > 0 {
		g.tries = 0
	}
	g.empty = !c.more && c.due > c.now
	switch {
	case c.more && g.tries == 0:
		g.dirty = true
	case c.more && g.tries <= maxTries:
		c.due = now + min(tryPause<<(g.tries-1), longPause).Milliseconds()
	default:
		g.tellNone(c.now)
		if c.due <= c.now { // it seems claimable, and cannot be had
			c.due = now + tryRest.Milliseconds()
		}
	}
	g.due = min(g.due, c.due)
}

// freshFor is how long what the store said holds for a fetch that joins and can
// wait: less than a poll, so that what another process makes is still seen within
// one, and enough for the callers of a busy process not to ask for each other.
const freshFor = 50 * time.Millisecond

// fresh reports whether who joins and can wait is served by what is under way, or
// has nothing to gain from asking again.
func (g *group) fresh(now int64) bool {
	return g.busy || g.calm(now) && after(0).Sub(g.seen) < freshFor
}

// calm reports whether a claim would most likely find nothing at now.
func (g *group) calm(now int64) bool { return g.empty && !g.dirty && !g.busy && g.due > now }

// tellNone tells those who wait no longer that there was none at now. After an
// early round they get another one.
func (g *group) tellNone(now int64) {
	if g.early {
		g.dirty = g.dirty || slices.ContainsFunc(g.waiters, func(w *waiter) bool { return w.last })
		return
	}
	g.dismiss(func(w *waiter) bool { return w.since <= now })
}

// dismiss tells those that there is none whom it concerns and who wait no longer.
func (g *group) dismiss(concerns func(*waiter) bool) {
	g.waiters = slices.DeleteFunc(g.waiters, func(w *waiter) bool {
		done := w.last && concerns(w)
		if done {
			w.served <- served{}
		}
		return done
	})
}

// turnAway ends everybody's waiting.
func (g *group) turnAway() {
	for _, w := range g.waiters {
		w.served <- served{err: core.Errorf("Close", core.ErrUnavailable, "the provider is closing")}
	}
	g.waiters = nil
}
