package testservers

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// Process is what a MySQL or MariaDB server does for one connection.
type Process struct {
	ID       int64
	Database string
	Command  string // "Sleep" of a connection that is idle
	Info     string // the statement it runs
}

const listProcesses = "SHOW FULL PROCESSLIST"

// Processes lists what a MySQL or MariaDB server does for the connections in a
// database, or in all where none is named; for any but those that ask just this.
// information_schema has the list too, but MySQL cannot read it there while any
// statement on the server holds bytes that are no text.
func Processes(ctx context.Context, db *sql.DB, database string) ([]Process, error) {
	rows, err := db.QueryContext(ctx, listProcesses)
	if err != nil {
		return nil, fmt.Errorf("list the server's processes: %w", err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, fmt.Errorf("list the server's processes: %w", err)
	}
	var found []Process
	for rows.Next() {
		p, err := scanProcess(rows, columns)
		if err != nil {
			return nil, fmt.Errorf("read the server's processes: %w", err)
		}
		if p.Info != listProcesses && (database == "" || p.Database == database) {
			found = append(found, p)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read the server's processes: %w", err)
	}
	return found, nil
}

// scanProcess reads one of them by the names of the columns, of which each server
// has some of its own.
func scanProcess(rows *sql.Rows, columns []string) (Process, error) {
	var id sql.NullInt64
	var database, command, info sql.NullString
	into := make([]any, len(columns))
	for i, column := range columns {
		switch strings.ToLower(column) {
		case "id":
			into[i] = &id
		case "db":
			into[i] = &database
		case "command":
			into[i] = &command
		case "info":
			into[i] = &info
		default:
			into[i] = new(any)
		}
	}
	err := rows.Scan(into...)
	return Process{ID: id.Int64, Database: database.String, Command: command.String, Info: info.String}, err
}
