package conformance

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/durokit/duro/core"
)

// The verbs of the orchestrator queue. A verb records what it did as a step. The
// plain form ends the case on an error; the try form returns it.

// lock sets the lock timeout of a fetch; without it the lock outlives the case.
func lock(d time.Duration) opt { return func(o *fetchOptions) { o.LockTimeout = d } }

// poll lets a fetch wait.
func poll(d time.Duration) opt { return func(o *fetchOptions) { o.PollTimeout = d } }

// versions filters a fetch by pinned version.
func versions(rs ...core.SemverRange) opt {
	return func(o *fetchOptions) { o.filter = &core.CapabilityFilter{SupportedVersions: rs} }
}

// between is an inclusive range of versions.
func between(minVersion, maxVersion string) core.SemverRange {
	parse := func(s string) core.Semver {
		v, err := core.ParseSemver(s)
		if err != nil {
			panic(err)
		}
		return v
	}
	return core.SemverRange{Min: parse(minVersion), Max: parse(maxVersion)}
}

func (t *T) fetchOptions(opts []opt) fetchOptions {
	var o fetchOptions
	o.LockTimeout = t.timing.Hold
	for _, f := range opts {
		f(&o)
	}
	return o
}

func (o fetchOptions) String() string {
	s := fmt.Sprintf("lock %v", o.LockTimeout)
	if o.PollTimeout > 0 {
		s += fmt.Sprintf(", poll %v", o.PollTimeout)
	}
	if o.filter != nil {
		s += fmt.Sprintf(", versions %v", o.filter.SupportedVersions)
	}
	if o.Session != nil {
		s += fmt.Sprintf(", session owner %q for %v", o.Session.OwnerID, o.Session.LockTimeout)
	}
	if o.Tags.Mode != core.TagsDefaultOnly || len(o.Tags.Tags) > 0 {
		s += fmt.Sprintf(", tag mode %d %q", o.Tags.Mode, o.Tags.Tags)
	}
	return s
}

// tryFetch fetches an instance; nil is none.
func (t *T) tryFetch(opts ...opt) (*core.FetchedOrchestration, error) {
	return t.fetchWithin(t.ctx, opts...)
}

func (t *T) fetchWithin(ctx context.Context, opts ...opt) (*core.FetchedOrchestration, error) {
	o := t.fetchOptions(opts)
	f, err := t.p.FetchOrchestrationItem(ctx, core.FetchOrchestrationParams{
		LockTimeout: o.LockTimeout, PollTimeout: o.PollTimeout, Filter: o.filter,
	})
	switch {
	case err != nil:
		t.Stepf("fetch (%v): %v", o, err)
	case f == nil:
		t.Stepf("fetch (%v): none", o)
	default:
		kinds := make([]core.WorkItemKind, len(f.Item.Messages))
		for i, m := range f.Item.Messages {
			kinds[i] = m.Kind()
		}
		t.Stepf("fetch (%v): instance %.40q, execution %d, history of %d, messages %v, attempt %d",
			o, f.Item.Instance, f.Item.ExecutionID, len(f.Item.History), kinds, f.AttemptCount)
		if f.LockToken == "" {
			t.Errorf("a fetch returned an empty lock token")
		}
	}
	return f, err
}

// fetch fetches an instance; there must be one.
func (t *T) fetch(opts ...opt) *core.FetchedOrchestration {
	f, err := t.tryFetch(opts...)
	t.must(err, "fetch an orchestration item")
	if f == nil {
		t.Fatalf("fetch returned none: got no instance, want one that is eligible")
	}
	return f
}

// fetchOf fetches, and what comes must be this instance.
func (t *T) fetchOf(id string, opts ...opt) *core.FetchedOrchestration {
	f := t.fetch(opts...)
	if f.Item.Instance != id {
		t.Fatalf("fetch returned the wrong instance: got %q, want %q", f.Item.Instance, id)
	}
	return f
}

// none demands that a fetch finds nothing.
func (t *T) none(why string, opts ...opt) {
	f, err := t.tryFetch(opts...)
	t.must(err, "fetch an orchestration item")
	if f != nil {
		t.Fatalf("fetch returned instance %q with %d messages: want none, because %s", f.Item.Instance, len(f.Item.Messages), why)
	}
}

// enqueue sends messages, visible at once.
func (t *T) enqueue(items ...core.WorkItem) {
	for _, it := range items {
		t.enqueueAfter(0, it)
	}
}

// enqueueAfter sends a message that becomes visible after a delay.
func (t *T) enqueueAfter(delay time.Duration, it core.WorkItem) {
	t.must(t.tryEnqueue(delay, it), "enqueue for the orchestrator")
}

