// Package model is what all databases have in common: the tables, and every
// statement of the engine's plans, written once as Go values. It names no
// database and holds no SQL text; package render turns it into both.
//
// A statement is a SELECT, INSERT, UPDATE or DELETE over tables and, often, over
// a row set: rows that the caller gives, joined like a table. How a row set
// travels, how rows are picked and locked, and how an UPDATE joins is the
// dialect's business.
package model
