package engine

// Never is the due time of a row nothing waits for: later than any instant.
const Never int64 = 1 << 62

// Kinds of orchestrator messages, as stored.
const (
	kindOther   int64 = 0 // needs context, waits for it
	kindContext int64 = 1 // StartOrchestration, ContinueAsNew: brings context
	kindQueue   int64 = 2 // QueueMessage: dropped when alone without context
)

// Version classes of claim rows. Other classes are hashes of pinned versions.
const (
	classUnpinned int64 = 0
	classOrphan   int64 = -1 // no context: out of every claim's way
)

// Routes of the worker queue. A ready row's route is a base plus the class of
// its tag: base 0 for work without a session, the session's own base for work
// of a session, RouteFree for the oldest row of a session nobody owns.
const (
	RouteWaiting int64 = -1 // locked or delayed; due says until when
	RouteFree    int64 = 1 << 61
)

// Kinds of rows in the classes table.
const (
	classKindVersion int64 = 1
	classKindTag     int64 = 2
)

// What LookDue looks at.
const (
	LookInstances int64 = 1 // claim rows of a version class
	LookWork      int64 = 2 // work of a route
	LookSessions  int64 = 3 // sessions that need a look
	LookOwned     int64 = 4 // ready work of an owner's sessions
	LookClasses   int64 = 5 // how many classes there are
)

// What the horizon of a claim tells besides version classes, which are never so
// small.
const (
	HorizonClasses  int64 = -2 // how many classes there are
	HorizonWork     int64 = -3 // when the next waiting work is due
	HorizonSessions int64 = -4 // when sessions need a look; given where there are any
)

// KV delta states.
const (
	deltaNone      int64 = 0
	deltaSet       int64 = 1
	deltaTombstone int64 = 2
)

