// Package stress runs the two workloads by which upstream publishes its figures
// (docs/contract.md A4) on any provider, with the small runtime of
// internal/miniruntime in the same process.
//
// Run launches instances for a while or up to a count and reports; Resume
// finishes what an earlier run left behind, for example one whose process was
// killed. Two drivers exist: the upstream one repeats the published driver with
// its sleeps and its polling, so that figures compare; the closed one keeps a
// number of instances in flight and sleeps never, so that figures say what the
// provider can do. Ceiling measures the driver and the runtime by themselves.
//
// Afterwards every instance is looked at in the store: a run counts for nothing
// when its histories are wrong.
package stress
