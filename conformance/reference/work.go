package reference

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/durokit/duro/core"
)

// EnqueueForWorker implements core.Provider.
func (p *Provider) EnqueueForWorker(ctx context.Context, item core.WorkItem) error {
	return p.do(ctx, "EnqueueForWorker", func(s *store) {
		valid(core.CheckActivity(item))
		s.addWork(item)
	})
}

func (s *store) addWork(item core.WorkItem) {
	a := item.Payload().(core.ActivityExecute)
	s.work = append(s.work, &row{instance: a.Instance, item: item, activity: a, visible: s.now})
}

// FetchWorkItem implements core.Provider.
func (p *Provider) FetchWorkItem(ctx context.Context, q core.FetchWorkParams) (*core.FetchedWork, error) {
	return poll(ctx, p, "FetchWorkItem", q.PollTimeout, func(s *store) *core.FetchedWork {
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
	})
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

// AckWorkItem implements core.Provider.
func (p *Provider) AckWorkItem(ctx context.Context, token string, completion *core.WorkItem) error {
	return p.do(ctx, "AckWorkItem", func(s *store) {
		a := s.locked(s.work, token)[0]
		if completion != nil {
			valid(core.CheckCompletion(*completion))
			s.send(*completion, s.now)
		}
		s.touchSession(a)
		remove(&s.work, func(r *row) bool { return r == a })
	})
}

// AbandonWorkItem implements core.Provider.
func (p *Provider) AbandonWorkItem(ctx context.Context, q core.AbandonParams) error {
	return p.do(ctx, "AbandonWorkItem", func(s *store) { s.abandon(s.work, q) })
}

// RenewWorkItemLock implements core.Provider.
func (p *Provider) RenewWorkItemLock(ctx context.Context, token string, extendFor time.Duration) error {
	return p.do(ctx, "RenewWorkItemLock", func(s *store) { s.renew(s.work, token, extendFor) })
}

// RenewSessionLock implements core.Provider.
func (p *Provider) RenewSessionLock(ctx context.Context, q core.RenewSessionParams) (int, error) {
	return call(ctx, p, "RenewSessionLock", func(s *store) (renewed int) {
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
	})
}

// CleanupOrphanedSessions implements core.Provider.
func (p *Provider) CleanupOrphanedSessions(ctx context.Context, _ time.Duration) (int, error) {
	return call(ctx, p, "CleanupOrphanedSessions", func(s *store) int {
		before := len(s.sessions)
		maps.DeleteFunc(s.sessions, func(id string, se *session) bool {
			has := func(a *row) bool { return or(a.activity.SessionID, "") == id }
			return s.due(se.until) && !slices.ContainsFunc(s.work, has)
		})
		return before - len(s.sessions)
	})
}
