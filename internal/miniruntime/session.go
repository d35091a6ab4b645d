package miniruntime

import (
	"context"
	"sync"

	"github.com/durokit/duro/core"
)

// sessionTracker counts the activities running per session, over all loops.
type sessionTracker struct {
	mu      sync.Mutex
	running map[string]int
}

// full reports whether no further session may be taken on.
func (t *sessionTracker) full(most int) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.running) >= most
}

// enter counts an activity in, unless that would be a session too many.
func (t *sessionTracker) enter(session string, most int) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.running == nil {
		t.running = map[string]int{}
	}
	if t.running[session] == 0 && len(t.running) >= most {
		return false
	}
	t.running[session]++
	return true
}

func (t *sessionTracker) leave(session string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.running[session]--
	if t.running[session] == 0 {
		delete(t.running, session)
	}
}

// sessionFetch is the identity to fetch with; at the limit, only activities
// without a session are asked for.
func (r *Runtime) sessionFetch(owner string) *core.SessionFetch {
	if r.sessions.full(r.opts.MaxSessions) {
		return nil
	}
	return &core.SessionFetch{OwnerID: owner, LockTimeout: r.opts.SessionLockTimeout}
}

// keepSessions renews the sessions of this runtime's owners.
func (r *Runtime) keepSessions(ctx context.Context, owners []string) {
	every := renewalInterval(r.opts.SessionLockTimeout, r.opts.SessionRenewalBuffer)
	p := core.RenewSessionParams{OwnerIDs: owners, ExtendFor: r.opts.SessionLockTimeout, IdleTimeout: r.opts.SessionIdleTimeout}
	for {
		sleep(ctx, r.opts.Clock, every)
		if ctx.Err() != nil {
			return
		}
		if _, err := r.p.RenewSessionLock(ctx, p); err != nil && ctx.Err() == nil {
			r.opts.Logger.Warn("miniruntime: sessions not renewed", errorAttr(err))
		}
	}
}

// cleanSessions removes what expired sessions, of any runtime, left behind.
func (r *Runtime) cleanSessions(ctx context.Context) {
	for {
		sleep(ctx, r.opts.Clock, r.opts.SessionCleanupInterval)
		if ctx.Err() != nil {
			return
		}
		if _, err := r.p.CleanupOrphanedSessions(ctx, r.opts.SessionIdleTimeout); err != nil && ctx.Err() == nil {
			r.opts.Logger.Warn("miniruntime: sessions not cleaned up", errorAttr(err))
		}
	}
}
