package client

import (
	"context"

	"github.com/durokit/duro/core"
)

// HasManagement reports whether the management calls work with this provider;
// without, they all fail with ErrManagementNotAvailable (docs/contract.md A7.5).
func (c *Client) HasManagement() bool { return c.admin != nil }

// manage calls f with the admin half and turns its error into the client's.
func manage[T any](c *Client, op, instance string, f func(core.ProviderAdmin) (T, error)) (T, error) {
	if c.admin == nil {
		var none T
		return none, &Error{Kind: ErrManagementNotAvailable, Op: op, Instance: instance}
	}
	v, err := f(c.admin)
	return v, fromProvider(op, instance, err)
}

// ListAllInstances returns all instances, newest first.
func (c *Client) ListAllInstances(ctx context.Context) ([]string, error) {
	return manage(c, "ListAllInstances", "", func(a core.ProviderAdmin) ([]string, error) {
		return a.ListInstances(ctx)
	})
}

// ListInstancesByStatus returns the instances with exactly this status, one of
// the core.Status constants, newest first.
func (c *Client) ListInstancesByStatus(ctx context.Context, status string) ([]string, error) {
	return manage(c, "ListInstancesByStatus", "", func(a core.ProviderAdmin) ([]string, error) {
		return a.ListInstancesByStatus(ctx, status)
	})
}

// GetInstanceInfo describes an instance.
func (c *Client) GetInstanceInfo(ctx context.Context, instance string) (*core.InstanceInfo, error) {
	return manage(c, "GetInstanceInfo", instance, func(a core.ProviderAdmin) (*core.InstanceInfo, error) {
		return a.GetInstanceInfo(ctx, instance)
	})
}

// GetExecutionInfo describes one execution of an instance.
func (c *Client) GetExecutionInfo(ctx context.Context, instance string, execution uint64) (*core.ExecutionInfo, error) {
	return manage(c, "GetExecutionInfo", instance, func(a core.ProviderAdmin) (*core.ExecutionInfo, error) {
		return a.GetExecutionInfo(ctx, instance, execution)
	})
}

// ListExecutions returns the execution ids of an instance, ascending.
func (c *Client) ListExecutions(ctx context.Context, instance string) ([]uint64, error) {
	return manage(c, "ListExecutions", instance, func(a core.ProviderAdmin) ([]uint64, error) {
		return a.ListExecutions(ctx, instance)
	})
}

// ReadExecutionHistory returns the events of one execution.
func (c *Client) ReadExecutionHistory(ctx context.Context, instance string, execution uint64) ([]core.Event, error) {
	return manage(c, "ReadExecutionHistory", instance, func(a core.ProviderAdmin) ([]core.Event, error) {
		return a.ReadHistoryWithExecutionID(ctx, instance, execution)
	})
}

// GetSystemMetrics counts instances, executions and events.
func (c *Client) GetSystemMetrics(ctx context.Context) (*core.SystemMetrics, error) {
	return manage(c, "GetSystemMetrics", "", func(a core.ProviderAdmin) (*core.SystemMetrics, error) {
		return a.GetSystemMetrics(ctx)
	})
}

// GetQueueDepths counts the messages of both queues.
func (c *Client) GetQueueDepths(ctx context.Context) (*core.QueueDepths, error) {
	return manage(c, "GetQueueDepths", "", func(a core.ProviderAdmin) (*core.QueueDepths, error) {
		return a.GetQueueDepths(ctx)
	})
}

// GetInstanceTree returns an instance and all its descendants. Unlike the
// provider's method it does not make up a tree for an unknown instance.
func (c *Client) GetInstanceTree(ctx context.Context, instance string) (*core.InstanceTree, error) {
	return manage(c, "GetInstanceTree", instance, func(a core.ProviderAdmin) (*core.InstanceTree, error) {
		tree, err := a.GetInstanceTree(ctx, instance)
		if err != nil || !tree.IsRootOnly() {
			return tree, err
		}
		if _, err := a.GetInstanceInfo(ctx, instance); err != nil {
			return nil, err
		}
		return tree, nil
	})
}
