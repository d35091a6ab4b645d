package conformance_test

import (
	"context"
	"slices"
	"time"

	"github.com/durokit/duro/core"
)

// turnMutants commit turns wrongly.
var turnMutants = []mutant{
	{"acks do not check the token", always(tampered{turned: forgiving}),
		[]string{"errors/InvalidLockTokenOnAck", "errors/LockExpirationDuringAck", "locking/InvalidTokenIsRejected"}},
	{"activities are queued before the ack, and stay when it fails", always(tampered{
		turn: func(p core.Provider, q *core.AckOrchestrationParams) { workFirst(p, q) },
	}),
		[]string{"atomicity/AckAfterSuccessIsPermanentError", "atomicity/ConcurrentAcksWithEmptyDelta", "deletion/ForceDeleteBeatsAck"}},
	{"messages are queued before the ack, and stay when it fails", always(tampered{
		turn: func(p core.Provider, q *core.AckOrchestrationParams) { messagesFirst(p, q) },
	}),
		[]string{"atomicity/AckAfterSuccessIsPermanentError", "atomicity/FailedAckRollsBackEverything", "atomicity/SecondAckAfterFailedAck"}},
	{"history is written before the ack, and stays when it fails", func(core.Provider) tampered {
		var last *core.FetchedOrchestration
		return tampered{
			fetched: func(f *core.FetchedOrchestration) { last = f },
			turn: func(p core.Provider, q *core.AckOrchestrationParams) {
				if last == nil || last.LockToken != q.LockToken || len(q.HistoryDelta) == 0 || stateful(q.HistoryDelta) {
					return
				}
				if p.AppendWithExecution(context.Background(), last.Item.Instance, q.ExecutionID, q.HistoryDelta) == nil {
					q.HistoryDelta = nil
				}
			},
		}
	}, []string{"atomicity/ExpiredAckHasNoEffects", "deletion/ForceDeleteBeatsAck"}},
	{"messages are queued after the ack, as if that could not fail", always(tampered{
		turn: func(p core.Provider, q *core.AckOrchestrationParams) { // and does, for the last of several
			if n := len(q.OrchestratorItems); n > 1 {
				q.OrchestratorItems = q.OrchestratorItems[:n-1]
			}
		},
	}),
		[]string{"queue/CrossInstanceItems", "queue/SubOrchestrationRoutesToParent", "queue/TimerAndImmediateInOneAck"}},
	{"cancelled activities run on", always(tampered{
		turn: func(_ core.Provider, q *core.AckOrchestrationParams) { q.CancelledActivities = nil },
	}),
		[]string{"cancellation/BatchCancellation", "cancellation/ExactIdentity", "cancellation/ScheduledAndCancelledIsNoOp"}},
	{"cancelling comes before what the turn schedules", always(tampered{turn: cancelsFirst}),
		[]string{"cancellation/ScheduledAndCancelledIsNoOp"}},
	{"only the first cancelled activity is cancelled", always(tampered{
		turn: func(_ core.Provider, q *core.AckOrchestrationParams) {
			q.CancelledActivities = q.CancelledActivities[:min(1, len(q.CancelledActivities))]
		},
	}), []string{"cancellation/BatchCancellation", "cancellation/CancelledActivitiesAreDeleted"}},
	{"no more than a hundred activities are cancelled", always(tampered{
		turn: func(_ core.Provider, q *core.AckOrchestrationParams) {
			q.CancelledActivities = q.CancelledActivities[:min(100, len(q.CancelledActivities))]
		},
	}), []string{"cancellation/Many"}},
	{"cancelling takes no notice of the execution", always(tampered{
		turn: func(_ core.Provider, q *core.AckOrchestrationParams) {
			for _, c := range slices.Clone(q.CancelledActivities) {
				for e := range uint64(4) {
					c.ExecutionID = e + 1
					q.CancelledActivities = append(q.CancelledActivities, c)
				}
			}
		},
	}), []string{"cancellation/ExactIdentity"}},
	{"a turn's activities come in reverse", always(tampered{
		turn: func(_ core.Provider, q *core.AckOrchestrationParams) { slices.Reverse(q.WorkerItems) },
	}), []string{"deletion/AtomicRollbackIsComplete", "deletion/NeighbourUntouched", "deletion/NothingLeft"}},
	{"a turn's messages come in reverse", always(tampered{
		turn: func(_ core.Provider, q *core.AckOrchestrationParams) { slices.Reverse(q.OrchestratorItems) },
	}),
		[]string{"atomicity/MultiOperationAck", "queue/CrossInstanceItems", "queue/SubOrchestrationRoutesToParent"}},
	{"a turn that says nothing else cannot set its status", always(tampered{
		turn: func(_ core.Provider, q *core.AckOrchestrationParams) {
			if len(q.HistoryDelta) == 0 {
				q.Metadata.Status, q.Metadata.Output = nil, nil
			}
		},
	}), []string{"kv/MergedOnContinueAsNew", "kv/MergedOnFailed", "kv/SnapshotIncludesClosedExecution"}},
	{"outputs are lost", always(tampered{
		turn: func(_ core.Provider, q *core.AckOrchestrationParams) { q.Metadata.Output = nil },
	}), []string{"management/ExecutionInfo", "multiexecution/StatusWithEmptyDelta", "runtime/CustomStatusLimit"}},
	{"an empty output is none", always(tampered{
		turn: func(_ core.Provider, q *core.AckOrchestrationParams) {
			if o := q.Metadata.Output; o != nil && *o == "" {
				q.Metadata.Output = nil
			}
		},
	}), []string{"management/OutputKinds"}},
	{"a version is invented", always(tampered{
		turn: func(_ core.Provider, q *core.AckOrchestrationParams) {
			if q.Metadata.OrchestrationName != nil && q.Metadata.OrchestrationVersion == nil {
				q.Metadata.OrchestrationVersion = new("1.0.0")
			}
		},
	}),
		[]string{"creation/NoDefaultVersion", "creation/NameOnlyAckIsAccepted", "management/NullVersionReadsUnknown"}},
	{"parents are forgotten", always(tampered{
		turn: func(_ core.Provider, q *core.AckOrchestrationParams) { q.Metadata.ParentInstanceID = nil },
	}), []string{"creation/ParentFilledWhenAbsent", "creation/ParentIsImmutable", "kv/DeleteCascadesToChildren"}},
	{"pins are forgotten", always(tampered{
		turn: func(_ core.Provider, q *core.AckOrchestrationParams) { q.Metadata.PinnedVersion = nil },
	}), []string{"capability/IncompatibleFilter", "capability/PinnedViaMetadata", "capability/SkipsIncompatible"}},
	{"a pin has no patch", always(tampered{
		turn: func(_ core.Provider, q *core.AckOrchestrationParams) {
			if v := q.Metadata.PinnedVersion; v != nil {
				q.Metadata.PinnedVersion = &core.Semver{Major: v.Major, Minor: v.Minor}
			}
		},
	}), []string{"capability/BoundaryVersions", "capability/LargeVersionComponents", "capability/PrereleasePin"}},
	{"a duplicate event is left out", always(tampered{
		turned: func(err error) error {
			if core.CodeOf(err) == core.ErrDuplicateEvent {
				return nil
			}
			return err
		},
	}), []string{"atomicity/FailureRollsBack", "errors/DuplicateWithinDelta", "kv/FailedAckLeavesNoTrace"}},
	{"errors are all retryable", always(tampered{turned: retryable, acked: retryable}),
		[]string{"errors/InvalidLockTokenOnAck", "expiration/WorkAckFailsAfterExpiry", "locking/InvalidTokenIsRejected"}},
	{"messages come in reverse", always(tampered{
		fetched: func(f *core.FetchedOrchestration) { slices.Reverse(f.Item.Messages) },
	}),
		[]string{"locking/MessageTaggingDuringLock", "queue/MixedOrphansKept", "queue/QueueMessageBeforeStartKept"}},
	{"the last message of a large batch is lost", always(tampered{
		fetched: func(f *core.FetchedOrchestration) { f.Item.Messages = f.Item.Messages[:min(len(f.Item.Messages), 4)] },
	}), []string{"locking/BatchOrderIsEnqueueOrder", "queue/WorkItemsRoundTrip"}},
	{"a turn is always the first execution's", always(tampered{
		fetched: func(f *core.FetchedOrchestration) { f.Item.ExecutionID = 1 },
	}),
		[]string{"multiexecution/ContinueAsNewCreatesExecutionStrictly", "multiexecution/CurrentNeverDecreases", "multiexecution/ExecutionIDSequencing"}},
	{"the history has the newest event first", always(tampered{
		fetched: func(f *core.FetchedOrchestration) { slices.Reverse(f.Item.History) },
	}),
		[]string{"locking/TerminalInstanceIsFetchable", "multiexecution/EventFieldsAreNotTrusted", "runtime/CancelWaitDelete"}},
	{"the version is the start message's, not the record's", always(tampered{
		fetched: func(f *core.FetchedOrchestration) {
			for _, m := range f.Item.Messages {
				if s, ok := m.Payload().(core.StartOrchestration); ok && s.Version != nil {
					f.Item.Version, f.Item.OrchestrationName = *s.Version, s.Orchestration
				}
			}
		},
	}), []string{"creation/SubOrchestration", "creation/ViaMetadata"}},
	{"a history that cannot be read is an empty one", always(tampered{
		fetched: func(f *core.FetchedOrchestration) { f.Item.HistoryError = "" },
	}),
		[]string{"capability/HistoryErrorWithoutRecord", "capability/OneBadEventAmongMany", "errors/UndecodableQueueMessage"}},
	{"the snapshot has what the running execution wrote", func(p core.Provider) tampered {
		return tampered{fetched: func(f *core.FetchedOrchestration) {
			live, err := p.GetKVAllValues(context.Background(), f.Item.Instance)
			if err != nil {
				return
			}
			for k, v := range live {
				if f.Item.KVSnapshot[k].Value != v {
					f.Item.KVSnapshot[k] = core.KVEntry{Value: v}
				}
			}
		}}
	}, []string{"kv/LateEmptyAckDoesNotMerge", "kv/NoMergeOnRunning", "kv/SnapshotExcludesRunningExecution"}},
	{"an empty snapshot is nil", always(tampered{
		fetched: func(f *core.FetchedOrchestration) {
			if len(f.Item.KVSnapshot) == 0 {
				f.Item.KVSnapshot = nil
			}
		},
	}), []string{"kv/SnapshotEmpty"}},
	{"the snapshot has no times", always(tampered{
		fetched: func(f *core.FetchedOrchestration) {
			for k, v := range f.Item.KVSnapshot {
				v.LastUpdatedMS = 0
				f.Item.KVSnapshot[k] = v
			}
		},
	}), []string{"kv/LastUpdatedIsKept"}},
}

