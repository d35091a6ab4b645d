package pgxdb

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/durokit/duro/core/engine"
)

// step is one execution of one statement in a pipeline.
type step struct {
	call int               // the index of the call, or noCall
	stmt *engine.Statement // of the call
	sql  string
	args [][]byte
}

// texts are steps whose answers nobody needs.
func texts(sql ...string) []step {
	steps := make([]step, len(sql))
	for i, s := range sql {
		steps[i] = step{call: noCall, sql: s}
	}
	return steps
}

// appendCalls adds what the calls come down to. A call without rows, where its
// statement takes some, is nothing.
func appendCalls(steps []step, calls []engine.Call) ([]step, error) {
	for i, c := range calls {
		s := step{call: i, stmt: c.Stmt}
		if err := s.bind(c); err != nil {
			err.Call = i
			return nil, err
		}
		if len(c.Stmt.Columns) == 0 || len(c.Rows) > 0 {
			s.sql = c.Stmt.Forms[0].SQL
			steps = append(steps, s)
		}
	}
	return steps, nil
}

// bind compares a call with what its statement takes, and encodes the scalars, then
// each column of the rows as an array.
func (s *step) bind(c engine.Call) *engine.Failure {
	if s.stmt == nil {
		return misuse("a call without a statement")
	}
	for _, f := range s.stmt.Forms {
		if f.Rows != 0 || f.Most != 0 || f.Args != nil || len(s.stmt.Columns) > 0 && f.Pack != engine.PackArrays {
			return misuse("%s is not written with one array for each column", s.stmt.Name)
		}
	}
	if len(c.Scalars) != len(s.stmt.Scalars) {
		return misuse("%s takes %d scalars %v, got %d", s.stmt.Name, len(s.stmt.Scalars), s.stmt.Scalars, len(c.Scalars))
	}
	for i, row := range c.Rows {
		if len(row) != len(s.stmt.Columns) || len(row) == 0 {
			return misuse("%s takes rows of %d values, row %d has %d", s.stmt.Name, len(s.stmt.Columns), i, len(row))
		}
	}
	s.args = make([][]byte, len(c.Scalars)+len(s.stmt.Columns))
	for i, v := range c.Scalars {
		if b, oid := appendValue(nil, v); oid == unknown {
			return misuse("%s: %s got a value of type %T", s.stmt.Name, s.stmt.Scalars[i], v)
		} else if oid != null {
			s.args[i] = b[4:] // without its length
		}
	}
	for i, col := range s.stmt.Columns {
		b, bad := array(c.Rows, i, oids[col.Type])
		if b == nil {
			return misuse("%s: column %s got a value of type %T", s.stmt.Name, col.Name, bad)
		}
		s.args[len(c.Scalars)+i] = b
	}
	return nil
}

// The types of the plans' values; null and unknown are no types of the server's.
var oids = [...]uint32{engine.Int: pgtype.Int8OID, engine.Text: pgtype.TextOID, engine.Bytes: pgtype.ByteaOID}

const null, unknown = 0, 1

// array encodes column i of the rows: dimensions, whether there are NULLs, the type,
// length and lower bound, then the elements. bad is the value that is none.
func array(rows [][]any, i int, oid uint32) (b []byte, bad any) {
	b = make([]byte, 0, 20+24*len(rows))
	for _, word := range []uint32{1, 0, oid, uint32(len(rows)), 1} {
		b = binary.BigEndian.AppendUint32(b, word)
	}
	for _, row := range rows {
		var is uint32
		switch b, is = appendValue(b, row[i]); is {
		case oid:
		case null:
			b[7] = 1
		default:
			return nil, row[i]
		}
	}
	return b, nil
}

// appendValue encodes a value after its length, and says what it is.
func appendValue(b []byte, v any) (_ []byte, oid uint32) {
	word := binary.BigEndian.AppendUint32
	switch v := v.(type) {
	case int64:
		return binary.BigEndian.AppendUint64(word(b, 8), uint64(v)), pgtype.Int8OID
	case string:
		return append(word(b, uint32(len(v))), v...), pgtype.TextOID
	case []byte:
		if v != nil {
			return append(word(b, uint32(len(v))), v...), pgtype.ByteaOID
		}
	case nil:
	default:
		return b, unknown
	}
	return word(b, 1<<32-1), null
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
		return bytes.Clone(v), nil
	}
	return nil, fmt.Errorf("the server returned type %d; the plans know bigint, text and bytea only", oid)
}
