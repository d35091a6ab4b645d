package main

import (
	"context"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/durokit/duro/core/engine"
)

func (c *cli) queues() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "queues",
		Short: "Count what waits in the queues, and mend what got stuck",
		Long: `queues counts the messages of both queues: ready ones could be fetched now by
some node, delayed ones are not visible yet, locked ones are being worked on.
Parked messages wait for an instance that has not been started; items set aside
could not be decoded.`,
		Args: subcommandOnly,
	}
	out := c.output(cmd)
	cmd.RunE = c.do(c.onAdmin(func(ctx context.Context, s *store, _ []string) error {
		d, err := s.depths(ctx)
		if err != nil {
			return failed("count the messages", err)
		}
		return out.show(d, d.text)
	}))
	cmd.AddCommand(c.group("aside", "List and requeue undecodable items", c.asideList(), c.asideRequeue()), c.queuesPurge())
	return cmd
}

// queueDepth is where the messages of one queue are.
type queueDepth struct {
	Ready   uint64 `json:"ready"`
	Delayed uint64 `json:"delayed"`
	Locked  uint64 `json:"locked"`
}

// queueDepths is core.QueueDepths in the form it is printed in.
type queueDepths struct {
	Orchestrator queueDepth `json:"orchestrator"`
	Worker       queueDepth `json:"worker"`
	Parked       uint64     `json:"parked"`
	SetAside     uint64     `json:"set_aside"`
}

func (s *store) depths(ctx context.Context) (queueDepths, error) {
	d, err := s.admin.GetQueueDepths(ctx)
	if err != nil {
		return queueDepths{}, err
	}
	return queueDepths{
		Orchestrator: queueDepth{d.OrchestratorQueue, d.OrchestratorDelayed, d.OrchestratorLocked},
		Worker:       queueDepth{d.WorkerQueue, d.WorkerDelayed, d.WorkerLocked},
		Parked:       d.Parked,
		SetAside:     d.SetAside,
	}, nil
}

func (d queueDepths) text(t *table) {
	t.row("QUEUE", "READY", "DELAYED", "LOCKED", "PARKED", "SET ASIDE")
	// Items set aside are of both queues, their number is the store's.
	t.row("orchestrator", d.Orchestrator.Ready, d.Orchestrator.Delayed, d.Orchestrator.Locked, d.Parked, "")
	t.row("worker", d.Worker.Ready, d.Worker.Delayed, d.Worker.Locked, "", "")
	t.row("both", "", "", "", "", d.SetAside)
}

// asideKeeper and parkedPurger are what the engine offers beyond the contract.
type asideKeeper interface {
	SetAside(ctx context.Context, limit int) ([]engine.SetAsideItem, error)
	Requeue(ctx context.Context, id int64) error
}

type parkedPurger interface {
	PurgeParked(ctx context.Context) (uint64, error)
}

// onKeeper is onStore for backends that set items aside.
func (c *cli) onKeeper(f func(ctx context.Context, k asideKeeper, args []string) error) action {
	return c.onStore(func(ctx context.Context, s *store, args []string) error {
		k, ok := capability[asideKeeper](s.Provider)
		if !ok {
			return wrongf("the backend %s sets no items aside", s.Name())
		}
		return f(ctx, k, args)
	})
}

func (c *cli) asideList() *cobra.Command {
	var limit uint32
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the items that could not be decoded, oldest first",
		Args:  noArgs,
	}
	out := c.output(cmd)
	cmd.Flags().Uint32Var(&limit, "limit", listLimit, "list at most this many")
	cmd.RunE = c.do(c.onKeeper(func(ctx context.Context, k asideKeeper, _ []string) error {
		items, err := k.SetAside(ctx, int(limit))
		if err != nil {
			return failed("list the items set aside", err)
		}
		return out.show(asideItems(items), func(t *table) {
			t.row("ITEM", "QUEUE", "INSTANCE", "SET ASIDE", "REASON", "CONTENT")
			for _, i := range items {
				t.row(i.ID, i.Queue, i.Instance, at(i.AtMS), short(i.Reason, shownText), short(string(i.Item), shownText))
			}
		})
	}))
	return cmd
}

// asideItem is an engine.SetAsideItem with its bytes as text where they are text:
// an operator wants to read them, not to decode base64 first.
type asideItem struct {
	engine.SetAsideItem
	Item string `json:"item"`
}

func asideItems(items []engine.SetAsideItem) map[string][]asideItem {
	list := make([]asideItem, 0, len(items))
	for _, i := range items {
		list = append(list, asideItem{i, string(i.Item)})
	}
	return map[string][]asideItem{"items": list}
}

func (c *cli) asideRequeue() *cobra.Command {
	return &cobra.Command{
		Use:   "requeue ITEM",
		Short: "Put an item back into its queue, for a version that can decode it",
		Args:  oneArg("an item number"),
		RunE: c.do(func(ctx context.Context, args []string) error {
			id, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil {
				return usagef("%q is no item number, see: duro queues aside list", args[0])
			}
			return c.onKeeper(func(ctx context.Context, k asideKeeper, _ []string) error {
				if err := k.Requeue(ctx, id); err != nil {
					return undecodable("requeue", err)
				}
				return nil
			})(ctx, args)
		}),
	}
}

func (c *cli) queuesPurge() *cobra.Command {
	var parked bool
	cmd := &cobra.Command{
		Use:   "purge --parked",
		Short: "Delete messages whose instance was never started",
		Long: `purge --parked deletes the visible messages of instances without context: no
start, no record, no history. They cost nothing to others and would wait for
ever, but an event that came before its instance's start is among them.`,
		Args: noArgs,
	}
	out := c.output(cmd)
	cmd.Flags().BoolVar(&parked, "parked", false, "delete parked messages")
	cmd.RunE = c.do(func(ctx context.Context, args []string) error {
		if !parked {
			return usagef("name what to purge: --parked")
		}
		return c.onStore(func(ctx context.Context, s *store, _ []string) error {
			p, ok := capability[parkedPurger](s.Provider)
			if !ok {
				return wrongf("the backend %s cannot purge parked messages", s.Name())
			}
			n, err := p.PurgeParked(ctx)
			if err != nil {
				return failed("purge parked messages", err)
			}
			return out.show(map[string]uint64{"messages_deleted": n}, func(t *table) {
				t.row("deleted", plural(n, "message"))
			})
		})(ctx, args)
	})
	return cmd
}
