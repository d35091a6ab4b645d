// Package engine implements core.Provider and core.ProviderAdmin once, for every
// database: over generated plans (Statements) and a small seam (DB).
//
// # The way of an operation
//
// A caller's operation becomes a member that adds rows to the statements of a
// plan. A lane carries all members that wait together in one transaction (group
// commit without a timer) and tells each its own result after the commit:
//
//	caller -> member -> lane -> batch (one plan) -> DB -> results -> callers
//
// Fetching callers wait in groups (orchestrations by filter and lock time, work
// by tags, session owner and lock times). A lane claims for whole groups and
// hands the claimed rows to the waiters; decoding happens on the caller's side.
//
// # What keeps it correct
//
// Every statement of a plan re-checks its own precondition (the token, the lock's
// deadline), so a member with a dead token changes nothing. All claim rows a
// batch touches are made and locked first, in ascending order. A due time is
// recomputed from the messages only under that lock.
package engine
