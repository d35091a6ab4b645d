package sqldb

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"strings"

	"github.com/durokit/duro/core/engine"
)

// packet is several executions as one text, which costs one round trip. Those that
// return rows have a result set, and so do those whose changes somebody counts.
type packet struct {
	text strings.Builder
	args []driver.NamedValue
	sets []set
	// silent is 1 + the call whose execution came last, when it has no result set.
	silent int
}

// set is whose rows come next: those of a call, or the number it changed.
type set struct {
	call    int
	changed bool
}

// carry runs calls between the texts begin and end, as one packet if they fit.
func (d *DB) carry(ctx context.Context, c *pinned, begin string, calls []engine.Call, end string) (results []engine.Result, err error) {
	err = d.onLive(ctx, c, func(t *tx) (err error) {
		if err := t.c.stillThere(ctx); err != nil {
			return d.failure(ctx, err, noCall)
		}
		if results, err = t.packet(begin, calls, end); !errors.Is(err, driver.ErrSkip) {
			return err
		}
		apart := func(t *tx) (err error) {
			results, err = t.apart(calls)
			return err
		}
		switch end {
		case commit:
			return t.whole(begin, apart, (*tx).commit)
		case rollback:
			return t.whole(begin, apart, (*tx).leave)
		}
		return apart(t)
	})
	return results, err
}

// inPackets runs calls in the transaction that is open, as one packet if they fit.
func (t *tx) inPackets(calls []engine.Call) ([]engine.Result, error) {
	results, err := t.packet("", calls, "")
	if errors.Is(err, driver.ErrSkip) {
		results, err = t.apart(calls)
	}
	t.failed, _ = errors.AsType[*engine.Failure](err)
	return results, err
}

// apart gives every call a packet of its own.
func (t *tx) apart(calls []engine.Call) ([]engine.Result, error) {
	results := make([]engine.Result, len(calls))
	for i := range calls {
		if n := calls[i].IfChanged; n > 0 && results[n-1].Affected == 0 {
			continue
		}
		one, err := t.packet("", calls[i:i+1], "")
		if errors.Is(err, driver.ErrSkip) {
			err = misuse("%s has values that do not fit into one statement; the setting %s bounds it",
				calls[i].Stmt.Name, t.db.opts.PacketLimit)
		}
		if err != nil {
			return nil, t.db.failure(t.ctx, err, i)
		}
		results[i] = one[0]
	}
	return results, nil
}

// stillThere fails for a connection that was closed while nobody used it.
func (c *pinned) stillThere(ctx context.Context) error {
	if r, ok := c.dc.(driver.SessionResetter); ok {
		return c.note(r.ResetSession(ctx))
	}
	return nil
}

// packet sends calls as one packet. It fails with driver.ErrSkip, having sent
// nothing, when they do not fit into one.
func (t *tx) packet(begin string, calls []engine.Call, end string) ([]engine.Result, error) {
	p, err := t.compose(begin, calls, end)
	results := make([]engine.Result, len(calls))
	if err != nil || len(p.sets) == 0 {
		return results, err
	}
	read, err := t.send(p, results)
	if err == nil || errors.Is(err, driver.ErrSkip) {
		return results, err
	}
	call, done := noCall, read == len(p.sets)
	if !done {
		call = p.sets[read].call
	}
	f := t.db.failure(t.ctx, t.c.note(err), call)
	answered := f.Native != "" && f.Class.Outcome != engine.RetryStatement
	sent := !errors.Is(err, driver.ErrBadConn)
	f.Ambiguous = end == commit && sent && (done || !answered) && !t.db.opts.Uncommitted(err)
	t.rollback()
	if !done {
		results = nil
	}
	return results, f
}

// compose writes the text and lays out its arguments.
func (t *tx) compose(begin string, calls []engine.Call, end string) (*packet, error) {
	p := &packet{}
	p.add(begin)
	for i := range calls {
		counted := calls[i].Counted
		err := executions(&calls[i], allSizes, func(e execution) error { return p.execution(t.c, i, counted, e) })
		if err != nil {
			return nil, t.db.failure(t.ctx, err, i)
		}
	}
	if p.silent > 0 { // what fails after the last result set would look like a failed commit
		p.count(p.silent - 1)
	}
	p.add(end)
	return p, nil
}

func (p *packet) add(text string) {
	if text == "" {
		return
	}
	if p.text.Len() > 0 {
		p.text.WriteString(";\n")
	}
	p.text.WriteString(text)
}

func (p *packet) execution(c *pinned, call int, counted bool, e execution) error {
	args, err := c.bind(e, nil)
	if err != nil {
		return err
	}
	p.args = append(p.args, args...)
	clear(args)
	p.add(e.form.SQL)
	switch {
	case len(e.s.Output) > 0:
		p.sets, p.silent = append(p.sets, set{call, false}), 0
	case counted:
		p.count(call)
	default:
		p.silent = call + 1
	}
	return nil
}

// count asks how many rows the execution changed that was added last.
func (p *packet) count(call int) {
	p.add(changedRows)
	p.sets, p.silent = append(p.sets, set{call, true}), 0
}

// changedRows is how a database with packets tells what the statement before did.
const changedRows = "SELECT ROW_COUNT()"

// send sends the packet and reads what comes back. read is how many result sets
// came whole.
func (t *tx) send(p *packet, results []engine.Result) (read int, err error) {
	q, ok := t.c.dc.(driver.QueryerContext)
	if !ok {
		return 0, driver.ErrSkip
	}
	rows, err := q.QueryContext(t.ctx, p.text.String(), p.args)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for ; ; read++ {
		if read > 0 || len(rows.Columns()) == 0 {
			err = io.EOF
			if more, ok := rows.(driver.RowsNextResultSet); ok {
				err = more.NextResultSet()
			}
		}
		switch {
		case errors.Is(err, io.EOF) && read == len(p.sets):
			return read, nil
		case errors.Is(err, io.EOF) || err == nil && read == len(p.sets):
			return read, misuse("%d result sets were expected", len(p.sets))
		case err != nil:
			return read, err
		}
		if err := t.readSet(rows, p.sets[read], results); err != nil {
			return read, err
		}
	}
}

func (t *tx) readSet(rows driver.Rows, s set, results []engine.Result) error {
	width, result := len(rows.Columns()), &results[s.call]
	return t.c.scan(rows, width, t.db.opts.OwnedBytes, func(r engine.Row) {
		if s.changed {
			result.Affected += max(r.Int(0), 0)
		} else {
			result.Rows = append(result.Rows, r)
		}
	})
}
