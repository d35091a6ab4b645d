package engine

import "sync/atomic"

// Before a claim of work, rows and sessions whose time has come are made ready, in
// bounded numbers (rule 4).

// upkeep is when the worker queue next needs some, as far as this process knows:
// by its claims and looks, and by what it has written since. A claim that left it
// out when there was something learns so at its own end, and goes again.
type upkeep struct {
	rows, sessions atomic.Int64 // in store time; 0 at first: at once
	// sessionless: the store has no sessions. Claims need not look for their work, and
	// one that should have learns so at its end, too.
	sessionless atomic.Bool
}

// due reports what to make ready at now.
func (u *upkeep) due(now int64) (rows, sessions bool) {
	return u.rows.Load() <= now, u.sessions.Load() <= now
}

// saw takes what a claim found at its end.
func (u *upkeep) saw(rows, sessions int64, sessionless bool) {
	u.rows.Store(rows)
	u.sessions.Store(sessions)
	u.sessionless.Store(sessionless)
}

// looked takes what a look found.
func (u *upkeep) looked(due map[interest]int64) {
	if at, asked := due[waitingRows]; asked {
		sooner(&u.rows, at)
	}
	if at, asked := due[changedSessions]; asked {
		sooner(&u.sessions, at)
	}
}

// waits notes that the batch makes a row wait until due.
func (b *batch) waits(due int64) { sooner(&b.e.upkeep.rows, due) }

// dirties notes that the batch changes a session.
func (b *batch) dirties() { sooner(&b.e.upkeep.sessions, 0) }

// sooner makes when earlier.
func sooner(when *atomic.Int64, due int64) {
	for {
		old := when.Load()
		if old <= due || when.CompareAndSwap(old, due) {
			return
		}
	}
}

// What needs upkeep, among the interests.
var (
	waitingRows     = interest{kind: LookWork, class: RouteWaiting}
	changedSessions = interest{kind: LookSessions}
)

// One round makes at most maxUpkeep rows, and as many sessions, ready. While rounds
// find what they are asked for they do less, so that a backlog slows no claim down,
// but more than anybody can add in the meantime: what is fetched makes at most one
// session and one waiting row.
const (
	maxUpkeep       = 64
	upkeepPerWaiter = 4
)
