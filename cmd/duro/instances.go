package main

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/durokit/duro/core"
)

func (c *cli) instances() *cobra.Command {
	return c.group("instances", "List, show, delete and prune instances",
		c.instancesList(), c.instancesShow(), c.instancesTree(), c.instancesHistory(),
		c.instancesDelete(), c.instancesPrune())
}

// info describes an instance the user asked for by name.
func (s *store) info(ctx context.Context, id string) (*core.InstanceInfo, error) {
	info, err := s.admin.GetInstanceInfo(ctx, id)
	if errors.Is(err, core.ErrNotFound) {
		return nil, noInstance(id)
	}
	if err != nil {
		return nil, failed("describe instance "+printable(id), err)
	}
	return info, nil
}

// describe reads the records of instances and leaves out those that were deleted
// meanwhile.
func (s *store) describe(ctx context.Context, ids []string) ([]*core.InstanceInfo, error) {
	infos := make([]*core.InstanceInfo, 0, len(ids))
	for _, id := range ids {
		info, err := s.admin.GetInstanceInfo(ctx, id)
		switch {
		case errors.Is(err, core.ErrNotFound):
		case err != nil:
			return nil, failed("describe instance "+printable(id), err)
		default:
			infos = append(infos, info)
		}
	}
	return infos, nil
}

func noInstance(id string) error { return wrongf("no instance %q", id) }

// completionTimeout bounds what pressing the tab key may cost.
const completionTimeout = 2 * time.Second

// completeInstance completes the one argument of a command with the store's ids.
func (c *cli) completeInstance(cmd *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	ctx, cancel := context.WithTimeout(cmd.Context(), completionTimeout)
	defer cancel()
	var ids []string
	err := c.onAdmin(func(ctx context.Context, s *store, _ []string) (err error) {
		ids, err = s.admin.ListInstances(ctx)
		return err
	})(ctx, nil)
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	return ids, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}
