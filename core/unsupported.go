package core

import (
	"context"
	"time"
)

// Unsupported answers every method of Provider and ProviderAdmin with
// ErrUnsupported, but Name, Version and Close, which only the provider itself can
// answer. A provider that embeds it compiles before all of it is written, and goes
// on compiling when the contract gets another method. It announces no admin half.
type Unsupported struct{}

// FetchOrchestrationItem implements Provider.
func (Unsupported) FetchOrchestrationItem(context.Context, FetchOrchestrationParams) (*FetchedOrchestration, error) {
	return nil, Errorf("FetchOrchestrationItem", ErrUnsupported, "")
}

// AckOrchestrationItem implements Provider.
func (Unsupported) AckOrchestrationItem(context.Context, AckOrchestrationParams) error {
	return Errorf("AckOrchestrationItem", ErrUnsupported, "")
}

// AbandonOrchestrationItem implements Provider.
func (Unsupported) AbandonOrchestrationItem(context.Context, AbandonParams) error {
	return Errorf("AbandonOrchestrationItem", ErrUnsupported, "")
}

// RenewOrchestrationItemLock implements Provider.
func (Unsupported) RenewOrchestrationItemLock(context.Context, string, time.Duration) error {
	return Errorf("RenewOrchestrationItemLock", ErrUnsupported, "")
}

// EnqueueForOrchestrator implements Provider.
func (Unsupported) EnqueueForOrchestrator(context.Context, WorkItem, time.Duration) error {
	return Errorf("EnqueueForOrchestrator", ErrUnsupported, "")
}

// EnqueueForWorker implements Provider.
func (Unsupported) EnqueueForWorker(context.Context, WorkItem) error {
	return Errorf("EnqueueForWorker", ErrUnsupported, "")
}

// FetchWorkItem implements Provider.
func (Unsupported) FetchWorkItem(context.Context, FetchWorkParams) (*FetchedWork, error) {
	return nil, Errorf("FetchWorkItem", ErrUnsupported, "")
}

// AckWorkItem implements Provider.
func (Unsupported) AckWorkItem(context.Context, string, *WorkItem) error {
	return Errorf("AckWorkItem", ErrUnsupported, "")
}

// AbandonWorkItem implements Provider.
func (Unsupported) AbandonWorkItem(context.Context, AbandonParams) error {
	return Errorf("AbandonWorkItem", ErrUnsupported, "")
}

// RenewWorkItemLock implements Provider.
func (Unsupported) RenewWorkItemLock(context.Context, string, time.Duration) error {
	return Errorf("RenewWorkItemLock", ErrUnsupported, "")
}

// RenewSessionLock implements Provider.
func (Unsupported) RenewSessionLock(context.Context, RenewSessionParams) (int, error) {
	return 0, Errorf("RenewSessionLock", ErrUnsupported, "")
}

// CleanupOrphanedSessions implements Provider.
func (Unsupported) CleanupOrphanedSessions(context.Context, time.Duration) (int, error) {
	return 0, Errorf("CleanupOrphanedSessions", ErrUnsupported, "")
}

// Read implements Provider.
func (Unsupported) Read(context.Context, string) ([]Event, error) {
	return nil, Errorf("Read", ErrUnsupported, "")
}

// ReadWithExecution implements Provider.
func (Unsupported) ReadWithExecution(context.Context, string, uint64) ([]Event, error) {
	return nil, Errorf("ReadWithExecution", ErrUnsupported, "")
}

// AppendWithExecution implements Provider.
func (Unsupported) AppendWithExecution(context.Context, string, uint64, []Event) error {
	return Errorf("AppendWithExecution", ErrUnsupported, "")
}

// GetCustomStatus implements Provider.
func (Unsupported) GetCustomStatus(context.Context, string, uint64) (*CustomStatus, error) {
	return nil, Errorf("GetCustomStatus", ErrUnsupported, "")
}

// GetKVValue implements Provider.
func (Unsupported) GetKVValue(context.Context, string, string) (string, bool, error) {
	return "", false, Errorf("GetKVValue", ErrUnsupported, "")
}

// GetKVAllValues implements Provider.
func (Unsupported) GetKVAllValues(context.Context, string) (map[string]string, error) {
	return nil, Errorf("GetKVAllValues", ErrUnsupported, "")
}

