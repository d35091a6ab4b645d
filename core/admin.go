package core

import "context"

// ProviderAdmin is the operator's half of the contract: inspection, metrics,
// hierarchy, deletion and pruning (admin contract 2). Read methods take no
// locks and change nothing. Get one with Admin.
type ProviderAdmin interface {
	// ListInstances returns all instances, newest first, then by id.
	ListInstances(ctx context.Context) ([]string, error)
	// ListInstancesByStatus returns the instances whose current execution has
	// exactly this status, in the order of ListInstances.
	ListInstancesByStatus(ctx context.Context, status string) ([]string, error)
	// ListExecutions returns the execution ids ascending, empty when unknown.
	ListExecutions(ctx context.Context, instance string) ([]uint64, error)
	// ReadHistoryWithExecutionID is Provider.ReadWithExecution.
	ReadHistoryWithExecutionID(ctx context.Context, instance string, execution uint64) ([]Event, error)
	// ReadHistory is Provider.Read.
	ReadHistory(ctx context.Context, instance string) ([]Event, error)
	// LatestExecutionID returns the highest execution id, 1 when there is none.
	LatestExecutionID(ctx context.Context, instance string) (uint64, error)
	// GetInstanceInfo describes an instance; ErrNotFound when there is no record.
	GetInstanceInfo(ctx context.Context, instance string) (*InstanceInfo, error)
	// GetExecutionInfo describes an execution; ErrNotFound when there is no record.
	GetExecutionInfo(ctx context.Context, instance string, execution uint64) (*ExecutionInfo, error)
	// GetSystemMetrics counts instances, executions and events.
	GetSystemMetrics(ctx context.Context) (*SystemMetrics, error)
	// GetQueueDepths counts what could be fetched right now, and what could not.
	GetQueueDepths(ctx context.Context) (*QueueDepths, error)

	// ListChildren returns the direct children, oldest first, then by id.
	ListChildren(ctx context.Context, instance string) ([]string, error)
	// GetParentID returns the parent and whether there is one; ErrNotFound when
	// the instance has no record.
	GetParentID(ctx context.Context, instance string) (parent string, found bool, err error)
	// GetInstanceTree returns the instance and all its descendants, parents
	// before their children. An unknown id gives a tree of one.
	GetInstanceTree(ctx context.Context, instance string) (*InstanceTree, error)

	// DeleteInstance deletes a root with its whole tree. ErrSubOrchestration for
	// a child whose parent exists, ErrStillRunning when a member runs and force
	// is false (admin contract 2.15).
	DeleteInstance(ctx context.Context, instance string, force bool) (*DeleteResult, error)
	// DeleteInstancesAtomic deletes exactly these instances in one transaction,
	// or nothing. ErrWouldOrphan when a child of one of them is not among them
	// (admin contract 2.14).
	DeleteInstancesAtomic(ctx context.Context, instances []string, force bool) (*DeleteResult, error)
	// DeleteInstanceBulk deletes finished roots with their trees, each in its own
	// transaction, oldest completion first (admin contract 2.16).
	DeleteInstanceBulk(ctx context.Context, filter InstanceFilter) (*DeleteResult, error)
	// PruneExecutions deletes closed executions that are not current (admin contract 2.17).
	PruneExecutions(ctx context.Context, instance string, opts PruneOptions) (*PruneResult, error)
	// PruneExecutionsBulk prunes each selected instance in its own transaction (admin contract 2.18).
	PruneExecutionsBulk(ctx context.Context, filter InstanceFilter, opts PruneOptions) (*PruneResult, error)
}

// AdminDiscoverer is implemented by providers that may have an admin half. It is
// asked instead of asserting ProviderAdmin, so that a wrapper or a plugin client
// can say no although its type has the methods.
type AdminDiscoverer interface {
	// ProviderAdmin returns the admin half, or false when there is none.
	ProviderAdmin() (ProviderAdmin, bool)
}

// Admin returns the admin half of p, or false when p has none (contract 2.18).
func Admin(p Provider) (ProviderAdmin, bool) {
	d, ok := p.(AdminDiscoverer)
	if !ok {
		return nil, false
	}
	return d.ProviderAdmin()
}

