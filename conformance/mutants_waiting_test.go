package conformance_test

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/durokit/duro/core"
)

// waitingMutants choose and wait wrongly.
var waitingMutants = []mutant{
	{"delays are ignored", always(tampered{message: func(_ core.Provider, _ *core.WorkItem, d *time.Duration) { *d = 0 }}),
		[]string{"expiration/AbandonDelayLeavesTimersAlone", "queue/EnqueuedTimerNotEarly", "queue/TimerDelayedVisibility"}},
	{"delays are doubled", always(tampered{message: func(_ core.Provider, _ *core.WorkItem, d *time.Duration) { *d *= 2 }}),
		[]string{"expiration/AbandonDelayLeavesTimersAlone", "queue/EnqueuedTimerNotEarly", "queue/TimerDelayedVisibility"}},
	{"timers fire when they are made", always(tampered{
		message: func(_ core.Provider, item *core.WorkItem, _ *time.Duration) { *item = early(*item) },
		turn: func(_ core.Provider, q *core.AckOrchestrationParams) {
			for i, item := range q.OrchestratorItems {
				q.OrchestratorItems[i] = early(item)
			}
		},
	}),
		[]string{"queue/AckedTimerHiddenUntilDue", "queue/EnqueuedTimerNotEarly", "queue/TimerAndImmediateInOneAck"}},
	{"a fetch never waits", always(tampered{
		fetch:     func(q *core.FetchOrchestrationParams) { q.PollTimeout = 0 },
		fetchWork: func(q *core.FetchWorkParams) { q.PollTimeout = 0 },
	}), []string{"polling/LongPollWaits", "polling/LongPollWorkWaits", "polling/WakesOnWork"}},
	{"a fetch waits a second longer", always(tampered{
		fetch: func(q *core.FetchOrchestrationParams) {
			if q.PollTimeout > 0 {
				q.PollTimeout += time.Second
			}
		},
	}), []string{"polling/UpperBound"}},
	{"a fetch waits although it was asked not to", always(tampered{
		fetch: func(q *core.FetchOrchestrationParams) { q.PollTimeout = max(q.PollTimeout, 400*time.Millisecond) },
	}), []string{"polling/UpperBound"}},
	{"a fetch of work waits a second longer", always(tampered{
		fetchWork: func(q *core.FetchWorkParams) {
			if q.PollTimeout > 0 {
				q.PollTimeout += time.Second
			}
		},
	}), []string{"polling/UpperBound"}},
	{"a lost race is none", func(p core.Provider) tampered { return tampered{Provider: &shy{base: base{p}}} },
		[]string{"locking/ConcurrentInstanceFetching", "locking/NoDuplicateProcessing", "queue/ConcurrentWorkersNoDuplicates"}},
	{"waiting fetches do not wake", func(p core.Provider) tampered { return tampered{Provider: sleepy{base{p}}} },
		[]string{"polling/WakesOnWork"}},
	{"a cancelled fetch keeps what it claimed", func(p core.Provider) tampered { return tampered{Provider: greedy{base{p}}} },
		[]string{"polling/Cancellation"}},
	{"filters are ignored", always(tampered{fetch: func(q *core.FetchOrchestrationParams) { q.Filter = nil }}),
		[]string{"capability/IncompatibleFilter", "capability/PinnedViaMetadata", "capability/SkipsIncompatible"}},
	{"an empty filter is none", always(tampered{fetch: func(q *core.FetchOrchestrationParams) {
		if q.Filter != nil && len(q.Filter.SupportedVersions) == 0 {
			q.Filter = nil
		}
	}}), []string{"capability/EmptyFilter"}},
	{"only the first range of a filter counts", always(tampered{fetch: func(q *core.FetchOrchestrationParams) {
		if q.Filter != nil {
			q.Filter = &core.CapabilityFilter{SupportedVersions: q.Filter.SupportedVersions[:min(1, len(q.Filter.SupportedVersions))]}
		}
	}}), []string{"capability/AnyOfRanges"}},
	{"the end of a range is outside", always(tampered{fetch: func(q *core.FetchOrchestrationParams) {
		if q.Filter == nil {
			return
		}
		q.Filter = &core.CapabilityFilter{SupportedVersions: slices.Clone(q.Filter.SupportedVersions)}
		for i := range q.Filter.SupportedVersions {
			if r := &q.Filter.SupportedVersions[i]; r.Max.Patch > 0 && r.Min != r.Max {
				r.Max.Patch--
			}
		}
	}}), []string{"capability/BoundaryVersions", "runtime/CancelWaitDelete", "runtime/ConcurrentDoubleDelete"}},
}

func early(item core.WorkItem) core.WorkItem {
	if timer, ok := item.Payload().(core.TimerFired); ok {
		timer.FireAtMS = 0
		return core.NewWorkItem(timer)
	}
	return item
}

// base is a provider whose admin half is that of the one it wraps.
type base struct{ core.Provider }

func (p base) ProviderAdmin() (core.ProviderAdmin, bool) { return core.Admin(p.Provider) }

// shy reports none whenever somebody else is fetching too.
type shy struct {
	base
	busy sync.Mutex
}

func (p *shy) FetchOrchestrationItem(ctx context.Context, q core.FetchOrchestrationParams) (*core.FetchedOrchestration, error) {
	if !p.busy.TryLock() {
		return nil, nil //nolint:nilnil // none
	}
	defer p.busy.Unlock()
	pause(time.Millisecond) // the time a database takes
	return p.Provider.FetchOrchestrationItem(ctx, q)
}

func (p *shy) FetchWorkItem(ctx context.Context, q core.FetchWorkParams) (*core.FetchedWork, error) {
	if !p.busy.TryLock() {
		return nil, nil //nolint:nilnil // none
	}
	defer p.busy.Unlock()
	pause(time.Millisecond)
	return p.Provider.FetchWorkItem(ctx, q)
}

// sleepy looks once, and once more at the end.
type sleepy struct{ base }

func (p sleepy) FetchOrchestrationItem(ctx context.Context, q core.FetchOrchestrationParams) (*core.FetchedOrchestration, error) {
	wait := q.PollTimeout
	q.PollTimeout = 0
	f, err := p.Provider.FetchOrchestrationItem(ctx, q)
	if f != nil || err != nil || wait == 0 {
		return f, err
	}
	pause(min(wait, time.Second))
	return p.Provider.FetchOrchestrationItem(ctx, q)
}

// greedy goes on with what a caller has given up.
type greedy struct{ base }

func (p greedy) FetchOrchestrationItem(ctx context.Context, q core.FetchOrchestrationParams) (*core.FetchedOrchestration, error) {
	if q.PollTimeout == 0 {
		return p.Provider.FetchOrchestrationItem(ctx, q)
	}
	got := make(chan *core.FetchedOrchestration, 1)
	go func() {
		q.PollTimeout = 500 * time.Millisecond
		f, _ := p.Provider.FetchOrchestrationItem(context.WithoutCancel(ctx), q)
		got <- f
	}()
	select {
	case f := <-got:
		return f, nil
	case <-ctx.Done():
		return nil, core.AsProviderError("FetchOrchestrationItem", ctx.Err())
	}
}
