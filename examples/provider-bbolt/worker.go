package main

import (
	"context"
	"time"

	"github.com/durokit/duro/core"
)

// EnqueueForWorker implements core.Provider.
func (s *Store) EnqueueForWorker(ctx context.Context, item core.WorkItem) error {
	return s.update(ctx, "EnqueueForWorker", func(t *tx) error {
		if err := valid(core.CheckActivity(item)); err != nil {
			return err
		}
		t.addWork(item)
		return nil
	})
}

func (t *tx) addWork(item core.WorkItem) { t.work().add(rowOf(item, t.now), []byte(item.Raw())) }

// FetchWorkItem implements core.Provider.
func (s *Store) FetchWorkItem(ctx context.Context, p core.FetchWorkParams) (f *core.FetchedWork, err error) {
	err = s.poll(ctx, "FetchWorkItem", p.PollTimeout, func(t *tx) (bool, error) {
		if err := valid(core.CheckFetchWork(p)); err != nil {
			return false, err
		}
		a, item := t.ready(p)
		if a == nil {
			return false, nil
		}
		if a.Session != nil {
			a.Owner = p.Session.OwnerID
			t.sessions().put([]byte(*a.Session), &session{Owner: a.Owner, Until: t.at(p.Session.LockTimeout), Touched: t.now})
		}
		f = &core.FetchedWork{Item: item}
		f.LockToken, f.AttemptCount = t.work().take([]*row{a}, t.at(p.LockTimeout))
		return true, nil
	})
	if err != nil {
		return nil, err
	}
	return f, nil
}

// ready finds the oldest activity that the caller may have. What nobody can run is set
// aside on the way.
func (t *tx) ready(p core.FetchWorkParams) (*row, core.WorkItem) {
	q := t.work()
	for a := range q.all() {
		if !t.due(a.Visible) || !t.due(a.Until) || !p.Tags.Matches(a.Tag) || !t.sessionAllows(a, p.Session) {
			continue
		}
		item, err := q.item(a)
		if err == nil && item.Kind() == core.KindActivityExecute {
			return a, item
		}
		q.setAside(a)
		q.drop(a)
	}
	return nil, core.WorkItem{}
}

// AckWorkItem implements core.Provider.
func (s *Store) AckWorkItem(ctx context.Context, token string, completion *core.WorkItem) error {
	return s.update(ctx, "AckWorkItem", func(t *tx) error {
		rows, err := t.work().locked(token)
		if err != nil {
			return err
		}
		if completion != nil {
			if err := valid(core.CheckCompletion(*completion)); err != nil {
				return err
			}
			t.send(*completion, t.now)
		}
		t.touchSession(rows[0])
		t.work().drop(rows[0])
		return nil
	})
}

// AbandonWorkItem implements core.Provider.
func (s *Store) AbandonWorkItem(ctx context.Context, p core.AbandonParams) error {
	return s.update(ctx, "AbandonWorkItem", func(t *tx) error { return t.work().abandon(p) })
}

// RenewWorkItemLock implements core.Provider.
func (s *Store) RenewWorkItemLock(ctx context.Context, token string, extendFor time.Duration) error {
	return s.update(ctx, "RenewWorkItemLock", func(t *tx) error {
		rows, err := t.work().renew(token, extendFor)
		for _, a := range rows {
			t.touchSession(a)
		}
		return err
	})
}
