package engine

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/durokit/duro/core"
)

// serverDB is a store that has nothing but a clock, ahead of this machine's.
type serverDB struct {
	ahead  atomic.Int64 // ms
	closed atomic.Bool
}

func (d *serverDB) Write(_ context.Context, calls []Call) ([]Result, error) { return d.empty(calls) }
func (d *serverDB) Read(_ context.Context, calls []Call) ([]Result, error)  { return d.empty(calls) }
func (*serverDB) Transact(context.Context, func(Runner) error) error        { return nil }
func (d *serverDB) Close() error                                            { d.closed.Store(true); return nil }
func (d *serverDB) Clock(context.Context) (int64, error) {
	return SystemClock{}.NowMillis() + d.ahead.Load(), nil
}

func (*serverDB) empty(calls []Call) ([]Result, error) { return make([]Result, len(calls)), nil }

func TestTheClockNeverGoesBack(t *testing.T) {
	t.Parallel()
	host := &standClock{}
	c := newStoreClock(host)
	last := int64(0)
	for _, at := range []int64{1000, 2000, 1500, 1999, 2001, 0} {
		host.at.Store(at)
		if got := c.now(); got < last || got < at {
			t.Errorf("at %d the clock reads %d after %d", at, got, last)
		} else {
			last = got
		}
	}
	c.offset.Store(-5000)
	if got := c.now(); got != last {
		t.Errorf("the clock reads %d after %d", got, last)
	}
}

// TestTheServersClockIsFollowed: rule 7, again and again, and a host clock that
// tests set forward stays ahead.
func TestTheServersClockIsFollowed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		db, host := &serverDB{}, &ManualClock{}
		db.ahead.Store(7000)
		host.Advance(time.Hour)
		e, err := New(t.Context(), db, &Dialect{Name: "test", ServerClock: true}, Options{Clock: host})
		if err != nil {
			t.Fatal(err)
		}
		ahead := func() time.Duration {
			return time.Duration(e.clock.now()-SystemClock{}.NowMillis()) * time.Millisecond
		}
		if got := ahead(); got != time.Hour+7*time.Second {
			t.Errorf("the engine's clock is %v ahead, want the server's 7s and the hour it was set forward", got)
		}
		db.ahead.Store(9000)
		sleep(t.Context(), clockEvery+time.Second)
		if got := ahead(); got != time.Hour+9*time.Second {
			t.Errorf("the engine's clock is %v ahead, want the server's new 9s and the hour", got)
		}
		if err := e.Close(t.Context()); err != nil || !db.closed.Load() {
			t.Errorf("close: %v; the database is closed: %v", err, db.closed.Load())
		}
	})
}

// TestALaneEndsWithItsWorkDone: rows that are given back at the end are not left
// locked.
func TestALaneEndsWithItsWorkDone(t *testing.T) {
	t.Parallel()
	e, err := New(t.Context(), &serverDB{}, &Dialect{Name: "test"}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	l := newLane(e, true, false)
	left := &job{member: &enqueueWork{e: e}, done: make(chan error, 1)}
	l.queue = append(l.queue, left) // nobody has kicked the lane for it
	go l.loop()
	l.end()
	if err := <-left.done; err != nil {
		t.Errorf("the member that was left got %v", err)
	}
	late := &job{member: &enqueueWork{e: e}, done: make(chan error, 1)}
	l.push(late)
	if err := <-late.done; core.CodeOf(err) != core.ErrUnavailable {
		t.Errorf("a member after the end got %v, want unavailable", err)
	}
	if err := e.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

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
			if took := time.Since(start); err == nil || tries > replays+1 || took > limit+time.Duration(tries)*time.Millisecond {
				t.Errorf("locks of %v: %d tries in %v, want at most %d in %v", lock, tries, took, replays+1, limit)
			}
			if lock == time.Hour && tries != replays+1 {
				t.Errorf("%d tries, want %d", tries, replays+1)
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
