// Package pgxdb is the engine's DB seam over a pgx pool.
//
// A plan is one pipeline: BEGIN, the calls and COMMIT leave in one write, and what a connection has
// not prepared yet is prepared on the way. A pool of the seam's own sets what plans need once for
// each connection; in somebody else's pool settings end with the transaction. Behind a pooler, which
// may give every transaction another connection, they do so too, and nothing is prepared. Who opens
// a store finds out: a pooler gives its clients process numbers of its own. An address whose
// DefaultQueryExecMode is not the driver's own says it beforehand.
package pgxdb
