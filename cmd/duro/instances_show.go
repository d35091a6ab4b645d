package main

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"github.com/durokit/duro/core"
)

// shownText is how much of an output, a status or a value a table shows.
const shownText = 100

// instanceView is everything that is known of one instance.
type instanceView struct {
	Instance     *core.InstanceInfo    `json:"instance"`
	Executions   []*core.ExecutionInfo `json:"executions"`
	Children     []string              `json:"children"`
	CustomStatus *string               `json:"custom_status"`
	Stats        *core.InstanceStats   `json:"stats"`
	KV           map[string]string     `json:"kv"`
}

func (c *cli) instancesShow() *cobra.Command {
	cmd := &cobra.Command{
		Use:               "show ID",
		Short:             "Show what is known of an instance",
		Args:              oneArg("an instance id"),
		ValidArgsFunction: c.completeInstance,
	}
	out := c.output(cmd)
	cmd.RunE = c.do(c.onAdmin(func(ctx context.Context, s *store, args []string) error {
		v, err := s.view(ctx, args[0])
		if err != nil {
			return err
		}
		return out.show(v, v.text)
	}))
	return cmd
}

func (s *store) view(ctx context.Context, id string) (*instanceView, error) {
	info, err := s.info(ctx, id)
	if err != nil {
		return nil, err
	}
	v := &instanceView{Instance: info}
	read := func() error {
		if v.Executions, err = s.executions(ctx, id); err != nil {
			return err
		}
		if v.Children, err = s.admin.ListChildren(ctx, id); err != nil {
			return err
		}
		custom, err := s.GetCustomStatus(ctx, id, 0)
		if err != nil {
			return err
		}
		if custom != nil {
			v.CustomStatus = custom.Status
		}
		if v.Stats, err = s.GetInstanceStats(ctx, id); err != nil {
			return err
		}
		v.KV, err = s.GetKVAllValues(ctx, id)
		return err
	}
	if err := read(); err != nil {
		return nil, failed("show instance "+printable(id), err)
	}
	if v.Children == nil {
		v.Children = []string{} // [] and not null in JSON
	}
	return v, nil
}

// executions describes the executions of an instance, oldest first.
func (s *store) executions(ctx context.Context, id string) ([]*core.ExecutionInfo, error) {
	ids, err := s.admin.ListExecutions(ctx, id)
	infos := make([]*core.ExecutionInfo, 0, len(ids))
	for _, n := range ids {
		info, err := s.admin.GetExecutionInfo(ctx, id, n)
		if errors.Is(err, core.ErrNotFound) {
			continue // pruned meanwhile
		}
		if err != nil {
			return nil, err
		}
		infos = append(infos, info)
	}
	return infos, err
}

func (v *instanceView) text(t *table) {
	i := v.Instance
	t.row("instance", i.InstanceID)
	t.row("orchestration", i.OrchestrationName+" "+i.OrchestrationVersion)
	t.row("status", i.Status)
	t.row("parent", orDash(i.ParentInstanceID))
	t.row("children", len(v.Children))
	t.row("created", at(i.CreatedAtMS))
	t.row("updated", at(i.UpdatedAtMS))
	t.row("output", short(orDash(i.Output), shownText))
	t.row("custom status", short(orDash(v.CustomStatus), shownText))
	if v.Stats != nil {
		t.row("history", plural(v.Stats.HistoryEventCount, "event"), plural(v.Stats.HistorySizeBytes, "byte"))
	}
	t.linef("")
	t.row("EXECUTION", "STATUS", "EVENTS", "STARTED", "COMPLETED", "OUTPUT")
	for _, e := range v.Executions {
		completed := "-"
		if e.CompletedAtMS != nil {
			completed = at(*e.CompletedAtMS)
		}
		t.row(e.ExecutionID, e.Status, e.EventCount, at(e.StartedAtMS), completed, short(orDash(e.Output), shownText))
	}
	if len(v.KV) == 0 {
		return
	}
	t.linef("")
	t.row("KEY", "VALUE")
	for _, key := range slices.Sorted(maps.Keys(v.KV)) {
		t.row(key, short(v.KV[key], shownText))
	}
}
