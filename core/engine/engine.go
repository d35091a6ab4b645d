package engine

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/durokit/duro/core"
)

// Engine is a core.Provider and core.ProviderAdmin over one database. Make one
// with New. It is safe for concurrent use.
type Engine struct {
	db   DB
	d    *Dialect
	s    *Statements
	plan []*Statement // of a write batch
	opts Options

	clock   *storeClock
	cache   *historyCache
	classes *classSet
	waiting *waitingRoom
	lanes   []*lane
	voice   *announcer // nil where nothing carries announcements
	holder  int64      // this process, in claim rows

	upkeep      upkeep
	onSelection atomic.Pointer[func()] // of a test, see Hooks

	minLock atomic.Int64 // smallest lock timeout seen, ms; bounds retries
	seq     atomic.Int64 // last claim sequence given out

	// run is the engine's own context: batches outlive the callers in them.
	run     context.Context
	stop    context.CancelFunc
	loops   sync.WaitGroup
	gate    sync.Mutex // guards closed, and that no call enters after it is set
	closed  bool
	closing chan struct{} // closed with closed
	calls   sync.WaitGroup
}

var (
	_ core.Provider        = (*Engine)(nil)
	_ core.ProviderAdmin   = (*Engine)(nil)
	_ core.AdminDiscoverer = (*Engine)(nil)
)

// New starts an engine over db, which it owns from then on. The schema must
// exist. It reads the store's classes, so a store that cannot be read is an
// error here and not at the first call.
func New(ctx context.Context, db DB, d *Dialect, opts Options) (*Engine, error) {
	opts = opts.withDefaults(d)
	e := &Engine{
		db: db, d: d, s: &d.Statements, plan: writePlan(&d.Statements), opts: opts,
		cache:   newHistoryCache(opts.CacheBytes),
		holder:  newIncarnation(),
		closing: make(chan struct{}),
	}
	e.minLock.Store(int64(time.Hour / time.Millisecond))
	e.run, e.stop = context.WithCancel(context.Background())
	e.clock = newStoreClock(opts.Clock)
	if d.ServerClock {
		if err := e.clock.follow(ctx, db); err != nil {
			e.stop()
			return nil, e.told("Open", err, "read the server's clock")
		}
	}
	e.classes = &classSet{e: e}
	if err := e.classes.reload(ctx); err != nil {
		e.stop()
		return nil, e.told("Open", err, "read the version and tag classes")
	}
	e.waiting = newWaitingRoom(e)
	e.startLanes()
	return e, nil
}

// startLanes starts one lane that carries everything on a single writer, else a
// write lane and a claim lane.
func (e *Engine) startLanes() {
	if via, ok := e.db.(Notifier); ok && e.d.Notify {
		e.voice = newAnnouncer(e, via)
		e.loops.Go(e.voice.speak)
		e.loops.Go(e.voice.listen)
	}
	if e.d.SingleWriter {
		e.lanes = []*lane{newLane(e, true, true)}
	} else {
		e.lanes = []*lane{newLane(e, true, false), newLane(e, false, true)}
	}
	for _, l := range e.lanes {
		e.loops.Go(l.loop)
	}
	e.loops.Go(e.waiting.watch)
	e.loops.Go(e.waiting.lookout)
	if e.d.ServerClock {
		e.loops.Go(e.followClock)
	}
}

// Name returns the store's kind.
func (e *Engine) Name() string { return e.opts.Name }

// Version returns the version given in Options.
func (e *Engine) Version() string { return e.opts.Version }

// ProviderAdmin returns e itself: every engine administers its store.
func (e *Engine) ProviderAdmin() (core.ProviderAdmin, bool) { return e, true }

// Close lets calls under way finish until ctx ends, ends waiting fetches, stops
// the lanes and closes the database.
func (e *Engine) Close(ctx context.Context) error {
	if !e.shut() {
		return nil
	}
	e.waiting.close()
	defer context.AfterFunc(ctx, e.stop)() // then what is under way ends, too
	done := make(chan struct{})
	go func() {
		e.calls.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
	}
	for _, l := range slices.Backward(e.lanes) { // claims first: they may give rows back
		l.end()
	}
	e.stop()
	e.loops.Wait()
	if err := e.db.Close(); err != nil {
		return e.told("Close", err, "close the database")
	}
	return nil
}

// shut makes enter refuse; it reports whether this call was the first.
func (e *Engine) shut() bool {
	e.gate.Lock()
	defer e.gate.Unlock()
	was := e.closed
	e.closed = true
	if !was {
		close(e.closing)
	}
	return !was
}

// enter admits a call until the engine closes; leave must follow.
func (e *Engine) enter(op string) error {
	e.gate.Lock()
	defer e.gate.Unlock()
	if e.closed {
		return core.Errorf(op, core.ErrUnavailable, "the provider is closed")
	}
	e.calls.Add(1)
	return nil
}

func (e *Engine) leave() { e.calls.Done() }

// nextSeq returns a number that grows with time, to order instances that became
// due in the same millisecond.
func (e *Engine) nextSeq(now int64) int64 {
	for {
		last := e.seq.Load()
		next := max(last+1, now<<20)
		if e.seq.CompareAndSwap(last, next) {
			return next
		}
	}
}

// sawLock remembers the smallest lock timeout, which bounds retries.
func (e *Engine) sawLock(ms int64) {
	for ms > 0 {
		old := e.minLock.Load()
		if ms >= old || e.minLock.CompareAndSwap(old, ms) {
			return
		}
	}
}
