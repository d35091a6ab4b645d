package main

import (
	"cmp"
	"context"

	"github.com/durokit/duro/core"
)

// ListInstances implements core.ProviderAdmin.
func (s *Store) ListInstances(ctx context.Context) ([]string, error) {
	return s.list(ctx, "ListInstances", func(t *tx) []*instance { return t.list(every, newestFirst) })
}

// ListInstancesByStatus implements core.ProviderAdmin.
func (s *Store) ListInstancesByStatus(ctx context.Context, status string) ([]string, error) {
	return s.list(ctx, "ListInstancesByStatus", func(t *tx) []*instance {
		return t.list(func(in *instance) bool { return t.current(in).Status == status }, newestFirst)
	})
}

func (s *Store) list(ctx context.Context, op string, list func(*tx) []*instance) (found []string, err error) {
	err = s.view(ctx, op, func(t *tx) error {
		found = ids(list(t))
		return nil
	})
	return found, err
}

// ListExecutions implements core.ProviderAdmin.
func (s *Store) ListExecutions(ctx context.Context, id string) (executions []uint64, err error) {
	err = s.view(ctx, "ListExecutions", func(t *tx) error {
		executions = t.executionIDs(id)
		return validID(id)
	})
	return executions, err
}

// LatestExecutionID implements core.ProviderAdmin.
func (s *Store) LatestExecutionID(ctx context.Context, id string) (latest uint64, err error) {
	err = s.view(ctx, "LatestExecutionID", func(t *tx) error {
		latest = t.latest(id)
		return validID(id)
	})
	return latest, err
}

// GetInstanceInfo implements core.ProviderAdmin.
func (s *Store) GetInstanceInfo(ctx context.Context, id string) (info *core.InstanceInfo, err error) {
	err = s.view(ctx, "GetInstanceInfo", func(t *tx) error {
		in, err := t.recorded(id)
		if err != nil {
			return err
		}
		info = &in.InstanceInfo
		info.Status, info.Output = cmp.Or(t.current(in).Status, core.StatusUnknown), t.current(in).Output
		return nil
	})
	return info, err
}

// GetExecutionInfo implements core.ProviderAdmin.
func (s *Store) GetExecutionInfo(ctx context.Context, id string, n uint64) (info *core.ExecutionInfo, err error) {
	err = s.view(ctx, "GetExecutionInfo", func(t *tx) error {
		if err := validID(id); err != nil {
			return err
		}
		e := t.executions().get(key(id, n))
		if e == nil {
			return refuse(core.ErrNotFound, "execution %d of instance %q", n, id)
		}
		info = &e.ExecutionInfo
		info.EventCount = t.history().count(key(id, n))
		return nil
	})
	return info, err
}

// ListChildren implements core.ProviderAdmin.
func (s *Store) ListChildren(ctx context.Context, id string) (children []string, err error) {
	err = s.view(ctx, "ListChildren", func(t *tx) error {
		children = t.children(id)
		return validID(id)
	})
	return children, err
}

// GetParentID implements core.ProviderAdmin.
func (s *Store) GetParentID(ctx context.Context, id string) (parent string, found bool, err error) {
	err = s.view(ctx, "GetParentID", func(t *tx) error {
		in, err := t.recorded(id)
		if err == nil {
			parent = in.parent()
		}
		return err
	})
	return parent, parent != "", err
}

// GetInstanceTree implements core.ProviderAdmin.
func (s *Store) GetInstanceTree(ctx context.Context, id string) (tree *core.InstanceTree, err error) {
	err = s.view(ctx, "GetInstanceTree", func(t *tx) error {
		tree = &core.InstanceTree{RootID: id, AllIDs: t.tree(id)}
		return validID(id)
	})
	if err != nil {
		return nil, err
	}
	return tree, nil
}

// children lists an instance's, oldest first; none of an instance without a record.
func (t *tx) children(id string) (children []string) {
	if t.instance(id) == nil {
		return nil
	}
	for k := range t.bucket("children").scan(key(id)) {
		children = append(children, string(k[len(key(id, 0)):]))
	}
	return children
}

// childKey is where a child is in the index.
func childKey(in *instance) []byte { return append(key(in.parent(), in.CreatedAtMS), in.InstanceID...) }

// tree lists an instance and its descendants, parents before their children. A cycle ends.
func (t *tx) tree(root string) []string {
	tree, seen := []string{root}, map[string]bool{root: true}
	for i := 0; i < len(tree); i++ {
		for _, child := range t.children(tree[i]) {
			if !seen[child] {
				seen[child] = true
				tree = append(tree, child)
			}
		}
	}
	return tree
}
