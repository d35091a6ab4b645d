// Package host reaches providers out of tree: as child processes, which it starts,
// watches, restarts and ends, and at addresses. Both come out as a core.Provider.
//
// A child is a program that calls plugin.Serve. Children of the same command,
// arguments, environment and checksum are one process with several open stores; it
// ends when the last of them is closed. A child never outlives its host, not even one
// that was killed.
package host