// GetInstanceStats implements Provider.
func (Unsupported) GetInstanceStats(context.Context, string) (*InstanceStats, error) {
	return nil, Errorf("GetInstanceStats", ErrUnsupported, "")
}

// ListInstances implements ProviderAdmin.
func (Unsupported) ListInstances(context.Context) ([]string, error) {
	return nil, Errorf("ListInstances", ErrUnsupported, "")
}

// ListInstancesByStatus implements ProviderAdmin.
func (Unsupported) ListInstancesByStatus(context.Context, string) ([]string, error) {
	return nil, Errorf("ListInstancesByStatus", ErrUnsupported, "")
}

// ListExecutions implements ProviderAdmin.
func (Unsupported) ListExecutions(context.Context, string) ([]uint64, error) {
	return nil, Errorf("ListExecutions", ErrUnsupported, "")
}

// ReadHistoryWithExecutionID implements ProviderAdmin.
func (Unsupported) ReadHistoryWithExecutionID(context.Context, string, uint64) ([]Event, error) {
	return nil, Errorf("ReadHistoryWithExecutionID", ErrUnsupported, "")
}

// ReadHistory implements ProviderAdmin.
func (Unsupported) ReadHistory(context.Context, string) ([]Event, error) {
	return nil, Errorf("ReadHistory", ErrUnsupported, "")
}

// LatestExecutionID implements ProviderAdmin.
func (Unsupported) LatestExecutionID(context.Context, string) (uint64, error) {
	return 0, Errorf("LatestExecutionID", ErrUnsupported, "")
}

// GetInstanceInfo implements ProviderAdmin.
func (Unsupported) GetInstanceInfo(context.Context, string) (*InstanceInfo, error) {
	return nil, Errorf("GetInstanceInfo", ErrUnsupported, "")
}

// GetExecutionInfo implements ProviderAdmin.
func (Unsupported) GetExecutionInfo(context.Context, string, uint64) (*ExecutionInfo, error) {
	return nil, Errorf("GetExecutionInfo", ErrUnsupported, "")
}

// GetSystemMetrics implements ProviderAdmin.
func (Unsupported) GetSystemMetrics(context.Context) (*SystemMetrics, error) {
	return nil, Errorf("GetSystemMetrics", ErrUnsupported, "")
}

// GetQueueDepths implements ProviderAdmin.
func (Unsupported) GetQueueDepths(context.Context) (*QueueDepths, error) {
	return nil, Errorf("GetQueueDepths", ErrUnsupported, "")
}

// ListChildren implements ProviderAdmin.
func (Unsupported) ListChildren(context.Context, string) ([]string, error) {
	return nil, Errorf("ListChildren", ErrUnsupported, "")
}

// GetParentID implements ProviderAdmin.
func (Unsupported) GetParentID(context.Context, string) (string, bool, error) {
	return "", false, Errorf("GetParentID", ErrUnsupported, "")
}

// GetInstanceTree implements ProviderAdmin.
func (Unsupported) GetInstanceTree(context.Context, string) (*InstanceTree, error) {
	return nil, Errorf("GetInstanceTree", ErrUnsupported, "")
}

// DeleteInstance implements ProviderAdmin.
func (Unsupported) DeleteInstance(context.Context, string, bool) (*DeleteResult, error) {
	return nil, Errorf("DeleteInstance", ErrUnsupported, "")
}

// DeleteInstancesAtomic implements ProviderAdmin.
func (Unsupported) DeleteInstancesAtomic(context.Context, []string, bool) (*DeleteResult, error) {
	return nil, Errorf("DeleteInstancesAtomic", ErrUnsupported, "")
}

// DeleteInstanceBulk implements ProviderAdmin.
func (Unsupported) DeleteInstanceBulk(context.Context, InstanceFilter) (*DeleteResult, error) {
	return nil, Errorf("DeleteInstanceBulk", ErrUnsupported, "")
}

// PruneExecutions implements ProviderAdmin.
func (Unsupported) PruneExecutions(context.Context, string, PruneOptions) (*PruneResult, error) {
	return nil, Errorf("PruneExecutions", ErrUnsupported, "")
}

// PruneExecutionsBulk implements ProviderAdmin.
func (Unsupported) PruneExecutionsBulk(context.Context, InstanceFilter, PruneOptions) (*PruneResult, error) {
	return nil, Errorf("PruneExecutionsBulk", ErrUnsupported, "")
}
