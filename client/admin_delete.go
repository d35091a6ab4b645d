package client

import (
	"context"
	"log/slog"

	"github.com/durokit/duro/core"
)

// DeleteInstance deletes a root with its whole tree. Prefer to Cancel, Wait, and
// delete without force; force deletes what still runs (docs/contract.md A7.5).
func (c *Client) DeleteInstance(ctx context.Context, instance string, force bool) (*core.DeleteResult, error) {
	r, err := manage(c, "DeleteInstance", instance, func(a core.ProviderAdmin) (*core.DeleteResult, error) {
		return a.DeleteInstance(ctx, instance, force)
	})
	c.logDeleted(ctx, "DeleteInstance", r, err, slog.String("instance", instance), slog.Bool("force", force))
	return r, err
}

// DeleteInstanceBulk deletes finished roots with their trees.
func (c *Client) DeleteInstanceBulk(ctx context.Context, filter core.InstanceFilter) (*core.DeleteResult, error) {
	r, err := manage(c, "DeleteInstanceBulk", "", func(a core.ProviderAdmin) (*core.DeleteResult, error) {
		return a.DeleteInstanceBulk(ctx, filter)
	})
	c.logDeleted(ctx, "DeleteInstanceBulk", r, err)
	return r, err
}

// PruneExecutions deletes closed executions of an instance, never the current one.
func (c *Client) PruneExecutions(ctx context.Context, instance string, opts core.PruneOptions) (*core.PruneResult, error) {
	r, err := manage(c, "PruneExecutions", instance, func(a core.ProviderAdmin) (*core.PruneResult, error) {
		return a.PruneExecutions(ctx, instance, opts)
	})
	c.logPruned(ctx, "PruneExecutions", r, err, slog.String("instance", instance))
	return r, err
}

// PruneExecutionsBulk prunes every instance the filter selects.
func (c *Client) PruneExecutionsBulk(
	ctx context.Context, filter core.InstanceFilter, opts core.PruneOptions,
) (*core.PruneResult, error) {
	r, err := manage(c, "PruneExecutionsBulk", "", func(a core.ProviderAdmin) (*core.PruneResult, error) {
		return a.PruneExecutionsBulk(ctx, filter, opts)
	})
	c.logPruned(ctx, "PruneExecutionsBulk", r, err)
	return r, err
}

// logDeleted records what was removed, because it cannot be looked up afterwards.
func (c *Client) logDeleted(ctx context.Context, op string, r *core.DeleteResult, err error, attrs ...slog.Attr) {
	if err != nil || r == nil {
		return
	}
	c.log.LogAttrs(ctx, slog.LevelInfo, "client: deleted", append(attrs, slog.String("op", op),
		slog.Uint64("instances_deleted", r.InstancesDeleted), slog.Uint64("executions_deleted", r.ExecutionsDeleted),
		slog.Uint64("events_deleted", r.EventsDeleted), slog.Uint64("queue_messages_deleted", r.QueueMessagesDeleted))...)
}

func (c *Client) logPruned(ctx context.Context, op string, r *core.PruneResult, err error, attrs ...slog.Attr) {
	if err != nil || r == nil {
		return
	}
	c.log.LogAttrs(ctx, slog.LevelInfo, "client: pruned", append(attrs, slog.String("op", op),
		slog.Uint64("instances_processed", r.InstancesProcessed), slog.Uint64("executions_deleted", r.ExecutionsDeleted),
		slog.Uint64("events_deleted", r.EventsDeleted))...)
}
