package model

import (
	"context"
	"fmt"
	"strings"

	"pgregory.net/rapid"

	"github.com/durokit/duro/core"
)

// enqueue sends a message, now or after a delay. Seldom it is of a kind that the
// queue does not take.
func (w *world) enqueue() {
	var it core.WorkItem
	if rapid.IntRange(0, 31).Draw(w.t, "wrong queue") == 31 {
		it = w.activity()
	} else {
		it = w.message()
	}
	delay := w.ticks("delay", 0, 0, 1, 2)
	w.call(fmt.Sprintf("enqueue %s, delay %s", w.names.raw(it.Raw()), hours(delay)),
		func(ctx context.Context, s side) (string, error) {
			return "ok", s.EnqueueForOrchestrator(ctx, it, delay)
		})
}

// filter draws which versions a fetch supports; nil is all.
func (w *world) filter() (f *core.CapabilityFilter, said string) {
	switch pick(w, "filter", "all", "all", "all", "1", "2", "none") {
	case "1":
		return &core.CapabilityFilter{SupportedVersions: []core.SemverRange{{Min: versions[0], Max: versions[0]}}}, ", versions 1"
	case "2":
		return &core.CapabilityFilter{SupportedVersions: []core.SemverRange{{Min: versions[1], Max: versions[1]}}}, ", versions 2"
	case "none":
		return &core.CapabilityFilter{}, ", no version"
	}
	return nil, ""
}

// fetch locks an instance.
func (w *world) fetch() {
	filter, only := w.filter()
	q := core.FetchOrchestrationParams{LockTimeout: w.ticks("lock", 2, 1, 3, 0), Filter: filter}
	var l *lease
	w.call(fmt.Sprintf("fetch, lock %s%s", hours(q.LockTimeout), only), func(ctx context.Context, s side) (string, error) {
		if s.i == tested {
			l = w.turns.next()
		}
		var f *core.FetchedOrchestration
		var err error
		if s.i == tested {
			f, err = s.FetchOrchestrationItem(ctx, q)
		} else {
			f, err = w.search(ctx, q, l.instance)
		}
		if f == nil {
			return "none", err
		}
		l.instance, l.execution, l.tokens[s.i] = f.Item.Instance, f.Item.ExecutionID, f.LockToken
		if s.i == modelled {
			w.keep(&w.turns, l)
		}
		return fmt.Sprintf("%s: %s", l, w.fetched(f)), nil
	})
}

// fetched is all that a fetch gave but the token.
func (w *world) fetched(f *core.FetchedOrchestration) string {
	it := f.Item
	text := fmt.Sprintf("%s execution %d (%s %s), attempt %d, messages %s, history %s, values %s",
		it.Instance, it.ExecutionID, it.OrchestrationName, it.Version, f.AttemptCount,
		w.names.items(it.Messages), w.names.events(it.History), plain(it.KVSnapshot))
	if it.HistoryError != "" {
		text += ", with a history error"
	}
	return text
}

// search fetches the wanted instance from the reference, where it may not be the
// first; any, when none is wanted. What it passes over it gives back uncounted. That
// ends expired locks, so the callers forget them: the provider still has them.
func (w *world) search(ctx context.Context, q core.FetchOrchestrationParams, wanted string) (found *core.FetchedOrchestration, err error) {
	params := q
	params.LockTimeout = tick
	var passed []*core.FetchedOrchestration
	for {
		found, err = w.ref.FetchOrchestrationItem(ctx, params)
		if found == nil || wanted == "" || found.Item.Instance == wanted {
			break
		}
		passed = append(passed, found)
	}
	for _, f := range passed {
		w.turns.forget(func(l *lease) bool { return l.instance == f.Item.Instance })
		if err := w.ref.AbandonOrchestrationItem(ctx, core.AbandonParams{LockToken: f.LockToken, IgnoreAttempt: true}); err != nil {
			return nil, err
		}
	}
	if found != nil {
		err = w.ref.RenewOrchestrationItemLock(ctx, found.LockToken, q.LockTimeout)
	}
	return found, err
}

