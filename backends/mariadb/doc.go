// Package mariadb is the description of MariaDB and what durogen makes of it: statements,
// schema and error classifier. Nothing opens a MariaDB store yet.
package mariadb
