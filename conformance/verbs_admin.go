package conformance

import "github.com/durokit/duro/core"

// The verbs of the admin half, like those in verbs.go.

// deleted deletes an instance with its tree.
func (t *T) deleted(id string, force bool) core.DeleteResult {
	r, err := t.tryDelete(id, force)
	t.must(err, "DeleteInstance")
	t.absent(id)
	return *r
}

func (t *T) tryDelete(id string, force bool) (*core.DeleteResult, error) {
	r, err := t.Admin().DeleteInstance(t.ctx, id, force)
	t.Stepf("delete %.40q (force %v): %+v%s", id, force, r, failed(err))
	return r, err
}

// tryDeleteAtomic deletes exactly these instances.
func (t *T) tryDeleteAtomic(force bool, ids ...string) (*core.DeleteResult, error) {
	r, err := t.Admin().DeleteInstancesAtomic(t.ctx, ids, force)
	if len(ids) > 10 {
		t.Stepf("delete %d ids together (force %v): %+v%s", len(ids), force, r, failed(err))
	} else {
		t.Stepf("delete %q together (force %v): %+v%s", ids, force, r, failed(err))
	}
	return r, err
}

// deletedAtomic deletes exactly these instances.
func (t *T) deletedAtomic(force bool, ids ...string) core.DeleteResult {
	r, err := t.tryDeleteAtomic(force, ids...)
	t.must(err, "DeleteInstancesAtomic")
	return *r
}

// bulkDeleted deletes what a filter selects.
func (t *T) bulkDeleted(f core.InstanceFilter) core.DeleteResult {
	r, err := t.Admin().DeleteInstanceBulk(t.ctx, f)
	t.must(err, "DeleteInstanceBulk")
	t.Stepf("delete in bulk: %+v", *r)
	return *r
}

// prune prunes an instance.
func (t *T) prune(id string, o core.PruneOptions) core.PruneResult {
	r, err := t.Admin().PruneExecutions(t.ctx, id, o)
	t.must(err, "PruneExecutions")
	t.Stepf("prune %.40q: %+v", id, *r)
	return *r
}

// pruned prunes an instance, and demands how many executions went.
func (t *T) pruned(id string, o core.PruneOptions, want uint64) {
	r := t.prune(id, o)
	equal(t, "how many instances were pruned", r.InstancesProcessed, 1)
	equal(t, "how many executions were pruned", r.ExecutionsDeleted, want)
}

// bulkPruned prunes what a filter selects.
func (t *T) bulkPruned(f core.InstanceFilter, o core.PruneOptions) core.PruneResult {
	r, err := t.Admin().PruneExecutionsBulk(t.ctx, f, o)
	t.must(err, "PruneExecutionsBulk")
	t.Stepf("prune in bulk: %+v", *r)
	return *r
}

// metrics returns the system metrics.
func (t *T) metrics() core.SystemMetrics {
	m, err := t.Admin().GetSystemMetrics(t.ctx)
	t.must(err, "GetSystemMetrics")
	t.Stepf("metrics: %+v", *m)
	return *m
}

// instances lists all instances.
func (t *T) instances() []string {
	ids, err := t.Admin().ListInstances(t.ctx)
	t.must(err, "ListInstances")
	t.Stepf("list instances: %d", len(ids))
	return ids
}

// withStatus lists the instances with a status.
func (t *T) withStatus(status string) []string {
	ids, err := t.Admin().ListInstancesByStatus(t.ctx, status)
	t.must(err, "ListInstancesByStatus")
	t.Stepf("list instances that are %s: %q", status, ids)
	return ids
}

// children lists an instance's children.
func (t *T) children(id string) []string {
	ids, err := t.Admin().ListChildren(t.ctx, id)
	t.must(err, "ListChildren")
	t.Stepf("children of %.40q: %q", id, ids)
	return ids
}

// tree returns an instance with its descendants.
func (t *T) tree(id string) core.InstanceTree {
	tree, err := t.Admin().GetInstanceTree(t.ctx, id)
	t.must(err, "GetInstanceTree")
	t.Stepf("tree of %.40q: %d", id, tree.Size())
	return *tree
}

// chain makes an instance with n closed executions, the last Completed.
func (t *T) chain(id string, n uint64) { t.chainTo(id, n, core.StatusCompleted) }

// liveChain is chain with the last execution Running.
func (t *T) liveChain(id string, n uint64) { t.chainTo(id, n, core.StatusRunning) }

func (t *T) chainTo(id string, n uint64, last string) {
	for e := uint64(1); e <= n; e++ {
		s := last
		if e < n {
			s = core.StatusContinuedAsNew
		}
		if e == 1 {
			t.enqueue(start(id))
		} else {
			t.enqueue(continueAsNew(id))
		}
		t.ack(t.fetchOf(id), e, events(started()), full, status(s))
	}
}
