// Package pgxdb is the engine's DB seam over a pgx pool.
//
// A plan is one pipeline: BEGIN, settings that end with the transaction, the calls and COMMIT leave
// in one write, and what a connection has not prepared yet is prepared on the way. Nothing is set
// for the session, and on a pool whose DefaultQueryExecMode is not the driver's own nothing is
// prepared: such a seam works behind a pooler that gives every transaction another connection.
package pgxdb
