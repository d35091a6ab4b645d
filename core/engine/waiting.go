package engine

import (
	"context"
	"sync"
	"time"

	"github.com/durokit/duro/core"
)

// waitingRoom holds the callers of fetches until a lane's claim serves them.
// Callers that would accept the same rows wait in one group.
type waitingRoom struct {
	e       *Engine
	mu      sync.Mutex
	groups  map[string]*group
	changed chan struct{} // holds one: watch looks again
	closed  bool
	unhook  func()
}

// group is the callers that one claim can serve, first come first served.
type group struct {
	claimer
	waiters []*waiter
	// dirty says that a claim might find something.
	dirty bool
	// due is when the next known row becomes claimable, in store time.
	due int64
	// tries counts claims in a row that found less than there seems to be.
	tries int
}

// claimer is what a group claims.
type claimer interface {
	// key is equal for fetches that accept the same rows on the same terms.
	key() string
	// orchestrations tells the two queues apart.
	orchestrations() bool
	// round starts a claim for these waiters of the group, at now.
	round(g *group, taken []*waiter, now int64) round
}

// round is one claim for a group, inside one transaction.
type round interface {
	// calls returns the claim's calls; base is how many precede them.
	calls(now int64, base int) []Call
	// finish takes the results, from the round's own calls on, after the commit.
	finish(now int64, results []Result)
	// fail tells the waiters why there is no result.
	fail(err error)
	// members returns the group and the waiters taken from it.
	members() (*group, []*waiter)
}

// waiter is one waiting fetch.
type waiter struct {
	served chan served // holds one
	// since is when he came, in store time: a claim with an older clock reading
	// cannot tell him that there is none.
	since int64
	// last: the next claim decides; there is no more waiting.
	last bool
	// gone: the caller has left; what is claimed for him goes to somebody else.
	gone bool
}

// served is what a waiter gets: a claimed row, an error, or neither for "none".
type served struct {
	item any
	err  error
}

func newWaitingRoom(e *Engine) *waitingRoom {
	r := &waitingRoom{e: e, groups: map[string]*group{}, changed: make(chan struct{}, 1)}
	r.unhook = e.opts.Clock.OnJump(func() { r.signal(true, true) })
	return r
}

// wait returns what a claim of c gives this caller, nil when nothing came within
// poll.
func (r *waitingRoom) wait(ctx context.Context, op string, c claimer, poll time.Duration) (any, error) {
	w := &waiter{served: make(chan served, 1), last: poll <= 0}
	if err := r.join(op, c, w); err != nil {
		return nil, err
	}
	var over <-chan time.Time
	if !w.last {
		timer := time.NewTimer(poll)
		defer timer.Stop()
		over = timer.C
	}
	for {
		select {
		case s := <-w.served:
			if s.err != nil {
				return nil, r.e.told(op, s.err, "claim")
			}
			return s.item, nil
		case <-over:
			r.lastCall(c, w)
		case <-ctx.Done():
			r.leave(c, w)
			return nil, core.AsProviderError(op, ctx.Err())
		}
	}
}

func (r *waitingRoom) join(op string, c claimer, w *waiter) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return core.Errorf(op, core.ErrUnavailable, "the provider is closed")
	}
	g := r.groups[c.key()]
	if g == nil {
		g = &group{claimer: c, due: Never}
		r.groups[c.key()] = g
	}
	w.since = r.e.clock.now()
	g.waiters = append(g.waiters, w)
	g.dirty = true
	r.e.kickClaims()
	return nil
}

// lastCall gives a waiter whose time is up one more claim.
func (r *waitingRoom) lastCall(c claimer, w *waiter) {
	r.mu.Lock()
	defer r.mu.Unlock()
	w.last = true
	if g := r.groups[c.key()]; g != nil {
		g.dirty = true
	}
	r.e.kickClaims()
}

// leave takes a waiter out whose caller has gone. What was claimed for him is
// passed on.
func (r *waitingRoom) leave(c claimer, w *waiter) {
	r.mu.Lock()
	w.gone = true
	if g := r.groups[c.key()]; g != nil {
		for i, other := range g.waiters {
			if other == w {
				g.waiters = append(g.waiters[:i], g.waiters[i+1:]...)
				break
			}
		}
		r.forget(g)
	}
	r.mu.Unlock()
	select {
	case s := <-w.served:
		if s.item != nil {
			r.passOn(c, s.item)
		}
	default:
	}
}

// passOn gives a claimed row to the next compatible waiter, else back to the queue.
func (r *waitingRoom) passOn(c claimer, item any) {
	r.mu.Lock()
	g := r.groups[c.key()]
	if g != nil && r.hand(g, item) {
		r.mu.Unlock()
		return
	}
	r.mu.Unlock()
	r.e.giveBack(item)
}

// hand serves the first waiter in line; it reports whether there was one.
func (r *waitingRoom) hand(g *group, item any) bool {
	for len(g.waiters) > 0 {
		w := g.waiters[0]
		g.waiters = g.waiters[1:]
		if !w.gone {
			w.served <- served{item: item}
			r.forget(g)
			return true
		}
	}
	r.forget(g)
	return false
}

// forget drops a group nobody waits in.
func (r *waitingRoom) forget(g *group) {
	if len(g.waiters) == 0 && r.groups[g.key()] == g {
		delete(r.groups, g.key())
	}
}

