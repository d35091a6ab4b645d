package core

import (
	"context"
	"time"
)

// Provider is everything an orchestration runtime asks of a store: two
// peek-lock queues, append-only histories, one lock per instance, and the
// atomic commit of a turn (contract 2.1 to 2.19).
//
// "No work" is never an error: the fetch methods return nil, nil. Errors are
// *ProviderError, with Op the name of the called method.
type Provider interface {
	// Name identifies the kind of store, for example "sqlite".
	Name() string
	// Version is the version of the provider's code.
	Version() string

	// FetchOrchestrationItem locks the instance whose oldest visible message
	// has waited longest and returns all its visible messages with the history
	// of its current execution. It returns nil when nothing is eligible within
	// PollTimeout (contract 2.1).
	FetchOrchestrationItem(ctx context.Context, p FetchOrchestrationParams) (*FetchedOrchestration, error)
	// AckOrchestrationItem commits one turn: all of it or nothing (contract 2.2).
	AckOrchestrationItem(ctx context.Context, p AckOrchestrationParams) error
	// AbandonOrchestrationItem gives the lock and its messages back (contract 2.3).
	AbandonOrchestrationItem(ctx context.Context, p AbandonParams) error
	// RenewOrchestrationItemLock moves an active lock's deadline to now + extendFor (contract 2.4).
	RenewOrchestrationItemLock(ctx context.Context, token string, extendFor time.Duration) error
	// EnqueueForOrchestrator stores a message for the item's routing instance,
	// visible after delay. It creates no instance (contract 2.5).
	EnqueueForOrchestrator(ctx context.Context, item WorkItem, delay time.Duration) error

	// EnqueueForWorker appends an ActivityExecute to the worker queue (contract 2.6).
	EnqueueForWorker(ctx context.Context, item WorkItem) error
	// FetchWorkItem locks the oldest activity the caller may run, or returns
	// nil when there is none within PollTimeout (contract 2.7).
	FetchWorkItem(ctx context.Context, p FetchWorkParams) (*FetchedWork, error)
	// AckWorkItem deletes the locked activity and, when completion is not nil,
	// enqueues it for its instance in the same transaction (contract 2.8).
	AckWorkItem(ctx context.Context, token string, completion *WorkItem) error
	// AbandonWorkItem gives the activity back; it keeps its place (contract 2.9).
	AbandonWorkItem(ctx context.Context, p AbandonParams) error
	// RenewWorkItemLock moves an active lock's deadline to now + extendFor. Its
	// failure with ErrLockLost is the signal that the activity was cancelled
	// (contract 2.10).
	RenewWorkItemLock(ctx context.Context, token string, extendFor time.Duration) error

	// RenewSessionLock extends the active, not idle sessions of the given
	// owners and returns how many there were (contract 2.11).
	RenewSessionLock(ctx context.Context, p RenewSessionParams) (int, error)
	// CleanupOrphanedSessions deletes expired sessions without any work and
	// returns how many there were. idleTimeout is accepted and unused, as
	// upstream (contract 2.12).
	CleanupOrphanedSessions(ctx context.Context, idleTimeout time.Duration) (int, error)

	// Read returns the history of the latest execution, empty for an unknown
	// instance. An undecodable event is ErrCorrupt, never a shorter list
	// (contract 2.13).
	Read(ctx context.Context, instance string) ([]Event, error)
	// ReadWithExecution is Read for one execution (contract 2.14).
	ReadWithExecution(ctx context.Context, instance string, execution uint64) ([]Event, error)
	// AppendWithExecution appends events directly, for tests and repair. It
	// creates neither instance nor execution (contract 2.15).
	AppendWithExecution(ctx context.Context, instance string, execution uint64, events []Event) error

	// GetCustomStatus returns the status when its version is above lastSeen,
	// else nil (contract 2.16).
	GetCustomStatus(ctx context.Context, instance string, lastSeen uint64) (*CustomStatus, error)
	// GetKVValue returns the live value of a key and whether there is one (contract 2.17).
	GetKVValue(ctx context.Context, instance, key string) (value string, found bool, err error)
	// GetKVAllValues returns all live values, an empty map for an unknown instance (contract 2.17).
	GetKVAllValues(ctx context.Context, instance string) (map[string]string, error)
	// GetInstanceStats counts what one instance holds, nil when it has no
	// instance record (contract 2.19).
	GetInstanceStats(ctx context.Context, instance string) (*InstanceStats, error)

	// Close waits for the calls under way until ctx ends, then releases
	// everything the provider opened. Calls after Close fail with ErrUnavailable.
	Close(ctx context.Context) error
}

