// Package bench measures what the design promises, as ratios within one run: a
// figure in one setting against the same figure in another, taken in turn, so
// that the machine's own speed cancels out. See README.md for how to read them.
package bench
