package conformance_test

import (
	"time"

	"github.com/durokit/duro/core"
)

// workMutants lose what is special about an activity: its tag, its session, its end.
var workMutants = []mutant{
	{"tags are lost", always(changed(func(a *core.ActivityExecute) { a.Tag = nil })),
		[]string{"tag/DefaultOnly", "tag/RoundTrip", "tag/TagsOnlyMatching"}},
	{"an empty tag is none", always(changed(func(a *core.ActivityExecute) {
		if a.Tag != nil && *a.Tag == "" {
			a.Tag = nil
		}
	})), []string{"queue/StoredJSONIsVerbatim", "queue/WorkItemsRoundTrip", "tag/ByteExact"}},
	{"sessions are lost", always(changed(func(a *core.ActivityExecute) { a.SessionID = nil })),
		[]string{"session/AffinitySameWorker", "session/SessionConfigReturnsAll", "session/UnclaimedSessionIsClaimable"}},
	{"large inputs are cut", always(changed(func(a *core.ActivityExecute) { a.Input = a.Input[:min(len(a.Input), 1<<16-1)] })),
		[]string{"queue/StoredJSONIsVerbatim"}},
	{"work is written anew, without what is unknown", always(changed(func(*core.ActivityExecute) {})),
		[]string{"queue/StoredJSONIsVerbatim"}},
	{"messages are written anew, without what is unknown", always(tampered{
		message: func(_ core.Provider, item *core.WorkItem, _ *time.Duration) { *item = core.NewWorkItem(item.Payload()) },
	}), []string{"queue/StoredJSONIsVerbatim"}},
	{"no tag is the default tag", always(tampered{fetchWork: func(q *core.FetchWorkParams) {
		if q.Tags.Mode == core.TagsOnly {
			q.Tags.Mode = core.TagsDefaultAnd
		}
	}}), []string{"tag/EmptySets", "tag/SeveralTags", "tag/TagsOnlyMatching"}},
	{"a filter for none gets what has no tag", always(tampered{fetchWork: func(q *core.FetchWorkParams) {
		if q.Tags.Mode == core.TagsNone {
			q.Tags.Mode = core.TagsDefaultOnly
		}
	}}), []string{"tag/NoneReturnsNothing"}},
	{"only the first tag of a filter counts", always(tampered{fetchWork: func(q *core.FetchWorkParams) {
		q.Tags.Tags = q.Tags.Tags[:min(1, len(q.Tags.Tags))]
	}}), []string{"robustness/IdentifierLimits", "tag/RuntimeIsolation", "tag/SeveralTags"}},
	{"whoever asks for tags gets all", always(tampered{fetchWork: func(q *core.FetchWorkParams) {
		if q.Tags.Mode == core.TagsDefaultAnd {
			q.Tags.Mode = core.TagsAny
		}
	}}), []string{"tag/DefaultAnd", "tag/EmptySets"}},
	{"all owners are one", always(tampered{fetchWork: func(q *core.FetchWorkParams) {
		if q.Session != nil {
			q.Session = &core.SessionFetch{OwnerID: "one", LockTimeout: q.Session.LockTimeout}
		}
	}}),
		[]string{"session/AffinityBlocksOthers", "session/DifferentSessionsDifferentWorkers", "session/MixedItems"}},
	{"sessions are locked for twice as long", always(tampered{fetchWork: func(q *core.FetchWorkParams) {
		if q.Session != nil {
			q.Session = &core.SessionFetch{OwnerID: q.Session.OwnerID, LockTimeout: 2 * q.Session.LockTimeout}
		}
	}}), []string{"session/ClaimableAfterExpiry", "session/CleanupRemovesExpired", "session/FetchCanShortenLock"}},
	{"who has no session gets none of its work, and no other", always(tampered{fetchWork: func(q *core.FetchWorkParams) {
		if q.Session == nil {
			q.Session = &core.SessionFetch{OwnerID: "nobody", LockTimeout: q.LockTimeout}
		}
	}}), []string{"session/NoSessionSkipsSessionItems", "session/SessionAndTag"}},
	{"the renewal of a session lasts half as long", always(tampered{sessions: func(q *core.RenewSessionParams) { q.ExtendFor /= 2 }}),
		[]string{"session/RenewalExtends"}},
	{"idle sessions are renewed", always(tampered{sessions: func(q *core.RenewSessionParams) { q.IdleTimeout = 1000 * time.Hour }}),
		[]string{"session/AckNotesActivity", "session/RenewNotesActivity", "session/RenewSkipsIdle"}},
	{"only the first owner's sessions are renewed", always(tampered{sessions: func(q *core.RenewSessionParams) {
		q.OwnerIDs = q.OwnerIDs[:min(1, len(q.OwnerIDs))]
	}}), []string{"robustness/IdentifierLimits", "session/OwnerList"}},
	{"no renewed session is counted", always(tampered{renewed: func(int) int { return 0 }}),
		[]string{"session/RenewActive", "session/RenewAfterExpiryReturnsZero", "session/RenewWithoutSessions"}},
	{"no swept session is counted", always(tampered{swept: func(int) int { return 0 }}),
		[]string{"session/CleanupKeepsPendingItems", "session/CleanupRemovesExpired", "session/RecreatedAfterCleanup"}},
	{"completions are lost", always(tampered{done: func(_ core.Provider, c **core.WorkItem) { *c = nil }}),
		[]string{"errors/WrongVariant", "queue/WorkerAckIsAtomic", "session/SessionExpiresWorkAckSucceeds"}},
	{"a completion is queued before the ack, and stays when it fails", always(tampered{
		done: func(p core.Provider, c **core.WorkItem) {
			if *c == nil {
				return
			}
			q := core.AckOrchestrationParams{OrchestratorItems: []core.WorkItem{**c}}
			if messagesFirst(p, &q); len(q.OrchestratorItems) == 0 {
				*c = nil
			}
		},
	}), []string{"cancellation/AckOfDeletedEntryFails", "errors/WrongVariant", "errors/WrongVariantEverywhere"}},
}

// changed changes activities on their way into the worker queue.
func changed(f func(*core.ActivityExecute)) tampered {
	change := func(item core.WorkItem) core.WorkItem {
		a, ok := item.Payload().(core.ActivityExecute)
		if !ok {
			return item
		}
		f(&a)
		return core.NewWorkItem(a)
	}
	return tampered{
		activity: func(item *core.WorkItem) { *item = change(*item) },
		turn: func(_ core.Provider, q *core.AckOrchestrationParams) {
			for i, item := range q.WorkerItems {
				q.WorkerItems[i] = change(item)
			}
		},
	}
}
