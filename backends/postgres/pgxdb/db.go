package pgxdb

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/internal/storeurl"
)

// Options say how to use a pool.
type Options struct {
	// Dialect classifies errors, by SQLSTATE. Required.
	Dialect *engine.Dialect
	// Timeout bounds each statement on the server, and how long a transaction may
	// wait there for its client. Default: 30 s.
	Timeout time.Duration
	// Channel carries the announcements of a store's processes.
	Channel string
	// Shared says that the pool is somebody else's, who closes it.
	Shared bool
}

// DB implements engine.DB over a pool. Make one with New or Open.
type DB struct {
	pool    *pgxpool.Pool
	opts    Options
	unnamed bool // nothing is prepared: every statement is parsed and planned each time
	// What begins a transaction that lasts, one that a crash may undo, and one that reads.
	write, claim, read []step
}

var (
	_ engine.DB       = (*DB)(nil)
	_ engine.Notifier = (*DB)(nil)
)

// The server keeps the plans it made first, and makes them on empty tables: without
// these settings they read whole tables for ever, and bitmap scans, which never mark
// dead index entries, get slower with every turn. Every plan of ours is an index
// range, so that one made without knowing the values is as good as any.
const settings = `SELECT set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true),
	set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),
	set_config('plan_cache_mode', 'force_generic_plan', true), set_config('jit', 'off', true),
	set_config('statement_timeout', '%[1]d', true), set_config('idle_in_transaction_session_timeout', '%[1]d', true)`

const clockSQL = "SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::int8"

var (
	clock  = step{stmt: &engine.Statement{Name: "clock", Output: []string{"now"}}, sql: clockSQL}
	commit = step{call: noCall, sql: "COMMIT"}
)

// cancelPatience is how long a server may take over a cancel request before its
// connection is dropped.
const cancelPatience = time.Second

// enoughConns is how many connections a pool has at most unless its address says
// otherwise: the engine writes on two, and reads must not make those wait.
const enoughConns = 10

// ParseConfig reads the address of a server, as pgxpool does. Connections ask the
// server to stop when a context ends, and hear whether a COMMIT was before that.
func ParseConfig(address string) (*pgxpool.Config, error) {
	c, err := pgxpool.ParseConfig(address)
	if err != nil {
		return nil, core.Errorf("Open", core.ErrInvalidArgument, "the server's address: %s", storeurl.Redact(err.Error(), address))
	}
	if !strings.Contains(address, "pool_max_conns") {
		c.MaxConns = max(c.MaxConns, enoughConns)
	}
	c.ConnConfig.BuildContextWatcherHandler = func(conn *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: conn, DeadlineDelay: cancelPatience}
	}
	return c, nil
}

// Open makes a seam over a pool of its own, which connects at the first use. before,
// which may be nil, is called before each connection is made.
func Open(address string, before func(context.Context, *pgx.ConnConfig) error, opts Options) (*DB, error) {
	c, err := ParseConfig(address)
	if err != nil {
		return nil, err
	}
	c.BeforeConnect = before
	pool, err := pgxpool.NewWithConfig(context.Background(), c)
	if err != nil {
		return nil, err
	}
	return New(pool, opts), nil
}

// New makes a seam over pool, which it owns from then on unless it is shared.
func New(pool *pgxpool.Pool, opts Options) *DB {
	if opts.Timeout <= 0 {
		opts.Timeout = 30 * time.Second
	}
	begin := func(mode, more string) []step {
		return []step{{call: noCall, sql: "BEGIN " + mode}, {call: noCall, sql: fmt.Sprintf(settings, opts.Timeout.Milliseconds()) + more}}
	}
	const readCommitted = "READ WRITE ISOLATION LEVEL READ COMMITTED"
	return &DB{
		pool: pool, opts: opts,
		unnamed: pool.Config().ConnConfig.DefaultQueryExecMode != pgx.QueryExecModeCacheStatement,
		write:   begin(readCommitted, ""),
		claim:   begin(readCommitted, ", set_config('synchronous_commit', 'off', true)"),
		read:    begin("READ ONLY ISOLATION LEVEL REPEATABLE READ", ""),
	}
}

// Write implements engine.DB.
func (d *DB) Write(ctx context.Context, calls []engine.Call) ([]engine.Result, error) {
	return d.plan(ctx, d.write, calls, commit)
}

// Claim implements engine.DB: its commit does not wait for the disk.
func (d *DB) Claim(ctx context.Context, calls []engine.Call) ([]engine.Result, error) {
	return d.plan(ctx, d.claim, calls, commit)
}

// Read implements engine.DB.
func (d *DB) Read(ctx context.Context, calls []engine.Call) ([]engine.Result, error) {
	return d.plan(ctx, d.read, calls, step{call: noCall, sql: "END"})
}

// plan runs a whole transaction as one pipeline, again when a connection turns out to
// have ended while nobody used it, as all in the pool have then, or to have prepared
// statements that are out of date: it has forgotten them by then.
func (d *DB) plan(ctx context.Context, begin []step, calls []engine.Call, end step) ([]engine.Result, error) {
	steps, err := appendCalls(append(make([]step, 0, len(begin)+len(calls)+1), begin...), calls)
	if err != nil {
		return nil, err
	}
	steps = append(steps, end)
	for tries := int32(1); ; tries++ {
		results := make([]engine.Result, len(calls))
		another, err := d.onConn(ctx, func(c *conn) error { return c.run(ctx, steps, results) })
		switch {
		case err == nil:
			return results, nil
		case !another || tries > d.pool.Stat().MaxConns():
			return nil, err
		}
	}
}

// Transact implements engine.DB. BEGIN travels with the first run. After a failed
// run the transaction is over, even if fn returns nil.
func (d *DB) Transact(ctx context.Context, fn func(run engine.Runner) error) error {
	_, err := d.onConn(ctx, func(c *conn) error {
		begin, failed := d.write, error(nil)
		err := fn(func(calls ...engine.Call) (results []engine.Result, _ error) {
			var steps []step
			if failed == nil {
				steps, failed = appendCalls(append(steps, begin...), calls)
			}
			if failed == nil {
				begin, results = nil, make([]engine.Result, len(calls))
				failed = c.run(ctx, steps, results)
			}
			return results, failed
		})
		if err == nil && failed == nil && begin == nil {
			err = c.run(ctx, []step{commit}, nil)
		}
		return cmp.Or(err, failed)
	})
	return err
}

// Clock implements engine.DB.
func (d *DB) Clock(ctx context.Context) (int64, error) {
	results := make([]engine.Result, 1)
	if _, err := d.onConn(ctx, func(c *conn) error { return c.run(ctx, []step{clock}, results) }); err != nil {
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
