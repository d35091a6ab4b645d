package conformance_test

import (
	"slices"

	"github.com/durokit/duro/core"
)

// adminMutants show or delete wrongly.
var adminMutants = []mutant{
	{"instances are listed the oldest first", inAdmin(tamperedAdmin{list: backwards}),
		[]string{"management/NewestFirst"}},
	{"the list by status is empty", inAdmin(tamperedAdmin{byStatus: func([]string) []string { return nil }}),
		[]string{"management/ListInstancesByStatus", "management/MetricsMix", "management/NewestFirst"}},
	{"nothing has an end", inAdmin(tamperedAdmin{execution: func(e *core.ExecutionInfo) { e.CompletedAtMS = nil }}),
		[]string{"management/CompletedAtByStatus", "management/Timestamps", "prune/CompletedBefore"}},
	{"executions have no events", inAdmin(tamperedAdmin{execution: func(e *core.ExecutionInfo) { e.EventCount = 0 }}),
		[]string{"capability/AckOnCorruptedHistory", "management/EventCount"}},
	{"an instance's output is lost", inAdmin(tamperedAdmin{info: func(i *core.InstanceInfo) { i.Output = nil }}),
		[]string{"capability/AckOnCorruptedHistory", "management/OutputKinds", "multiexecution/StatusIsPerExecution"}},
	{"an instance was changed when it was made", inAdmin(tamperedAdmin{info: func(i *core.InstanceInfo) { i.UpdatedAtMS = i.CreatedAtMS }}),
		[]string{"management/Timestamps"}},
	{"an instance has no version rather than an unknown one", inAdmin(tamperedAdmin{info: func(i *core.InstanceInfo) {
		if i.OrchestrationVersion == "unknown" {
			i.OrchestrationVersion = ""
		}
	}}),
		[]string{"creation/NameOnlyAckCreatesRecord", "creation/NoDefaultVersion", "management/NullVersionReadsUnknown"}},
	{"failed instances are not counted", inAdmin(tamperedAdmin{metrics: func(m *core.SystemMetrics) { m.FailedInstances = 0 }}),
		[]string{"management/MetricsMix"}},
	{"executions are counted once an instance", inAdmin(tamperedAdmin{metrics: func(m *core.SystemMetrics) { m.TotalExecutions = m.TotalInstances }}),
		[]string{"management/MetricsCountExecutions"}},
	{"delayed messages count as ready", inAdmin(tamperedAdmin{depths: func(d *core.QueueDepths) {
		d.OrchestratorQueue, d.OrchestratorDelayed = d.OrchestratorQueue+d.OrchestratorDelayed, 0
	}}), []string{"management/DepthDefinitions"}},
	{"locked work counts as ready", inAdmin(tamperedAdmin{depths: func(d *core.QueueDepths) {
		d.WorkerQueue, d.WorkerLocked = d.WorkerQueue+d.WorkerLocked, 0
	}}), []string{"management/DepthDefinitions", "queue/UndecodableWorkerRowIsSetAside"}},
	{"children are listed the youngest first", inAdmin(tamperedAdmin{children: backwards}),
		[]string{"deletion/ChildrenOldestFirst"}},
	{"the last child is left out", inAdmin(tamperedAdmin{children: func(ids []string) []string { return ids[:max(0, len(ids)-1)] }}),
		[]string{"deletion/ListChildren", "prune/LeavesTheRest"}},
	{"a tree lacks its root", inAdmin(tamperedAdmin{tree: func(t *core.InstanceTree) { t.AllIDs = t.AllIDs[1:] }}),
		[]string{"deletion/AtomicChildDirectly", "deletion/AtomicMiddle", "deletion/InstanceTree"}},
	{"a tree is its root", inAdmin(tamperedAdmin{tree: func(t *core.InstanceTree) { t.AllIDs = t.AllIDs[:1] }}),
		[]string{"deletion/AtomicChildDirectly", "deletion/AtomicMiddle", "deletion/InstanceTree"}},
	{"deletion is always forced", inAdmin(tamperedAdmin{force: func(f *bool) { *f = true }}),
		[]string{"deletion/DebrisWithoutInstance", "deletion/QueuedOnlyID", "errors/AdminErrorsCarryCode"}},
	{"deletion is never forced", inAdmin(tamperedAdmin{force: func(f *bool) { *f = false }}),
		[]string{"cancellation/OrphanActivityAfterForceDelete", "kv/EmptyAfterRecreate", "kv/ForceDeleteRemovesDelta"}},
	{"deletion counts no messages", inAdmin(tamperedAdmin{deleted: func(r *core.DeleteResult) { r.QueueMessagesDeleted = 0 }}),
		[]string{"deletion/CleansQueuesAndLocks", "deletion/ForceDeleteWithoutRecord", "deletion/TerminalWithLateMessages"}},
	{"deletion counts one instance", inAdmin(tamperedAdmin{deleted: func(r *core.DeleteResult) { r.InstancesDeleted = min(1, r.InstancesDeleted) }}),
		[]string{"deletion/Cascade", "deletion/ExactCounts", "deletion/TreeWithRunningChild"}},
	{"only the first of several is deleted", inAdmin(tamperedAdmin{together: func(ids *[]string) { *ids = (*ids)[:min(1, len(*ids))] }}),
		[]string{"deletion/Atomic", "deletion/AtomicForce", "deletion/AtomicOrphanDetection"}},
	{"limits are ignored", inAdmin(tamperedAdmin{filter: func(f *core.InstanceFilter) { f.Limit = nil }}),
		[]string{"bulkdelete/CriteriaAreANDed", "bulkdelete/LimitZero", "bulkdelete/SafetyAndLimits"}},
	{"cutoffs are ignored", inAdmin(tamperedAdmin{filter: func(f *core.InstanceFilter) { f.CompletedBeforeMS = nil }}),
		[]string{"bulkdelete/CompletedBefore", "bulkdelete/CutoffBoundary", "prune/BulkCutoffExcludesRunning"}},
	{"the cutoff is inside", inAdmin(tamperedAdmin{filter: func(f *core.InstanceFilter) {
		if f.CompletedBeforeMS != nil {
			f.CompletedBeforeMS = new(*f.CompletedBeforeMS + 1)
		}
	}}), []string{"bulkdelete/CutoffBoundary"}},
	{"an empty list of ids is none", inAdmin(tamperedAdmin{filter: func(f *core.InstanceFilter) {
		if len(f.InstanceIDs) == 0 {
			f.InstanceIDs = nil
		}
	}}), []string{"bulkdelete/EmptyIDList", "prune/BulkEmptyIDs"}},
	{"pruning keeps one more", inAdmin(tamperedAdmin{prune: func(o *core.PruneOptions) {
		if o.KeepLast != nil {
			o.KeepLast = new(*o.KeepLast + 1)
		}
	}}), []string{"prune/Exact", "prune/Options", "prune/Safety"}},
	{"pruning forgets the age", inAdmin(tamperedAdmin{prune: func(o *core.PruneOptions) { o.CompletedBeforeMS = nil }}),
		[]string{"prune/CompletedBefore", "prune/CriteriaAreANDed"}},
}

func backwards(ids []string) []string {
	slices.Reverse(ids)
	return ids
}
