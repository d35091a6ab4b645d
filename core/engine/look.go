package engine

import (
	"cmp"
	"log/slog"
	"slices"
	"time"
)

// Fetches that find nothing wait without touching the store. What other processes
// make is found by looks, one reading statement for both queues: every poll, and
// when a fetch joins a group that is known to have nothing. Only what a look finds
// is claimed, which takes a transaction that writes (rule 6).

// interest is something whose due time a group waits for; kind is one of the
// Look constants.
type interest struct {
	kind, class int64
	owner       string // of LookOwned
}

func (i interest) compare(other interest) int {
	return cmp.Or(cmp.Compare(i.kind, other.kind), cmp.Compare(i.class, other.class), cmp.Compare(i.owner, other.owner))
}

// lookout looks for everybody every poll, and for those who ask, until the engine
// stops.
func (r *waitingRoom) lookout() {
	every := r.e.opts.PollInterval
	poll := time.NewTimer(jitter(every))
	defer poll.Stop()
	for {
		select {
		case <-r.e.run.Done():
			return
		case <-poll.C:
			r.sweep()
			r.look(func(g *group) bool { return len(g.waiters) > 0 })
			poll.Reset(every*3/4 + jitter(every/8))
		case <-r.asked:
			r.look(func(g *group) bool { return g.asked })
		}
	}
}

// look asks the store on behalf of some groups, and makes those claim that would
// find something. Who waits no longer is told that there is none.
func (r *waitingRoom) look(who func(*group) bool) {
	groups := r.interests(who)
	if len(groups) == 0 {
		return
	}
	now := r.e.clock.now()
	due, classes, err := r.e.lookDue(now, groups)
	if r.e.run.Err() != nil {
		return
	}
	if err != nil {
		r.e.opts.Logger.Warn("look for messages and work", slog.String("store", r.e.opts.Name), slog.Any("error", err))
	}
	if err != nil || r.e.classes.grew(r.e.run, classes) {
		r.signal(true, true) // the claims will tell
		return
	}
	r.looked(groups, due, now)
}

// interests returns what groups wait for. Their waiters are part of the look.
func (r *waitingRoom) interests(who func(*group) bool) map[*group][]interest {
	r.mu.Lock()
	defer r.mu.Unlock()
	groups := map[*group][]interest{}
	for _, g := range r.groups {
		if !who(g) {
			continue
		}
		g.asked = false
		for _, w := range g.waiters {
			w.looked = true
		}
		groups[g] = g.interests()
	}
	return groups
}

// looked takes a look's findings.
func (r *waitingRoom) looked(groups map[*group][]interest, due map[interest]int64, now int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for g, is := range groups {
		next := Never
		for _, in := range is {
			next = min(next, due[in])
		}
		g.seen = after(0)
		if g.due = min(g.due, next); next <= now {
			g.dirty = true
		}
		if g.dirty || g.busy {
			r.goOn(g)
			continue
		}
		g.dismiss(func(w *waiter) bool { return w.looked })
	}
	r.retime()
}

// sweep forgets the groups in which nobody has waited since the last sweep.
func (r *waitingRoom) sweep() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, g := range r.groups {
		if len(g.waiters) > 0 || g.busy {
			g.deserted = false
			continue
		}
		if g.deserted {
			delete(r.groups, g.name)
		}
		g.deserted = true
	}
}

// lookDue returns when what the groups are after becomes due, Never where nothing
// will, and how many classes there are.
func (e *Engine) lookDue(now int64, groups map[*group][]interest) (due map[interest]int64, classes int64, err error) {
	list := []interest{{kind: LookClasses}}
	for _, is := range groups {
		list = append(list, is...)
	}
	slices.SortFunc(list[1:], interest.compare)
	list = slices.Compact(list)
	rows := make([][]any, len(list))
	for i, in := range list {
		rows[i] = []any{int64(i), in.kind, in.class, in.owner}
	}
	results, err := e.read(e.run, Call{Stmt: &e.s.LookDue, Scalars: []any{now}, Rows: rows})
	if err != nil {
		return nil, 0, err
	}
	due = make(map[interest]int64, len(list))
	for _, in := range list {
		due[in] = Never
	}
	for _, row := range results[0].Rows {
		due[list[row.Int(0)]] = row.Int(1)
	}
	e.upkeep.looked(due)
	return due, due[list[0]], nil
}
