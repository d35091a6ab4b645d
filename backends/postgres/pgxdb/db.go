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
}

// DB implements engine.DB over a pool. Make one with Open or New.
type DB struct {
	pool    *pgxpool.Pool
	opts    Options
	owned   bool
	unnamed bool // nothing is prepared: every statement is parsed and planned each time
	settled bool // connections have the settings from their beginning
	// What goes before a transaction that lasts, one that a crash may undo, one that
	// reads, and a statement that is its own transaction.
	write, claim, read, alone []step
}

var (
	_ engine.DB       = (*DB)(nil)
	_ engine.Notifier = (*DB)(nil)
)

// The server keeps the plans it made first, and makes them on empty tables: without
// these settings they read whole tables for ever, and bitmap scans, which never mark
// dead index entries, get slower with every turn. Every plan of ours is an index
// range, so that one made without knowing the values is as good as any.
const settings = `SELECT set_config('enable_seqscan', 'off', %[2]t), set_config('enable_bitmapscan', 'off', %[2]t),
	set_config('enable_hashjoin', 'off', %[2]t), set_config('enable_mergejoin', 'off', %[2]t),
	set_config('plan_cache_mode', 'force_generic_plan', %[2]t), set_config('jit', 'off', %[2]t),
	set_config('statement_timeout', '%[1]d', %[2]t), set_config('idle_in_transaction_session_timeout', '%[1]d', %[2]t)`

// settings is a statement that sets what plans need, for one transaction or for as
// long as the connection lasts.
func (o Options) settings(forOne bool) string {
	return fmt.Sprintf(settings, o.Timeout.Milliseconds(), forOne)
}

// settle sets what plans need on a new connection, unless it is a pooler's, which
// gives whose it is to somebody else next.
func (o Options) settle(ctx context.Context, c *pgx.Conn) error {
	return tell(ctx, c, fmt.Sprintf("%s WHERE pg_backend_pid() = %d", o.settings(false), c.PgConn().PID()))
}

const clockSQL = "SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::int8"

var (
	clock  = step{stmt: &engine.Statement{Name: "clock", Output: []string{"now"}}, sql: clockSQL}
	commit = step{call: noCall, sql: "COMMIT"}
	end    = step{call: noCall, sql: "END"}
)

// cancelPatience is how long a server may take over a cancel request before its
// connection is dropped.
const cancelPatience = time.Second

// pingAfter is how long a connection rests before it is asked whether it still works.
// The driver's second would make two statements of every look of an idle store.
const pingAfter = 3 * time.Second

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

// Open makes a seam over a pool of its own, which connects at the first use. Where
// statements stay prepared a connection is the seam's for good, and gets its settings
// once, by c's AfterConnect.
func Open(c *pgxpool.Config, opts Options) (*DB, error) {
	opts = opts.withDefaults()
	settled := prepares(c)
	if settled {
		c.AfterConnect = opts.settle
	}
	c.ShouldPing = func(_ context.Context, p pgxpool.ShouldPingParams) bool { return p.IdleDuration > pingAfter }
	pool, err := pgxpool.NewWithConfig(context.Background(), c)
	if err != nil {
		return nil, err
	}
	d := &DB{pool: pool, opts: opts, owned: true}
	d.arrange(prepares(c), settled)
	return d, nil
}

// New makes a seam over somebody else's pool, who closes it. Settings end with the
// transaction there.
func New(pool *pgxpool.Pool, opts Options) *DB {
	d := &DB{pool: pool, opts: opts.withDefaults()}
	d.arrange(prepares(pool.Config()), false)
	return d
}

func (o Options) withDefaults() Options {
	if o.Timeout <= 0 {
		o.Timeout = 30 * time.Second
	}
	return o
}

// arrange makes what goes before every transaction, for connections that keep what is
// prepared on them, or what is set.
func (d *DB) arrange(prepared, settled bool) {
	d.unnamed, d.settled = !prepared, settled
	if !settled {
		d.alone = texts(d.opts.settings(true))
	}
	begin := func(sql ...string) []step { return append(texts(sql...), d.alone...) }
	const readCommitted = "BEGIN READ WRITE ISOLATION LEVEL READ COMMITTED"
	d.write = begin(readCommitted)
	d.claim = begin(readCommitted, "SET LOCAL synchronous_commit = off")
	d.read = begin("BEGIN READ ONLY ISOLATION LEVEL REPEATABLE READ")
}

// prepares reports whether statements stay prepared on c's connections.
func prepares(c *pgxpool.Config) bool {
	return c.ConnConfig.DefaultQueryExecMode == pgx.QueryExecModeCacheStatement
}

// Write implements engine.DB.
func (d *DB) Write(ctx context.Context, calls []engine.Call) ([]engine.Result, error) {
	return d.plan(ctx, d.write, calls, commit)
}

// Claim implements engine.DB: its commit does not wait for the disk.
func (d *DB) Claim(ctx context.Context, calls []engine.Call) ([]engine.Result, error) {
	return d.plan(ctx, d.claim, calls, commit)
}

// Read implements engine.DB. One statement is a snapshot by itself, and needs no
// transaction around it.
func (d *DB) Read(ctx context.Context, calls []engine.Call) ([]engine.Result, error) {
	if len(calls) == 1 {
		return d.plan(ctx, d.alone, calls)
	}
	return d.plan(ctx, d.read, calls, end)
}

// plan runs a whole transaction as one pipeline, again when a connection turns out to
// have ended while nobody used it, as all in the pool have then, or to have prepared
// statements that are out of date: it has forgotten them by then.
func (d *DB) plan(ctx context.Context, begin []step, calls []engine.Call, end ...step) ([]engine.Result, error) {
	steps, err := appendCalls(append(make([]step, 0, len(begin)+len(calls)+len(end)), begin...), calls)
	if err != nil {
		return nil, err
	}
	if steps = append(steps, end...); len(steps) == 0 {
		return make([]engine.Result, len(calls)), nil
	}
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
	if d.owned {
		d.pool.Close()
	}
	return nil
}
