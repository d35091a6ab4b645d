package server

import (
	"context"
	"sync"
	"time"

	"github.com/durokit/duro/core"
)

// remembered is for how long a fetch can be discarded after it was answered, and a
// Discard that came too early is kept. The client sends it when it notices that the
// answer will not arrive, a round trip later at most.
const remembered = 10 * time.Second

// fetches are the calls of one store that can be discarded, by their id.
type fetches struct {
	mu    sync.Mutex
	calls map[uint64]*fetched
	ended []*fetched // the oldest first
}

// fetched is one call's state.
type fetched struct {
	id        uint64
	at        time.Time // when it ended
	discarded bool
	giveBack  func(context.Context) // nil until there is something to give back
}

// begin notes a call. It returns nil for one that cannot be discarded.
func (f *fetches) begin(id uint64) *fetched {
	if id == 0 {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.forget()
	return f.of(id)
}

// end notes how a call ended, and reports whether its answer is still wanted.
func (f *fetches) end(c *fetched, giveBack func(context.Context)) (wanted bool) {
	if c == nil {
		return true
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	c.giveBack = giveBack
	f.retire(c)
	return !c.discarded
}

// discard gives back what a call locked, or will have given back.
func (f *fetches) discard(ctx context.Context, id uint64) {
	f.mu.Lock()
	c := f.of(id)
	first := !c.discarded
	c.discarded = true
	giveBack := c.giveBack
	if c.at.IsZero() {
		f.retire(c) // perhaps its call never comes
	}
	f.mu.Unlock()
	if first && giveBack != nil {
		giveBack(ctx)
	}
}

func (f *fetches) of(id uint64) *fetched {
	c := f.calls[id]
	if c == nil {
		c = &fetched{id: id}
		if f.calls == nil {
			f.calls = map[uint64]*fetched{}
		}
		f.calls[id] = c
	}
	return c
}

// retire lets a call be forgotten after a while.
func (f *fetches) retire(c *fetched) {
	c.at = time.Now()
	f.ended = append(f.ended, c)
}

// forget drops the calls that ended long ago.
func (f *fetches) forget() {
	for len(f.ended) > 0 && time.Since(f.ended[0].at) > remembered {
		delete(f.calls, f.ended[0].id)
		f.ended = f.ended[1:]
	}
}

// giveBackTimeout bounds giving back what nobody waits for.
const giveBackTimeout = 10 * time.Second

// delivered passes on what a fetch locked, unless nobody waits for it any more: then
// it is given back at once, and the delivery does not count.
func delivered(ctx context.Context, op string, st *store, call *fetched, abandon func(context.Context) error) error {
	giveBack := func(ctx context.Context) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), giveBackTimeout)
		defer cancel()
		_ = abandon(ctx) // else its lock runs out
	}
	if st.fetches.end(call, giveBack) && ctx.Err() == nil {
		return nil
	}
	giveBack(ctx)
	err := context.Cause(ctx)
	if err == nil {
		err = context.Canceled
	}
	return core.Wrap(op, core.ErrCanceled, err, "the caller went away; what was locked was given back")
}
