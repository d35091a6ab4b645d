package conformance

import (
	"time"

	"github.com/durokit/duro/core"
)

// The verbs of the worker queue, like those in verbs.go.

// owned lets a work fetch have sessions, for as long as d.
func owned(owner string, d time.Duration) opt {
	return func(o *fetchOptions) { o.Session = &core.SessionFetch{OwnerID: owner, LockTimeout: d} }
}

// tagged selects work by tag.
func tagged(mode core.TagMode, tags ...string) opt {
	return func(o *fetchOptions) { o.Tags = core.TagFilter{Mode: mode, Tags: tags} }
}

func (t *T) tryFetchWork(opts ...opt) (*core.FetchedWork, error) {
	o := t.fetchOptions(opts)
	w, err := t.p.FetchWorkItem(t.ctx, o.FetchWorkParams)
	switch {
	case err != nil:
		t.Stepf("fetch work (%v): %v", o, err)
	case w == nil:
		t.Stepf("fetch work (%v): none", o)
	default:
		t.Stepf("fetch work (%v): %.100s, attempt %d", o, w.Item.Raw(), w.AttemptCount)
		if w.LockToken == "" {
			t.Errorf("a work fetch returned an empty lock token")
		}
	}
	return w, err
}

// fetchWork fetches an activity; there must be one.
func (t *T) fetchWork(opts ...opt) *core.FetchedWork {
	w, err := t.tryFetchWork(opts...)
	t.must(err, "fetch a work item")
	if w == nil {
		t.Fatalf("the work fetch returned none: got no activity, want one that is eligible")
	}
	return w
}

// fetchWorkOf fetches, and what comes must be this activity.
func (t *T) fetchWorkOf(want core.WorkItem, opts ...opt) *core.FetchedWork {
	w := t.fetchWork(opts...)
	if w.Item.Raw() != want.Raw() {
		t.Fatalf("the work fetch returned the wrong activity:\n got %s\nwant %s", w.Item.Raw(), want.Raw())
	}
	return w
}

// noWork demands that a work fetch finds nothing.
func (t *T) noWork(why string, opts ...opt) {
	w, err := t.tryFetchWork(opts...)
	t.must(err, "fetch a work item")
	if w != nil {
		t.Fatalf("the work fetch returned %.200s: want none, because %s", w.Item.Raw(), why)
	}
}

// enqueueWork sends activities.
func (t *T) enqueueWork(items ...core.WorkItem) {
	for _, it := range items {
		t.must(t.tryEnqueueWork(it), "enqueue for a worker")
	}
}

func (t *T) tryEnqueueWork(it core.WorkItem) error {
	err := t.p.EnqueueForWorker(t.ctx, it)
	t.Stepf("enqueue work %.100s%s", it.Raw(), failed(err))
	return err
}

// ackWork ends an activity without a completion.
func (t *T) ackWork(w *core.FetchedWork) {
	t.must(t.tryAckWork(w.LockToken, nil), "ack the work item")
}

// completeWork ends an activity with a completion.
func (t *T) completeWork(w *core.FetchedWork, completion core.WorkItem) {
	t.must(t.tryAckWork(w.LockToken, &completion), "ack the work item with a completion")
}

func (t *T) tryAckWork(token string, completion *core.WorkItem) error {
	err := t.p.AckWorkItem(t.ctx, token, completion)
	with := "no completion"
	if completion != nil {
		with = string(completion.Kind())
	}
	t.Stepf("ack work with %s%s", with, failed(err))
	return err
}

// abandonWork gives an activity back.
func (t *T) abandonWork(w *core.FetchedWork, opts ...giveBack) {
	t.must(t.tryAbandonWork(w.LockToken, opts...), "abandon the work item")
}

func (t *T) tryAbandonWork(token string, opts ...giveBack) error {
	p := core.AbandonParams{LockToken: token}
	for _, f := range opts {
		f(&p)
	}
	err := t.p.AbandonWorkItem(t.ctx, p)
	t.Stepf("abandon work (delay %v, ignore attempt %v)%s", p.Delay, p.IgnoreAttempt, failed(err))
	return err
}

// renewWork extends an activity's lock.
func (t *T) renewWork(w *core.FetchedWork, d time.Duration) {
	t.must(t.tryRenewWork(w.LockToken, d), "renew the work item's lock")
}

func (t *T) tryRenewWork(token string, d time.Duration) error {
	err := t.p.RenewWorkItemLock(t.ctx, token, d)
	t.Stepf("renew the work item's lock for %v%s", d, failed(err))
	return err
}

// drainWork fetches and acks until there is nothing left, and returns the items.
func (t *T) drainWork(opts ...opt) []core.WorkItem {
	var out []core.WorkItem
	for {
		w, err := t.tryFetchWork(opts...)
		t.must(err, "fetch a work item")
		if w == nil {
			return out
		}
		out = append(out, w.Item)
		t.ackWork(w)
	}
}
