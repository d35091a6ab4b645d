package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/durokit/duro/core/engine"
)

// DB implements engine.DB over database/sql. Make one with New.
type DB struct {
	opts    Options
	writers *pool
	readers *pool // the writers, without Options.ReadFrom
	clock   engine.Statement

	written  atomic.Bool // since the last upkeep
	stop     context.CancelFunc
	loops    sync.WaitGroup
	closing  sync.Once
	closeErr error
}

var _ engine.DB = (*DB)(nil)

// New makes a seam over db, which writes, and Options.ReadFrom, which reads. It
// owns both from then on, and Options.Lock. It connects at the first use.
func New(db *sql.DB, opts Options) *DB {
	opts = opts.withDefaults()
	d := &DB{opts: opts}
	d.writers = d.newPool(db, opts.Writers)
	d.readers = d.writers
	if opts.ReadFrom != nil {
		d.readers = d.newPool(opts.ReadFrom, opts.Readers)
	}
	d.clock = engine.Statement{Name: "clock", Output: []string{"now"}, Forms: []engine.Form{{SQL: opts.ClockSQL}}}
	ctx, stop := context.WithCancel(context.Background())
	d.stop = stop
	if opts.Upkeep != "" && opts.ReadFrom != nil {
		d.loops.Go(func() { d.upkeep(ctx) })
	}
	return d
}

// Write implements engine.DB.
func (d *DB) Write(ctx context.Context, calls []engine.Call) ([]engine.Result, error) {
	return d.plan(ctx, d.opts.Begin, calls)
}

// Claim implements engine.DB.
func (d *DB) Claim(ctx context.Context, calls []engine.Call) ([]engine.Result, error) {
	return d.plan(ctx, d.opts.BeginClaim, calls)
}

func (d *DB) plan(ctx context.Context, begin string, calls []engine.Call) ([]engine.Result, error) {
	var results []engine.Result
	err := d.exclusive(ctx, func(c *pinned) (err error) {
		d.written.Store(true)
		if d.opts.Packets {
			results, err = d.carry(ctx, c, begin, calls, commit)
			return err
		}
		return d.transact(ctx, c, begin, func(t *tx) (err error) {
			t.brisk = d.opts.BriskPlans
			results, err = t.each(calls)
			return err
		})
	})
	if f, ok := errors.AsType[*engine.Failure](err); ok && f.Ambiguous {
		f.Results = results
	}
	if err != nil {
		return nil, err
	}
	return results, nil
}

// Transact implements engine.DB. fn must not call the DB itself: it would wait
// for the connection it holds. After a failed run the transaction is over, even
// if fn returns nil.
func (d *DB) Transact(ctx context.Context, fn func(run engine.Runner) error) error {
	return d.exclusive(ctx, func(c *pinned) error {
		d.written.Store(true)
		return d.transact(ctx, c, d.opts.Begin, func(t *tx) error { return fn(t.run) })
	})
}

// exclusive runs fn with a writer while other processes are locked out.
func (d *DB) exclusive(ctx context.Context, fn func(*pinned) error) error {
	c, err := d.writers.take(ctx)
	if err != nil {
		return d.failure(ctx, err, noCall)
	}
	defer d.writers.put(c)
	if l := d.opts.Lock; l != nil {
		if err := l.Lock(ctx); err != nil {
			return d.failure(ctx, err, noCall)
		}
		defer l.Unlock()
	}
	return fn(c)
}

// Read implements engine.DB. One execution is a snapshot by itself; anything
// more gets a transaction.
func (d *DB) Read(ctx context.Context, calls []engine.Call) ([]engine.Result, error) {
	c, err := d.readers.take(ctx)
	if err != nil {
		return nil, d.failure(ctx, err, noCall)
	}
	defer d.readers.put(c)
	var results []engine.Result
	read := func(t *tx) (err error) {
		results, err = t.each(calls)
		return err
	}
	switch one := oneExecution(calls); {
	case d.opts.Packets && one:
		results, err = d.carry(ctx, c, "", calls, "")
	case d.opts.Packets:
		results, err = d.carry(ctx, c, d.opts.BeginRead, calls, rollback)
	case one:
		err = d.direct(ctx, c, read)
	default:
		err = d.snapshot(ctx, c, read)
	}
	if err != nil {
		return nil, err
	}
	return results, nil
}

// Clock implements engine.DB.
func (d *DB) Clock(ctx context.Context) (int64, error) {
	if d.opts.ClockSQL == "" {
		return d.opts.Clock.NowMillis(), nil
	}
	results, err := d.Read(ctx, []engine.Call{{Stmt: &d.clock}})
	if err != nil {
		return 0, err
	}
	if len(results[0].Rows) != 1 {
		return 0, d.failure(ctx, misuse("the clock's query returned %d rows", len(results[0].Rows)), noCall)
	}
	return results[0].Rows[0].Int(0), nil
}

// Close waits for the calls under way and closes every connection.
func (d *DB) Close() error {
	d.closing.Do(func() {
		d.stop()
		d.loops.Wait()
		if d.readers != d.writers { // the last to go cleans up, and must be able to write
			d.closeErr = d.readers.close()
		}
		d.closeErr = errors.Join(d.closeErr, d.writers.close())
		if d.opts.Lock != nil {
			d.closeErr = errors.Join(d.closeErr, d.opts.Lock.Close())
		}
	})
	return d.closeErr
}
