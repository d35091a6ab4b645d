package linear

import (
	"maps"
	"slices"
)

// activity is one activity of the worker queue, with its lock. Each is judged by
// itself; in which order the queue gives them is not judged here.
type activity struct {
	queued bool
	after  int64 // it is visible after this instant for certain
	lock   hold
}

func (s activity) equal(o activity) bool { return s == o }

// step is what an operation makes of the activity, and whether its answer is right.
// A fetch that found none did not find this one.
func (s activity) step(o Operation) (activity, bool) {
	switch {
	case o.Kind == Enqueue:
		return activity{queued: true, after: visible(o)}, !s.queued
	case o.Kind == Fetch && o.Token == "":
		return s, !s.queued || s.lock.mayHold(o) || o.Call < s.after
	case o.Kind == Fetch:
		return activity{queued: true, lock: held(o)}, s.queued && s.lock.mayBeFree(o)
	}
	right := s.lock.proves(o)
	switch {
	case o.Lost:
	case o.Kind == Ack:
		s = activity{}
	case o.Kind == Abandon:
		s = activity{queued: true, after: visible(o)}
	case o.Kind == Renew:
		s.lock = held(o)
	}
	return s, right
}

// byActivity are the operations on each activity. Those that found none are on all.
func byActivity(history []Operation) [][]Operation {
	of := map[string]uint64{} // by token
	for _, o := range history {
		if o.Kind == Fetch && o.Token != "" {
			of[o.Token] = o.Items[0]
		}
	}
	parts, nones := map[uint64][]Operation{}, []Operation(nil)
	for _, o := range history {
		switch {
		case o.Kind == Enqueue:
			parts[o.Items[0]] = append(parts[o.Items[0]], o)
		case o.Token == "":
			nones = append(nones, o)
		default:
			parts[of[o.Token]] = append(parts[of[o.Token]], o)
		}
	}
	all := make([][]Operation, 0, len(parts))
	for _, n := range slices.Sorted(maps.Keys(parts)) {
		all = append(all, slices.Concat(parts[n], nones))
	}
	return all
}
