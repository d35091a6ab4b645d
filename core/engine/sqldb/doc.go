// Package sqldb is the engine's DB seam over database/sql, for every driver that
// has one.
//
// database/sql finds and opens the connections; the seam pins them and then
// talks to the driver itself, through (*sql.Conn).Raw, with statements prepared
// once on each connection. That leaves out the locks, context watchers and
// argument copies of database/sql, which cost more than an in-process database
// does (see BenchmarkRows). It also means that a transaction is text: BEGIN, the
// calls, COMMIT.
//
// The seam knows no database. What differs stands in Options: how a transaction
// begins, how the driver's errors spell their code, which failed COMMIT
// certainly changed nothing, and what other processes have to be locked out.
package sqldb
