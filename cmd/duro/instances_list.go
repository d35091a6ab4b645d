package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/durokit/duro/core"
)

// listLimit is how many instances are listed by default: a screen's worth, since
// each costs a query.
const listLimit = 50

func (c *cli) instancesList() *cobra.Command {
	var limit uint
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List instances, newest first",
		Args:  noArgs,
	}
	out := c.output(cmd)
	cmd.Flags().UintVar(&limit, "limit", listLimit, "list at most this many, 0 for all")
	status := choiceFlag(cmd, "status", "", "only instances with this status", core.StatusRunning,
		core.StatusCompleted, core.StatusFailed, core.StatusContinuedAsNew)
	cmd.RunE = c.do(c.onAdmin(func(ctx context.Context, s *store, _ []string) error {
		ids, err := s.list(ctx, status.value)
		if err != nil {
			return failed("list instances", err)
		}
		total := len(ids)
		if limit > 0 && uint(total) > limit {
			ids = ids[:limit]
		}
		infos, err := s.describe(ctx, ids)
		if err != nil {
			return err
		}
		v := struct {
			Instances []*core.InstanceInfo `json:"instances"`
			Total     int                  `json:"total"`
		}{infos, total}
		err = out.show(v, func(t *table) {
			t.row("INSTANCE", "NAME", "VERSION", "STATUS", "EXECUTION", "CREATED", "UPDATED")
			for _, i := range infos {
				t.row(i.InstanceID, i.OrchestrationName, i.OrchestrationVersion, i.Status,
					i.CurrentExecutionID, at(i.CreatedAtMS), at(i.UpdatedAtMS))
			}
		})
		if err == nil && len(ids) < total && !out.json {
			// Not on standard output, where it would be taken for an instance.
			fmt.Fprintf(c.stderr, "%d of %d instances, --limit 0 for all\n", len(ids), total)
		}
		return err
	}))
	return cmd
}

func (s *store) list(ctx context.Context, status string) ([]string, error) {
	if status == "" {
		return s.admin.ListInstances(ctx)
	}
	return s.admin.ListInstancesByStatus(ctx, status)
}
