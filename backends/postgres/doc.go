// Package postgres is the description of PostgreSQL and what durogen makes of it: statements,
// schema and error classifier. Tests prepare every statement on a real server;
// nothing opens a PostgreSQL store yet.
package postgres
