package pgxdb

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/durokit/duro/core/engine"
)

// restTimeout bounds a ROLLBACK, which runs even when the caller is gone.
const restTimeout = 5 * time.Second

// conn is one connection while one transaction has it.
type conn struct {
	*pgx.Conn
	db    *DB
	stale bool // the server refused a prepared statement as out of date
	dead  bool // the server had ended the connection before anything ran
}

// onConn runs fn with a connection, and leaves no transaction open on it. another
// says that fn failed for what the connection had gone through before.
func (d *DB) onConn(ctx context.Context, fn func(*conn) error) (another bool, err error) {
	pooled, err := d.pool.Acquire(ctx)
	if err != nil {
		return false, d.failure(ctx, err)
	}
	defer pooled.Release() // closes a connection that could not be brought to rest
	c := &conn{Conn: pooled.Conn(), db: d}
	defer c.rest(ctx)
	err = fn(c)
	return c.stale || c.dead, err
}

// rest ends whatever transaction is open, and forgets statements that are out of date.
func (c *conn) rest(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), restTimeout)
	defer cancel()
	if !c.IsClosed() && c.PgConn().TxStatus() != 'I' && tell(ctx, c.Conn, "ROLLBACK") != nil {
		return
	}
	if c.stale {
		clear(c.prepared())
		_ = c.DeallocateAll(ctx) // if it fails, the next plan finds the names taken, and comes back here
	}
}

// leave closes the connection, which ends whatever transaction is open.
func leave(ctx context.Context, c *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), restTimeout)
	defer cancel()
	_ = c.Close(ctx) // nobody else uses it
}

// tell runs one statement as text and returns nothing of it.
func tell(ctx context.Context, c *pgx.Conn, sql string) error {
	return c.PgConn().Exec(ctx, sql).Close()
}

// prepared is what the server keeps for a connection, by text.
type prepared map[string]*pgconn.StatementDescription

// names counts the names given to prepared statements: nobody else has them.
var names atomic.Uint64

func (c *conn) prepared() prepared {
	const key = "github.com/durokit/duro"
	data := c.PgConn().CustomData()
	p, ok := data[key].(prepared)
	if !ok {
		p = prepared{}
		data[key] = p
	}
	return p
}

// run sends the steps as one pipeline and reads the results of the calls among
// them. Its error is a *engine.Failure.
func (c *conn) run(ctx context.Context, steps []step, results []engine.Result) error {
	at, err := c.pipeline(ctx, steps, results)
	last := len(steps) - 1
	commits := steps[last].sql == commit.sql
	if err == nil || at > last && commits { // what came after COMMIT's answer changes nothing
		return nil
	}
	f := c.db.failure(ctx, err)
	if 0 <= at && at <= last {
		f.Call = steps[at].call
	}
	f.Ambiguous = commits && !changedNothing(err, 0 <= at && at < last)
	if f.Ambiguous && at == last {
		f.Results = results
	}
	c.stale, c.dead = outOfDate(err), at <= 0 && c.IsClosed() && !f.Ambiguous && ctx.Err() == nil
	return f
}

// inBinary is the format of all parameters and results.
var inBinary = []int16{pgx.BinaryFormatCode}

// pipeline returns the index of the step that failed: -1 when it was sending them, the
// number of steps when all were answered.
func (c *conn) pipeline(ctx context.Context, steps []step, results []engine.Result) (at int, err error) {
	p := c.PgConn().StartPipeline(ctx)
	defer func() {
		if closed := p.Close(); err == nil {
			err = closed
		}
	}()
	fresh := c.send(p, steps)
	if err := p.Sync(); err != nil {
		return -1, err
	}
	for i, s := range steps {
		if fresh[i] != "" {
			d, err := next[*pgconn.StatementDescription](p)
			if err != nil {
				return i, err
			}
			d.Name = fresh[i]
			c.prepared()[s.sql] = d
		}
		r, err := next[*pgconn.ResultReader](p)
		if err == nil {
			err = s.take(r, results)
		}
		if err != nil {
			return i, err
		}
	}
	_, err = next[*pgconn.PipelineSync](p)
	return len(steps), err
}

// send queues the steps, and returns the name each is prepared under on the way.
func (c *conn) send(p *pgconn.Pipeline, steps []step) (fresh []string) {
	fresh = make([]string, len(steps))
	known, sent := c.prepared(), map[string]string{}
	for i, s := range steps {
		if s.sql == commit.sql { // what came before is known, even if its own answer gets lost
			p.SendFlushRequest()
		}
		if c.db.unnamed {
			p.SendQueryParams(s.sql, s.args, nil, inBinary, inBinary)
			continue
		}
		if d := known[s.sql]; d != nil {
			p.SendQueryStatement(d, s.args, inBinary, inBinary)
			continue
		}
		if sent[s.sql] == "" {
			fresh[i] = fmt.Sprintf("duro_%d", names.Add(1))
			sent[s.sql] = fresh[i]
			p.SendPrepare(fresh[i], s.sql, nil)
		}
		p.SendQueryPrepared(sent[s.sql], s.args, inBinary, inBinary)
	}
	return fresh
}

// next reads the next answer, which is a T.
func next[T any](p *pgconn.Pipeline) (answer T, err error) {
	got, err := p.GetResults()
	if err != nil {
		return answer, err
	}
	answer, ok := got.(T)
	if !ok {
		return answer, fmt.Errorf("the server answered with %T, not %T", got, answer)
	}
	return answer, nil
}