func (t *T) tryEnqueue(delay time.Duration, it core.WorkItem) error {
	err := t.p.EnqueueForOrchestrator(t.ctx, it, delay)
	t.Stepf("enqueue %s for %.40q, delay %v%s", it.Kind(), it.RoutingInstance(), delay, failed(err))
	return err
}

// ack commits a turn.
func (t *T) ack(f *core.FetchedOrchestration, execution uint64, parts ...part) {
	t.must(t.tryAck(f, execution, parts...), "ack the turn")
}

func (t *T) tryAck(f *core.FetchedOrchestration, execution uint64, parts ...part) error {
	return t.tryAckToken(f.LockToken, f.Item.Instance, execution, parts...)
}

func (t *T) tryAckToken(token, instance string, execution uint64, parts ...part) error {
	p := core.AckOrchestrationParams{LockToken: token, ExecutionID: execution}
	for _, f := range parts {
		f(&p, instance)
	}
	err := t.p.AckOrchestrationItem(t.ctx, p)
	t.Stepf("ack execution %d of %.40q: %d events, %d activities, %d messages, %d cancelled%s%s", execution, instance,
		len(p.HistoryDelta), len(p.WorkerItems), len(p.OrchestratorItems), len(p.CancelledActivities),
		described(p.Metadata), failed(err))
	return err
}

// described is what a turn says of its execution.
func described(md core.ExecutionMetadata) string {
	var b strings.Builder
	say := func(name string, v *string) {
		if v != nil {
			fmt.Fprintf(&b, ", %s %.40q", name, *v)
		}
	}
	say("name", md.OrchestrationName)
	say("version", md.OrchestrationVersion)
	say("status", md.Status)
	say("output", md.Output)
	say("parent", md.ParentInstanceID)
	if md.PinnedVersion != nil {
		b.WriteString(", pinned to " + md.PinnedVersion.String())
	}
	return b.String()
}

// failed is how a step ends that returned an error.
func failed(err error) string {
	if err == nil {
		return ""
	}
	return ": " + err.Error()
}

// giveBack is an option of an abandon.
type giveBack func(*core.AbandonParams)

// after delays what is given back.
func after(d time.Duration) giveBack { return func(p *core.AbandonParams) { p.Delay = d } }

// uncounted takes the attempt back.
func uncounted(p *core.AbandonParams) { p.IgnoreAttempt = true }

// abandon gives a locked instance back.
func (t *T) abandon(f *core.FetchedOrchestration, opts ...giveBack) {
	t.must(t.tryAbandon(f.LockToken, opts...), "abandon the orchestration item")
}

func (t *T) tryAbandon(token string, opts ...giveBack) error {
	p := core.AbandonParams{LockToken: token}
	for _, f := range opts {
		f(&p)
	}
	err := t.p.AbandonOrchestrationItem(t.ctx, p)
	t.Stepf("abandon the instance (delay %v, ignore attempt %v)%s", p.Delay, p.IgnoreAttempt, failed(err))
	return err
}

// renew extends a locked instance's lock.
func (t *T) renew(f *core.FetchedOrchestration, d time.Duration) {
	t.must(t.tryRenew(f.LockToken, d), "renew the instance's lock")
}

func (t *T) tryRenew(token string, d time.Duration) error {
	err := t.p.RenewOrchestrationItemLock(t.ctx, token, d)
	t.Stepf("renew the instance's lock for %v%s", d, failed(err))
	return err
}

// create makes an instance: execution 1, Running, with its started event.
func (t *T) create(ids ...string) {
	for _, id := range ids {
		t.enqueue(start(id))
		t.ack(t.fetchOf(id), 1, events(started()), full)
	}
}

// turn pokes the instance and commits a turn without metadata but what is given.
func (t *T) turn(id string, execution uint64, parts ...part) {
	t.enqueue(poke(id))
	t.ack(t.fetchOf(id), execution, parts...)
}

// finish completes an execution with the output "done".
func (t *T) finish(id string, execution uint64) {
	t.turn(id, execution, events(orchCompleted(9999, "done")), full, ended(core.StatusCompleted, "done"))
}

// finished makes an instance that has completed, as a child when a parent is given.
func (t *T) finished(id string, parent ...string) {
	parts := []part{events(started()), full, ended(core.StatusCompleted, "done")}
	first := start(id)
	if len(parent) > 0 {
		first = startChild(id, parent[0])
		parts = append(parts, childOf(parent[0]))
	}
	t.enqueue(first)
	t.ack(t.fetchOf(id), 1, parts...)
}

// continued moves an instance on to the given execution.
func (t *T) continued(id string, execution uint64) {
	t.turn(id, execution-1, full, status(core.StatusContinuedAsNew))
	t.enqueue(continueAsNew(id))
	t.ack(t.fetchOf(id), execution, events(started()), full)
}