// rounds starts a claim for every group that may find something. messages and
// work say what the transaction around the claims has just made.
func (r *waitingRoom) rounds(now int64, messages, work bool) []round {
	r.mu.Lock()
	defer r.mu.Unlock()
	var rounds []round
	for _, g := range r.groups {
		made := work
		if g.orchestrations() {
			made = messages
		}
		if len(g.waiters) == 0 || !(g.dirty || made || g.due <= now) {
			continue
		}
		n := min(g.hereAt(now), r.e.opts.BatchMembers)
		if n == 0 { // all came after the clock was read
			r.e.kickClaims()
			continue
		}
		taken := g.waiters[:n:n]
		g.waiters = g.waiters[n:]
		g.dirty = len(g.waiters) > 0
		g.due = Never
		rounds = append(rounds, g.round(g, taken, now))
	}
	return rounds
}

// hereAt is how many waiters, from the head on, were here at a time.
func (g *group) hereAt(now int64) int {
	for i, w := range g.waiters {
		if w.since > now {
			return i
		}
	}
	return len(g.waiters)
}

// putBack undoes rounds that did not run.
func (r *waitingRoom) putBack(rounds []round) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, rd := range rounds {
		g, taken := rd.members()
		r.rejoin(g, taken)
		r.groups[g.key()].dirty = true
	}
	r.e.kickClaims()
}

// rejoin puts waiters back at the head of their group, which may have been
// forgotten or made anew meanwhile.
func (r *waitingRoom) rejoin(g *group, taken []*waiter) *group {
	if current := r.groups[g.key()]; current != nil {
		g = current
	} else {
		r.groups[g.key()] = g
	}
	g.waiters = append(append([]*waiter{}, taken...), g.waiters...)
	return g
}

// claimed is what a round found.
type claimed struct {
	items []any
	// due is the next known time for this group.
	due int64
	// more says that there is claimable work the round did not get.
	more bool
}

// Claims that find less than there seems to be are repeated: at once while they
// make progress, then with short pauses, and not for ever (rule 3).
const (
	maxTries   = 50
	tryPause   = time.Millisecond
	tryPausing = 5
)

// settle hands a round's rows out and decides who goes on waiting.
func (r *waitingRoom) settle(g *group, taken []*waiter, c claimed) {
	r.mu.Lock()
	var waiting []*waiter
	rest := c.items
	for _, w := range taken {
		switch {
		case w.gone:
		case len(rest) > 0:
			w.served <- served{item: rest[0]}
			rest = rest[1:]
		default:
			waiting = append(waiting, w)
		}
	}
	g = r.rejoin(g, waiting)
	if r.closed {
		r.turnAway(g)
	}
	for len(rest) > 0 && r.hand(g, rest[0]) {
		rest = rest[1:]
	}
	g.tries++
	if !c.more || len(c.items) > 0 {
		g.tries = 0
	}
	again := c.more && g.tries <= maxTries
	if !again {
		r.dismiss(g, waiting)
	}
	pause := again && g.tries > tryPausing
	g.dirty = g.dirty || again && !pause
	g.due = min(g.due, c.due)
	if pause {
		g.due = min(g.due, r.e.clock.now()+tryPause.Milliseconds())
	}
	dirty := g.dirty && len(g.waiters) > 0
	r.forget(g)
	r.mu.Unlock()
	if dirty {
		r.e.kickClaims()
	}
	r.look()
	for _, item := range rest {
		r.e.giveBack(item)
	}
}

// dismiss tells those of the round who wait no longer that there is none.
func (r *waitingRoom) dismiss(g *group, waiting []*waiter) {
	for _, w := range waiting {
		if !w.last {
			continue
		}
		for i, other := range g.waiters {
			if other == w {
				g.waiters = append(g.waiters[:i], g.waiters[i+1:]...)
				break
			}
		}
		w.served <- served{}
	}
}

// fail tells all of a round the error.
func (r *waitingRoom) fail(taken []*waiter, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, w := range taken {
		if !w.gone {
			w.served <- served{err: err}
		}
	}
}

// signal says that messages or work may have become claimable.
func (r *waitingRoom) signal(messages, work bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	any := false
	for _, g := range r.groups {
		if g.orchestrations() && messages || !g.orchestrations() && work {
			g.dirty, any = true, true
		}
	}
	if any {
		r.e.kickClaims()
	}
}

// look makes watch read the groups' due times again.
func (r *waitingRoom) look() {
	select {
	case r.changed <- struct{}{}:
	default:
	}
}

// watch wakes the claiming lane when a group's due time comes, and polls for
// what other processes made.
func (r *waitingRoom) watch() {
	poll := time.NewTimer(jitter(r.e.opts.PollInterval))
	due := time.NewTimer(time.Hour)
	defer poll.Stop()
	defer due.Stop()
	for {
		select {
		case <-r.e.run.Done():
			return
		case <-poll.C:
			r.signal(true, true)
			poll.Reset(r.e.opts.PollInterval*3/4 + jitter(r.e.opts.PollInterval/8))
		case <-due.C:
			r.e.kickClaims()
		case <-r.changed:
		}
		due.Reset(r.untilDue())
	}
}

// untilDue is how long until the earliest due time of a group with waiters.
func (r *waitingRoom) untilDue() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	earliest := Never
	for _, g := range r.groups {
		if len(g.waiters) > 0 {
			earliest = min(earliest, g.due)
		}
	}
	wait := min(earliest-r.e.clock.now(), time.Hour.Milliseconds())
	return time.Duration(max(wait, 1)) * time.Millisecond
}

// close ends every waiting fetch: the engine is closing.
func (r *waitingRoom) close() {
	r.unhook()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	for _, g := range r.groups {
		r.turnAway(g)
	}
}

func (r *waitingRoom) turnAway(g *group) {
	for _, w := range g.waiters {
		if !w.gone {
			w.served <- served{err: core.Errorf("Close", core.ErrUnavailable, "the provider is closing")}
		}
	}
	g.waiters = nil
}
