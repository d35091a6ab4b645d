// Package ordeal puts whole stores through what servers do to them: deadlocks,
// killed connections, other processes, restarts, and the interleavings that once
// went wrong somewhere. It is tests only, the same for every server.
package ordeal
