package sqldb

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"math/bits"

	"github.com/durokit/duro/core/engine"
)

// run runs calls in order. It implements engine.Runner.
func (t *tx) run(calls ...engine.Call) ([]engine.Result, error) {
	if t.failed != nil {
		return nil, t.failed
	}
	if t.db.opts.Packets {
		return t.inPackets(calls)
	}
	return t.each(calls)
}

// each runs calls one by one.
func (t *tx) each(calls []engine.Call) ([]engine.Result, error) {
	results := make([]engine.Result, len(calls))
	for i := range calls {
		if n := calls[i].IfChanged; n > 0 && results[n-1].Affected == 0 {
			continue
		}
		if err := t.call(&calls[i], &results[i]); err != nil {
			t.failed = t.db.failure(t.ctx, err, i)
			return nil, t.failed
		}
	}
	return results, nil
}

// call runs one call over the largest forms that fit.
func (t *tx) call(c *engine.Call, result *engine.Result) error {
	return executions(c, fewSizes, func(e execution) error {
		e.ctx = t.watched(len(e.s.Columns) > 0 && e.form.Rows > 0)
		return t.execute(e, result)
	})
}

// sizes says which numbers of rows a form for any number is used with.
type sizes bool

const (
	allSizes sizes = false
	fewSizes sizes = true // every text is prepared, and kept
)

// executions hands do what a call comes down to: the largest forms that fit.
func executions(c *engine.Call, take sizes, do func(execution) error) error {
	s := c.Stmt
	if err := check(c); err != nil {
		return err
	}
	if len(s.Columns) == 0 {
		return do(execution{s: s, form: s.Forms[0], scalars: c.Scalars})
	}
	for rows := c.Rows; len(rows) > 0; {
		form, per := fit(s.Forms, len(rows), take)
		if form == nil {
			return misuse("%s has no form for %d rows", s.Name, len(rows))
		}
		e := execution{s: s, form: *form, scalars: c.Scalars}
		if form.Most > 0 {
			e.form = s.Spell(*form, per)
		}
		for ; len(rows) >= per && len(rows) > 0; rows = rows[per:] {
			e.rows = rows[:per]
			if err := do(e); err != nil {
				return err
			}
		}
	}
	return nil
}

// fit returns the form for n rows, and how many of them it takes: one for just
// so many or for all, else the largest that fits.
func fit(forms []engine.Form, n int, take sizes) (*engine.Form, int) {
	var best *engine.Form
	for i := range forms {
		f := &forms[i]
		if f.Most > 0 {
			return f, take.of(min(n, f.Most))
		}
		if f.Rows == 0 || f.Rows == n {
			return f, n
		}
		if f.Rows <= n && (best == nil || f.Rows > best.Rows) {
			best = f
		}
	}
	if best == nil {
		return nil, 0
	}
	return best, best.Rows
}

// of is the largest size up to n: few sizes are the powers of two.
func (take sizes) of(n int) int {
	if take == fewSizes {
		return 1 << (bits.Len(uint(n)) - 1)
	}
	return n
}

// oneExecution reports whether calls come down to one execution at most.
func oneExecution(calls []engine.Call) bool {
	if len(calls) != 1 {
		return len(calls) == 0
	}
	s := calls[0].Stmt
	if len(s.Columns) == 0 {
		return true
	}
	form, per := fit(s.Forms, len(calls[0].Rows), fewSizes)
	return form == nil || per == len(calls[0].Rows)
}

// execution is one form with the inputs of one go.
type execution struct {
	s       *engine.Statement
	form    engine.Form
	scalars []any
	rows    [][]any
	ctx     context.Context
}

// execute runs e and adds what it returns to result.
func (t *tx) execute(e execution, result *engine.Result) error {
	if err := t.ctx.Err(); err != nil {
		return err
	}
	stmt, err := t.c.prepare(e.ctx, e.form.SQL)
	if err != nil {
		return err
	}
	args, err := t.c.bind(e, stmt)
	if err != nil {
		return err
	}
	if len(e.s.Output) > 0 {
		err = t.query(e, stmt, args, result)
	} else {
		var res driver.Result
		if res, err = execStmt(e.ctx, stmt, args); err == nil {
			if n, err := res.RowsAffected(); err == nil {
				result.Affected += n
			}
		}
	}
	clear(args) // payloads are not to be kept alive
	return t.c.note(err)
}

func (t *tx) query(e execution, stmt driver.Stmt, args []driver.NamedValue, result *engine.Result) (err error) {
	rows, err := queryStmt(e.ctx, stmt, args)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	width := len(rows.Columns())
	if width != len(e.s.Output) {
		return misuse("%s returns %d columns, its description says %d", e.s.Name, width, len(e.s.Output))
	}
	return t.c.scan(rows, width, t.db.opts.OwnedBytes, func(r engine.Row) {
		result.Rows = append(result.Rows, r)
	})
}

// scan hands every row to add.
func (c *pinned) scan(rows driver.Rows, width int, owned bool, add func(engine.Row)) error {
	if cap(c.dest) < width {
		c.dest = make([]driver.Value, width)
	}
	dest := c.dest[:width]
	defer clear(dest)
	for {
		switch err := rows.Next(dest); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		row := make(engine.Row, width)
		for i, v := range dest {
			var err error
			if row[i], err = convert(v, owned); err != nil {
				return err
			}
		}
		add(row)
	}
}
