package engine

import (
	"slices"
	"strconv"

	"github.com/durokit/duro/core"
)

// workClaim is what fetches of work with the same tags, session owner and lock
// times want.
type workClaim struct {
	e         *Engine
	lockMS    int64
	session   bool
	owner     string
	sessionMS int64
	tags      core.TagFilter // Tags sorted, without duplicates
}

func newWorkClaim(e *Engine, p core.FetchWorkParams) workClaim {
	c := workClaim{e: e, lockMS: millis(p.LockTimeout), tags: core.TagFilter{Mode: p.Tags.Mode}}
	if p.Tags.Mode == core.TagsOnly || p.Tags.Mode == core.TagsDefaultAnd {
		c.tags.Tags = slices.Compact(slices.Sorted(slices.Values(p.Tags.Tags)))
	}
	if p.Session != nil {
		c.session, c.owner, c.sessionMS = true, p.Session.OwnerID, millis(p.Session.LockTimeout)
	}
	return c
}

func (workClaim) orchestrations() bool { return false }

func (c workClaim) key() string {
	b := []byte("w")
	b = strconv.AppendInt(b, c.lockMS, 10)
	b = append(b, '|', '0'+byte(c.tags.Mode))
	if c.session {
		b = strconv.AppendQuote(append(b, 's'), c.owner)
		b = strconv.AppendInt(b, c.sessionMS, 10)
	}
	for _, t := range c.tags.Tags {
		b = append(append(b, 0), t...) // no tag holds NUL, and the empty one is a tag
	}
	return string(b)
}

func (c workClaim) interests() []interest {
	is := []interest{{kind: LookWork, class: RouteWaiting}}
	if c.session {
		is = append(is, interest{kind: LookSessions}, interest{kind: LookOwned, owner: c.owner})
	}
	for _, row := range c.e.classes.tags(c.tags) {
		class := Row(row).Int(0)
		is = append(is, interest{kind: LookWork, class: class})
		if c.session {
			is = append(is, interest{kind: LookWork, class: RouteFree + class})
		}
	}
	return is
}

func (c workClaim) round(g *group, taken []*waiter, now int64) round {
	return &workRound{
		workClaim: c, g: g, taken: taken, lockUntil: later(now, c.lockMS),
		nonce: newNonce(), classes: c.e.classes.tags(c.tags), upkeep: upkeep(g, len(taken)),
	}
}

// workRound is one claim of work.
type workRound struct {
	workClaim
	g         *group
	taken     []*waiter
	nonce     []byte
	classes   [][]any
	lockUntil int64
	upkeep    int64 // how many waiting rows, and sessions, it makes ready
	// Where in the calls the results are.
	claimedAt, horizonAt, classesAt int
}

// The calls of a round that make something ready; the second with sessions only.
const (
	callPromote        = 1
	callSettleSessions = 2
)

// maxUpkeep is how many waiting rows, and how many sessions, one round makes
// ready at most. While rounds find what they are asked for they do less, so that
// a backlog slows no claim down, but more than anybody can add in the meantime:
// what is fetched makes at most one session and one waiting row.
const (
	maxUpkeep       = 64
	upkeepPerWaiter = 4
)

func upkeep(g *group, waiters int) int64 {
	if g.short {
		return maxUpkeep
	}
	return int64(min(upkeepPerWaiter*waiters, maxUpkeep))
}

func (r *workRound) members() (*group, []*waiter) { return r.g, r.taken }

func (r *workRound) calls(now int64, base int) []Call {
	s := r.e.s
	limit := int64(len(r.taken))
	calls := []Call{
		{Stmt: &s.WorkPromoteSessions, Scalars: []any{now, r.upkeep}},
		{Stmt: &s.WorkPromote, Scalars: []any{now, r.upkeep}},
	}
	if r.session {
		calls = append(calls, r.settleSessions(now, base+len(calls)+1)...)
	}
	claim := Call{Stmt: &s.WorkClaim, Scalars: []any{r.lockUntil, r.nonce, limit}, Rows: r.classes}
	if r.session {
		claim = Call{Stmt: &s.WorkClaimSession, Scalars: []any{now, r.lockUntil, r.nonce, limit, r.owner}, Rows: r.classes}
	}
	calls = append(calls, claim)
	marked := base + len(calls)
	r.claimedAt = len(calls)
	calls = append(calls, Call{Stmt: &s.WorkClaimed, Scalars: []any{r.lockUntil, r.nonce}, IfChanged: marked})
	if r.session {
		calls = append(calls, Call{Stmt: &s.SessionsOwn, IfChanged: marked,
			Scalars: []any{now, r.lockUntil, r.nonce, r.owner, later(now, r.sessionMS)}})
	}
	r.horizonAt, r.classesAt = len(calls), len(calls)+1
	return append(calls, Call{Stmt: &s.WorkHorizon}, Call{Stmt: &s.ClassesCount})
}

// settleSessions finds out which session's oldest row anyone may take now. first
// is 1 + the index of its own first call.
func (r *workRound) settleSessions(now int64, first int) []Call {
	s := r.e.s
	mark := -newIncarnation()
	return []Call{
		{Stmt: &s.SessionsMark, Scalars: []any{now, r.upkeep, mark}},
		{Stmt: &s.SessionsDemote, Scalars: []any{mark}, IfChanged: first},
		{Stmt: &s.SessionsHead, Scalars: []any{now, mark}, IfChanged: first},
		{Stmt: &s.SessionsPromote, Scalars: []any{mark}, IfChanged: first},
		{Stmt: &s.SessionsSettled, Scalars: []any{now, mark}, IfChanged: first},
	}
}

func (r *workRound) finish(now int64, results []Result) {
	c := claimed{now: now, due: Never, progress: r.progress(results)}
	for _, row := range results[r.claimedAt].Rows {
		c.items = append(c.items, &claimedWork{row: row, nonce: r.nonce})
	}
	for _, row := range results[r.horizonAt].Rows {
		if forSessions := row.Int(0) == 1; forSessions && !r.session {
			continue
		}
		c.due = min(c.due, row.Int(1))
		c.more = c.more || row.Int(1) <= now
	}
	if r.e.classes.grew(r.e.run, results[r.classesAt].Rows[0].Int(0)) {
		c.more = true
	}
	r.e.waiting.settle(r.g, r.taken, c)
}

// progress reports whether rows or sessions were made ready. There can be more
// of them than one round takes, and what this group waits for may be behind.
func (r *workRound) progress(results []Result) bool {
	return results[callPromote].Affected > 0 || r.session && results[callSettleSessions].Affected > 0
}

func (r *workRound) found(results []Result) int { return len(results[r.claimedAt].Rows) }

func (r *workRound) fail(err error) { r.e.waiting.fail(r.g, r.taken, err) }
