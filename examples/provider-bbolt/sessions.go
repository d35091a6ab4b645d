package main

import (
	"context"
	"slices"
	"time"

	"github.com/durokit/duro/core"
)

// session says whose activities with its id are. It belongs to no instance.
type session struct {
	Owner   string `json:"owner"`
	Until   uint64 `json:"until"`
	Touched uint64 `json:"touched"`
}

func (t *tx) sessions() table[session] { return table[session]{t.bucket("sessions")} }

// sessionAllows reports whether the caller may have an activity, for its session's sake.
func (t *tx) sessionAllows(a *row, caller *core.SessionFetch) bool {
	if a.Session == nil || caller == nil {
		return a.Session == nil
	}
	se := t.sessions().get([]byte(*a.Session))
	return se == nil || se.Owner == caller.OwnerID || t.due(se.Until)
}

// touchSession notes activity on the session, while who fetched the activity has it.
func (t *tx) touchSession(a *row) {
	if a.Session == nil {
		return
	}
	if se := t.sessions().get([]byte(*a.Session)); se != nil && se.Owner == a.Owner && !t.due(se.Until) {
		se.Touched = t.now
		t.sessions().put([]byte(*a.Session), se)
	}
}

// RenewSessionLock implements core.Provider.
func (s *Store) RenewSessionLock(ctx context.Context, p core.RenewSessionParams) (renewed int, err error) {
	err = s.update(ctx, "RenewSessionLock", func(t *tx) error {
		renewed = 0
		for _, owner := range p.OwnerIDs {
			if err := valid(core.CheckOwner(owner)); err != nil {
				return err
			}
		}
		if err := valid(core.CheckDuration("the extension", p.ExtendFor), core.CheckDuration("the idle timeout", p.IdleTimeout)); err != nil {
			return err
		}
		for id, se := range t.sessions().all(nil) {
			if slices.Contains(p.OwnerIDs, se.Owner) && !t.due(se.Until) && se.Touched+uint64(p.IdleTimeout.Milliseconds()) > t.now {
				se.Until = t.at(p.ExtendFor)
				t.sessions().put(id, se)
				renewed++
			}
		}
		return nil
	})
	return renewed, err
}

// CleanupOrphanedSessions implements core.Provider.
func (s *Store) CleanupOrphanedSessions(ctx context.Context, _ time.Duration) (deleted int, err error) {
	err = s.update(ctx, "CleanupOrphanedSessions", func(t *tx) error {
		needed := map[string]bool{}
		for a := range t.work().all() {
			if a.Session != nil {
				needed[*a.Session] = true
			}
		}
		for id, se := range t.sessions().all(nil) {
			if t.due(se.Until) && !needed[string(id)] {
				t.sessions().delete(id)
				deleted++
			}
		}
		return nil
	})
	return deleted, err
}
