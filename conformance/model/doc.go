// Package model compares a provider with the reference provider, step by step,
// over sequences of calls that nobody thought of.
//
//	func TestModel(t *testing.T) {
//		model.Check(t, conformance.FactoryFunc(newStore))
//	}
//
// Each sequence runs on a fresh store: several callers enqueue, fetch, ack,
// abandon, renew, delete and prune, locks and delays run out, handles are closed
// and opened again, calls are cancelled, and answers are lost so that the caller
// calls again. After each step the answer and everything that can be read must
// be what the reference has. A sequence that fails is shrunk to a short one, and
// the failure lists its steps.
//
// The contract leaves some things open, and there the model follows:
//
//   - A store may order instances by when they became due instead of by their
//     messages. The reference is made to fetch the instance that the provider
//     chose; that it can is what is checked. The order of messages within an
//     instance must be exact.
//   - The order of the worker queue must be exact, too, but a store may overlook for
//     a moment that a tag or a session has work, or that a row is there again after
//     a lock or a delay.
//   - Tokens and instants are not compared. Whole hours pass at a time, so that a
//     clock which runs between the steps decides nothing.
//   - A call whose context has ended may fail, and has then done nothing, or
//     succeed, and is then done.
//
// Left to the suite's cases are lone queue messages, which a fetch drops at its own
// leisure, and executions that are pinned without an instance record.
//
// What it covers of the contract is level duro: a provider that is held to the
// level contract alone may differ in error codes and in the columns of
// GetQueueDepths.
//
// The number of sequences and their length are set by the flags -rapid.checks
// and -rapid.steps of pgregory.net/rapid, and a failure says how to repeat it.
package model
