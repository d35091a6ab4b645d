// Package pgxdb is the engine's DB seam over a pgx pool.
//
// A plan is one pipeline: BEGIN, settings that end with the transaction, the calls
// and COMMIT leave in one write, and their answers come back in one read. What a
// connection has not prepared yet is prepared on the way, so that a cold connection
// needs no round trip more than a warm one. Nothing is set for the session, and on
// a pool whose DefaultQueryExecMode asks for it nothing is kept in it either: then
// the seam works behind a pooler that gives every transaction another connection.
//
// Which call failed is known from the answer that did not come, and so is whether
// a COMMIT may have happened: only when it was sent, no call before it failed, and
// its own answer was lost.
package pgxdb
