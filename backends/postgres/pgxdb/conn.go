package pgxdb

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/durokit/duro/core/engine"
)

// restTimeout bounds a ROLLBACK, which runs even when the caller is gone.
const restTimeout = 5 * time.Second

// conn is one connection while one transaction has it.
type conn struct {
	db    *DB
	pgx   *pgx.Conn
	stale bool // the server refused a prepared statement as out of date
}

// prepared is what the server keeps for a connection, by name.
type prepared map[string]*pgconn.StatementDescription

// preparedKey is where a connection carries what was prepared on it.
const preparedKey = "github.com/durokit/duro"

func (c *conn) prepared() prepared {
	data := c.pgx.PgConn().CustomData()
	p, ok := data[preparedKey].(prepared)
	if !ok {
		p = prepared{}
		data[preparedKey] = p
	}
	return p
}

// inBinary is the format of all parameters and results.
var inBinary = []int16{pgx.BinaryFormatCode}

// run sends the steps as one pipeline and reads the results of the calls among
// them. Its error is a *engine.Failure.
func (c *conn) run(ctx context.Context, steps []step, results []engine.Result) error {
	at, err := c.pipeline(ctx, steps, results)
	if err == nil {
		return nil
	}
	f := c.db.failure(ctx, err, noCall)
	if at < len(steps) {
		f.Call = steps[at].call
	}
	last := len(steps) - 1
	f.Ambiguous = steps[last].sql == c.db.commit.sql && !changedNothing(err, at < last)
	c.stale = outOfDate(err)
	return f
}

// pipeline returns the index of the step that failed, or the number of steps when
// it was the end of the pipeline.
func (c *conn) pipeline(ctx context.Context, steps []step, results []engine.Result) (at int, err error) {
	known := c.prepared()
	p := c.pgx.PgConn().StartPipeline(ctx)
	defer func() {
		if closed := p.Close(); err == nil {
			err = closed
		}
	}()
	fresh := make([]string, len(steps)) // names prepared on the way
	sent := map[string]struct{}{}
	for i, s := range steps {
		if c.db.unnamed {
			p.SendQueryParams(s.sql, s.args, nil, inBinary, inBinary)
			continue
		}
		name := c.db.names.of(s.sql)
		if d := known[name]; d != nil {
			p.SendQueryStatement(d, s.args, inBinary, inBinary)
			continue
		}
		if _, twice := sent[name]; !twice {
			sent[name], fresh[i] = struct{}{}, name
			p.SendPrepare(name, s.sql, nil)
		}
		p.SendQueryPrepared(name, s.args, inBinary, inBinary)
	}
	if err := p.Sync(); err != nil {
		return len(steps), err
	}
	for i, s := range steps {
		if fresh[i] != "" {
			d, err := next[*pgconn.StatementDescription](p)
			if err != nil {
				return i, err
			}
			d.Name = fresh[i]
			known[d.Name] = d
		}
		var r *pgconn.ResultReader
		if r, err = next[*pgconn.ResultReader](p); err == nil {
			err = s.take(r, results)
		}
		if err != nil {
			return i, err
		}
	}
	_, err = next[*pgconn.PipelineSync](p)
	return len(steps), err
}

// next reads the next answer, which is a T.
func next[T any](p *pgconn.Pipeline) (answer T, err error) {
	got, err := p.GetResults()
	if err != nil {
		return answer, err
	}
	answer, ok := got.(T)
	if !ok {
		return answer, fmt.Errorf("pgxdb: the server answered with a %T, not a %T", got, answer)
	}
	return answer, nil
}

// rest ends whatever transaction is open, and forgets statements that are out of
// date. A connection that cannot be brought to rest is closed by its pool.
func (c *conn) rest(ctx context.Context) {
	idle := c.pgx.IsClosed() || c.pgx.PgConn().TxStatus() == 'I'
	if idle && !c.stale {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), restTimeout)
	defer cancel()
	if !idle && c.pgx.PgConn().Exec(ctx, "ROLLBACK").Close() != nil {
		return
	}
	if c.stale {
		clear(c.prepared())
		_ = c.pgx.DeallocateAll(ctx) // if it fails, the next plan finds the names taken, and comes back here
	}
}

// names gives every text the name it is prepared under.
type names struct{ bySQL sync.Map }

func (n *names) of(sql string) string {
	if name, ok := n.bySQL.Load(sql); ok {
		return name.(string)
	}
	sum := sha256.Sum256([]byte(sql))
	name := "duro_" + hex.EncodeToString(sum[:12])
	n.bySQL.Store(sql, name)
	return name
}
