// Package postgres keeps stores in a PostgreSQL server, 12 or later, where any number of processes
// share them. What durogen makes of dialect.yaml stands beside what opens a pool of connections.
package postgres
