package migrate

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/core/engine"
)

const (
	beatEvery       = time.Second
	defaultPatience = 15 * time.Second // without a beat, before a lock is taken over
	lockPoll        = 100 * time.Millisecond
	lockTries       = 10 // statements that may fail in a row: a lost race is an error on some clusters
	cleanupTimeout  = 5 * time.Second
)

// locked runs fn while no other process migrates. still, which fn calls before
// each step, fails when the lock was lost.
func (r *Runner) locked(ctx context.Context, fn func(still func() error) error) error {
	if len(r.Begin) > 0 {
		return r.inTransaction(ctx, fn)
	}
	return r.withLockRow(ctx, fn)
}

// inTransaction makes the whole run one transaction, which the first statement
// after BEGIN, or BEGIN itself, makes exclusive.
func (r *Runner) inTransaction(ctx context.Context, fn func(func() error) error) (err error) {
	defer func() {
		if err != nil {
			undo, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTimeout)
			defer cancel()
			_ = r.Session.Exec(undo, "ROLLBACK") // fails where nothing was begun
		}
	}()
	for _, sql := range append(slices.Clip(r.Begin), r.createMigrations()) {
		if err := r.Session.Exec(ctx, sql); err != nil {
			return err
		}
	}
	if err := fn(func() error { return nil }); err != nil {
		return err
	}
	return r.Session.Exec(ctx, "COMMIT")
}

// withLockRow owns the lock row while fn runs.
func (r *Runner) withLockRow(ctx context.Context, fn func(func() error) error) error {
	for _, sql := range []string{r.createLock(), r.createMigrations()} {
		if err := r.insist(ctx, func() error { return r.Session.Exec(ctx, sql) }); err != nil {
			return err
		}
	}
	me := rand.Text()
	if err := r.acquire(ctx, me); err != nil {
		return err
	}
	stop := r.keepBeat(ctx, me)
	err := fn(func() error {
		if owner, _, err := r.owner(ctx, r.Session); err != nil || owner != me {
			return errors.Join(err, core.Errorf("Open", core.ErrConflict, "the migration lock was lost to %q", owner))
		}
		return nil
	})
	stop()
	free, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTimeout)
	defer cancel()
	return errors.Join(err, r.insist(free, func() error {
		return r.setOwner(free, r.Session, "", "owner = "+quoteText(me))
	}))
}

// acquire waits until the row names me: when nobody owns it, or when its owner's
// beat has not moved for the waiter's patience.
func (r *Runner) acquire(ctx context.Context, me string) error {
	patience := r.patience
	if patience == 0 {
		patience = defaultPatience
	}
	var seen string
	since := time.Now() //nolint:forbidigo // how long a beat stays away is no matter of the store's clock
	for tries := 0; ; {
		owner, beat, err := r.owner(ctx, r.Session)
		if state := fmt.Sprint(owner, beat); state != seen {
			seen, since = state, time.Now() //nolint:forbidigo // as above
		}
		switch {
		case err == nil && owner == me:
			return nil
		case err == nil && beat < 0:
			err = r.Session.Exec(ctx, "INSERT INTO "+r.table(lockTable)+" (id, owner, beat) VALUES (1, '', 0)")
		case err == nil && (owner == "" || time.Since(since) > patience): //nolint:forbidigo // as above
			err = r.setOwner(ctx, r.Session, me, fmt.Sprintf("owner = %s AND beat = %d", quoteText(owner), beat))
		}
		tries++
		if err == nil {
			tries = 0
		}
		if tries == lockTries {
			return err
		}
		if owner == "" && err == nil {
			continue // look at once who got it
		}
		if err := pause(ctx, lockPoll); err != nil {
			return err
		}
	}
}

// owner reads the lock row; the beat is -1 when there is none.
func (r *Runner) owner(ctx context.Context, s Session) (string, int64, error) {
	rows, err := s.Query(ctx, "SELECT owner, beat FROM "+r.table(lockTable)+" WHERE id = 1")
	if err != nil || len(rows) == 0 {
		return "", -1, err
	}
	return engine.Row(rows[0]).Text(0), number(rows[0][1]), nil
}

func (r *Runner) setOwner(ctx context.Context, s Session, owner, where string) error {
	return s.Exec(ctx, fmt.Sprintf("UPDATE %s SET owner = %s, beat = beat + 1 WHERE id = 1 AND %s",
		r.table(lockTable), quoteText(owner), where))
}

// keepBeat moves the beat until the returned function is called.
func (r *Runner) keepBeat(ctx context.Context, me string) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for pause(ctx, beatEvery) == nil {
			// A missed beat is no harm: fn looks whether it lost the lock.
			_ = r.setOwner(ctx, r.Beat, me, "owner = "+quoteText(me))
		}
	}()
	return func() {
		cancel()
		<-done
	}
}

// insist repeats what can lose a race on a cluster.
func (r *Runner) insist(ctx context.Context, f func() error) error {
	for tries := 1; ; tries++ {
		err := f()
		if err == nil || tries == lockTries {
			return err
		}
		if pause(ctx, lockPoll) != nil {
			return err
		}
	}
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
