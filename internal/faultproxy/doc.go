// Package faultproxy is a TCP proxy between a store and its server that makes COMMITs
// go wrong: it ends a connection before the server hears of one, when the server has
// carried it out and its answer is under way, or after the answer; in good order or by
// a reset; and it holds COMMITs back. A [Striker] says what happens to each.
//
// It knows no protocol. A COMMIT is the word in what a client sends, so the store must
// send it as text, unencrypted.
package faultproxy
