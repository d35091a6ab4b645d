package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/durokit/duro/core"
)

func (c *cli) instancesDelete() *cobra.Command {
	var force bool
	var before moment
	var limit uint32
	cmd := &cobra.Command{
		Use:   "delete ID | --finished-before TIME",
		Short: "Delete an instance, or finished ones, with all sub-orchestrations",
		Long: `delete removes a root instance with all its descendants, their histories and
messages. With --finished-before it removes every root that completed or failed
before a time, given as such or as an age, for example 720h.

An instance that is running is deleted only with --force: its activities may
still be at work, and nobody will hear of their results.`,
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: c.completeInstance,
	}
	out := c.output(cmd)
	cmd.Flags().BoolVar(&force, "force", false, "delete also what is still running")
	cmd.Flags().Var(&before, "finished-before", "delete all that finished before this `time` or age")
	cmd.Flags().Uint32Var(&limit, "limit", core.DefaultBulkLimit, "with --finished-before, delete at most this many roots")
	cmd.RunE = c.do(func(ctx context.Context, args []string) error {
		bulk := before.ms != nil
		switch {
		case bulk == (len(args) == 1) || len(args) > 1:
			return usagef("instances delete takes an instance id, or --finished-before")
		case bulk && force:
			return usagef("--force is for one instance: --finished-before never deletes what is running")
		}
		return c.onAdmin(func(ctx context.Context, s *store, args []string) error {
			var r *core.DeleteResult
			var err error
			what := "delete finished instances"
			if bulk {
				r, err = s.admin.DeleteInstanceBulk(ctx, core.InstanceFilter{CompletedBeforeMS: before.ms, Limit: &limit})
			} else {
				what = "delete instance " + printable(args[0])
				r, err = s.admin.DeleteInstance(ctx, args[0], force)
			}
			if err != nil {
				return failed(what, err)
			}
			return out.show(r, func(t *table) {
				t.row("deleted", plural(r.InstancesDeleted, "instance"))
				t.row("", plural(r.ExecutionsDeleted, "execution"))
				t.row("", plural(r.EventsDeleted, "event"))
				t.row("", plural(r.QueueMessagesDeleted, "queue message"))
			})
		})(ctx, args)
	})
	return cmd
}

func (c *cli) instancesPrune() *cobra.Command {
	var all bool
	var before moment
	var keep, limit uint32
	cmd := &cobra.Command{
		Use:   "prune ID | --all",
		Short: "Delete closed executions of instances that continued as new",
		Long: `prune removes executions that are closed and not current, with their histories:
what an eternal orchestration leaves behind. The instance itself, its values and
its messages stay, and it may be running meanwhile.`,
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: c.completeInstance,
	}
	out := c.output(cmd)
	cmd.Flags().BoolVar(&all, "all", false, "prune all instances")
	cmd.Flags().Uint32Var(&keep, "keep-last", 1, "keep the `N` latest executions")
	cmd.Flags().Var(&before, "completed-before", "prune only executions that were closed before this `time` or age")
	cmd.Flags().Uint32Var(&limit, "limit", core.DefaultBulkLimit, "with --all, prune at most this many instances")
	cmd.RunE = c.do(func(ctx context.Context, args []string) error {
		if all == (len(args) == 1) || len(args) > 1 {
			return usagef("instances prune takes an instance id, or --all")
		}
		return c.onAdmin(func(ctx context.Context, s *store, args []string) error {
			opts := core.PruneOptions{KeepLast: &keep, CompletedBeforeMS: before.ms}
			var r *core.PruneResult
			var err error
			what := "prune all instances"
			if all {
				r, err = s.admin.PruneExecutionsBulk(ctx, core.InstanceFilter{Limit: &limit}, opts)
			} else {
				what = "prune instance " + printable(args[0])
				r, err = s.admin.PruneExecutions(ctx, args[0], opts)
			}
			if err != nil {
				return failed(what, err)
			}
			return out.show(r, func(t *table) {
				t.row("processed", plural(r.InstancesProcessed, "instance"))
				t.row("deleted", plural(r.ExecutionsDeleted, "execution"))
				t.row("", plural(r.EventsDeleted, "event"))
			})
		})(ctx, args)
	})
	return cmd
}
