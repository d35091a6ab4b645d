package main

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/durokit/duro/core"
)

// treeNode is one instance of a tree, in the order it is printed.
type treeNode struct {
	InstanceID string  `json:"instance_id"`
	ParentID   *string `json:"parent_instance_id"`
	Depth      int     `json:"depth"`
	Name       string  `json:"orchestration_name"`
	Status     string  `json:"status"`
}

func (c *cli) instancesTree() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "tree ID",
		Short: "Show an instance with its sub-orchestrations",
		Long: `tree shows an instance with all its descendants, each below its parent. For the
whole tree, give the id of its root: "duro instances show" names the parent.`,
		Args:              oneArg("an instance id"),
		ValidArgsFunction: c.completeInstance,
	}
	out := c.output(cmd)
	cmd.RunE = c.do(c.onAdmin(func(ctx context.Context, s *store, args []string) error {
		nodes, err := s.tree(ctx, args[0])
		if err != nil {
			return err
		}
		v := struct {
			RootID    string     `json:"root_id"`
			Instances []treeNode `json:"instances"`
		}{args[0], nodes}
		return out.show(v, func(t *table) {
			t.row("INSTANCE", "NAME", "STATUS")
			for _, n := range nodes {
				t.row(strings.Repeat("  ", n.Depth)+printable(n.InstanceID), n.Name, n.Status)
			}
		})
	}))
	return cmd
}

// tree lists an instance and its descendants depth first.
func (s *store) tree(ctx context.Context, root string) ([]treeNode, error) {
	// The provider takes an unknown id for a tree of one; whoever asks for it by
	// name is better told.
	if _, err := s.info(ctx, root); err != nil {
		return nil, err
	}
	all, err := s.admin.GetInstanceTree(ctx, root)
	if err != nil {
		return nil, failed("read the tree of instance "+printable(root), err)
	}
	infos, err := s.describe(ctx, all.AllIDs)
	if err != nil {
		return nil, err
	}
	return depthFirst(root, infos), nil
}

func depthFirst(root string, infos []*core.InstanceInfo) []treeNode {
	children := map[string][]*core.InstanceInfo{}
	var todo []treeNode
	for _, i := range infos {
		if i.InstanceID == root {
			todo = append(todo, nodeOf(i, 0))
		} else if i.ParentInstanceID != nil {
			children[*i.ParentInstanceID] = append(children[*i.ParentInstanceID], i)
		}
	}
	nodes := make([]treeNode, 0, len(infos))
	for len(todo) > 0 {
		n := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		nodes = append(nodes, n)
		below := children[n.InstanceID]
		delete(children, n.InstanceID) // a cycle must end
		for _, child := range slices.Backward(below) {
			todo = append(todo, nodeOf(child, n.Depth+1))
		}
	}
	return nodes
}

func nodeOf(i *core.InstanceInfo, depth int) treeNode {
	return treeNode{i.InstanceID, i.ParentInstanceID, depth, i.OrchestrationName, i.Status}
}
