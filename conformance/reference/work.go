package reference

import (
	"context"
	"crypto/rand"
	"slices"
	"time"

	"github.com/durokit/duro/core"
)

func (a *activity) id() core.ScheduledActivityID {
	return core.ScheduledActivityID{Instance: a.of.Instance, ExecutionID: a.of.ExecutionID, ActivityID: a.of.ID}
}

func (a *activity) locked(now int64) bool { return a.token != "" && a.until > now }

func (s *store) enqueueWork(item core.WorkItem) {
	of, _ := item.Payload().(core.ActivityExecute) // checked before
	s.work = append(s.work, &activity{seq: s.nextSeq(), item: item, of: of, visible: s.now})
}

// EnqueueForWorker implements core.Provider.
func (p *Provider) EnqueueForWorker(ctx context.Context, item core.WorkItem) error {
	return p.write(ctx, "EnqueueForWorker", func(s *store) error {
		if err := checkWork(item); err != nil {
			return err
		}
		s.enqueueWork(item)
		return nil
	})
}

// FetchWorkItem implements core.Provider.
func (p *Provider) FetchWorkItem(ctx context.Context, q core.FetchWorkParams) (f *core.FetchedWork, err error) {
	err = p.poll(ctx, "FetchWorkItem", q.PollTimeout, func(s *store) (bool, error) {
		if err := checkFetchWork(q); err != nil {
			return false, err
		}
		f = s.claimWork(q)
		return f != nil, nil
	})
	return f, err
}

func (s *store) claimWork(q core.FetchWorkParams) *core.FetchedWork {
	for i := 0; i < len(s.work); i++ {
		a := s.work[i]
		if a.visible > s.now || a.locked(s.now) || !q.Tags.Matches(a.of.Tag) || !s.sessionAllows(a.of.SessionID, q.Session) {
			continue
		}
		if a.raw != "" { // nobody can run it: kept for the operator, out of the way
			s.aside = append(s.aside, aside{raw: a.raw})
			s.work = slices.Delete(s.work, i, i+1)
			i--
			continue
		}
		a.token, a.until, a.owner = rand.Text(), s.at(q.LockTimeout), ""
		a.attempts++
		if a.of.SessionID != nil {
			a.owner = q.Session.OwnerID
			s.sessions[*a.of.SessionID] = &session{owner: a.owner, until: s.at(q.Session.LockTimeout), activity: s.now}
		}
		return &core.FetchedWork{Item: a.item, LockToken: a.token, AttemptCount: a.attempts}
	}
	return nil
}

// sessionAllows reports whether the caller may have work of this session.
func (s *store) sessionAllows(id *string, caller *core.SessionFetch) bool {
	if id == nil {
		return true
	}
	if caller == nil {
		return false
	}
	se := s.sessions[*id]
	return se == nil || se.until <= s.now || se.owner == caller.OwnerID
}

// heldWork returns the activity with this token, expired or not.
func (s *store) heldWork(token string) (*activity, error) {
	for _, a := range s.work {
		if token != "" && a.token == token {
			return a, nil
		}
	}
	return nil, fail(core.ErrLockLost, "no activity is locked with this token")
}

// heldWorkActive is heldWork, and fails when the lock has expired.
func (s *store) heldWorkActive(token string) (*activity, error) {
	a, err := s.heldWork(token)
	if err == nil && !a.locked(s.now) {
		err = fail(core.ErrLockLost, "the lock of activity %d of instance %q has expired", a.of.ID, a.of.Instance)
	}
	return a, err
}

// touchSession notes activity on the session, while its owner still has it.
func (s *store) touchSession(a *activity) {
	if a.of.SessionID == nil {
		return
	}
	if se := s.sessions[*a.of.SessionID]; se != nil && se.until > s.now && se.owner == a.owner {
		se.activity = s.now
	}
}

// AckWorkItem implements core.Provider.
func (p *Provider) AckWorkItem(ctx context.Context, token string, completion *core.WorkItem) error {
	return p.write(ctx, "AckWorkItem", func(s *store) error {
		a, err := s.heldWorkActive(token)
		if err == nil && completion != nil {
			err = checkCompletion(*completion)
		}
		if err != nil {
			return err
		}
		s.touchSession(a)
		s.work = slices.DeleteFunc(s.work, func(b *activity) bool { return b == a })
		if completion != nil {
			s.enqueue(*completion, s.now)
		}
		return nil
	})
}

// AbandonWorkItem implements core.Provider.
func (p *Provider) AbandonWorkItem(ctx context.Context, q core.AbandonParams) error {
	return p.write(ctx, "AbandonWorkItem", func(s *store) error {
		a, err := s.heldWork(q.LockToken)
		if err != nil {
			return err
		}
		a.token, a.until, a.visible = "", 0, s.at(q.Delay)
		if q.IgnoreAttempt && a.attempts > 0 {
			a.attempts--
		}
		return nil
	})
}

// RenewWorkItemLock implements core.Provider.
func (p *Provider) RenewWorkItemLock(ctx context.Context, token string, extendFor time.Duration) error {
	return p.write(ctx, "RenewWorkItemLock", func(s *store) error {
		a, err := s.heldWorkActive(token)
		if err != nil {
			return err
		}
		a.until = s.at(extendFor)
		s.touchSession(a)
		return nil
	})
}

// RenewSessionLock implements core.Provider.
func (p *Provider) RenewSessionLock(ctx context.Context, q core.RenewSessionParams) (n int, err error) {
	err = p.write(ctx, "RenewSessionLock", func(s *store) error {
		for _, owner := range q.OwnerIDs {
			if err := checkID("owner id", owner, core.MaxSessionBytes); err != nil {
				return err
			}
		}
		for _, se := range s.sessions {
			if slices.Contains(q.OwnerIDs, se.owner) && se.until > s.now && se.activity > s.now-q.IdleTimeout.Milliseconds() {
				se.until = s.at(q.ExtendFor)
				n++
			}
		}
		return nil
	})
	return n, err
}

// CleanupOrphanedSessions implements core.Provider.
func (p *Provider) CleanupOrphanedSessions(ctx context.Context, _ time.Duration) (n int, err error) {
	err = p.write(ctx, "CleanupOrphanedSessions", func(s *store) error {
		for id, se := range s.sessions {
			working := slices.ContainsFunc(s.work, func(a *activity) bool {
				return a.of.SessionID != nil &&
					*a.of.SessionID == id
			})
			if se.until <= s.now && !working {
				delete(s.sessions, id)
				n++
			}
		}
		return nil
	})
	return n, err
}
