package main

import (
	"context"
	"regexp"

	"github.com/durokit/duro/core"
)

// undisturbed refuses a store with work in its queues. The runtime of a stress run
// takes whatever is fetchable: it would try the orchestrations of an application,
// whose code it does not have, until they count as poisoned. And the check at the
// end expects empty queues.
func (s *store) undisturbed(ctx context.Context) error {
	if s.admin == nil {
		return nil // nobody can tell
	}
	d, err := s.depths(ctx)
	if err != nil {
		return failed("count the messages", err)
	}
	if d == (queueDepths{}) {
		return nil
	}
	if run := s.unfinishedRun(ctx); run != "" {
		return wrongf("the store still has work of run %s; finish that with duro stress --resume %s, or take another store",
			run, run)
	}
	return wrongf("the store has messages in its queues, which a stress run would take; see duro queues, or take another store")
}

var stressInstance = regexp.MustCompile(`^stress-(.+)-\d+$`)

// unfinishedRun finds a run that was cut off, "" when there is none.
func (s *store) unfinishedRun(ctx context.Context) string {
	running, err := s.admin.ListInstancesByStatus(ctx, core.StatusRunning)
	if err != nil {
		return "" // it was only for a better message
	}
	for _, id := range running {
		if m := stressInstance.FindStringSubmatch(id); m != nil {
			return m[1]
		}
	}
	return ""
}

// knows refuses to resume a run nobody has heard of, which would start a new one.
func (s *store) knows(runID string) func(context.Context) error {
	return func(ctx context.Context) error {
		if s.admin == nil {
			return wrongf("the backend %s has no management half", s.Name())
		}
		ids, err := s.instancesOf(ctx, runID)
		if err == nil && len(ids) == 0 {
			err = wrongf("no instance of run %q is in the store", runID)
		}
		return err
	}
}
