package pgxdb

import (
	"encoding/binary"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/durokit/duro/core/engine"
)

// step is one execution of one statement in a pipeline.
type step struct {
	call int // the index of the call, or noCall
	stmt *engine.Statement
	sql  string
	args [][]byte
}

// appendCalls adds what the calls come down to. A call without rows, where its
// statement takes some, and one of a statement without forms are nothing.
func appendCalls(steps []step, calls []engine.Call) ([]step, error) {
	for i, c := range calls {
		if err := check(c); err != nil {
			err.Call = i
			return nil, err
		}
		if len(c.Stmt.Forms) == 0 || len(c.Stmt.Columns) > 0 && len(c.Rows) == 0 {
			continue
		}
		args, err := bind(c)
		if err != nil {
			err.Call = i
			return nil, err
		}
		steps = append(steps, step{call: i, stmt: c.Stmt, sql: c.Stmt.Forms[0].SQL, args: args})
	}
	return steps, nil
}

// check compares a call with what its statement takes.
func check(c engine.Call) *engine.Failure {
	s := c.Stmt
	switch {
	case s == nil:
		return misuse("a call without a statement")
	case len(c.Scalars) != len(s.Scalars):
		return misuse("%s takes %d scalars %v, got %d", s.Name, len(s.Scalars), s.Scalars, len(c.Scalars))
	case len(s.Columns) == 0 && len(c.Rows) > 0:
		return misuse("%s takes no rows, got %d", s.Name, len(c.Rows))
	case len(s.Forms) == 0:
		return nil
	case len(s.Forms) > 1 || s.Forms[0].Args != nil || len(s.Columns) > 0 && s.Forms[0].Pack != engine.PackArrays:
		return misuse("%s is not written with one array for each column", s.Name)
	}
	for i, row := range c.Rows {
		if len(row) != len(s.Columns) {
			return misuse("%s takes rows of %d values, row %d has %d", s.Name, len(s.Columns), i, len(row))
		}
	}
	return nil
}

// bind encodes the scalars, then each column as an array.
func bind(c engine.Call) ([][]byte, *engine.Failure) {
	args := make([][]byte, 0, len(c.Scalars)+len(c.Stmt.Columns))
	for i, v := range c.Scalars {
		if n, ok := size(v); !ok {
			return nil, misuse("%s: %s got a value of type %T", c.Stmt.Name, c.Stmt.Scalars[i], v)
		} else if n < 0 {
			args = append(args, nil)
		} else {
			args = append(args, put(make([]byte, 0, n), v))
		}
	}
	for i, col := range c.Stmt.Columns {
		a, err := array(c, i, col)
		if err != nil {
			return nil, err
		}
		args = append(args, a)
	}
	return args, nil
}

// oids are the types of the plans' columns.
var oids = [...]uint32{engine.Int: pgtype.Int8OID, engine.Text: pgtype.TextOID, engine.Bytes: pgtype.ByteaOID}

// array encodes column i of the rows: dimensions, whether there are NULLs, the
// type, length and lower bound, then every element after its length.
func array(c engine.Call, i int, col engine.Column) ([]byte, *engine.Failure) {
	total, nulls := 5*4, uint32(0)
	for _, row := range c.Rows {
		n, ok := size(row[i])
		if !ok || n >= 0 && !fits(row[i], col.Type) {
			return nil, misuse("%s: column %s got a value of type %T", c.Stmt.Name, col.Name, row[i])
		}
		if n < 0 {
			nulls = 1
		}
		total += 4 + max(n, 0)
	}
	b := make([]byte, 0, total)
	for _, word := range []uint32{1, nulls, oids[col.Type], uint32(len(c.Rows)), 1} {
		b = binary.BigEndian.AppendUint32(b, word)
	}
	for _, row := range c.Rows {
		n, _ := size(row[i])
		b = put(binary.BigEndian.AppendUint32(b, uint32(n)), row[i])
	}
	return b, nil
}

// size is how many bytes a value takes, -1 for NULL; ok is false for one that no
// plan has.
func size(v any) (n int, ok bool) {
	switch v := v.(type) {
	case nil:
		return -1, true
	case int64:
		return 8, true
	case string:
		return len(v), true
	case []byte:
		if v == nil {
			return -1, true
		}
		return len(v), true
	}
	return 0, false
}

// fits reports whether a value that is not NULL belongs into a column.
func fits(v any, t engine.Type) (ok bool) {
	switch t {
	case engine.Int:
		_, ok = v.(int64)
	case engine.Text:
		_, ok = v.(string)
	case engine.Bytes:
		_, ok = v.([]byte)
	}
	return ok
}

func put(b []byte, v any) []byte {
	switch v := v.(type) {
	case int64:
		return binary.BigEndian.AppendUint64(b, uint64(v))
	case string:
		return append(b, v...)
	case []byte:
		return append(b, v...)
	}
	return b
}

// take reads what the server answered to s into the result of its call.
func (s step) take(r *pgconn.ResultReader, results []engine.Result) error {
	fields := r.FieldDescriptions()
	rows := s.call != noCall && len(s.stmt.Output) > 0
	if rows && len(fields) != len(s.stmt.Output) {
		return misuse("%s returns %d columns, its description says %d", s.stmt.Name, len(fields), len(s.stmt.Output))
	}
	for rows && r.NextRow() {
		row := make(engine.Row, len(fields))
		for i, v := range r.Values() {
			var err error
			if row[i], err = decode(fields[i].DataTypeOID, v); err != nil {
				return misuse("%s: %s: %v", s.stmt.Name, s.stmt.Output[i], err)
			}
		}
		results[s.call].Rows = append(results[s.call].Rows, row)
	}
	tag, err := r.Close()
	if err == nil && s.call != noCall && !rows {
		results[s.call].Affected = tag.RowsAffected()
	}
	return err
}

// decode reads one value in the binary format. The driver uses v's memory again.
func decode(oid uint32, v []byte) (any, error) {
	switch {
	case v == nil:
		return nil, nil //nolint:nilnil // NULL is a value
	case oid == pgtype.Int8OID && len(v) == 8:
		return int64(binary.BigEndian.Uint64(v)), nil
	case oid == pgtype.TextOID:
		return string(v), nil
	case oid == pgtype.ByteaOID:
		return append(make([]byte, 0, len(v)), v...), nil
	}
	return nil, fmt.Errorf("the server returned type %d; the plans know bigint, text and bytea only", oid)
}
