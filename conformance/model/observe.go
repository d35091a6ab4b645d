package model

import (
	"fmt"
	"slices"

	"github.com/durokit/duro/core"
)

// fact is something that can be read from a store.
type fact struct{ what, value string }

// observe compares all that can be read after a step.
func (w *world) observe() {
	if w.wrong != "" {
		return
	}
	got, want := w.facts(side{w.opened(), tested}), w.facts(side{w.ref, modelled})
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			w.differ(want[i].what, got[i].value, want[i].value)
			return
		}
	}
}

// opened is the first handle that is open, so that looking opens none.
func (w *world) opened() core.Provider {
	for i, p := range w.handles {
		if p != nil {
			return w.handle(i)
		}
	}
	return w.handle(0)
}

// reader collects facts.
type reader struct {
	*world
	side

	facts []fact
}

func (r *reader) add(what string, value any, err error) {
	text, ok := value.(string)
	if !ok {
		text = plain(value)
	}
	r.facts = append(r.facts, fact{what, said(text, err)})
}

// facts reads a store.
func (w *world) facts(s side) []fact {
	r := &reader{world: w, side: s}
	for _, id := range instances {
		r.state(id)
	}
	if admin := w.admin(s); admin != nil && r.hasAdmin() {
		r.totals(admin)
		for _, id := range instances {
			r.records(admin, id)
		}
	}
	return r.facts
}

// hasAdmin says whether the provider has what the reference surely has.
func (r *reader) hasAdmin() bool {
	_, ok := core.Admin(r.opened())
	return ok
}

// state reads what a runtime sees of an instance.
func (r *reader) state(id string) {
	ctx := r.t.Context()
	es, err := r.Read(ctx, id)
	r.add("the history of "+id, r.names.events(es), err)
	status, err := r.GetCustomStatus(ctx, id, 0)
	r.add("the custom status of "+id, status, err)
	values, err := r.GetKVAllValues(ctx, id)
	r.add("the values of "+id, values, err)
	stats, err := r.GetInstanceStats(ctx, id)
	r.add("the stats of "+id, stats, err)
}

// totals reads what is known of the whole store.
func (r *reader) totals(a core.ProviderAdmin) {
	ctx := r.t.Context()
	ids, err := a.ListInstances(ctx)
	slices.Sort(ids) // by instants otherwise
	r.add("the instances", fmt.Sprint(ids), err)
	metrics, err := a.GetSystemMetrics(ctx)
	r.add("the metrics", metrics, err)
	depths, err := a.GetQueueDepths(ctx)
	r.add("the queue depths", depths, err)
}

// records reads what an operator sees of an instance.
func (r *reader) records(a core.ProviderAdmin, id string) {
	ctx := r.t.Context()
	info, err := a.GetInstanceInfo(ctx, id)
	if info != nil {
		info.CreatedAtMS, info.UpdatedAtMS = 0, 0
	}
	r.add("the record of "+id, info, err)
	children, err := a.ListChildren(ctx, id)
	slices.Sort(children)
	r.add("the children of "+id, fmt.Sprint(children), err)
	executions, err := a.ListExecutions(ctx, id)
	r.add("the executions of "+id, fmt.Sprint(executions), err)
	for _, execution := range executions {
		r.execution(a, id, execution)
	}
}

func (r *reader) execution(a core.ProviderAdmin, id string, execution uint64) {
	ctx := r.t.Context()
	what := fmt.Sprintf("execution %d of %s", execution, id)
	info, err := a.GetExecutionInfo(ctx, id, execution)
	if info != nil {
		info.StartedAtMS = 0
		if info.CompletedAtMS != nil {
			info.CompletedAtMS = new(uint64)
		}
	}
	r.add("the record of "+what, info, err)
	es, err := r.ReadWithExecution(ctx, id, execution)
	r.add("the history of "+what, r.names.events(es), err)
}
