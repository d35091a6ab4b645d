// Package migrate brings a store's schema to the version the code knows.
//
// The migrations come with the dialect and are generated. What was applied stands
// in a table of our own, §migrations, where § is the store's table prefix.
//
// Many processes may start at once on an empty database. Where a transaction
// covers schema changes (SQLite, PostgreSQL), all of a run is one transaction
// that begins by taking a lock: BEGIN IMMEDIATE, or an advisory lock of the
// transaction. Elsewhere the lock is a row, in §migration_lock, which works
// behind poolers and on clusters with several primaries: its owner keeps a beat
// going, and a lock whose beat has stopped is taken over. No clocks are compared.
package migrate
