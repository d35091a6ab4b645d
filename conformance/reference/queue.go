package reference

import (
	"crypto/rand"
	"slices"
	"time"

	"github.com/durokit/duro/core"
)

// row is an item of a queue. The lock of an instance is that of the messages
// which were fetched together: the instance is locked as long as one of them is.
type row struct {
	instance string // which the item is for; unknown of an undecodable activity
	item     core.WorkItem
	activity core.ActivityExecute // what the item is, in the worker queue
	fault    string               // why there is no item

	visible  uint64
	token    string // of the latest lock, until it is released
	until    uint64 // the lock is active before this instant
	attempts uint32
	owner    string // who fetched it, when it has a session
}

// id is the activity's identity.
func (r *row) id() core.ScheduledActivityID {
	return core.ScheduledActivityID{Instance: r.instance, ExecutionID: r.activity.ExecutionID, ActivityID: r.activity.ID}
}

// take locks rows and returns the token and the highest attempt count. Those that
// cannot be decoded are kept for the operator, too.
func (s *store) take(rows []*row, until uint64) (token string, attempts uint32) {
	token = rand.Text()
	for _, r := range rows {
		r.token, r.until = token, until
		r.attempts++
		attempts = max(attempts, r.attempts)
		if r.fault != "" && !slices.Contains(s.aside, r) {
			s.aside = append(s.aside, r)
		}
	}
	return token, attempts
}

// held returns the rows with the lock of this token, be it expired.
func held(queue []*row, token string) []*row {
	rows := keep(queue, func(r *row) bool { return token != "" && r.token == token })
	require(len(rows) > 0, core.ErrLockLost, "nothing is locked with this token")
	return rows
}

// locked is held for an active lock.
func (s *store) locked(queue []*row, token string) []*row {
	rows := held(queue, token)
	require(!s.due(rows[0].until), core.ErrLockLost, "the lock has expired")
	return rows
}

// renew moves the end of a lock.
func (s *store) renew(queue []*row, token string, extendFor time.Duration) {
	for _, r := range s.locked(queue, token) {
		r.until = s.at(extendFor)
		s.touchSession(r)
	}
}

// abandon gives rows back, each to its place.
func (s *store) abandon(queue []*row, q core.AbandonParams) {
	visible := s.at(q.Delay)
	for _, r := range held(queue, q.LockToken) {
		r.token, r.until = "", 0
		if q.IgnoreAttempt && r.attempts > 0 {
			r.attempts--
		}
		if q.Delay > 0 {
			r.visible = visible
		}
	}
}

// keep returns the rows that are wanted.
func keep(rows []*row, wanted func(*row) bool) []*row {
	kept, _ := split(rows, wanted)
	return kept
}

// remove takes the unwanted rows out of a queue and returns how many there were.
func remove(queue *[]*row, unwanted func(*row) bool) (removed uint64) {
	*queue, removed = split(*queue, func(r *row) bool { return !unwanted(r) })
	return removed
}

// split returns the wanted rows, in a slice of its own, and the number of others.
func split(rows []*row, wanted func(*row) bool) (kept []*row, others uint64) {
	kept = slices.DeleteFunc(slices.Clone(rows), func(r *row) bool { return !wanted(r) })
	return kept, uint64(len(rows) - len(kept))
}
