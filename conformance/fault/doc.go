// Package fault makes a provider's calls go wrong on purpose.
//
// [Wrap] puts an [Injector] in front of every call of a provider and of its admin
// half. The injector lets the call pass, or says how it fails: before it was carried
// out, after it was carried out, late, or with its context cancelled in the middle.
// Whatever happens, the provider behind it is used as the contract allows: what a
// fault shows to a caller, a store behind a network shows as well, only more rarely.
//
// Two sorts of people need that:
//
//   - Authors of runtimes wrap any provider, run their own workload on it, and look at
//     the histories afterwards. A call that failed may have happened
//     ([FailAfter], with MayHaveHappened set for writes), so whatever is tried again
//     must do no harm when it happens twice.
//   - Authors of providers run a runtime on their store under faults, and look at the
//     store: nothing lost, at most one completion of each activity, histories without
//     gaps, no lock left. [Cancel] is the fault that reaches into the provider itself.
//
// [Seeded] is the injector for both. It decides the n-th call of a method by the seed
// alone, so that a run can be repeated as far as its calls come in the same order. An
// injector of one's own aims at a single call:
//
//	p = fault.Wrap(p, func(c fault.Call) fault.Fault {
//		if c.Op == "AckWorkItem" && c.N == 1 {
//			return fault.Fault{Kind: fault.FailAfter}
//		}
//		return fault.Fault{}
//	})
//
// What a fetch had locked when its answer was lost stays locked until the lock
// expires. Give a runtime under faults lock timeouts that it can wait for.
package fault
