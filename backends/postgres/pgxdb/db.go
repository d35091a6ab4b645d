package pgxdb

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/durokit/duro/core/engine"
)

// Options say how to use a pool.
type Options struct {
	// Dialect classifies errors, by SQLSTATE. Required.
	Dialect *engine.Dialect
	// Timeout bounds each statement on the server, and how long a transaction may
	// wait there for its client. Default: 30 s.
	Timeout time.Duration
	// Shared says that the pool is somebody else's, who closes it.
	Shared bool
}

// DB implements engine.DB over a pool. Make one with New.
type DB struct {
	pool    *pgxpool.Pool
	opts    Options
	names   names
	unnamed bool // nothing is prepared: every statement is parsed and planned each time
	commit  step
	// What begins a transaction that lasts, one that a crash may undo, and one that reads.
	write, claim, read []step
}

var _ engine.DB = (*DB)(nil)

// The server keeps the plans it made first, and makes them on empty tables:
// without these settings they read whole tables for ever, and bitmap scans, which
// never mark dead index entries, get slower with every turn. Every plan of ours is
// an index range, so that one made without knowing the values is as good as any.
const planner = "set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true), " +
	"set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true), " +
	"set_config('plan_cache_mode', 'force_generic_plan', true), set_config('jit', 'off', true)"

const clockSQL = "SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::int8"

var clock = engine.Statement{Name: "clock", Output: []string{"now"}, Forms: []engine.Form{{SQL: clockSQL}}}

// New makes a seam over pool, which it owns from then on unless it is shared. With
// another DefaultQueryExecMode than the driver's own nothing is prepared.
func New(pool *pgxpool.Pool, opts Options) *DB {
	d := &DB{pool: pool, opts: opts, commit: frame("COMMIT")}
	d.unnamed = pool.Config().ConnConfig.DefaultQueryExecMode != pgx.QueryExecModeCacheStatement
	timeout := opts.Timeout
	if timeout <= 0 {
		timeout = 30 * time.Second
	}
	settings := fmt.Sprintf("SELECT %s, set_config('statement_timeout', '%[2]d', true), "+
		"set_config('idle_in_transaction_session_timeout', '%[2]d', true)", planner, timeout.Milliseconds())
	const readCommitted = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
	d.write = []step{frame(readCommitted), frame(settings)}
	d.claim = []step{frame(readCommitted), frame(settings + ", set_config('synchronous_commit', 'off', true)")}
	d.read = []step{frame("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"), frame(settings)}
	return d
}

// Write implements engine.DB.
func (d *DB) Write(ctx context.Context, calls []engine.Call) ([]engine.Result, error) {
	return d.plan(ctx, d.write, calls)
}

// Claim implements engine.DB: its commit does not wait for the disk.
func (d *DB) Claim(ctx context.Context, calls []engine.Call) ([]engine.Result, error) {
	return d.plan(ctx, d.claim, calls)
}

// Read implements engine.DB.
func (d *DB) Read(ctx context.Context, calls []engine.Call) ([]engine.Result, error) {
	results, err := d.plan(ctx, d.read, calls)
	if f, ok := err.(*engine.Failure); ok { //nolint:errorlint // it is what plan returns
		f.Ambiguous = false // it has changed nothing
	}
	return results, err
}

// plan runs a whole transaction as one pipeline. A connection whose prepared
// statements turn out to be out of date forgets them, and the plan goes again.
func (d *DB) plan(ctx context.Context, begin []step, calls []engine.Call) ([]engine.Result, error) {
	steps, err := appendCalls(append(make([]step, 0, len(begin)+len(calls)+1), begin...), calls)
	if err != nil {
		return nil, err
	}
	steps = append(steps, d.commit)
	for tries := d.pool.Stat().MaxConns(); ; tries-- {
		results := make([]engine.Result, len(calls))
		stale, err := d.onConn(ctx, func(c *conn) error { return c.run(ctx, steps, results) })
		switch {
		case err == nil:
			return results, nil
		case !stale || tries == 0:
			return nil, err
		}
	}
}

// onConn runs fn with a connection and leaves no transaction open on it. stale
// says that the connection had statements prepared that the server refuses.
func (d *DB) onConn(ctx context.Context, fn func(*conn) error) (stale bool, err error) {
	pooled, err := d.pool.Acquire(ctx)
	if err != nil {
		return false, d.failure(ctx, err, noCall)
	}
	defer pooled.Release()
	c := &conn{db: d, pgx: pooled.Conn()}
	defer c.rest(ctx)
	err = fn(c)
	return c.stale, err
}

// Transact implements engine.DB. BEGIN travels with the first run. After a failed
// run the transaction is over, even if fn returns nil.
func (d *DB) Transact(ctx context.Context, fn func(run engine.Runner) error) error {
	_, err := d.onConn(ctx, func(c *conn) error {
		begin, failed := d.write, error(nil)
		err := fn(func(calls ...engine.Call) ([]engine.Result, error) {
			if failed != nil {
				return nil, failed
			}
			var steps []step
			results := make([]engine.Result, len(calls))
			if steps, failed = appendCalls(append(steps, begin...), calls); failed == nil {
				begin = nil
				failed = c.run(ctx, steps, results)
			}
			if failed != nil {
				return nil, failed
			}
			return results, nil
		})
		switch {
		case err != nil:
			return err
		case failed != nil || begin != nil:
			return failed
		}
		return c.run(ctx, []step{d.commit}, nil)
	})
	return err
}

// Clock implements engine.DB.
func (d *DB) Clock(ctx context.Context) (int64, error) {
	results := make([]engine.Result, 1)
	_, err := d.onConn(ctx, func(c *conn) error {
		return c.run(ctx, []step{{call: 0, stmt: &clock, sql: clockSQL}}, results)
	})
	if err != nil {
		return 0, err
	}
	return results[0].Rows[0].Int(0), nil
}

// Close waits for the calls under way and closes every connection of its own.
func (d *DB) Close() error {
	if !d.opts.Shared {
		d.pool.Close()
	}
	return nil
}

// frame is a step that is no call.
func frame(sql string) step {
	return step{call: noCall, sql: sql, stmt: &engine.Statement{Name: strings.ToLower(sql[:min(len(sql), 6)])}}
}
