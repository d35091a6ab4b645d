package stress

import (
	"context"
	"time"

	"github.com/durokit/duro/core"
)

// FetchOrchestrationItem is the provider's, counted; the others below alike.
func (c *counter) FetchOrchestrationItem(
	ctx context.Context, p core.FetchOrchestrationParams,
) (f *core.FetchedOrchestration, err error) {
	err = c.fetchTurn.counted(func() (bool, error) { f, err = c.Provider.FetchOrchestrationItem(ctx, p); return f != nil, err })
	return f, err
}

// AckOrchestrationItem is the provider's, counted.
func (c *counter) AckOrchestrationItem(ctx context.Context, p core.AckOrchestrationParams) error {
	return c.ackTurn.call(func() error { return c.Provider.AckOrchestrationItem(ctx, p) })
}

// AbandonOrchestrationItem is the provider's, counted.
func (c *counter) AbandonOrchestrationItem(ctx context.Context, p core.AbandonParams) error {
	return c.abandonTurn.call(func() error { return c.Provider.AbandonOrchestrationItem(ctx, p) })
}

// RenewOrchestrationItemLock is the provider's, counted.
func (c *counter) RenewOrchestrationItemLock(ctx context.Context, token string, d time.Duration) error {
	return c.renewTurn.call(func() error { return c.Provider.RenewOrchestrationItemLock(ctx, token, d) })
}

// EnqueueForOrchestrator is the provider's, counted.
func (c *counter) EnqueueForOrchestrator(ctx context.Context, item core.WorkItem, d time.Duration) error {
	return c.enqueue.call(func() error { return c.Provider.EnqueueForOrchestrator(ctx, item, d) })
}

// FetchWorkItem is the provider's, counted.
func (c *counter) FetchWorkItem(ctx context.Context, p core.FetchWorkParams) (f *core.FetchedWork, err error) {
	err = c.fetchWork.counted(func() (bool, error) { f, err = c.Provider.FetchWorkItem(ctx, p); return f != nil, err })
	return f, err
}

// AckWorkItem is the provider's, counted.
func (c *counter) AckWorkItem(ctx context.Context, token string, completion *core.WorkItem) error {
	return c.ackWork.call(func() error { return c.Provider.AckWorkItem(ctx, token, completion) })
}

// AbandonWorkItem is the provider's, counted.
func (c *counter) AbandonWorkItem(ctx context.Context, p core.AbandonParams) error {
	return c.abandonWork.call(func() error { return c.Provider.AbandonWorkItem(ctx, p) })
}

// RenewWorkItemLock is the provider's, counted.
func (c *counter) RenewWorkItemLock(ctx context.Context, token string, d time.Duration) error {
	return c.renewWork.call(func() error { return c.Provider.RenewWorkItemLock(ctx, token, d) })
}

// RenewSessionLock is the provider's, counted.
func (c *counter) RenewSessionLock(ctx context.Context, p core.RenewSessionParams) (n int, err error) {
	err = c.renewSession.call(func() error { n, err = c.Provider.RenewSessionLock(ctx, p); return err })
	return n, err
}

// CleanupOrphanedSessions is the provider's, counted.
func (c *counter) CleanupOrphanedSessions(ctx context.Context, idle time.Duration) (n int, err error) {
	err = c.cleanSessions.call(func() error { n, err = c.Provider.CleanupOrphanedSessions(ctx, idle); return err })
	return n, err
}

// Read is the provider's, counted.
func (c *counter) Read(ctx context.Context, instance string) (out []core.Event, err error) {
	err = c.read.call(func() error { out, err = c.Provider.Read(ctx, instance); return err })
	return out, err
}

// GetCustomStatus is the provider's, counted.
func (c *counter) GetCustomStatus(ctx context.Context, instance string, seen uint64) (out *core.CustomStatus, err error) {
	err = c.customStatus.call(func() error { out, err = c.Provider.GetCustomStatus(ctx, instance, seen); return err })
	return out, err
}
