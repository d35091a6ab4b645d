package engine

import (
	"context"
	"fmt"
	"time"

	"github.com/durokit/duro/core"
)

// FetchOrchestrationItem implements core.Provider (contract 2.1).
func (e *Engine) FetchOrchestrationItem(
	ctx context.Context, p core.FetchOrchestrationParams,
) (*core.FetchedOrchestration, error) {
	const op = "FetchOrchestrationItem"
	if err := e.enter(op); err != nil {
		return nil, err
	}
	defer e.leave()
	if err := checkFetch(op, p.LockTimeout, p.PollTimeout); err != nil {
		return nil, err
	}
	if p.Filter != nil && len(p.Filter.SupportedVersions) == 0 {
		return nil, e.idle(ctx, op, p.PollTimeout)
	}
	c := orchestrationClaim{e: e, filter: p.Filter, lockMS: millis(p.LockTimeout)}
	e.sawLock(c.lockMS)
	for end := deadline(p.PollTimeout); ; {
		got, err := e.waiting.wait(ctx, op, c, end())
		if got == nil || err != nil {
			return nil, err
		}
		found, _ := got.(*claimedInstance) // by its rounds
		item, err := e.assemble(ctx, found)
		if item != nil || err != nil {
			return item, err
		}
	}
}

// FetchWorkItem implements core.Provider (contract 2.7).
func (e *Engine) FetchWorkItem(ctx context.Context, p core.FetchWorkParams) (*core.FetchedWork, error) {
	const op = "FetchWorkItem"
	if err := e.enter(op); err != nil {
		return nil, err
	}
	defer e.leave()
	if err := refused(op, core.CheckFetchWork(p)); err != nil {
		return nil, err
	}
	c := newWorkClaim(e, p)
	if p.Tags.Mode == core.TagsNone || p.Tags.Mode == core.TagsOnly && len(p.Tags.Tags) == 0 {
		return nil, e.idle(ctx, op, p.PollTimeout)
	}
	e.sawLock(c.lockMS)
	for end := deadline(p.PollTimeout); ; {
		got, err := e.waiting.wait(ctx, op, c, end())
		if got == nil || err != nil {
			return nil, err
		}
		w, _ := got.(*claimedWork) // by its rounds
		item, err := decodeActivity(w.raw())
		if err == nil {
			return &core.FetchedWork{Item: item, LockToken: w.token(), AttemptCount: uint32(w.row.Int(1))}, nil
		}
		if err := e.setAside(ctx, w, err); err != nil {
			e.handBack(ctx, w)
			return nil, err
		}
	}
}

// decodeActivity decodes a row of the worker queue, which holds nothing else.
func decodeActivity(raw []byte) (core.WorkItem, error) {
	item, err := core.DecodeWorkItem(raw)
	if err == nil && item.Kind() != core.KindActivityExecute {
		err = fmt.Errorf("a %s is no work", item.Kind())
	}
	return item, err
}

func checkFetch(op string, lock, poll time.Duration) error {
	if err := checkDuration(op, "the lock timeout", lock); err != nil {
		return err
	}
	return checkDuration(op, "the poll timeout", poll)
}

// deadline returns how much of poll is left, each time it is asked.
func deadline(poll time.Duration) func() time.Duration {
	end := after(poll)
	return func() time.Duration { return end.Sub(after(0)) }
}

// idle waits as a fetch that nothing can satisfy does: the store is not touched.
func (e *Engine) idle(ctx context.Context, op string, poll time.Duration) error {
	if poll <= 0 {
		return nil
	}
	t := time.NewTimer(poll)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-e.closing:
		return core.Errorf(op, core.ErrUnavailable, "the provider is closing")
	case <-ctx.Done():
		return core.AsProviderError(op, ctx.Err())
	}
}

// claimedWork is a claimed row of the worker queue.
type claimedWork struct {
	row   Row // WorkClaimed's output
	nonce []byte
}

func (w *claimedWork) id() int64     { return w.row.Int(0) }
func (w *claimedWork) session() bool { return !w.row.Null(2) }
func (w *claimedWork) raw() []byte   { return w.row.Bytes(3) }
func (w *claimedWork) lock() token   { return token{nonce: w.nonce, id: w.id(), session: w.session()} }
func (w *claimedWork) token() string { return workToken(w.nonce, w.id(), w.session()) }

// handBack gives a claim back and waits for that, so that whoever is told that the
// item could not be made finds it with his next fetch. Where it fails, the lock expires.
func (e *Engine) handBack(ctx context.Context, item any) {
	select {
	case <-e.giveBack(item): //nolint:errcheck // the caller is told why already
	case <-ctx.Done():
	}
}

// giveBack returns a claimed row nobody waits for any more, without counting the
// attempt. It does not wait, as lanes call it, too; the channel gets the outcome.
func (e *Engine) giveBack(item any) <-chan error {
	var m member
	c, instance := item.(*claimedInstance)
	if instance {
		m = &abandonInstance{e: e, token: c.lock(), uncount: true}
	} else {
		w, _ := item.(*claimedWork) // by the rounds
		m = &abandonWork{e: e, token: w.lock(), uncount: true}
	}
	j := &job{member: m, done: make(chan error, 1)}
	e.lanes[0].push(j)
	e.waiting.signal(instance, !instance)
	return j.done
}
