package pgxdb

import (
	"context"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/core/engine/migrate"
)

// Session runs fn with a connection for statements that are no plan: schema
// changes, above all. A transaction fn leaves open is rolled back. Opening a store
// begins with one, so that it also looks whether the server is one that works.
func (d *DB) Session(ctx context.Context, fn func(migrate.Session) error) error {
	_, err := d.onConn(ctx, func(c *conn) error {
		s := session{c}
		if err := s.probe(ctx); err != nil {
			return err
		}
		return fn(s)
	})
	return err
}

// session sends statements as text, so that nothing stays prepared.
type session struct{ c *conn }

// Exec implements migrate.Session.
func (s session) Exec(ctx context.Context, sql string) error {
	_, err := s.Query(ctx, sql)
	return err
}

// Query implements migrate.Session.
func (s session) Query(ctx context.Context, sql string) ([][]any, error) {
	answers, err := s.c.pgx.PgConn().Exec(ctx, sql).ReadAll()
	if err != nil {
		return nil, s.c.db.failure(ctx, err, noCall)
	}
	var table [][]any
	for _, answer := range answers {
		for _, values := range answer.Rows {
			row := make([]any, len(values))
			for i, v := range values {
				row[i] = fromText(answer.FieldDescriptions[i].DataTypeOID, v)
			}
			table = append(table, row)
		}
	}
	return table, nil
}

// fromText reads a value in the text format.
func fromText(oid uint32, v []byte) any {
	switch {
	case v == nil:
		return nil
	case oid == pgtype.Int8OID || oid == pgtype.Int4OID || oid == pgtype.Int2OID:
		if n, err := strconv.ParseInt(string(v), 10, 64); err == nil {
			return n
		}
	}
	return string(v)
}

// requirements are what a server and the settings of a connection have to be.
const requirements = "SELECT current_setting('server_version_num')::int8, current_setting('server_version'), " +
	"current_setting('server_encoding'), current_setting('client_encoding')"

const oldest = 120000

func (s session) probe(ctx context.Context) error {
	rows, err := s.Query(ctx, requirements)
	if err != nil {
		return err
	}
	number, _ := rows[0][0].(int64)
	version, server, client := fmt.Sprint(rows[0][1]), fmt.Sprint(rows[0][2]), fmt.Sprint(rows[0][3])
	switch {
	case number < oldest:
		return core.Errorf("Open", core.ErrUnsupported, "the server has version %s; 12 or later is needed", version)
	case server != "UTF8":
		return core.Errorf("Open", core.ErrUnsupported,
			"the database has server_encoding %s; make one with ENCODING 'UTF8' for the store", server)
	case client != "UTF8":
		return core.Errorf("Open", core.ErrUnsupported, "the connection has client_encoding %s; set it to UTF8", client)
	}
	return nil
}
