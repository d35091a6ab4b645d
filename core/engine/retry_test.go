package engine

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/durokit/duro/core"
)

// TestRetriesEndInTime: within a quarter of the smallest lock timeout seen, and
// never above 2 s.
func TestRetriesEndInTime(t *testing.T) {
	t.Parallel()
	for lock, limit := range map[time.Duration]time.Duration{time.Hour: retryCeiling, 100 * time.Millisecond: 25 * time.Millisecond, time.Millisecond: 1} {
		synctest.Test(t, func(t *testing.T) {
			e := &Engine{}
			e.minLock.Store(time.Hour.Milliseconds())
			e.sawLock(0) // of a caller who wants none
			e.sawLock(lock.Milliseconds())
			e.sawLock(time.Hour.Milliseconds())
			start, tries := time.Now(), 0
			err := e.retrying(t.Context(), func() error {
				tries++
				sleep(t.Context(), time.Millisecond)
				return &Failure{Class: Class{Outcome: ReplayTransaction, Code: core.ErrConflict}, Call: -1, Err: errors.New("again")}
			})
			if took := time.Since(start); err == nil || took > limit+time.Duration(tries)*time.Millisecond {
				t.Errorf("locks of %v: %d tries in %v, want an end within %v", lock, tries, took, limit)
			}
			if lock == time.Hour && tries < 8 {
				t.Errorf("%d tries: several clients may collide more often than that", tries)
			}
		})
	}
}

// TestWhatIsNotRetried: a semantic failure, a commit without an answer, and
// anything when the context has ended.
func TestWhatIsNotRetried(t *testing.T) {
	t.Parallel()
	e := &Engine{}
	e.minLock.Store(time.Hour.Milliseconds())
	ended, end := context.WithCancel(t.Context())
	end()
	for name, c := range map[string]struct {
		ctx context.Context
		err error
	}{
		"semantic":  {t.Context(), &Failure{Err: errors.New("no")}},
		"plain":     {t.Context(), errors.New("no")},
		"ambiguous": {t.Context(), &Failure{Class: Class{Outcome: ReplayTransaction}, Ambiguous: true, Err: errors.New("lost")}},
		"ended":     {ended, &Failure{Class: Class{Outcome: ReplayTransaction}, Err: errors.New("again")}},
	} {
		tries := 0
		err := e.retrying(c.ctx, func() error {
			tries++
			return c.err
		})
		if tries != 1 || !errors.Is(err, c.err) {
			t.Errorf("%s: %d tries, %v; want 1 and the error itself", name, tries, err)
		}
	}
}

func TestOptionsThatMakeNoSenseAreDefaults(t *testing.T) {
	t.Parallel()
	got := Options{PollInterval: -1, StatementTimeout: -1, BatchMembers: -1, BatchBytes: -1}.withDefaults(&Dialect{Name: "x"})
	want := Options{}.withDefaults(&Dialect{Name: "x"})
	if got.PollInterval != want.PollInterval || got.StatementTimeout != want.StatementTimeout ||
		got.BatchMembers != want.BatchMembers || got.BatchBytes != want.BatchBytes {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if d := jitter(0); d < 0 || d > 1 {
		t.Errorf("jitter(0) = %v", d)
	}
}
