package reference

import "github.com/durokit/duro/core"

func (s *store) Read(id string) []core.Event { return s.ReadWithExecution(id, s.LatestExecutionID(id)) }

func (s *store) ReadHistory(id string) []core.Event { return s.Read(id) }

func (s *store) ReadWithExecution(id string, execution uint64) []core.Event {
	events, fault := s.find(id).events(execution)
	require(fault == "", core.ErrCorrupt, "instance %q: %s", id, fault)
	return events
}

func (s *store) ReadHistoryWithExecutionID(id string, execution uint64) []core.Event {
	return s.ReadWithExecution(id, execution)
}

func (s *store) AppendWithExecution(id string, execution uint64, events []core.Event) {
	in := s.find(id)
	valid(core.CheckEvents(execution, events))
	requireNew(in, execution, events)
	for _, e := range events {
		in.history[position{execution, e.ID()}] = e
	}
}

func (s *store) GetCustomStatus(id string, lastSeen uint64) *core.CustomStatus {
	require(lastSeen <= core.MaxCounter, core.ErrInvalidArgument, "the last seen version %d is above 2^63-1", lastSeen)
	if custom := s.find(id).custom; custom.Version > lastSeen {
		return &custom
	}
	return nil
}

func (s *store) GetKVValue(id, key string) (value string, found bool) {
	valid(core.CheckText("KV key", key, 1, core.MaxIDBytes))
	value, found = s.GetKVAllValues(id)[key]
	return value, found
}

func (s *store) GetKVAllValues(id string) map[string]string {
	values := map[string]string{}
	for k, e := range s.find(id).live() {
		values[k] = e.Value
	}
	return values
}

func (s *store) GetInstanceStats(id string) *core.InstanceStats {
	in := s.find(id)
	if !in.recorded() {
		return nil
	}
	stats := &core.InstanceStats{}
	for _, n := range in.eventIDs(in.record.CurrentExecutionID) {
		e := in.history[position{in.record.CurrentExecutionID, n}]
		stats.HistoryEventCount++
		stats.HistorySizeBytes += uint64(len(e.Raw()))
		require(n > 1 || !e.IsZero(), core.ErrCorrupt, "instance %q: event 1 cannot be decoded", id)
		if started, ok := e.Payload().(core.OrchestrationStartedEvent); ok && n == 1 {
			stats.QueuePendingCount = uint64(len(started.CarryForwardEvents))
		}
	}
	for _, e := range in.live() {
		stats.KVUserKeyCount++
		stats.KVTotalValueBytes += uint64(len(e.Value))
	}
	return stats
}
