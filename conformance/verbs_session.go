package conformance

import (
	"time"

	"github.com/durokit/duro/core"
)

// ofSession is activity n of instance a in a session.
func ofSession(n uint64, session string) core.WorkItem {
	return item(core.ActivityExecute{Instance: "a", ExecutionID: 1, ID: n, Name: "Work", Input: "in", SessionID: &session})
}

func sessionOf(it core.WorkItem) string {
	if p, ok := it.Payload().(core.ActivityExecute); ok && p.SessionID != nil {
		return *p.SessionID
	}
	return ""
}

// as fetches as the owner of sessions; they outlive the case unless a time is given.
func (t *T) as(owner string, lock ...time.Duration) opt {
	if len(lock) > 0 {
		return owned(owner, lock[0])
	}
	return owned(owner, t.timing.Hold)
}

// own gives a session to an owner, by work that is fetched and acked at once.
func (t *T) own(owner, session string, d time.Duration) {
	w := ofSession(1, session)
	t.enqueueWork(w)
	t.ackWork(t.fetchWorkOf(w, t.as(owner, d)))
}

// busy lets an owner hold work of a session for longer than a tick, so that
// without any activity the session would count as idle.
func (t *T) busy() *core.FetchedWork {
	t.enqueueWork(ofSession(1, "s"))
	w := t.fetchWork(t.as("A"))
	t.Wait(2 * t.timing.Tick)
	t.renewed(0, t.timing.Tick, "A")
	return w
}

// renewed renews an owner's sessions, and demands how many there are.
func (t *T) renewed(want int, idle time.Duration, owner string, extend ...time.Duration) {
	d := t.timing.Hold
	if len(extend) > 0 {
		d = extend[0]
	}
	n, err := t.p.RenewSessionLock(t.ctx, core.RenewSessionParams{OwnerIDs: []string{owner}, ExtendFor: d, IdleTimeout: idle})
	t.must(err, "RenewSessionLock")
	t.Stepf("renew the sessions of %q for %v unless idle for %v: %d", owner, d, idle, n)
	t.truthf(n == want, "renewing the sessions of %q: got %d, want %d", owner, n, want)
}

// swept sweeps sessions, and demands how many were deleted.
func (t *T) swept(want int) {
	n, err := t.p.CleanupOrphanedSessions(t.ctx, t.timing.Hold)
	t.must(err, "CleanupOrphanedSessions")
	t.Stepf("sweep sessions: %d", n)
	t.truthf(n == want, "sweeping sessions: got %d, want %d", n, want)
}

// contend has two workers fetch at once, where there are two items of one free
// session and one plain one. One gets the session, the other the plain item; both
// are acked, and the session's owner is returned.
func (t *T) contend(session string) (winner string) {
	t.enqueueWork(ofSession(1, session), ofSession(2, session), activity("a", 3))
	workers := []string{"A", "B"}
	got := make([]*core.FetchedWork, 2)
	t.Together(2, func(i int) { got[i] = t.fetchWork(t.as(workers[i])) })
	for i, w := range got {
		if sessionOf(w.Item) == session {
			t.truthf(winner == "", "both workers got work of one session")
			winner = workers[i]
		}
		t.ackWork(w)
	}
	if winner == "" {
		t.Fatalf("neither worker got work of the free session")
	}
	return winner
}
