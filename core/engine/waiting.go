package engine

import (
	"context"
	"slices"
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
	changed chan struct{} // holds one: watch reads the due times again
	asked   chan struct{} // holds one: somebody wants a look that begins from now on
	closed  bool
	unhook  func()
}

// claimer is what a group claims.
type claimer interface {
	// key is equal for fetches that accept the same rows on the same terms.
	key() string
	// orchestrations tells the two queues apart.
	orchestrations() bool
	// interests are the due times that concern it.
	interests() []interest
	// round starts a claim for these waiters of the group, at now.
	round(g *group, taken []*waiter, now int64) round
}

// round is one claim for a group, inside one transaction.
type round interface {
	// calls returns the claim's calls; base is how many precede them.
	calls(now int64, base int) []Call
	// finish takes the results, from the round's own calls on, after the commit.
	finish(now int64, results []Result)
	// found counts the claimed rows in the results.
	found(results []Result) int
	// fail tells the waiters why there is no result.
	fail(err error)
	// members returns the group and the waiters taken from it.
	members() (*group, []*waiter)
}

// waiter is one waiting fetch.
type waiter struct {
	served chan served // holds one; whoever sends takes the waiter out first
	// since is when he came, in store time: a claim with an older clock reading
	// cannot tell him that there is none.
	since int64
	// last: the next claim or look decides; there is no more waiting.
	last bool
	// looked: a look has begun since he came.
	looked bool
	// gone: the caller has left; what is claimed for him goes to somebody else.
	gone bool
}

// served is what a waiter gets: a claimed row, an error, or neither for "none".
type served struct {
	item any
	err  error
}

func newWaitingRoom(e *Engine) *waitingRoom {
	r := &waitingRoom{e: e, groups: map[string]*group{}, changed: make(chan struct{}, 1), asked: make(chan struct{}, 1)}
	r.unhook = e.opts.Clock.OnJump(func() { r.signal(true, true) })
	return r
}

// wait returns what a claim of c gives this caller, nil when nothing came within
// poll.
func (r *waitingRoom) wait(ctx context.Context, op string, c claimer, poll time.Duration) (any, error) {
	if err := ctx.Err(); err != nil {
		return nil, core.AsProviderError(op, err)
	}
	w := &waiter{served: make(chan served, 1), last: poll <= 0}
	g, err := r.join(op, c, w)
	if err != nil {
		return nil, err
	}
	var over <-chan time.Time
	if poll > 0 {
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
			r.lastCall(g, w)
		case <-ctx.Done():
			r.leave(g, w)
			return nil, core.AsProviderError(op, ctx.Err())
		}
	}
}

func (r *waitingRoom) join(op string, c claimer, w *waiter) (*group, error) {
	name := c.key()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil, core.Errorf(op, core.ErrUnavailable, "the provider is closed")
	}
	g := r.groups[name]
	if g == nil {
		g = &group{claimer: c, name: name, due: Never}
		r.groups[name] = g
	}
	w.since = r.e.clock.now()
	g.waiters = append(g.waiters, w)
	if w.last || !g.fresh(w.since) {
		r.tryFor(g)
	}
	return g, nil
}

// lastCall gives a waiter whose time is up one more try.
func (r *waitingRoom) lastCall(g *group, w *waiter) {
	r.mu.Lock()
	defer r.mu.Unlock()
	w.last = true
	r.tryFor(g)
}

// tryFor makes the group claim, or only look where a claim would most likely
// find nothing.
func (r *waitingRoom) tryFor(g *group) {
	if g.calm(r.e.clock.now()) {
		g.asked = true
		ring(r.asked)
		return
	}
	g.dirty = true
	r.e.kickClaims()
}

// leave takes a waiter out whose caller has gone. What was claimed for him goes
// to the next compatible waiter, else back to the queue.
func (r *waitingRoom) leave(g *group, w *waiter) {
	r.mu.Lock()
	w.gone = true
	g.waiters = slices.DeleteFunc(g.waiters, func(other *waiter) bool { return other == w })
	var item any
	select {
	case s := <-w.served:
		item = s.item
	default:
	}
	if next := r.groups[g.name]; item != nil && next != nil && next.hand(item) {
		item = nil
	}
	r.mu.Unlock()
	if item != nil {
		r.e.giveBack(item)
	}
}