func forgiving(err error) error {
	if core.CodeOf(err) == core.ErrLockLost {
		return nil
	}
	return err
}

func retryable(err error) error {
	if err == nil {
		return nil
	}
	pe := *core.AsProviderError("Ack", err)
	pe.Retryable = true
	return &pe
}

// workFirst queues a turn's activities in a transaction of their own.
func workFirst(p core.Provider, q *core.AckOrchestrationParams) {
	if len(q.CancelledActivities) > 0 {
		return
	}
	for i, w := range q.WorkerItems {
		if p.EnqueueForWorker(context.Background(), w) != nil {
			q.WorkerItems = q.WorkerItems[i:]
			return
		}
	}
	q.WorkerItems = nil
}

// messagesFirst does the same for messages.
func messagesFirst(p core.Provider, q *core.AckOrchestrationParams) {
	for i, m := range q.OrchestratorItems {
		if p.EnqueueForOrchestrator(context.Background(), m, time.Duration(0)) != nil {
			q.OrchestratorItems = q.OrchestratorItems[i:]
			return
		}
	}
	q.OrchestratorItems = nil
}

// cancelsFirst spares what the turn itself schedules.
func cancelsFirst(_ core.Provider, q *core.AckOrchestrationParams) {
	q.CancelledActivities = slices.DeleteFunc(slices.Clone(q.CancelledActivities), func(c core.ScheduledActivityID) bool {
		return slices.ContainsFunc(q.WorkerItems, func(w core.WorkItem) bool {
			a, ok := w.Payload().(core.ActivityExecute)
			return ok && a.Instance == c.Instance && a.ExecutionID == c.ExecutionID && a.ID == c.ActivityID
		})
	})
}

// stateful reports whether events change the custom status or values.
func stateful(es []core.Event) bool {
	return slices.ContainsFunc(es, func(e core.Event) bool {
		switch e.Payload().(type) {
		case core.CustomStatusUpdatedEvent, core.KeyValueSetEvent, core.KeyValueClearedEvent, core.KeyValuesClearedEvent:
			return true
		}
		return false
	})
}
