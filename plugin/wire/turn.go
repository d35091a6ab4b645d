package wire

import (
	"github.com/durokit/duro/core"
	providerv1 "github.com/durokit/duro/plugin/proto/duro/provider/v1"
)

// Fetched encodes a locked turn; nil is one without an item.
func Fetched(f *core.FetchedOrchestration) *providerv1.FetchOrchestrationItemResponse {
	if f == nil {
		return &providerv1.FetchOrchestrationItemResponse{}
	}
	item := &providerv1.OrchestrationItem{
		Instance: f.Item.Instance, OrchestrationName: f.Item.OrchestrationName, ExecutionId: f.Item.ExecutionID,
		Version: f.Item.Version, History: Events(f.Item.History), Messages: Items(f.Item.Messages),
		HistoryError: f.Item.HistoryError,
	}
	if len(f.Item.KVSnapshot) > 0 {
		item.KvSnapshot = make(map[string]*providerv1.KVEntry, len(f.Item.KVSnapshot))
		for key, e := range f.Item.KVSnapshot {
			item.KvSnapshot[key] = &providerv1.KVEntry{Value: []byte(e.Value), LastUpdatedMs: e.LastUpdatedMS}
		}
	}
	return &providerv1.FetchOrchestrationItemResponse{
		Item: item, LockToken: []byte(f.LockToken), AttemptCount: f.AttemptCount,
	}
}

// ParseFetched decodes a locked turn, nil when there is none.
func ParseFetched(r *providerv1.FetchOrchestrationItemResponse) (*core.FetchedOrchestration, error) {
	item := r.GetItem()
	if item == nil {
		return nil, nil //nolint:nilnil // as the contract's fetch
	}
	history, err := ParseEvents(item.GetHistory())
	if err != nil {
		return nil, err
	}
	messages, err := ParseItems(item.GetMessages())
	if err != nil {
		return nil, err
	}
	values := make(map[string]core.KVEntry, len(item.GetKvSnapshot()))
	for key, e := range item.GetKvSnapshot() {
		values[key] = core.KVEntry{Value: string(e.GetValue()), LastUpdatedMS: e.GetLastUpdatedMs()}
	}
	return &core.FetchedOrchestration{
		LockToken: string(r.GetLockToken()), AttemptCount: r.GetAttemptCount(),
		Item: core.OrchestrationItem{
			Instance: item.GetInstance(), OrchestrationName: item.GetOrchestrationName(),
			ExecutionID: item.GetExecutionId(), Version: item.GetVersion(), History: history, Messages: messages,
			HistoryError: item.GetHistoryError(), KVSnapshot: values,
		},
	}, nil
}

// Ack encodes a turn's outcome.
func Ack(p core.AckOrchestrationParams) *providerv1.AckOrchestrationItemRequest {
	q := &providerv1.AckOrchestrationItemRequest{
		LockToken: []byte(p.LockToken), ExecutionId: p.ExecutionID, HistoryDelta: Events(p.HistoryDelta),
		WorkerItems: Items(p.WorkerItems), OrchestratorItems: Items(p.OrchestratorItems), Metadata: metadata(p.Metadata),
	}
	for _, a := range p.CancelledActivities {
		q.CancelledActivities = append(q.CancelledActivities, &providerv1.ScheduledActivityID{
			Instance: a.Instance, ExecutionId: a.ExecutionID, ActivityId: a.ActivityID,
		})
	}
	return q
}

// ParseAck decodes a turn's outcome.
func ParseAck(q *providerv1.AckOrchestrationItemRequest) (p core.AckOrchestrationParams, err error) {
	p.LockToken, p.ExecutionID = string(q.GetLockToken()), q.GetExecutionId()
	if p.HistoryDelta, err = ParseEvents(q.GetHistoryDelta()); err != nil {
		return p, err
	}
	if p.WorkerItems, err = ParseItems(q.GetWorkerItems()); err != nil {
		return p, err
	}
	if p.OrchestratorItems, err = ParseItems(q.GetOrchestratorItems()); err != nil {
		return p, err
	}
	for _, a := range q.GetCancelledActivities() {
		p.CancelledActivities = append(p.CancelledActivities, core.ScheduledActivityID{
			Instance: a.GetInstance(), ExecutionID: a.GetExecutionId(), ActivityID: a.GetActivityId(),
		})
	}
	p.Metadata, err = parseMetadata(q.GetMetadata())
	return p, err
}

func metadata(m core.ExecutionMetadata) *providerv1.ExecutionMetadata {
	out := &providerv1.ExecutionMetadata{
		Status: m.Status, Output: Text(m.Output), OrchestrationName: m.OrchestrationName,
		OrchestrationVersion: m.OrchestrationVersion, ParentInstanceId: m.ParentInstanceID,
	}
	if m.PinnedVersion != nil {
		v := m.PinnedVersion.String()
		out.PinnedVersion = &v
	}
	return out
}

func parseMetadata(m *providerv1.ExecutionMetadata) (core.ExecutionMetadata, error) {
	if m == nil {
		return core.ExecutionMetadata{}, nil
	}
	out := core.ExecutionMetadata{
		Status: m.Status, Output: ParseText(m.GetOutput()), OrchestrationName: m.OrchestrationName,
		OrchestrationVersion: m.OrchestrationVersion, ParentInstanceID: m.ParentInstanceId,
	}
	if m.PinnedVersion == nil {
		return out, nil
	}
	v, err := core.ParseSemver(m.GetPinnedVersion())
	out.PinnedVersion = &v
	return out, err
}
