package sqldb

import (
	"context"
	"database/sql/driver"

	"github.com/durokit/duro/core/engine"
)

// check compares a call with what its statement takes.
func check(c *engine.Call) error {
	s := c.Stmt
	if s == nil {
		return misuse("a call without a statement")
	}
	if len(c.Scalars) != len(s.Scalars) {
		return misuse("%s takes %d scalars %v, got %d", s.Name, len(s.Scalars), s.Scalars, len(c.Scalars))
	}
	if len(s.Columns) == 0 && len(c.Rows) > 0 {
		return misuse("%s takes no rows, got %d", s.Name, len(c.Rows))
	}
	for i, row := range c.Rows {
		if len(row) != len(s.Columns) {
			return misuse("%s takes rows of %d values, row %d has %d", s.Name, len(s.Columns), i, len(row))
		}
	}
	return nil
}

// bind lays the inputs of e out as its form's placeholders want them. stmt is
// nil when nothing was prepared.
func (c *pinned) bind(e execution, stmt driver.Stmt) ([]driver.NamedValue, error) {
	packed, err := pack(e)
	if err != nil {
		return nil, err
	}
	width := len(e.s.Columns)
	input := func(i int) any {
		if i < len(e.scalars) {
			return e.scalars[i]
		}
		i -= len(e.scalars)
		if e.form.Pack != engine.PackValues {
			return packed[i]
		}
		return e.rows[i/width][i%width]
	}
	inputs := len(e.scalars) + len(packed)
	if e.form.Pack == engine.PackValues {
		inputs += len(e.rows) * width
	}
	n := inputs
	if e.form.Args != nil {
		n = len(e.form.Args)
	}
	if stmt != nil {
		if want := stmt.NumInput(); want >= 0 && want != n {
			return nil, misuse("%s has %d placeholders, the call gives %d", e.s.Name, want, n)
		}
	}
	args := c.arguments(n)
	for i := range args {
		from := i
		if e.form.Args != nil {
			from = e.form.Args[i]
		}
		if from < 0 || from >= inputs {
			return nil, misuse("%s: placeholder %d takes input %d of %d", e.s.Name, i+1, from, inputs)
		}
		args[i] = driver.NamedValue{Ordinal: i + 1, Value: input(from)}
		if err := c.checkValue(stmt, &args[i]); err != nil {
			return nil, misuse("%s: placeholder %d: %v", e.s.Name, i+1, err)
		}
	}
	return args, nil
}

// arguments returns room for n arguments, used again for every execution.
func (c *pinned) arguments(n int) []driver.NamedValue {
	if cap(c.args) < n {
		c.args = make([]driver.NamedValue, max(n, 32))
	}
	return c.args[:n]
}

// checkValue lets the four plain types through and asks the driver about others,
// which are arrays.
func (c *pinned) checkValue(stmt driver.Stmt, v *driver.NamedValue) (err error) {
	switch b := v.Value.(type) {
	case nil, int64, string:
		return nil
	case []byte:
		if b == nil {
			v.Value = nil
		}
		return nil
	case array:
		v.Value = b.values
	default:
		return misuse("a value of type %T; int64, string, []byte or nil is needed", b)
	}
	if k, ok := stmt.(driver.NamedValueChecker); ok {
		return k.CheckNamedValue(v)
	}
	if k, ok := c.dc.(driver.NamedValueChecker); ok {
		return k.CheckNamedValue(v)
	}
	v.Value, err = driver.DefaultParameterConverter.ConvertValue(v.Value)
	return err
}

func execStmt(ctx context.Context, s driver.Stmt, args []driver.NamedValue) (driver.Result, error) {
	if e, ok := s.(driver.StmtExecContext); ok {
		return e.ExecContext(ctx, args)
	}
	return s.Exec(plain(args)) //nolint:staticcheck // the only way old drivers have
}

func queryStmt(ctx context.Context, s driver.Stmt, args []driver.NamedValue) (driver.Rows, error) {
	if q, ok := s.(driver.StmtQueryContext); ok {
		return q.QueryContext(ctx, args)
	}
	return s.Query(plain(args)) //nolint:staticcheck // the only way old drivers have
}

func plain(args []driver.NamedValue) []driver.Value {
	values := make([]driver.Value, len(args))
	for i, a := range args {
		values[i] = a.Value
	}
	return values
}
