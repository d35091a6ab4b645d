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
	is := []interest{waitingRows}
	if c.session {
		is = append(is, changedSessions, interest{kind: LookOwned, owner: c.owner})
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
	r := &workRound{
		workClaim: c, g: g, taken: taken, lockUntil: later(now, c.lockMS),
		nonce: newNonce(), classes: c.e.classes.tags(c.tags), most: maxUpkeep,
		sessions: c.session && !c.e.upkeep.sessionless.Load(),
	}
	if !g.short {
		r.most = min(r.most, upkeepPerWaiter*int64(len(taken)))
	}
	return r
}

// workRound is one claim of work.
type workRound struct {
	workClaim
	g         *group
	taken     []*waiter
	nonce     []byte
	classes   [][]any
	lockUntil int64
	most      int64 // how many rows, and how many sessions, it makes ready
	sessions  bool  // it claims their work, too
	// Where in the calls the results are; preparedAt are those that make something
	// ready.
	claimedAt, horizonAt int
	preparedAt           []int
}

func (r *workRound) members() (*group, []*waiter) { return r.g, r.taken }

func (r *workRound) calls(now int64, base int) []Call {
	s := r.e.s
	limit := int64(len(r.taken))
	calls := r.prepare(now, base)
	claim := Call{Stmt: &s.WorkClaim, Scalars: []any{r.lockUntil, r.nonce, limit}, Rows: r.classes}
	if r.sessions {
		claim = Call{Stmt: &s.WorkClaimSession, Scalars: []any{now, r.lockUntil, r.nonce, limit, r.owner}, Rows: r.classes}
	}
	calls = append(calls, claim)
	marked := base + len(calls)
	r.claimedAt = len(calls)
	calls = append(calls, Call{Stmt: &s.WorkClaimed, Scalars: []any{r.lockUntil, r.nonce}, IfChanged: marked})
	if r.sessions {
		calls = append(calls, Call{Stmt: &s.SessionsOwn, IfChanged: marked,
			Scalars: []any{now, r.lockUntil, r.nonce, r.owner, later(now, r.sessionMS)}})
	}
	r.horizonAt = len(calls)
	return append(calls, Call{Stmt: &s.WorkHorizon})
}

// prepare makes rows and sessions ready whose time has come.
func (r *workRound) prepare(now int64, base int) (calls []Call) {
	s := r.e.s
	rows, sessions := r.e.upkeep.due(now)
	r.preparedAt = nil
	if rows {
		r.preparedAt = append(r.preparedAt, 1)
		calls = append(calls,
			Call{Stmt: &s.WorkPromoteSessions, Scalars: []any{now, r.most}},
			Call{Stmt: &s.WorkPromote, Scalars: []any{now, r.most}, Counted: true})
	}
	if r.sessions && (rows || sessions) {
		r.preparedAt = append(r.preparedAt, len(calls))
		calls = append(calls, r.settleSessions(now, base+len(calls)+1)...)
	}
	return calls
}

// settleSessions finds out which session's oldest row anyone may take now. first
// is 1 + the index of its own first call.
func (r *workRound) settleSessions(now int64, first int) []Call {
	s := r.e.s
	mark := -newIncarnation()
	return []Call{
		{Stmt: &s.SessionsMark, Scalars: []any{now, r.most, mark}, Counted: true},
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
	rows, sessions, sessionless := Never, Never, true
	for _, row := range results[r.horizonAt].Rows {
		switch row.Int(0) {
		case HorizonClasses:
			c.more = r.e.classes.grew(r.e.run, row.Int(1))
		case HorizonWork:
			rows = row.Int(1)
		case HorizonSessions:
			sessions, sessionless = row.Int(1), false
		}
	}
	r.e.upkeep.saw(rows, sessions, sessionless)
	if c.due = rows; r.session {
		c.due = min(rows, sessions)
	}
	missed := r.session && !r.sessions && !sessionless
	c.progress = c.progress || missed
	// The horizon does not tell what is ready: a round that was filled may have left some.
	c.more = c.more || missed || c.due <= now || len(c.items) == len(r.taken)
	r.e.waiting.settle(r.g, r.taken, c)
}

// progress reports whether rows or sessions were made ready. There can be more
// of them than one round takes, and what this group waits for may be behind.
func (r *workRound) progress(results []Result) bool {
	return slices.ContainsFunc(r.preparedAt, func(i int) bool { return results[i].Affected > 0 })
}

func (r *workRound) found(results []Result) int { return len(results[r.claimedAt].Rows) }

func (r *workRound) fail(err error) { r.e.waiting.fail(r.g, r.taken, err) }
