package pgxdb

import (
	"context"
	"strconv"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/core/engine/migrate"
)

// Session runs fn with a connection for statements that are no plan: schema changes,
// above all. A transaction fn leaves open is rolled back. Every store is opened with
// one, so that it also looks whether the server is one that works, and who answers
// for it: behind a pooler d keeps nothing on connections from here on. Settings for
// plans do not apply to it, a schema change takes its time; a connection that had
// them is not used again.
func (d *DB) Session(ctx context.Context, fn func(migrate.Session) error) error {
	_, err := d.onConn(ctx, func(c *conn) error {
		rows, err := session{c}.Query(ctx, introduction)
		if err != nil {
			return err
		}
		pid, text := rows[0][0], rows[0][1]
		if text != "" {
			return core.Errorf("Open", core.ErrUnsupported, "%s", text)
		}
		if pid != strconv.FormatUint(uint64(c.PgConn().PID()), 10) && !d.unnamed {
			d.arrange(false, false)
		}
		if d.settled {
			defer leave(ctx, c.Conn)
			if err := (session{c}).Exec(ctx, "RESET ALL"); err != nil {
				return err
			}
		}
		return fn(session{c})
	})
	return err
}

// introduction is the server's process, which a pooler gives another number, and all
// that keeps it or the connection from being used.
const introduction = `SELECT pg_backend_pid(), concat_ws('; ',
	CASE WHEN current_setting('server_version_num')::int < 120000
		THEN 'the server has version ' || current_setting('server_version') || ', 12 or later is needed' END,
	CASE WHEN current_setting('server_encoding') <> 'UTF8'
		THEN 'the database has server_encoding ' || current_setting('server_encoding') || ', UTF8 is needed' END,
	CASE WHEN current_setting('client_encoding') <> 'UTF8'
		THEN 'the connection has client_encoding ' || current_setting('client_encoding') || ', UTF8 is needed' END)`

// session sends statements as text, so that nothing stays prepared.
type session struct{ c *conn }

// Exec implements migrate.Session.
func (s session) Exec(ctx context.Context, sql string) error {
	_, err := s.Query(ctx, sql)
	return err
}

// Query implements migrate.Session. Its values are strings.
func (s session) Query(ctx context.Context, sql string) (table [][]any, err error) {
	answers, err := s.c.PgConn().Exec(ctx, sql).ReadAll()
	if err != nil {
		return nil, s.c.db.failure(ctx, err)
	}
	for _, answer := range answers {
		for _, values := range answer.Rows {
			row := make([]any, len(values))
			for i, v := range values {
				if v != nil {
					row[i] = string(v)
				}
			}
			table = append(table, row)
		}
	}
	return table, nil
}
