package main

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
)

// instancesOf lists the instances of a run with their children.
func (s *store) instancesOf(ctx context.Context, runID string) ([]string, error) {
	all, err := s.admin.ListInstances(ctx)
	if err != nil {
		return nil, failed("list the instances of run "+runID, err)
	}
	return slices.DeleteFunc(all, func(id string) bool { return rootNumber(id, runID) == 0 }), nil
}

// rootNumber is the number in the id of a run's instance or of a child of one, 0
// for the instances of others.
func rootNumber(id, runID string) int {
	rest, ours := strings.CutPrefix(id, "stress-"+runID+"-")
	number, _, _ := strings.Cut(rest, "::")
	n, err := strconv.Atoi(number)
	if !ours || err != nil || n < 1 {
		return 0
	}
	return n
}

// forgetAtOnce is how many trees are deleted in a transaction: enough to spare
// round trips, few enough not to hold up whoever else uses the store.
const forgetAtOnce = 100

// forget deletes a run. Without an admin half it stays.
func (s *store) forget(ctx context.Context, runID string) error {
	if s.admin == nil {
		return nil
	}
	ids, err := s.instancesOf(ctx, runID)
	if err != nil {
		return err
	}
	slices.SortFunc(ids, func(a, b string) int {
		return cmp.Compare(rootNumber(a, runID), rootNumber(b, runID))
	})
	for len(ids) > 0 {
		// A tree is deleted as a whole or not at all, so no transaction ends inside one.
		end := len(ids)
		if end > forgetAtOnce {
			last := rootNumber(ids[forgetAtOnce], runID)
			end = slices.IndexFunc(ids, func(id string) bool { return rootNumber(id, runID) > last })
			if end < 0 {
				end = len(ids)
			}
		}
		if _, err := s.admin.DeleteInstancesAtomic(ctx, ids[:end], false); err != nil {
			return failed("delete the instances of run "+runID, err)
		}
		ids = ids[end:]
	}
	return nil
}
