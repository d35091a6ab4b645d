package engine

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// serverDB is a store that has nothing but a clock, ahead of this machine's.
type serverDB struct {
	ahead  atomic.Int64 // ms
	closed atomic.Bool
}

func (d *serverDB) Write(_ context.Context, calls []Call) ([]Result, error) { return d.empty(calls) }
func (d *serverDB) Claim(_ context.Context, calls []Call) ([]Result, error) { return d.empty(calls) }
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
