package main

import (
	"context"
	"fmt"
)

// CheckInvariants implements conformance.Hooks.
func (h hooks) CheckInvariants(ctx context.Context) (wrong []string, err error) {
	err = h.s.view(ctx, "CheckInvariants", func(t *tx) error {
		children := uint64(0)
		for id, in := range t.instances().all(nil) {
			if t.current(in).ExecutionID == 0 {
				wrong = append(wrong, fmt.Sprintf("the current execution of instance %q has no record", id))
			}
			if in.parent() == "" {
				continue
			}
			children++
			if !t.bucket("children").any(childKey(in)) {
				wrong = append(wrong, fmt.Sprintf("instance %q is not among the children of %q", id, in.parent()))
			}
		}
		if n := t.bucket("children").count(nil); n != children {
			wrong = append(wrong, fmt.Sprintf("%d instances have a parent, and %d are listed by parent", children, n))
		}
		for _, q := range []queue{t.messages(), t.work()} {
			wrong = append(wrong, q.wrong()...)
		}
		return nil
	})
	return wrong, err
}

// wrong lists where a queue's buckets do not agree: each row has an item and a place in
// the index of its instance and in that of its token, and neither has anything else.
func (q queue) wrong() (wrong []string) {
	rows, held := uint64(0), uint64(0)
	complain := func(r *row, lacks string) {
		wrong = append(wrong, fmt.Sprintf("row %d of the queue %s, of instance %q, has no %s", r.number, q.name, r.Instance, lacks))
	}
	for r := range q.all() {
		rows++
		if q.raw.get(number(r.number)) == nil {
			complain(r, "item")
		}
		if !q.of.any(key(r.Instance, r.number)) {
			complain(r, "place in the index of instances")
		}
		if r.Token == "" {
			continue
		}
		held++
		if !q.held.any(key(r.Token, r.number)) {
			complain(r, "place in the index of tokens")
		}
	}
	for _, index := range []struct {
		name       string
		has, wants uint64
	}{
		{"items", q.raw.count(nil), rows}, {"places by instance", q.of.count(nil), rows}, {"places by token", q.held.count(nil), held},
	} {
		if index.has != index.wants {
			wrong = append(wrong, fmt.Sprintf("the queue %s has %d %s for %d rows", q.name, index.has, index.name, index.wants))
		}
	}
	return wrong
}
