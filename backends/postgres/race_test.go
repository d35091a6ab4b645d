package postgres_test

import (
	"errors"
	"testing"
	"time"

	"github.com/durokit/duro/core"
)

// An ack that overlaps a claim which takes its expired lock over must have its
// effects all or none: the row that it found locked by its token is somebody
// else's when it comes to delete it.
func TestAckOfWorkThatIsTakenOverMeanwhileIsLost(t *testing.T) {
	t.Parallel()
	c, pool := config(t)
	p := open(t, c)
	item := core.NewWorkItem(core.ActivityExecute{Instance: "x", ExecutionID: 1, ID: 2, Name: "a", Input: "{}"})
	if err := p.EnqueueForWorker(t.Context(), item); err != nil {
		t.Fatal(err)
	}
	w, err := p.FetchWorkItem(t.Context(), core.FetchWorkParams{LockTimeout: time.Hour, PollTimeout: time.Minute})
	if err != nil || w == nil {
		t.Fatal(w, err)
	}
	other, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer other.Rollback(t.Context())
	// What another process's claim does once the lock has expired by its clock.
	if _, err := other.Exec(t.Context(), `UPDATE `+c.Schema+`.duro_work SET token = '\x00'`); err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() {
		completion := core.NewWorkItem(core.ActivityCompleted{Instance: "x", ExecutionID: 1, ID: 2, Result: "ok"})
		done <- p.AckWorkItem(t.Context(), w.LockToken, &completion)
	}()
	for waits := false; !waits; {
		if err := pool.QueryRow(t.Context(), `SELECT EXISTS (SELECT 1 FROM pg_stat_activity
			WHERE wait_event_type = 'Lock' AND query LIKE '%' || $1 || '%')`, c.Schema).Scan(&waits); err != nil {
			t.Fatal(err)
		}
	}
	if err := other.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-done; !errors.Is(err, core.ErrLockLost) {
		t.Errorf("the ack: %v, want a lost lock", err)
	}
	var completions, works int
	if err := pool.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM `+c.Schema+`.duro_messages),
		(SELECT count(*) FROM `+c.Schema+`.duro_work)`).Scan(&completions, &works); err != nil || completions != 0 || works != 1 {
		t.Errorf("%d completions and %d activities are stored, want 0 and 1; %v", completions, works, err)
	}
}
