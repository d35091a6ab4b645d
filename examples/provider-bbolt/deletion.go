package main

import (
	"context"
	"slices"

	"github.com/durokit/duro/core"
)

// DeleteInstance implements core.ProviderAdmin.
func (s *Store) DeleteInstance(ctx context.Context, id string, force bool) (*core.DeleteResult, error) {
	return s.deletion(ctx, "DeleteInstance", func(t *tx, sum *core.DeleteResult) error {
		if err := validID(id); err != nil {
			return err
		}
		switch in := t.instance(id); {
		case in != nil && !t.isRoot(in):
			return refuse(core.ErrSubOrchestration, "instance %q has the parent %q", id, in.parent())
		case in != nil:
			return t.deleteTree(id, force, sum)
		case force && t.carried(id):
			return t.delete([]string{id}, force, sum)
		}
		return refuse(core.ErrNotFound, "instance %q", id)
	})
}

// DeleteInstancesAtomic implements core.ProviderAdmin.
func (s *Store) DeleteInstancesAtomic(ctx context.Context, list []string, force bool) (*core.DeleteResult, error) {
	return s.deletion(ctx, "DeleteInstancesAtomic", func(t *tx, sum *core.DeleteResult) error {
		for _, id := range list {
			if err := validID(id); err != nil {
				return err
			}
		}
		return t.delete(list, force, sum)
	})
}

// deletion runs one in a transaction.
func (s *Store) deletion(ctx context.Context, op string, run func(*tx, *core.DeleteResult) error) (*core.DeleteResult, error) {
	sum := &core.DeleteResult{}
	err := s.update(ctx, op, func(t *tx) error { return run(t, sum) })
	if err != nil {
		return nil, err
	}
	return sum, nil
}

// isRoot reports whether the instance has no parent, or one that is gone: a child born
// after its parent's deletion must not be undeletable.
func (t *tx) isRoot(in *instance) bool { return t.instance(in.parent()) == nil }

// carried reports whether anything at all carries an instance's id.
func (t *tx) carried(id string) bool {
	for _, name := range []string{"executions", "history", "kv", "messages.of", "work.of"} {
		if t.bucket(name).any(key(id)) {
			return true
		}
	}
	return false
}

// deleteTree deletes a root with its descendants, and the queued starts of children that
// have not run yet.
func (t *tx) deleteTree(root string, force bool, sum *core.DeleteResult) error {
	tree := t.tree(root)
	if err := t.delete(tree, force, sum); err != nil {
		return err
	}
	sum.QueueMessagesDeleted += t.messages().remove(t.messages().all(), func(m *row) bool {
		return m.Parent != "" && slices.Contains(tree, m.Parent) && t.instance(m.Instance) == nil
	})
	return nil
}

// delete removes whatever carries one of the ids, or nothing, and adds to the sum.
func (t *tx) delete(list []string, force bool, sum *core.DeleteResult) error {
	if err := t.deletable(list, force); err != nil {
		return err
	}
	for _, id := range list {
		if in := t.instance(id); in != nil {
			sum.InstancesDeleted++
			t.instances().delete([]byte(id))
			t.bucket("children").delete(childKey(in))
		}
		for _, q := range []queue{t.messages(), t.work()} {
			sum.QueueMessagesDeleted += q.remove(q.ofInstance(id), func(*row) bool { return true })
		}
		sum.ExecutionsDeleted += t.executions().clear(key(id))
		sum.EventsDeleted += t.history().clear(key(id))
		t.kv().clear(key(id))
	}
	for k, a := range (table[asideRow]{t.bucket("aside")}).all(nil) {
		if slices.Contains(list, a.Instance) {
			t.bucket("aside").delete(k)
		}
	}
	return nil
}

// deletable refuses to delete what runs, and to leave a child without its parent.
func (t *tx) deletable(list []string, force bool) error {
	listed := map[string]bool{}
	for _, id := range list {
		listed[id] = true
		if !force && t.running(id) {
			return refuse(core.ErrStillRunning, "instance %q", id)
		}
	}
	for _, id := range list {
		for _, child := range t.children(id) {
			if !listed[child] {
				return refuse(core.ErrWouldOrphan, "instance %q is a child of %q", child, id)
			}
		}
	}
	return nil
}

func (t *tx) running(id string) bool { return t.current(t.instance(id)).Status == core.StatusRunning }
