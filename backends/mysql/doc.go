// Package mysql is the description of MySQL and what durogen makes of it: statements,
// schema and error classifier. Nothing opens a MySQL store yet.
package mysql
