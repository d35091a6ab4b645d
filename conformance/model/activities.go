package model

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/durokit/duro/core"
)

// enqueueWork appends an activity to the worker queue.
func (w *world) enqueueWork() {
	it := w.activity()
	w.call("enqueue "+w.names.raw(it.Raw()), func(ctx context.Context, s side) (string, error) {
		return "ok", s.EnqueueForWorker(ctx, it)
	})
}

// owners are who works on sessions.
var owners = []string{"o1", "o2"}

// fetchWork locks an activity.
func (w *world) fetchWork() {
	q := core.FetchWorkParams{
		LockTimeout: w.ticks("lock", 2, 1, 3, 0),
		Tags:        pick(w, "tags", tagFilters...),
	}
	what := fmt.Sprintf("fetch work, lock %s, tags %s", hours(q.LockTimeout), tagsSaid(q.Tags))
	if owner := pick(w, "owner", append([]string{""}, owners...)...); owner != "" {
		q.Session = &core.SessionFetch{OwnerID: owner, LockTimeout: w.ticks("session lock", 2, 1, 3)}
		what += fmt.Sprintf(", as %s for %s", owner, hours(q.Session.LockTimeout))
	}
	var l *lease
	w.call(what, func(ctx context.Context, s side) (string, error) {
		if s.i == tested {
			l = w.work.next()
		}
		var f *core.FetchedWork
		var err error
		if s.i == tested {
			f, err = s.FetchWorkItem(ctx, q)
		} else {
			f, err = w.searchWork(ctx, q, l)
		}
		if f == nil {
			return "none", err
		}
		a := activityOf(f.Item)
		l.instance, l.tokens[s.i] = a.Instance, f.LockToken
		if s.i == tested {
			l.work, l.attempt = f.Item, f.AttemptCount
		} else {
			w.away[a.ID] = true
			w.keep(&w.work, l)
		}
		return fmt.Sprintf("%s: %s, attempt %d", l, w.names.raw(f.Item.Raw()), f.AttemptCount), nil
	})
}

func activityOf(it core.WorkItem) core.ActivityExecute {
	a, _ := it.Payload().(core.ActivityExecute)
	return a
}

// searchWork fetches from the reference what the provider chose, or the first when
// that was none. A store may overlook for a moment that a row is there again, or that
// a tag or a session has work, and so it may pass over such, and nothing else.
func (w *world) searchWork(ctx context.Context, q core.FetchWorkParams, wanted *lease) (*core.FetchedWork, error) {
	params := q
	params.LockTimeout = tick
	if wanted.given() && activityOf(wanted.work).SessionID == nil {
		params.Session = nil // passing over the work of a session would take that
	}
	var seen []*core.FetchedWork
	for {
		f, err := w.ref.FetchWorkItem(ctx, params)
		if err != nil {
			return nil, err
		}
		if f == nil {
			break
		}
		seen = append(seen, f)
		if a := activityOf(f.Item); !wanted.given() || wanted.is(f) || a.SessionID == nil && a.Tag == nil && !w.away[a.ID] {
			break
		}
	}
	return w.choose(ctx, seen, wanted, q.LockTimeout)
}

// choose keeps the wanted one of the activities seen, else the last, and gives the
// others back uncounted.
func (w *world) choose(ctx context.Context, seen []*core.FetchedWork, wanted *lease, lock time.Duration) (*core.FetchedWork, error) {
	if len(seen) == 0 {
		return nil, nil //nolint:nilnil // as a fetch says none
	}
	last := len(seen) - 1
	if at := slices.IndexFunc(seen, func(f *core.FetchedWork) bool { return f.Item.Raw() == wanted.work.Raw() }); at >= 0 && !wanted.is(seen[last]) {
		seen[at], seen[last] = seen[last], seen[at]
	}
	for _, f := range seen[:last] {
		w.parted = w.parted || activityOf(f.Item).SessionID != nil
		w.work.forget(func(l *lease) bool { return l.work.Raw() == f.Item.Raw() })
		if err := w.ref.AbandonWorkItem(ctx, core.AbandonParams{LockToken: f.LockToken, IgnoreAttempt: true}); err != nil {
			return nil, err
		}
	}
	return seen[last], w.ref.RenewWorkItemLock(ctx, seen[last].LockToken, lock)
}