// claims is when and in what transaction groups claim.
type claims struct {
	now int64
	// messages and work say what the transaction has just made.
	messages, work bool
	// early: writes that wait may make more, so nobody is told that there is none.
	early bool
}

// rounds starts a claim for every group that may find something.
func (r *waitingRoom) rounds(c claims) []round {
	r.mu.Lock()
	defer r.mu.Unlock()
	var rounds []round
	for _, g := range r.groups {
		made := c.work
		if g.orchestrations() {
			made = c.messages
		}
		g.dirty = g.dirty || made
		if len(g.waiters) == 0 || !g.dirty && g.due > c.now {
			continue
		}
		if g.resting() > 0 {
			r.retime()
			continue
		}
		taken := g.take(c.now, r.e.opts.BatchMembers)
		if len(taken) == 0 { // all came after the clock was read
			r.e.kickClaims()
			continue
		}
		g.early = c.early
		rounds = append(rounds, g.round(g, taken, c.now))
	}
	return rounds
}

// settle hands a round's rows out and decides who goes on waiting.
func (r *waitingRoom) settle(g *group, taken []*waiter, c claimed) {
	r.mu.Lock()
	g.rejoin(taken)
	if !r.e.d.SingleWriter { // there it costs little beside the writes
		g.pace(len(taken), len(c.items))
	}
	rest := c.items
	for len(rest) > 0 && g.hand(rest[0]) {
		rest = rest[1:]
	}
	if r.closed {
		g.turnAway()
	}
	g.decide(len(taken), c, r.e.clock.now())
	r.goOn(g)
	r.mu.Unlock()
	r.retime()
	for _, item := range rest {
		r.e.giveBack(item)
	}
}

// fail tells all of a round the error. Who waits besides them gets a claim of
// his own.
func (r *waitingRoom) fail(g *group, taken []*waiter, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, w := range taken {
		if !w.gone {
			w.served <- served{err: err}
		}
	}
	g.rejoin(nil)
	g.dirty, g.empty, g.tries = true, false, 0
	r.goOn(g)
}

// goOn claims again for a group whose round is over, if that is worth while.
func (r *waitingRoom) goOn(g *group) {
	if g.dirty && len(g.waiters) > 0 {
		r.e.kickClaims()
	}
}

// signal says that a commit may have made messages or work claimable, or ended what
// kept a claim from having them.
func (r *waitingRoom) signal(messages, work bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	heard := false
	for _, g := range r.groups {
		if g.orchestrations() && messages || !g.orchestrations() && work || g.tries > 0 {
			g.dirty, heard = true, heard || len(g.waiters) > 0
		}
	}
	if heard {
		r.e.kickClaims()
	}
}

// heard is signal for what another process says: groups that are known to have
// nothing look first.
func (r *waitingRoom) heard(messages, work bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, g := range r.groups {
		if len(g.waiters) > 0 && (g.orchestrations() && messages || !g.orchestrations() && work) {
			r.tryFor(g)
		}
	}
}

// retime makes watch read the groups' due times again.
func (r *waitingRoom) retime() { ring(r.changed) }

// watch wakes the claiming lane when a group's due time comes.
func (r *waitingRoom) watch() {
	due := time.NewTimer(time.Hour)
	defer due.Stop()
	for {
		select {
		case <-r.e.run.Done():
			return
		case <-due.C:
			r.e.kickClaims()
		case <-r.changed:
		}
		due.Reset(r.untilDue())
	}
}

// untilDue is how long until the earliest due time of a group with waiters, or the
// end of its rest.
func (r *waitingRoom) untilDue() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	wait, now := time.Hour, r.e.clock.now()
	for _, g := range r.groups {
		if len(g.waiters) == 0 {
			continue
		}
		next := time.Duration(min(max(g.due-now, 0), time.Hour.Milliseconds())) * time.Millisecond
		if rest := g.resting(); rest > 0 && (g.dirty || next < rest) {
			next = rest
		}
		wait = min(wait, next)
	}
	return max(wait, time.Millisecond)
}

// close ends every waiting fetch: the engine is closing.
func (r *waitingRoom) close() {
	r.unhook()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	for _, g := range r.groups {
		g.turnAway()
	}
}
