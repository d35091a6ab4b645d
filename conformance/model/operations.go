package model

import (
	"context"
	"fmt"
	"time"

	"pgregory.net/rapid"

	"github.com/durokit/duro/core"
)

// pass lets time go by in both stores.
func (w *world) pass() {
	d := w.ticks("time", 1, 2, 3, 5)
	w.stepf("%s pass", hours(d))
	w.clock = w.clock.Add(d)
	if err := w.ref.Hooks().AdvanceClock(w.t.Context(), d); err != nil {
		w.differ("the reference's clock", "no error", err.Error())
	}
	w.advance(d)
}

// advance sets the provider's clock forward.
func (w *world) advance(d time.Duration) {
	if w.timeless {
		return
	}
	if err := w.h.Hooks.AdvanceClock(w.t.Context(), d); err != nil {
		w.differ("the clock", err.Error(), "no error")
	}
}

// restart closes a handle in use. It is opened again by its next call. The first one
// stays, because the hooks may belong to it.
func (w *world) restart() {
	i := rapid.IntRange(1, len(w.handles)-1).Draw(w.t, "handle")
	if w.handles[i] == nil {
		w.t.Skip("the handle is not open")
	}
	w.stepf("%c closes its handle and opens another", 'A'+i)
	if err := w.handles[i].Close(w.t.Context()); err != nil {
		w.differ("closing a handle", err.Error(), "no error")
	}
	w.handles[i] = nil
}

// admin is the admin half of a store; without it rapid chooses another step.
func (w *world) admin(s side) core.ProviderAdmin {
	a, _ := core.Admin(s.Provider)
	return a
}

// needAdmin leaves a step to others when the provider has no admin half.
func (w *world) needAdmin() {
	if _, ok := core.Admin(w.handle(0)); !ok {
		w.t.Skip("the provider has no admin half")
	}
}

// delete deletes a tree, or one that has finished.
func (w *world) delete() {
	w.needAdmin()
	id, force := w.instance(), pick(w, "force", false, true)
	how := pick(w, "delete", "tree", "finished", "no more")
	w.call(fmt.Sprintf("delete (%s) %s, force %v", how, id, force), func(ctx context.Context, s side) (string, error) {
		var r *core.DeleteResult
		var err error
		switch a := w.admin(s); how {
		case "tree":
			r, err = a.DeleteInstance(ctx, id, force)
		case "no more":
			r, err = a.DeleteInstancesAtomic(ctx, []string{id}, force)
		default:
			r, err = a.DeleteInstanceBulk(ctx, core.InstanceFilter{InstanceIDs: []string{id}})
		}
		return plain(r), err
	})
}

// prune deletes old executions.
func (w *world) prune() {
	w.needAdmin()
	id := w.instance()
	keep := pick(w, "keep", uint32(1), 0, 2)
	w.call(fmt.Sprintf("prune %s, keep %d", id, keep), func(ctx context.Context, s side) (string, error) {
		r, err := w.admin(s).PruneExecutions(ctx, id, core.PruneOptions{KeepLast: &keep})
		return plain(r), err
	})
}
