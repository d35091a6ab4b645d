package conformance

import (
	"errors"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/durokit/duro/core"
)

// must ends the case when what it did failed.
func (t *T) must(err error, what string) {
	if err != nil {
		t.Fatalf("%s: got the error %q, want none", what, err)
	}
}

// equal records a failure when got is not want. Nil and empty lists are equal.
func equal[V any](t *T, what string, got, want V) {
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", what, diff)
	}
}

// truthf records a failure when got is false.
func (t *T) truthf(got bool, format string, args ...any) {
	if !got {
		t.Errorf(format, args...)
	}
}

// words are what upstream looks for in the message of an error, any one of them.
var words = map[core.Code][]string{
	core.ErrLockLost:         {"Invalid lock token", "lock_token"},
	core.ErrNotFound:         {"not found"},
	core.ErrStillRunning:     {"running"},
	core.ErrSubOrchestration: {"sub-orchestration", "root", "parent"},
	core.ErrWouldOrphan:      {"child", "orphan", "tree"},
}

// refused demands an error of a code: its class and words, and, unless the run
// is limited to the level contract, the code itself.
func (t *T) refused(err error, code core.Code, what string) {
	pe, ok := errors.AsType[*core.ProviderError](err)
	switch {
	case err == nil:
		t.Errorf("%s succeeded: want an error of code %s", what, code.String())
		return
	case !ok:
		t.Errorf("%s failed with %T (%v): want a *core.ProviderError", what, err, err)
		return
	}
	if pe.Retryable != code.Retryable() {
		t.Errorf("%s failed with %q: got Retryable %v, want %v", what, err, pe.Retryable, code.Retryable())
	}
	if pe.Op == "" {
		t.Errorf("%s failed with %q: its Op is empty, want the method's name", what, err)
	}
	found := len(words[code]) == 0
	for _, w := range words[code] {
		found = found || strings.Contains(strings.ToLower(pe.Message), strings.ToLower(w))
	}
	if !found {
		t.Errorf("%s failed with %q: want a message with one of %q", what, err, words[code])
	}
	if t.strict && !errors.Is(err, code) {
		t.Errorf("%s failed with code %s (%q): want code %s", what, pe.Code.String(), err, code.String())
	}
}

// lost demands the error of a token that proves no lock.
func (t *T) lost(err error, what string) { t.refused(err, core.ErrLockLost, what) }

// op demands that an error names the method it came from.
func (t *T) op(err error, method string) {
	if pe, ok := errors.AsType[*core.ProviderError](err); ok && pe.Op != method {
		t.Errorf("the error %q has Op %q: want %q", err, pe.Op, method)
	}
}

// raws are items as their JSON.
func raws(items []core.WorkItem) []string {
	out := make([]string, len(items))
	for i, it := range items {
		out[i] = it.Raw()
	}
	return out
}

// batch demands that a fetched instance's messages are exactly these, in order.
func (t *T) batch(f *core.FetchedOrchestration, want ...core.WorkItem) {
	equal(t, "the batch of messages", raws(f.Item.Messages), raws(want))
}

// history demands that a list of events has exactly these ids, in order.
func (t *T) history(what string, got []core.Event, want ...uint64) {
	ids := make([]uint64, len(got))
	for i, e := range got {
		ids[i] = e.ID()
	}
	if !slices.Equal(ids, want) { // a comparison that explains itself is slow on long histories
		equal(t, "the event ids of "+what, ids, want)
	}
}

// read returns the latest execution's history.
func (t *T) read(id string) []core.Event {
	es, err := t.p.Read(t.ctx, id)
	t.must(err, "Read")
	t.Stepf("read %.40q: %d events", id, len(es))
	return es
}

// readExecution returns one execution's history.
func (t *T) readExecution(id string, execution uint64) []core.Event {
	es, err := t.p.ReadWithExecution(t.ctx, id, execution)
	t.must(err, "ReadWithExecution")
	t.Stepf("read execution %d of %.40q: %d events", execution, id, len(es))
	return es
}

// stored demands the ids of the latest execution's events.
func (t *T) stored(id string, want ...uint64) {
	t.history("the latest execution of "+id, t.read(id), want...)
}

// customStatus returns the custom status above a version, nil for none.
func (t *T) customStatus(id string, lastSeen uint64) *core.CustomStatus {
	s, err := t.p.GetCustomStatus(t.ctx, id, lastSeen)
	t.must(err, "GetCustomStatus")
	t.Stepf("custom status of %.40q above version %d: %v", id, lastSeen, s != nil)
	return s
}

// hasStatus demands a custom status; text nil is a cleared one.
func (t *T) hasStatus(id string, text *string, version uint64) {
	s := t.customStatus(id, 0)
	if s == nil {
		t.Errorf("custom status of %q: got none, want version %d", id, version)
		return
	}
	equal(t, "the custom status of "+id, *s, core.CustomStatus{Status: text, Version: version})
}

// noStatus demands that there is no custom status.
func (t *T) noStatus(id string) {
	if s := t.customStatus(id, 0); s != nil {
		t.Errorf("custom status of %q: got version %d, want none", id, s.Version)
	}
}

// allKV returns all live values.
func (t *T) allKV(id string) map[string]string {
	m, err := t.p.GetKVAllValues(t.ctx, id)
	t.must(err, "GetKVAllValues")
	t.Stepf("all KV values of %.40q: %d", id, len(m))
	return m
}

// hasKV demands the live values, read together and one by one.
func (t *T) hasKV(id string, want map[string]string) {
	equal(t, "all KV values of "+id, t.allKV(id), want)
	for k, v := range want {
		got, found, err := t.p.GetKVValue(t.ctx, id, k)
		t.must(err, "GetKVValue")
		if !found || got != v {
			t.Errorf("KV value %.60q of %q: got %.60q, found %v; want %.60q", k, id, got, found, v)
		}
	}
}

// lacksKV demands that keys are absent.
func (t *T) lacksKV(id string, keys ...string) {
	for _, k := range keys {
		v, found, err := t.p.GetKVValue(t.ctx, id, k)
		t.must(err, "GetKVValue")
		if found {
			t.Errorf("KV value %.60q of %q: got %.60q, want none", k, id, v)
		}
	}
}

// snapshot demands the KV snapshot of a fetched item, values only.
func (t *T) snapshot(f *core.FetchedOrchestration, want map[string]string) {
	got := map[string]string{}
	for k, e := range f.Item.KVSnapshot {
		got[k] = e.Value
	}
	equal(t, "the KV snapshot", got, want)
}

// info returns the instance's record, which must exist.
func (t *T) info(id string) *core.InstanceInfo {
	i, err := t.Admin().GetInstanceInfo(t.ctx, id)
	t.must(err, "GetInstanceInfo")
	return i
}

// execution returns an execution's record, which must exist.
func (t *T) execution(id string, execution uint64) *core.ExecutionInfo {
	e, err := t.Admin().GetExecutionInfo(t.ctx, id, execution)
	t.must(err, "GetExecutionInfo")
	return e
}

// absent demands that the instance has no record.
func (t *T) absent(id string) {
	_, err := t.Admin().GetInstanceInfo(t.ctx, id)
	t.Stepf("look for the record of %.40q%s", id, failed(err))
	t.refused(err, core.ErrNotFound, "GetInstanceInfo of "+id)
}

// depths returns the queue depths.
func (t *T) depths() core.QueueDepths {
	d, err := t.Admin().GetQueueDepths(t.ctx)
	t.must(err, "GetQueueDepths")
	t.Stepf("queue depths: %+v", *d)
	return *d
}