// Statements are the parts of all plans. durogen fills them for a dialect from
// one logical model; each field's comment is its contract:
//
//	in:   scalar inputs, in order
//	rows: columns of the row set, in order (t text, b bytes, otherwise int; ? may be NULL)
//	out:  result columns
//
// "held" below means: the claim row (or work row) carries r.token; "active" also
// that its due is after now. Statements of one plan re-check this themselves, so
// that a member with a dead token changes nothing and the others are not
// disturbed.
//
// Tables (see ARCHITECTURE.md): claims, messages, instances, executions,
// history, work, sessions, kv, classes, aside.
type Statements struct {
	// --- claim rows -------------------------------------------------------

	// ClaimsEnsure creates missing claim rows: class -1, due Never, no token.
	// rows: instance t, incarnation
	ClaimsEnsure Statement
	// ClaimsLock locks claim rows, ascending, and returns those that exist.
	// rows: instance t · out: instance, token?, due
	ClaimsLock Statement
	// ClaimsSettle recomputes due of unlocked claim rows from their messages:
	// due = min(visible_at) or Never; seq = r.seq when r.seq is not NULL and due
	// becomes earlier. The class of rows with has_context 0 is 0 when a visible
	// kind-1 message waits, else -1; that of others stays.
	// in: now · rows: instance t, seq?
	ClaimsSettle Statement
	// ClaimsExtend moves the deadline of active locks: due = r.due.
	// in: now · rows: instance t, token b, due
	ClaimsExtend Statement
	// ClaimsTokens returns what is needed to resolve an ambiguous commit.
	// rows: instance t · out: instance, token, acked_token
	ClaimsTokens Statement

	// --- orchestrator queue -----------------------------------------------

	// MessagesInsert appends messages where the claim row exists, in row order.
	// rows: instance t, kind, visible_at, parent_id t?, item b
	MessagesInsert Statement
	// MessagesOf returns an instance's messages by id, for operators and tests.
	// in: instance t · out: id, kind, visible_at, attempts, tagged, item
	MessagesOf Statement
	// AbandonMessages untags the messages of held locks: token NULL, attempts
	// minus r.uncount but not below 0, visible_at = r.visible_at unless NULL.
	// rows: instance t, token b, visible_at?, uncount
	AbandonMessages Statement
	// AbandonRelease takes the token off held claim rows; settle follows.
	// rows: instance t, token b
	AbandonRelease Statement

	// --- one turn's commit; every statement applies to active locks only ---

	// AckMessages deletes the batch: messages of the instance tagged with the
	// token and visible by now.
	// in: now · rows: instance t, token b
	AckMessages Statement
	// AckCreateInstance upserts the instance record: on conflict name is
	// replaced, version only when given, parent only when absent, updated_at = now.
	// in: now · rows: instance t, token b, name b, version b?, parent t?
	AckCreateInstance Statement
	// AckTouchInstance sets updated_at = now where the record exists.
	// in: now · rows: instance t, token b
	AckTouchInstance Statement
	// AckCreateExecution creates the execution record, Running, if it is missing.
	// in: now · rows: instance t, token b, execution
	AckCreateExecution Statement
	// AckSetStatus replaces status, output and completed_at of the record.
	// in: now · rows: instance t, token b, execution, status t, output b?, completed_at?
	AckSetStatus Statement
	// AckPin stores the pinned version in the record.
	// in: now · rows: instance t, token b, execution, pinned t
	AckPin Statement
	// AckInsertHistory appends events; a duplicate is a unique violation.
	// in: now · rows: instance t, token b, execution, event, data b
	AckInsertHistory Statement
	// AckCustomStatus sets the status (NULL clears) and adds 1 to its version.
	// in: now · rows: instance t, token b, status b?
	AckCustomStatus Statement
	// AckClearKV turns every key of the instance into a tombstone of the delta.
	// in: now · rows: instance t, token b
	AckClearKV Statement
	// AckPutKV upserts one key's delta (state 1 set, 2 tombstone).
	// in: now · rows: instance t, token b, key t, value b?, updated_at, state
	AckPutKV Statement
	// AckMergeKVDrop deletes the tombstoned keys.
	// in: now · rows: instance t, token b
	AckMergeKVDrop Statement
	// AckMergeKVKeep moves the delta's values into the store.
	// in: now · rows: instance t, token b
	AckMergeKVKeep Statement
	// AckInsertWork appends activities, ready at once: route = r.home, due 0.
	// in: now · rows: source t, token b, instance t, execution, activity, session t?, tag t?, tag_class, home, item b
	AckInsertWork Statement
	// AckCancelSessions marks the sessions of the rows AckCancelWork will delete
	// as dirty (due 0).
	// in: now · rows: source t, token b, instance t, execution, activity
	AckCancelSessions Statement
	// AckCancelWork deletes activities, locked or not.
	// in: now · rows: source t, token b, instance t, execution, activity
	AckCancelWork Statement
	// AckInsertMessages appends messages for any instance, in row order.
	// in: now · rows: source t, token b, instance t, kind, visible_at, parent_id t?, item b
	AckInsertMessages Statement
	// AckRelease ends the lock and moves the pointer. acked_token = r.token,
	// token NULL, due Never; execution_id = max(execution_id, r.execution);
	// event_count = the stored events of r.execution when the pointer moves,
	// else + r.events when r.execution is the pointer's; version_class =
	// r.class (else 0) when the pointer moves, r.class (else unchanged) when it
	// stays; has_context = 1 when it was, or r.named, or r.events > 0; without
	// context the class is -1.
	// in: now · rows: instance t, token b, execution, events, named, class?
	AckRelease Statement

	// --- claiming instances -----------------------------------------------

	// ClaimMark locks the oldest due claim rows of the classes, at most limit,
	// skipping rows locked by others: token = nonce, due = lock_until,
	// prev_holder = holder, holder = in.holder.
	// in: now, lock_until, nonce b, limit, holder · rows: class (all in one execution)
	ClaimMark Statement
	// ClaimTag tags all visible messages of the marked instances and counts the
	// attempt. "Marked": version_class in classes, due = lock_until, token = nonce.
	// in: now, lock_until, nonce b · rows: class (all in one execution)
	ClaimTag Statement
	// ClaimItems returns the marked instances with their records.
	// in: lock_until, nonce b · rows: class (all in one execution)
	// out: instance, execution_id, event_count, incarnation, prev_holder, has_record, name, version
	ClaimItems Statement
	// ClaimMessages returns the tagged messages by instance and id.
	// in: now, lock_until, nonce b · rows: class (all in one execution)
	// out: instance, id, attempts, item
	ClaimMessages Statement
	// ClaimHistory returns the events of the pointer's execution (1 when there
	// is none) by event id, for marked instances somebody else held before.
	// in: lock_until, nonce b, holder · rows: class (all in one execution)
	// out: instance, event_id, data
	ClaimHistory Statement
	// ClaimKV returns the store side of the marked instances' keys.
	// in: lock_until, nonce b · rows: class (all in one execution)
	// out: instance, key, value, updated_at
	ClaimKV Statement
	// ClaimHorizon returns the earliest due of each class that has one below Never,
	// and under HorizonClasses how many classes there are.
	// rows: class (all in one execution) · out: class, due
	ClaimHorizon Statement
	// OrphansMark locks due rows of class -1: token = nonce, due = now.
	// in: now, nonce b, limit
	OrphansMark Statement
	// OrphansDrop deletes the visible queue messages of marked rows that have
	// no other visible message.
	// in: now, nonce b
	OrphansDrop Statement
	// OrphansSettle ends the mark: class 0 and due = min(visible_at) where a
	// visible kind-1 message waits, else due = the next visible_at after now.
	// in: now, nonce b
	OrphansSettle Statement

	// --- worker queue -----------------------------------------------------

	// WorkInsert appends activities, ready at once: route = r.home, due 0.
	// rows: instance t, execution, activity, session t?, tag t?, tag_class, home, item b
	WorkInsert Statement
	// SessionsDirty creates or touches (session, tag class) rows: due 0, so that
	// the next claim settles them. A new row copies owner, locked_until and
	// last_activity_at from the session's other rows.
	// rows: session t, tag_class, route
	SessionsDirty Statement
	// WorkPromoteSessions marks as dirty the sessions of the rows WorkPromote
	// will promote.
	// in: now, limit
	WorkPromoteSessions Statement
	// WorkPromote makes the first due waiting rows ready: route = home, due 0.
	// Token and owner stay, for a late abandon.
	// in: now, limit
	WorkPromote Statement
	// SessionsMark marks due session rows: due = mark (negative, random).
	// in: now, limit, mark
	SessionsMark Statement
	// SessionsDemote gives heads of marked rows back to their session: route = home.
	// in: mark
	SessionsDemote Statement
	// SessionsHead stores the oldest ready row of marked, free sessions as
	// head, NULL for owned ones.
	// in: now, mark
	SessionsHead Statement
	// SessionsPromote makes those heads claimable by anyone: route = RouteFree + tag_class.
	// in: mark
	SessionsPromote Statement
	// SessionsSettled ends the mark: due = locked_until when owned, else Never.
	// in: now, mark
	SessionsSettled Statement
	// WorkClaim locks the lowest ready ids of sessionless work with these tag
	// classes: token = nonce, route -1, due = lock_until, attempts + 1.
	// in: lock_until, nonce b, limit · rows: class (all in one execution)
	WorkClaim Statement
	// WorkClaimSession is WorkClaim that also takes rows of the owner's active
	// sessions and heads of free sessions, re-checking that those are free, and
	// stores the owner on the rows.
	// in: now, lock_until, nonce b, limit, owner t · rows: class (all in one execution)
	WorkClaimSession Statement
	// WorkClaimed returns the claimed rows by id.
	// in: lock_until, nonce b · out: id, attempts, session, item
	WorkClaimed Statement
	// SessionsOwn gives the sessions of the claimed rows to the owner:
	// locked_until, last_activity_at = now, due 0.
	// in: now, lock_until, nonce b, owner t, session_until
	SessionsOwn Statement
	// WorkHorizon returns the earliest due below Never of waiting rows and the earliest
	// due of session rows, where there is one, and how many classes there are: see the
	// Horizon constants.
	// out: kind, due
	WorkHorizon Statement
	// WorkLock locks rows, ascending, and returns those that exist: a claim that
	// takes an expired lock over must not come between the statements of a batch.
	// rows: id · out: id, token?, due
	WorkLock Statement
	// WorkTokens returns what is needed to resolve an ambiguous commit.
	// rows: id · out: id, token?
	WorkTokens Statement
	// WorkTouchSession sets last_activity_at = now on the sessions of active
	// rows that are active and still owned by the row's owner.
	// in: now · rows: id, token b
	WorkTouchSession Statement
	// WorkComplete appends the completion messages of active rows.
	// in: now · rows: id, token b, instance t, kind, visible_at, item b
	WorkComplete Statement
	// WorkDelete deletes active rows.
	// in: now · rows: id, token b
	WorkDelete Statement
	// WorkExtend moves the deadline of active rows: due = r.due.
	// in: now · rows: id, token b, due
	WorkExtend Statement
	// WorkDirtySession marks the sessions of held rows as dirty.
	// rows: id, token b
	WorkDirtySession Statement
	// WorkAbandon gives held rows back: token and owner NULL, attempts minus
	// r.uncount but not below 0; ready (route = home, due 0) when r.due <= now,
	// else waiting until r.due.
	// in: now · rows: id, token b, due, uncount
	WorkAbandon Statement

	// --- sessions ---------------------------------------------------------

	// SessionsRenewable returns the sessions SessionsRenew will extend.
	// in: now, idle_after · rows: owner t · out: session
	SessionsRenewable Statement
	// SessionsRenew extends active sessions with activity after idle_after:
	// locked_until = until, due = until unless dirty.
	// in: now, idle_after, until · rows: owner t
	SessionsRenew Statement
	// SessionsOrphaned returns owned, expired sessions without work.
	// in: now · out: session
	SessionsOrphaned Statement
	// SessionsDelete deletes all rows of sessions that are still orphaned.
	// in: now · rows: session t
	SessionsDelete Statement

	// --- looking for what waiting fetches are after -------------------------

	// LookDue returns the earliest due of what each row names, where there is one:
	// claim rows of a class, work of a route, all sessions, ready work of an
	// owner's active sessions; for LookClasses it counts the classes.
	// in: now · rows: ref, kind, class, owner t? (all in one execution) · out: ref, due
	LookDue Statement

	// --- reads ------------------------------------------------------------

	// ReadPosition tells which history an instance is at.
	// in: instance t · out: execution_id, event_count, incarnation
	ReadPosition Statement
	// ReadHistory returns one execution's events by event id.
	// in: instance t, execution · out: event_id, data
	ReadHistory Statement
	// ReadCustomStatus returns the custom status.
	// in: instance t · out: status, version
	ReadCustomStatus Statement
	// ReadKVValue returns one live value.
	// in: instance t, key t · out: value
	ReadKVValue Statement
	// ReadKVAll returns all live values by key.
	// in: instance t · out: key, value
	ReadKVAll Statement
	// ReadStats counts: events and bytes of the pointer's execution, live keys
	// and bytes; no row without an instance record.
	// in: instance t · out: events, event_bytes, keys, value_bytes
	ReadStats Statement
	// ReadFirstEvent returns event 1 of the pointer's execution.
	// in: instance t · out: data
	ReadFirstEvent Statement
	// AppendHistory appends events; a duplicate is a unique violation.
	// rows: instance t, execution, event, data b
	AppendHistory Statement
	// AppendTouch renews the incarnation after history changed behind the
	// engine: has_context 1, class -1 becomes 0, event_count recounted.
	// in: instance t, incarnation
	AppendTouch Statement

	// --- classes ----------------------------------------------------------

	// ClassesPut inserts missing classes.
	// rows: kind, class, name t
	ClassesPut Statement
	// ClassesList returns all classes.
	// out: kind, class, name
	ClassesList Statement

	// --- items set aside --------------------------------------------------

	// AsidePut keeps a copy of an undecodable item. queue: 1 orchestrator, 2 worker.
	// in: now · rows: queue, instance t?, item b, reason b
	AsidePut Statement
	// AsideList returns the oldest items.
	// in: limit · out: id, queue, instance, item, reason, set_aside_at
	AsideList Statement
	// AsideDelete removes items.
	// rows: id
	AsideDelete Statement
	// WorkDrop deletes a held work row that was set aside.
	// rows: id, token b
	WorkDrop Statement

	// --- administration: reads ---------------------------------------------

	// ListInstances: all ids, created_at descending, then id.
	// out: instance
	ListInstances Statement
	// ListByStatus: ids whose pointer's execution has the status, same order.
	// in: status t · out: instance
	ListByStatus Statement
	// ListExecutions: ids ascending.
	// in: instance t · out: execution
	ListExecutions Statement
	// InstanceInfo: one row when the record exists; status NULL without execution.
	// in: instance t · out: name, version, execution_id, status, output, created_at, updated_at, parent
	InstanceInfo Statement
	// ExecutionInfo: one row when the record exists.
	// in: instance t, execution · out: status, output, started_at, completed_at, event_count
	ExecutionInfo Statement
	// Metrics: one row.
	// out: instances, executions, running, completed, failed, events
	Metrics Statement
	// Depths: one row. Visible messages of instances with context that are fetchable,
	// delayed ones of any, locked ones; parked ones; the same of work; items set aside.
	// A message of an expired lock is fetchable.
	// in: now · out: orch_ready, orch_delayed, orch_locked, parked, work_ready, work_delayed, work_locked, aside
	Depths Statement
	// Children: direct children of instances with a record, created_at ascending,
	// then id.
	// rows: instance t · out: parent, instance
	Children Statement
	// Parent: one row when the record exists: the parent, and whether that parent has a record.
	// in: instance t · out: parent, parent_exists
	Parent Statement

	// --- administration: deletion and pruning, in one conversation ----------

	// DeleteRunning returns the listed instances with a record whose pointer's
	// execution is Running.
	// rows: instance t · out: instance
	DeleteRunning Statement
	// DeleteSessions marks the sessions of the work to delete as dirty.
	// rows: instance t
	DeleteSessions Statement
	// DeletePendingStarts deletes start messages whose parent_id is listed and
	// whose instance has no record.
	// rows: instance t
	DeletePendingStarts Statement
	// PendingStartTargets returns the instances of those messages, to settle them.
	// rows: instance t · out: instance
	PendingStartTargets Statement
	// DeleteHistory … DeleteClaims delete everything the instances have.
	// rows: instance t
	DeleteHistory    Statement
	DeleteExecutions Statement
	DeleteMessages   Statement
	DeleteWork       Statement
	DeleteKV         Statement
	DeleteInstances  Statement
	DeleteClaims     Statement
	// BulkDeletable returns roots (no parent, or a parent without record) whose
	// pointer's execution is Completed or Failed, completed before the cutoff
	// (Never: no cutoff), by completed_at then id.
	// in: before, limit · out: instance
	BulkDeletable Statement
	// BulkDeletableAmong is BulkDeletable among the given ids.
	// in: before, limit · rows: instance t (all in one execution) · out: instance
	BulkDeletableAmong Statement
	// BulkPrunable returns instances by id; with a cutoff below Never only those
	// whose pointer's execution completed before it.
	// in: before, limit · out: instance
	BulkPrunable Statement
	// BulkPrunableAmong is BulkPrunable among the given ids.
	// in: before, limit · rows: instance t (all in one execution) · out: instance
	BulkPrunableAmong Statement
	// Prunable returns an instance's executions, highest first.
	// in: instance t · out: execution, status, completed_at
	Prunable Statement
	// PruneHistory and PruneExecutions delete executions.
	// rows: instance t, execution
	PruneHistory    Statement
	PruneExecutions Statement
	// InsertExecution stores records of completed executions, for tests.
	// in: now · rows: instance t, execution
	InsertExecution Statement
	// PurgeParked deletes visible messages of class -1 rows.
	// in: now
	PurgeParked Statement

	// --- invariants, for doctor and the conformance suite --------------------

	// CheckClaims: unlocked rows of class >= 0 whose due is not their earliest
	// message; locked rows that are never due; class -1 rows with context.
	// out: instance, problem
	CheckClaims Statement
	// CheckMessages: messages without a claim row.
	// out: instance
	CheckMessages Statement
	// CheckEvents: claim rows whose event_count is not what history holds for
	// the pointer's execution (1 when there is none).
	// out: instance, event_count, stored
	CheckEvents Statement
	// CheckWork: waiting rows with due 0; ready rows with another due, or with a
	// route that is neither home nor the free route of a head.
	// out: id, problem
	CheckWork Statement
	// CheckLocks: active instance locks and work locks.
	// in: now · out: kind, id
	CheckLocks Statement
}
