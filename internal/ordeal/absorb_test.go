package ordeal

import (
	"context"
	"database/sql"
	"slices"
	"sync"
	"testing"
	"time"
)

// Other transactions that are in the way: batches fail by deadlocks and lock waits.
func TestCollisionsAreAbsorbed(t *testing.T) {
	onServers(t, func(a *arena) { a.absorbs(a.collide, a.deadlock, a.lockWait) })
}

// Connections that end, in the middle of whatever they do.
func TestLostConnectionsAreAbsorbed(t *testing.T) {
	onServers(t, func(a *arena) { a.absorbs(a.cutOff, a.killed) })
}

// absorbs lets callers work under a disturbance until batches have failed with each of
// the codes. They must hear nothing of it but that an enqueue may have happened;
// nothing must be lost, and nothing happen twice.
func (a *arena) absorbs(disturb func(ctx context.Context, seen *tally), codes ...string) {
	const portion = 100
	var seen tally
	e := a.open(a.impatient, seen.around)
	a.exec("CREATE TABLE " + a.table("heavy") + " (n INT)")
	c := &crew{p: e, unsure: true}
	ctx, stop := context.WithCancel(a.Context())
	defer stop()
	var all sync.WaitGroup
	all.Go(func() { c.work(ctx, 12) })
	all.Go(func() { disturb(ctx, &seen) })
	missing := func(code string) bool { return seen.count(code) == 0 }
	n, end := 0, time.Now().Add(patience)
	for n == 0 || time.Now().Before(end) && slices.ContainsFunc(codes, missing) {
		n += portion
		c.take(names("i", n)[n-portion:])
		grows(a.T, "events of trees", eventsOfTree*n, func() int { return a.count("history") })
	}
	stop()
	all.Wait()
	if err := c.heard(nil); err != nil || slices.ContainsFunc(codes, missing) {
		a.Errorf("%v; the engine saw %v, want each of %v", err, &seen, codes)
	}
	expectTrees(a.T, e, names("i", n))
}

// overlong is longer than an impatient batch waits for a row.
const overlong = 3 * time.Second

// collide locks claim rows against the engine's order, over and over; and when that has
// led to a deadlock, for longer than batches wait, until one has given up: the rows that
// were there to be locked may be of instances that nobody touches any more.
func (a *arena) collide(ctx context.Context, seen *tally) {
	for ctx.Err() == nil {
		tx, err := a.place.DB.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelReadCommitted})
		if err != nil {
			break
		}
		for _, statement := range append(a.stubborn, "SELECT instance_id FROM duro_claims WHERE instance_id >= 'i-5' FOR UPDATE") {
			if _, err := tx.ExecContext(ctx, statement); err != nil && ctx.Err() == nil {
				a.Error(err)
			}
		}
		wait(ctx, 50*time.Millisecond) // batches that have rows of both halves wait now
		_, _ = tx.ExecContext(ctx, "SELECT instance_id FROM duro_claims WHERE instance_id < 'i-5' FOR UPDATE")
		held := time.Now()
		for ctx.Err() == nil && seen.count(a.deadlock) > 0 && seen.count(a.lockWait) == 0 && time.Since(held) < overlong {
			wait(ctx, 10*time.Millisecond)
		}
		_ = tx.Rollback()
		wait(ctx, 100*time.Millisecond)
	}
}

// cutOff ends all connections of the store, over and over.
func (a *arena) cutOff(ctx context.Context, _ *tally) {
	for ctx.Err() == nil {
		a.killConnections(ctx)
		wait(ctx, 150*time.Millisecond)
	}
}

// wait lets the others go on for a while.
func wait(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
