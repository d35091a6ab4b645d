package conformance_test

import (
	"slices"

	"github.com/durokit/duro/core"
)

// stateMutants read histories, custom status, values and statistics wrongly.
var stateMutants = []mutant{
	{"histories are read in reverse", always(tampered{read: func(es []core.Event) []core.Event {
		slices.Reverse(es)
		return es
	}}),
		[]string{"errors/AppendWithExecutionRules", "locking/InstanceIDsAreByteExact", "multiexecution/ExecutionIsolation"}},
	{"histories lose their last event", always(tampered{read: func(es []core.Event) []core.Event { return es[:max(0, len(es)-1)] }}),
		[]string{"errors/ReadCorruptedHistory", "errors/ReadUnknownInstance", "errors/ReadWithExecutionCorruptedHistory"}},
	{"histories are read up to a thousand events", always(tampered{read: func(es []core.Event) []core.Event { return es[:min(len(es), 1000)] }}),
		[]string{"robustness/LongHistory"}},
	{"only the first event of an append is kept", always(tampered{appended: func(es *[]core.Event) { *es = (*es)[:min(1, len(*es))] }}),
		[]string{"errors/AppendWithExecutionRules"}},
	{"the version of the custom status stands still", always(tampered{status: func(s *core.CustomStatus) { s.Version = 1 }}),
		[]string{"status/SameTextAgain", "status/Size", "status/SurvivesContinueAsNew"}},
	{"the version of the custom status begins at zero", always(tampered{status: func(s *core.CustomStatus) { s.Version-- }}),
		[]string{"status/NonePreserves", "status/PollNoChange", "status/Set"}},
	{"an empty custom status is none", always(tampered{status: func(s *core.CustomStatus) {
		if s.Status != nil && *s.Status == "" {
			s.Status = nil
		}
	}}), []string{"status/EmptyString"}},
	{"a cleared custom status is empty", always(tampered{status: func(s *core.CustomStatus) {
		if s.Status == nil {
			s.Status = new("")
		}
	}}), []string{"status/Clear", "status/SetThenClearInOneAck", "status/VersionIncrements"}},
	{"an empty value is none", always(tampered{value: func(v string, found bool) (string, bool) { return v, found && v != "" }}),
		[]string{"kv/EmptyValue"}},
	{"large values are cut", always(tampered{value: func(v string, found bool) (string, bool) { return v[:min(len(v), 1<<12)], found }}),
		[]string{"kv/LargeValue"}},
	{"all values are all but the empty ones", always(tampered{values: func(all map[string]string) {
		for k, v := range all {
			if v == "" {
				delete(all, k)
			}
		}
	}}), []string{"kv/EmptyValue"}},
	{"statistics count no pending message", always(tampered{stats: func(s *core.InstanceStats) { s.QueuePendingCount = 0 }}),
		[]string{"stats/CarryForward"}},
	{"statistics count characters of a value, not bytes", always(tampered{stats: func(s *core.InstanceStats) { s.KVTotalValueBytes /= 2 }}),
		[]string{"stats/DeltaOnly", "stats/KV", "stats/Merged"}},
	{"statistics count one event too many", always(tampered{stats: func(s *core.InstanceStats) { s.HistoryEventCount++ }}),
		[]string{"stats/CurrentExecutionOnly", "stats/History"}},
	{"statistics have no size of the history", always(tampered{stats: func(s *core.InstanceStats) { s.HistorySizeBytes = 0 }}),
		[]string{"stats/BytesNotCharacters", "stats/History"}},
}