// InstanceInfo describes one instance (admin contract 1.2).
type InstanceInfo struct {
	InstanceID           string  `json:"instance_id"`
	OrchestrationName    string  `json:"orchestration_name"`
	OrchestrationVersion string  `json:"orchestration_version"`
	CurrentExecutionID   uint64  `json:"current_execution_id"`
	Status               string  `json:"status"`
	Output               *string `json:"output"`
	CreatedAtMS          uint64  `json:"created_at"`
	UpdatedAtMS          uint64  `json:"updated_at"`
	ParentInstanceID     *string `json:"parent_instance_id"`
}

// ExecutionInfo describes one execution (admin contract 1.3).
type ExecutionInfo struct {
	ExecutionID   uint64  `json:"execution_id"`
	Status        string  `json:"status"`
	Output        *string `json:"output"`
	StartedAtMS   uint64  `json:"started_at"`
	CompletedAtMS *uint64 `json:"completed_at"`
	EventCount    uint64  `json:"event_count"`
}

// SystemMetrics counts the whole store (admin contract 1.4).
type SystemMetrics struct {
	TotalInstances     uint64 `json:"total_instances"`
	TotalExecutions    uint64 `json:"total_executions"`
	RunningInstances   uint64 `json:"running_instances"`
	CompletedInstances uint64 `json:"completed_instances"`
	FailedInstances    uint64 `json:"failed_instances"`
	TotalEvents        uint64 `json:"total_events"`
}

// QueueDepths counts messages. The first three are the contract's (admin
// contract 1.5); the others say where the rest of the messages are.
type QueueDepths struct {
	// OrchestratorQueue and WorkerQueue count what some node could fetch now.
	OrchestratorQueue uint64 `json:"orchestrator_queue"`
	WorkerQueue       uint64 `json:"worker_queue"`
	// TimerQueue is always 0: timers are delayed orchestrator messages.
	TimerQueue uint64 `json:"timer_queue"`
	// OrchestratorDelayed and WorkerDelayed count what is not visible yet.
	OrchestratorDelayed uint64 `json:"orchestrator_delayed"`
	WorkerDelayed       uint64 `json:"worker_delayed"`
	// OrchestratorLocked and WorkerLocked count what somebody holds.
	OrchestratorLocked uint64 `json:"orchestrator_locked"`
	WorkerLocked       uint64 `json:"worker_locked"`
	// Parked counts visible messages of instances without context.
	Parked uint64 `json:"parked"`
	// SetAside counts undecodable items moved out of the queues.
	SetAside uint64 `json:"set_aside"`
}

// InstanceFilter selects instances; all given criteria must hold (admin contract 1.6).
type InstanceFilter struct {
	// InstanceIDs is an allow-list. Nil does not restrict; empty matches nothing.
	InstanceIDs []string
	// CompletedBeforeMS matches current executions completed strictly before it.
	CompletedBeforeMS *uint64
	// Limit is the most instances selected; nil means DefaultBulkLimit.
	Limit *uint32
}

// DefaultBulkLimit is how many instances a bulk operation selects by default.
const DefaultBulkLimit = 1000

// PruneOptions select executions to prune; all given criteria must hold (admin contract 1.7).
type PruneOptions struct {
	// KeepLast exempts the N highest existing execution ids.
	KeepLast *uint32
	// CompletedBeforeMS matches executions completed strictly before it.
	CompletedBeforeMS *uint64
}

// DeleteResult counts what was removed (admin contract 1.8).
type DeleteResult struct {
	InstancesDeleted     uint64 `json:"instances_deleted"`
	ExecutionsDeleted    uint64 `json:"executions_deleted"`
	EventsDeleted        uint64 `json:"events_deleted"`
	QueueMessagesDeleted uint64 `json:"queue_messages_deleted"`
}

// PruneResult counts what was pruned (admin contract 1.9).
type PruneResult struct {
	InstancesProcessed uint64 `json:"instances_processed"`
	ExecutionsDeleted  uint64 `json:"executions_deleted"`
	EventsDeleted      uint64 `json:"events_deleted"`
}

// InstanceTree is an instance with its descendants (admin contract 1.10).
type InstanceTree struct {
	RootID string `json:"root_id"`
	// AllIDs includes RootID, first.
	AllIDs []string `json:"all_ids"`
}

// IsRootOnly reports whether the root has no descendants.
func (t *InstanceTree) IsRootOnly() bool { return len(t.AllIDs) == 1 }

// Size is the number of instances in the tree.
func (t *InstanceTree) Size() int { return len(t.AllIDs) }
