// Package pgxdb is the engine's DB seam over a pgx pool.
//
// A plan is one pipeline: BEGIN, the calls and COMMIT leave in one write, and what a connection has
// not prepared yet is prepared on the way. A pool of the seam's own sets what plans need once for
// each connection. In somebody else's pool settings end with the transaction, and so they do in one
// whose DefaultQueryExecMode is not the driver's own: nothing is set for the session and nothing is
// prepared there, and such a seam works behind a pooler that gives every transaction another
// connection.
package pgxdb