// ack commits a turn.
func (w *world) ack() {
	l := w.lease(&w.turns)
	p := core.AckOrchestrationParams{ExecutionID: l.execution}
	if rapid.IntRange(0, 3).Draw(w.t, "next execution") == 3 {
		p.ExecutionID++
	}
	p.HistoryDelta = w.history(l.instance, p.ExecutionID)
	p.WorkerItems = some(w, "activities", 2, w.activity)
	p.OrchestratorItems = some(w, "messages", 2, w.message)
	p.CancelledActivities = some(w, "cancelled", 1, w.scheduled)
	p.Metadata = w.metadata()
	w.call(w.turn(l, p), func(ctx context.Context, s side) (string, error) {
		p := p
		p.LockToken = l.tokens[s.i]
		err := s.AckOrchestrationItem(ctx, p)
		l.over = l.over || err == nil
		return "ok", err
	})
}

// turn says what an ack commits.
func (w *world) turn(l *lease, p core.AckOrchestrationParams) string {
	words := []string{fmt.Sprintf("ack %s, execution %d of %s", l, p.ExecutionID, l.instance)}
	if len(p.HistoryDelta) > 0 {
		words = append(words, "events "+w.names.events(p.HistoryDelta))
	}
	if len(p.WorkerItems) > 0 {
		words = append(words, "schedule "+w.names.items(p.WorkerItems))
	}
	if len(p.OrchestratorItems) > 0 {
		words = append(words, "send "+w.names.items(p.OrchestratorItems))
	}
	for _, a := range p.CancelledActivities {
		words = append(words, fmt.Sprintf("cancel activity %s #%d", a.Instance, a.ActivityID))
	}
	if p.Metadata != (core.ExecutionMetadata{}) {
		words = append(words, described(p.Metadata))
	}
	return strings.Join(words, ", ")
}

// described is what is known of an execution.
func described(md core.ExecutionMetadata) string {
	var known []string
	for _, field := range []struct {
		name string
		text *string
	}{
		{"name", md.OrchestrationName}, {"version", md.OrchestrationVersion}, {"parent", md.ParentInstanceID},
		{"status", md.Status}, {"output", md.Output},
	} {
		if field.text != nil {
			known = append(known, field.name+" "+*field.text)
		}
	}
	if md.PinnedVersion != nil {
		known = append(known, "pinned to "+md.PinnedVersion.String())
	}
	return list(known, func(s string) string { return s })
}

// abandon gives an instance back.
func (w *world) abandon() {
	l, p, said := w.givenBack(&w.turns)
	w.call("abandon "+said, func(ctx context.Context, s side) (string, error) {
		p := p
		p.LockToken = l.tokens[s.i]
		err := s.AbandonOrchestrationItem(ctx, p)
		l.over = l.over || err == nil
		return "ok", err
	})
}

// givenBack draws what is abandoned, and how.
func (w *world) givenBack(q *queue) (l *lease, p core.AbandonParams, said string) {
	l = w.lease(q)
	p = core.AbandonParams{Delay: w.ticks("delay", 0, 0, 1, 2), IgnoreAttempt: pick(w, "ignore attempt", false, true)}
	said = fmt.Sprintf("%s, delay %s", l, hours(p.Delay))
	if p.IgnoreAttempt {
		said += ", uncounted"
	}
	return l, p, said
}

// renew extends an instance's lock, or shortens it.
func (w *world) renew() {
	l, d := w.lease(&w.turns), w.ticks("extend for", 1, 2, 3, 0)
	w.call(fmt.Sprintf("renew %s for %s", l, hours(d)), func(ctx context.Context, s side) (string, error) {
		return "ok", s.RenewOrchestrationItemLock(ctx, l.tokens[s.i], d)
	})
}
