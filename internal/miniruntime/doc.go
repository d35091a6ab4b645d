// Package miniruntime is a small deterministic-replay runtime for durable
// orchestrations. It drives the stress workloads, the demo and the runtime-level
// conformance cases, and it uses a provider as Duroxide's runtime does (docs/contract.md
// appendix A).
//
// An orchestration is a plain Go function. It is run from its beginning on every
// turn: what it asks for is compared with its history, and what history answers
// is handed to it; where history ends, the function is torn down and the turn is
// committed. A turn decides from the core.OrchestrationItem it was handed and
// from nothing else, and leaves nothing behind in memory.
//
// How a turn is put together:
//
//	Runtime.RunTurn   fetch, decide, commit          (dispatch.go, commit.go)
//	decide            which of the answers to give   (decide.go)
//	batch, ledger     messages become events         (batch.go, absorb.go)
//	Context           the function runs and replays  (replay.go, context.go, ...)
//	finish            its outcome becomes an ack     (finish.go)
//
// An orchestration must be deterministic: it uses no clock, randomness, I/O,
// goroutines or global state of its own, only its input and its Context. The
// Context must stay on the goroutine the function was called on.
package miniruntime
