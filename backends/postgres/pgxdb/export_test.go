package pgxdb

import "github.com/jackc/pgx/v5/pgxpool"

// Pool is what d takes its connections from.
func (d *DB) Pool() *pgxpool.Pool { return d.pool }
