package conformance

import "github.com/durokit/duro/core"

// part is one part of a turn: what its ack carries beside token and execution.
type part func(p *core.AckOrchestrationParams, instance string)

// events appends to the history.
func events(ds ...draft) part {
	return func(p *core.AckOrchestrationParams, instance string) {
		for _, d := range ds {
			p.HistoryDelta = append(p.HistoryDelta, d.event(instance, p.ExecutionID))
		}
	}
}

// exactly appends events as they are.
func exactly(es ...core.Event) part {
	return func(p *core.AckOrchestrationParams, _ string) { p.HistoryDelta = append(p.HistoryDelta, es...) }
}

// work schedules activities.
func work(items ...core.WorkItem) part {
	return func(p *core.AckOrchestrationParams, _ string) { p.WorkerItems = append(p.WorkerItems, items...) }
}

// send sends messages.
func send(items ...core.WorkItem) part {
	return func(p *core.AckOrchestrationParams, _ string) {
		p.OrchestratorItems = append(p.OrchestratorItems, items...)
	}
}

// cancel cancels activities.
func cancel(ids ...core.ScheduledActivityID) part {
	return func(p *core.AckOrchestrationParams, _ string) {
		p.CancelledActivities = append(p.CancelledActivities, ids...)
	}
}

// called names the orchestration, without a version.
func called(name string) part {
	return func(p *core.AckOrchestrationParams, _ string) { p.Metadata.OrchestrationName = &name }
}

// version gives the orchestration's version.
func version(v string) part {
	return func(p *core.AckOrchestrationParams, _ string) { p.Metadata.OrchestrationVersion = &v }
}

// full is name and version, what the runtime sends with an execution's first turn.
func full(p *core.AckOrchestrationParams, instance string) {
	called(orch)(p, instance)
	version(orchVersion)(p, instance)
}

// status sets the execution's status and no output.
func status(s string) part {
	return func(p *core.AckOrchestrationParams, _ string) { p.Metadata.Status = &s }
}

// ended sets the execution's status and output.
func ended(s, output string) part {
	return func(p *core.AckOrchestrationParams, _ string) { p.Metadata.Status, p.Metadata.Output = &s, &output }
}

// childOf names the parent.
func childOf(parent string) part {
	return func(p *core.AckOrchestrationParams, _ string) { p.Metadata.ParentInstanceID = &parent }
}

// pinned pins the execution to a version.
func pinned(major, minor, patch uint64) part {
	return func(p *core.AckOrchestrationParams, _ string) {
		p.Metadata.PinnedVersion = &core.Semver{Major: major, Minor: minor, Patch: patch}
	}
}

// opt is an option of a fetch from either queue.
type opt func(*fetchOptions)

type fetchOptions struct {
	core.FetchWorkParams
	filter *core.CapabilityFilter
}
