package miniruntime

import (
	"time"

	"github.com/durokit/duro/core"
)

// decision is the answer to one fetched item: an ack, or giving it back.
type decision struct {
	// ack is nil when the item is given back, to be tried again after delay.
	ack   *core.AckOrchestrationParams
	delay time.Duration
	// why is for the log; "" is an ordinary turn.
	why string
	// done is what to report once the ack is through, nil when the instance goes on.
	done *Completion
}

// giveBackDelay is how long an item is left to runtimes that can handle it.
const giveBackDelay = time.Second

// decide is a turn: from the item, the registered code and the time, and from
// nothing else, to what shall be committed.
func (r *Runtime) decide(f *core.FetchedOrchestration) decision {
	item := &f.Item
	if item.HistoryError != "" {
		return r.undecodable(f)
	}
	b := readBatch(item.Messages)
	j := newJournal(r, item.Instance, item.ExecutionID, item.History)
	before := j.started()
	if why := superfluous(j, &b); why != "" {
		return decision{ack: ackOf(f, item.ExecutionID), why: why}
	}
	if !r.supports(item.History) {
		return decision{delay: giveBackDelay, why: "pinned to a version this runtime does not replay"}
	}
	if b.continued {
		b.inheritParent(before)
		j = newJournal(r, item.Instance, item.ExecutionID+1, nil)
	}
	if f.AttemptCount > r.opts.MaxAttempts {
		return r.poisoned(f, j, &b)
	}
	return r.turn(f, j, &b)
}

// superfluous says why there is nothing to do, or "". It drops a start that the
// instance has had already.
func superfluous(j *journal, b *batch) string {
	_, continued := j.closed.(core.OrchestrationContinuedAsNewEvent)
	switch {
	case j.closed != nil && !continued:
		return "the instance has ended"
	case continued && !b.continued:
		return "the execution was continued and the next one is not here"
	case j.started() == nil && b.start == nil:
		return "the instance was never started"
	case j.started() != nil && !continued:
		b.start, b.continued, b.carried = nil, false, nil
	}
	return ""
}

// supports checks what the provider's filter promised already.
func (r *Runtime) supports(history []core.Event) bool {
	if len(history) == 0 {
		return true
	}
	pinned, err := core.ParseSemver(history[0].Header().DuroxideVersion)
	return err != nil || r.filter.Supports(&pinned)
}

// turn runs the code.
func (r *Runtime) turn(f *core.FetchedOrchestration, j *journal, b *batch) decision {
	started, version := b.start, b.version
	if started == nil {
		started = j.started()
		version = historyVersion(started.Version)
	}
	code, ok := r.registry.resolve(started.Name, version)
	if !ok {
		return decision{delay: unregisteredDelay(f.AttemptCount), why: "no code registered for " + started.Name + " " + version}
	}
	j.open(b, code.version.String())
	a := j.absorb(b.rest)
	if len(j.entries) == j.stored && a.failure == nil {
		return decision{ack: ackOf(f, j.execution), why: "all messages were late or repeated"}
	}
	c := newContext(j, r.opts, f.Item.KVSnapshot)
	return c.finish(f, c.verdict(a, code.run))
}

// verdict lets the code run, unless the messages ended the execution.
func (c *Context) verdict(a absorbed, run Orchestration) *outcome {
	switch {
	case a.failure != nil:
		return failed(a.failure)
	case a.cancelled:
		return failed(core.Application{Kind: core.AppCancelled, CancelReason: a.reason})
	}
	return c.run(run)
}

// open writes the first event of an execution, and the messages it inherits.
func (j *journal) open(b *batch, version string) {
	if b.start == nil {
		return
	}
	b.start.Version = version
	j.add(0, *b.start)
	for _, m := range b.carried {
		j.add(0, core.QueueEventDeliveredEvent(m))
	}
}

// historyVersion is the version to replay with; executions that failed before
// their code was known have none.
func historyVersion(v string) string {
	if v == "unknown" || v == "0.0.0" {
		return ""
	}
	return v
}

// undecodable waits for a runtime that can read the history, and gives up at last.
func (r *Runtime) undecodable(f *core.FetchedOrchestration) decision {
	item := &f.Item
	if f.AttemptCount <= r.opts.MaxAttempts {
		return decision{delay: giveBackDelay, why: "history cannot be decoded: " + item.HistoryError}
	}
	details := core.Poison{
		AttemptCount: f.AttemptCount, MaxAttempts: r.opts.MaxAttempts, Message: item.HistoryError,
		MessageType: core.PoisonFailedDeserialization{
			Instance: item.Instance, ExecutionID: item.ExecutionID, Error: item.HistoryError,
		},
	}
	j := newJournal(r, item.Instance, item.ExecutionID, nil)
	j.addAt(corruptHistoryEventID, 0, core.OrchestrationFailedEvent{Details: details})
	ack := ackOf(f, item.ExecutionID)
	ack.HistoryDelta = j.delta
	ack.Metadata = core.ExecutionMetadata{
		Status: new(core.StatusFailed), Output: new(details.Display()),
		OrchestrationName: &item.OrchestrationName, OrchestrationVersion: &item.Version,
	}
	return decision{ack: ack, why: "history cannot be decoded, given up", done: completion(j, ack.Metadata, details)}
}

// poisoned ends an execution whose messages were tried too often.
func (r *Runtime) poisoned(f *core.FetchedOrchestration, j *journal, b *batch) decision {
	details := core.Poison{
		AttemptCount: f.AttemptCount, MaxAttempts: r.opts.MaxAttempts, Message: rawMessages(f.Item.Messages),
		MessageType: core.PoisonOrchestration{Instance: j.instance, ExecutionID: j.execution},
	}
	j.open(b, f.Item.Version)
	c := newContext(j, r.opts, nil)
	d := c.finish(f, failed(details))
	d.why = "tried too often, given up"
	if m := &d.ack.Metadata; m.OrchestrationName == nil {
		m.OrchestrationName, m.OrchestrationVersion = &f.Item.OrchestrationName, &f.Item.Version
	}
	return d
}

// rawMessages is the messages as a JSON array, for whoever looks into the failure.
func rawMessages(messages []core.WorkItem) string {
	raw := []byte{'['}
	for i, m := range messages {
		if i > 0 {
			raw = append(raw, ',')
		}
		raw = append(raw, m.Raw()...)
	}
	return string(append(raw, ']'))
}

// ackOf is an ack that only removes the messages.
func ackOf(f *core.FetchedOrchestration, execution uint64) *core.AckOrchestrationParams {
	return &core.AckOrchestrationParams{LockToken: f.LockToken, ExecutionID: execution}
}