// FetchOrchestrationParams are the inputs of FetchOrchestrationItem.
type FetchOrchestrationParams struct {
	// LockTimeout is how long the instance stays locked without a renewal. Zero
	// gives a lock that has expired at once.
	LockTimeout time.Duration
	// PollTimeout is the longest wait when nothing is available; zero does not wait.
	PollTimeout time.Duration
	// Filter limits the fetch to executions pinned to a supported version; nil
	// does not filter.
	Filter *CapabilityFilter
}

// FetchedOrchestration is a locked instance with its token and attempt count.
type FetchedOrchestration struct {
	Item OrchestrationItem
	// LockToken proves the lock in ack, renew and abandon.
	LockToken string
	// AttemptCount is the highest delivery count among the messages, this one
	// included: 1 for a first delivery.
	AttemptCount uint32
}

// OrchestrationItem is what one turn decides from (contract 1.4).
type OrchestrationItem struct {
	Instance          string
	OrchestrationName string
	ExecutionID       uint64
	// Version is "unknown" when none is stored.
	Version string
	// History is the caller's own slice of immutable events, by event id.
	History []Event
	// Messages are in the order they were enqueued.
	Messages []WorkItem
	// HistoryError says why the history could not be decoded; History and
	// KVSnapshot are then empty. Empty means none.
	HistoryError string
	// KVSnapshot is the state at the end of the last closed execution.
	KVSnapshot map[string]KVEntry
}

// KVEntry is one value of a KV snapshot.
type KVEntry struct {
	Value         string `json:"value"`
	LastUpdatedMS uint64 `json:"last_updated_at_ms"`
}

// AckOrchestrationParams are the inputs of AckOrchestrationItem. Everything but
// the token and the execution id may be empty.
type AckOrchestrationParams struct {
	LockToken string
	// ExecutionID is the execution the turn belongs to. The provider never
	// computes it.
	ExecutionID       uint64
	HistoryDelta      []Event
	WorkerItems       []WorkItem
	OrchestratorItems []WorkItem
	Metadata          ExecutionMetadata
	// CancelledActivities are deleted from the worker queue, locked or not,
	// after WorkerItems were inserted.
	CancelledActivities []ScheduledActivityID
}

// ExecutionMetadata says what a turn knows of its execution; a nil field leaves
// the stored value alone (contract 1.4).
type ExecutionMetadata struct {
	// Status is one of the Status constants.
	Status               *string
	Output               *string
	OrchestrationName    *string
	OrchestrationVersion *string
	ParentInstanceID     *string
	PinnedVersion        *Semver
}

// The status of an execution (admin contract 1.1). An instance's status is that
// of its current execution.
const (
	StatusRunning        = "Running"
	StatusCompleted      = "Completed"
	StatusFailed         = "Failed"
	StatusContinuedAsNew = "ContinuedAsNew"
	// StatusUnknown is reported for an instance whose execution record is missing.
	StatusUnknown = "Unknown"
)

// ScheduledActivityID names one activity of one execution.
type ScheduledActivityID struct {
	Instance    string
	ExecutionID uint64
	ActivityID  uint64
}

// AbandonParams are the inputs of AbandonOrchestrationItem and AbandonWorkItem.
type AbandonParams struct {
	LockToken string
	// Delay hides what is given back for that long; zero leaves it visible in
	// its old place.
	Delay time.Duration
	// IgnoreAttempt takes this delivery back from the attempt count.
	IgnoreAttempt bool
}

// FetchWorkParams are the inputs of FetchWorkItem.
type FetchWorkParams struct {
	LockTimeout time.Duration
	PollTimeout time.Duration
	// Session, when not nil, also offers rows of sessions that are free or
	// owned by Session.OwnerID.
	Session *SessionFetch
	// Tags selects by tag; the zero value is DefaultOnly.
	Tags TagFilter
}

// SessionFetch is a worker's identity in session affinity.
type SessionFetch struct {
	OwnerID string
	// LockTimeout is how long a session stays with its owner after each fetch.
	LockTimeout time.Duration
}

// FetchedWork is a locked activity.
type FetchedWork struct {
	Item         WorkItem
	LockToken    string
	AttemptCount uint32
}

// RenewSessionParams are the inputs of RenewSessionLock.
type RenewSessionParams struct {
	OwnerIDs  []string
	ExtendFor time.Duration
	// IdleTimeout leaves out sessions without activity for that long.
	IdleTimeout time.Duration
}

// CustomStatus is an orchestration's own status text and its version, 1 or more.
type CustomStatus struct {
	// Status is nil when the status was cleared.
	Status  *string
	Version uint64
}

// InstanceStats counts what an instance holds (admin contract 1.13).
type InstanceStats struct {
	HistoryEventCount uint64 `json:"history_event_count"`
	HistorySizeBytes  uint64 `json:"history_size_bytes"`
	QueuePendingCount uint64 `json:"queue_pending_count"`
	KVUserKeyCount    uint64 `json:"kv_user_key_count"`
	KVTotalValueBytes uint64 `json:"kv_total_value_bytes"`
}
