// Package conformance judges providers by the contract in docs/contract.md.
//
// A Case is data (its id, the rule it checks, why the rule matters, what it
// needs) and a function that talks to a T. The same cases run under go test,
// through Test, and outside of it, through Run:
//
//	func TestConformance(t *testing.T) {
//		conformance.Test(t, conformance.FactoryFunc(newStore))
//	}
//
// The factory makes a fresh, isolated store for every case. Time is the
// harness's: with a hook that sets the store's clock forward nothing waits, and
// without one durations come from the harness's Timing. What the suite knows of
// a store beyond the contract is the optional Hooks; a case that needs a hook
// the store lacks is skipped with that reason.
//
// The package imports core and nothing else of ours, so that a provider out of
// this tree can use it alone.
package conformance
