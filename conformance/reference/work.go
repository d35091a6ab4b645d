package reference

import (
	"maps"
	"slices"
	"time"

	"github.com/durokit/duro/core"
)

func (s *store) EnqueueForWorker(item core.WorkItem) {
	valid(core.CheckActivity(item))
	s.addWork(item)
}

func (s *store) addWork(item core.WorkItem) {
	a := item.Payload().(core.ActivityExecute)
	s.work = append(s.work, &row{instance: a.Instance, item: item, activity: a, visible: s.now})
}

func (s *store) FetchWorkItem(q core.FetchWorkParams) *core.FetchedWork {
	valid(core.CheckFetchWork(q))
	a := s.readyWork(q)
	if a == nil {
		return nil
	}
	if id := a.activity.SessionID; id != nil {
		a.owner = q.Session.OwnerID
		s.sessions[*id] = &session{owner: a.owner, until: s.at(q.Session.LockTimeout), touched: s.now}
	}
	f := &core.FetchedWork{Item: a.item}
	f.LockToken, f.AttemptCount = s.take([]*row{a}, s.at(q.LockTimeout))
	return f
}

// readyWork finds the oldest activity that the caller may have. Rows that nobody
// can run are set aside on the way.
func (s *store) readyWork(q core.FetchWorkParams) *row {
	for _, a := range s.work {
		switch {
		case !s.due(a.visible) || !s.due(a.until) || !q.Tags.Matches(a.activity.Tag) || !s.sessionAllows(a, q.Session):
		case a.fault == "":
			return a
		default:
			s.aside = append(s.aside, a)
			remove(&s.work, func(r *row) bool { return r == a })
		}
	}
	return nil
}

// sessionAllows reports whether the caller may have an activity, for its session's sake.
func (s *store) sessionAllows(a *row, caller *core.SessionFetch) bool {
	id := a.activity.SessionID
	if id == nil || caller == nil {
		return id == nil
	}
	se := s.sessions[*id]
	return se == nil || se.owner == caller.OwnerID || s.due(se.until)
}

// touchSession notes activity on the session, while who fetched the activity has it.
func (s *store) touchSession(a *row) {
	se := s.sessions[or(a.activity.SessionID, "")]
	if se != nil && se.owner == a.owner && !s.due(se.until) {
		se.touched = s.now
	}
}

func (s *store) AckWorkItem(token string, completion *core.WorkItem) {
	a := s.locked(s.work, token)[0]
	if completion != nil {
		valid(core.CheckCompletion(*completion))
		s.send(*completion, s.now)
	}
	s.touchSession(a)
	remove(&s.work, func(r *row) bool { return r == a })
}

func (s *store) AbandonWorkItem(q core.AbandonParams) { s.abandon(s.work, q) }

func (s *store) RenewWorkItemLock(token string, extendFor time.Duration) {
	s.renew(s.work, token, extendFor)
}

func (s *store) RenewSessionLock(q core.RenewSessionParams) (renewed int) {
	for _, owner := range q.OwnerIDs {
		valid(core.CheckOwner(owner))
	}
	until, idle := s.at(q.ExtendFor), millis(q.IdleTimeout)
	for _, se := range s.sessions {
		if slices.Contains(q.OwnerIDs, se.owner) && !s.due(se.until) && se.touched+idle > s.now {
			se.until = until
			renewed++
		}
	}
	return renewed
}

func (s *store) CleanupOrphanedSessions(time.Duration) int {
	before := len(s.sessions)
	maps.DeleteFunc(s.sessions, func(id string, se *session) bool {
		has := func(a *row) bool { return or(a.activity.SessionID, "") == id }
		return s.due(se.until) && !slices.ContainsFunc(s.work, has)
	})
	return before - len(s.sessions)
}