// tagFilters are how fetches select, everything first.
var tagFilters = []core.TagFilter{
	{Mode: core.TagsAny},
	{Mode: core.TagsDefaultOnly},
	{Mode: core.TagsOnly, Tags: []string{"red"}},
	{Mode: core.TagsOnly, Tags: []string{"blue", "red"}},
	{Mode: core.TagsDefaultAnd, Tags: []string{"blue"}},
	{Mode: core.TagsNone},
}

func tagsSaid(f core.TagFilter) string {
	mode := map[core.TagMode]string{
		core.TagsAny: "any", core.TagsDefaultOnly: "default", core.TagsOnly: "only", core.TagsDefaultAnd: "default and", core.TagsNone: "none",
	}[f.Mode]
	if len(f.Tags) == 0 {
		return mode
	}
	return fmt.Sprint(mode, " ", f.Tags)
}

// ackWork ends an activity, with a completion, without, or with something that is none.
func (w *world) ackWork() {
	l := w.lease(&w.work)
	what := fmt.Sprintf("ack %s", l)
	var completion *core.WorkItem
	kind := pick(w, "completion", "completed", "completed", "none", "wrong")
	switch kind {
	case "completed":
		completion = new(w.completion(l.instance, w.names.number()))
	case "wrong":
		completion = new(w.activity())
	}
	if completion != nil {
		what += ", " + w.names.raw(completion.Raw())
	}
	w.call(what, func(ctx context.Context, s side) (string, error) {
		err := s.AckWorkItem(ctx, l.tokens[s.i], completion)
		l.over = l.over || err == nil
		if kind == "wrong" { // the token may be, too
			return fmt.Sprint("refused: ", err != nil), nil
		}
		return "ok", err
	})
}

// abandonWork gives an activity back.
func (w *world) abandonWork() {
	l, p, said := w.givenBack(&w.work)
	w.call("abandon "+said, func(ctx context.Context, s side) (string, error) {
		p := p
		p.LockToken = l.tokens[s.i]
		err := s.AbandonWorkItem(ctx, p)
		l.over = l.over || err == nil
		return "ok", err
	})
}

// renewWork extends an activity's lock, or shortens it.
func (w *world) renewWork() {
	l, d := w.lease(&w.work), w.ticks("extend for", 1, 2, 3, 0)
	w.call(fmt.Sprintf("renew %s for %s", l, hours(d)), func(ctx context.Context, s side) (string, error) {
		return "ok", s.RenewWorkItemLock(ctx, l.tokens[s.i], d)
	})
}

// renewSession extends the sessions of owners that were not idle. Half a tick tells
// apart what is whole ticks old.
func (w *world) renewSession() {
	p := core.RenewSessionParams{
		OwnerIDs:    pick(w, "owners", owners[:1], owners[1:], owners, nil),
		ExtendFor:   w.ticks("extend for", 2, 1, 3),
		IdleTimeout: w.ticks("idle", 2, 1, 3) - tick/2,
	}
	w.call(fmt.Sprintf("renew sessions of %v for %s unless idle for %v", p.OwnerIDs, hours(p.ExtendFor), p.IdleTimeout),
		func(ctx context.Context, s side) (string, error) {
			n, err := s.RenewSessionLock(ctx, p)
			return strconv.Itoa(n), err
		})
}

// cleanupSessions deletes expired sessions without work.
func (w *world) cleanupSessions() {
	w.call("clean up sessions", func(ctx context.Context, s side) (string, error) {
		n, err := s.CleanupOrphanedSessions(ctx, time.Hour)
		return strconv.Itoa(n), err
	})
}
