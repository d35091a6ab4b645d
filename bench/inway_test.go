package bench

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/durokit/duro/core"
)

// Rows that a claim may not take must not slow it down (budget: at most 1.5).
const (
	fewRows  = 100
	manyRows = 100_000
)

var inTheWay = []struct {
	name string
	// fill puts n rows in the way of once.
	fill func(b *testing.B, p core.Provider, n int)
	once func(b *testing.B, p core.Provider)
}{
	{"claim/delayed", fillDelayed, claimOnce},
	{"claim/locked", fillLocked, claimOnce},
	{"claim/filtered", fillFiltered, claimFilteredOnce},
	{"claim/parked", fillParked, claimOnce},
	{"work/delayed", fillWorkDelayed, workOnce},
	{"work/locked", fillWorkLocked, workOnce},
	{"work/tags", fillWorkTags, workOnce},
	{"work/one-session", fillOneSession, sessionWorkOnce},
	{"work/many-sessions", fillManySessions, sessionWorkOnce},
}

// BenchmarkInTheWay compares a fetch and its ack beside 100 and beside 100,000
// rows in the way.
func BenchmarkInTheWay(b *testing.B) {
	for _, c := range inTheWay {
		b.Run(c.name, func(b *testing.B) {
			few, many := open(b), open(b)
			c.fill(b, few, fewRows)
			c.fill(b, many, manyRows)
			ratio(b, func() { c.once(b, few) }, func() { c.once(b, many) })
		})
	}
}

func claimOnce(b *testing.B, p core.Provider) {
	must(b, p.EnqueueForOrchestrator(context.Background(), startItem("x"), 0))
	ack(b, p, fetch(b, p, nil).LockToken, core.ExecutionMetadata{}, nil)
}

var onlyV1 = &core.CapabilityFilter{SupportedVersions: []core.SemverRange{{Max: core.Semver{Major: 1}}}}

func claimFilteredOnce(b *testing.B, p core.Provider) {
	must(b, p.EnqueueForOrchestrator(context.Background(), startItem("x"), 0))
	ack(b, p, fetch(b, p, onlyV1).LockToken, core.ExecutionMetadata{}, nil)
}

func workOnce(b *testing.B, p core.Provider) { workOf(b, p, nil) }

func sessionWorkOnce(b *testing.B, p core.Provider) {
	workOf(b, p, &core.SessionFetch{OwnerID: "me", LockTimeout: time.Hour})
}

func workOf(b *testing.B, p core.Provider, s *core.SessionFetch) {
	must(b, p.EnqueueForWorker(context.Background(), activity("x", 1, nil, nil)))
	got, err := p.FetchWorkItem(context.Background(), core.FetchWorkParams{LockTimeout: time.Hour, Session: s})
	must(b, err)
	if got == nil {
		b.Fatal("no work to fetch")
	}
	must(b, p.AckWorkItem(context.Background(), got.LockToken, nil))
}

func fillDelayed(b *testing.B, p core.Provider, n int) {
	each(n, func(i int) {
		must(b, p.EnqueueForOrchestrator(context.Background(), startItem(fmt.Sprint("delayed-", i)), 24*time.Hour))
	})
}

func fillLocked(b *testing.B, p core.Provider, n int) {
	each(n, func(i int) {
		must(b, p.EnqueueForOrchestrator(context.Background(), startItem(fmt.Sprint("locked-", i)), 0))
	})
	each(n, func(int) { fetch(b, p, nil) })
}

func fillFiltered(b *testing.B, p core.Provider, n int) {
	name := "Bench"
	md := core.ExecutionMetadata{OrchestrationName: &name, PinnedVersion: &core.Semver{Major: 9}}
	each(n, func(i int) {
		must(b, p.EnqueueForOrchestrator(context.Background(), startItem(fmt.Sprint("filtered-", i)), 0))
	})
	each(n, func(int) {
		got := fetch(b, p, onlyV1)
		poke := core.NewWorkItem(core.ExternalRaised{Instance: got.Item.Instance, Name: "poke", Data: "{}"})
		ack(b, p, got.LockToken, md, nil, poke)
	})
}

func fillParked(b *testing.B, p core.Provider, n int) {
	each(n, func(i int) {
		ghost := core.NewWorkItem(core.CancelInstance{Instance: fmt.Sprint("ghost-", i), Reason: "nobody there"})
		must(b, p.EnqueueForOrchestrator(context.Background(), ghost, 0))
	})
}

func fillWork(b *testing.B, p core.Provider, n int, session, tag func(i int) *string) {
	each(n, func(i int) {
		must(b, p.EnqueueForWorker(context.Background(), activity(fmt.Sprint("w-", i), 1, session(i), tag(i))))
	})
}

func none(int) *string { return nil }

func always(s string) func(int) *string { return func(int) *string { return &s } }

func fillWorkTags(b *testing.B, p core.Provider, n int) { fillWork(b, p, n, none, always("gpu")) }

func fillWorkLocked(b *testing.B, p core.Provider, n int) {
	fillWork(b, p, n, none, none)
	takeWork(b, p, n, core.FetchWorkParams{LockTimeout: time.Hour})
}

func fillWorkDelayed(b *testing.B, p core.Provider, n int) {
	fillWork(b, p, n, none, none)
	giveBack(b, p, takeWork(b, p, n, core.FetchWorkParams{LockTimeout: time.Hour}), 24*time.Hour)
}

// takeWork fetches n items and returns their tokens.
func takeWork(b *testing.B, p core.Provider, n int, params core.FetchWorkParams) []string {
	tokens := make([]string, n)
	each(n, func(i int) {
		got, err := p.FetchWorkItem(context.Background(), params)
		must(b, err)
		if got == nil {
			b.Error("no work to fetch")
			return
		}
		tokens[i] = got.LockToken
	})
	return tokens
}

func giveBack(b *testing.B, p core.Provider, tokens []string, delay time.Duration) {
	each(len(tokens), func(i int) {
		must(b, p.AbandonWorkItem(context.Background(), core.AbandonParams{LockToken: tokens[i], Delay: delay}))
	})
}

// fillOneSession gives somebody else one session with all the work.
func fillOneSession(b *testing.B, p core.Provider, n int) {
	fillWork(b, p, n, always("theirs"), none)
	takeWork(b, p, 1, theirs)
}

// fillManySessions gives somebody else a session for every second row; the other
// half is in sessions whose work has a tag we do not take.
func fillManySessions(b *testing.B, p core.Provider, n int) {
	gpu := "gpu"
	fillWork(b, p, n, func(i int) *string { s := fmt.Sprint("s-", i); return &s }, func(i int) *string {
		if i%2 == 0 {
			return &gpu
		}
		return nil
	})
	giveBack(b, p, takeWork(b, p, n/2, theirs), 0)
}

var theirs = core.FetchWorkParams{LockTimeout: time.Hour, Session: &core.SessionFetch{OwnerID: "they", LockTimeout: 24 * time.Hour}}
