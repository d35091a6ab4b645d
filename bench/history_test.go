package bench

import (
	"context"
	"fmt"
	"testing"

	"github.com/durokit/duro/core"
)

// BenchmarkTurnWithHistory compares a turn of an execution with 10,000 events to
// one with 10 (budget: at most 1.5 in database time; this is wall time).
func BenchmarkTurnWithHistory(b *testing.B) {
	short, long := newTurns(b, 10), newTurns(b, 10_000)
	ratio(b, short.once, long.once)
}

// turns runs turns of one instance, each with one event.
type turns struct {
	b    *testing.B
	p    core.Provider
	id   string
	next int
}

func newTurns(b *testing.B, events int) *turns {
	t := &turns{b: b, p: open(b), id: fmt.Sprint("i-", events), next: 1}
	must(b, t.p.EnqueueForOrchestrator(context.Background(), startItem(t.id), 0))
	name := "Bench"
	for t.next <= events {
		got := fetch(b, t.p, nil)
		var delta []core.Event
		for len(delta) < 1000 && t.next <= events {
			delta = append(delta, event(t.id, t.next))
			t.next++
		}
		ack(b, t.p, got.LockToken, core.ExecutionMetadata{OrchestrationName: &name}, delta, t.poke())
	}
	return t
}

func (t *turns) poke() core.WorkItem {
	return core.NewWorkItem(core.ExternalRaised{Instance: t.id, Name: "poke", Data: "{}"})
}

func (t *turns) once() {
	got := fetch(t.b, t.p, nil)
	if len(got.Item.History) != t.next-1 {
		t.b.Fatalf("history has %d events, want %d", len(got.Item.History), t.next-1)
	}
	ack(t.b, t.p, got.LockToken, core.ExecutionMetadata{}, []core.Event{event(t.id, t.next)}, t.poke())
	t.next++
}
