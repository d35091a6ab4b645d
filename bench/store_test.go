package bench

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/durokit/duro/backends/sqlite"
	"github.com/durokit/duro/core"
)

// open makes an empty store in a file of its own.
func open(tb testing.TB) core.Provider {
	tb.Helper()
	p, err := sqlite.OpenURL(context.Background(), "sqlite:"+filepath.Join(tb.TempDir(), "bench.db"))
	must(tb, err)
	tb.Cleanup(func() { must(tb, p.Close(context.Background())) })
	return p
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// each runs f for 0..n-1, 128 at a time, so that the engine can coalesce.
func each(n int, f func(i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(n, 128) {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				f(i)
			}
		})
	}
	wg.Wait()
}

func startItem(id string) core.WorkItem {
	return core.NewWorkItem(core.StartOrchestration{Instance: id, Orchestration: "Bench", Input: "{}", ExecutionID: 1})
}

func activity(id string, n int, session, tag *string) core.WorkItem {
	return core.NewWorkItem(core.ActivityExecute{Instance: id, ExecutionID: 1, ID: uint64(n), Name: "A", Input: "{}", SessionID: session, Tag: tag})
}

func event(id string, n int) core.Event {
	return core.NewEvent(core.EventHeader{EventID: uint64(n), InstanceID: id, ExecutionID: 1, TimestampMS: 1700000000000, DuroxideVersion: "0.1.29"},
		core.ActivityScheduledEvent{Name: "ProcessTask", Input: fmt.Sprintf("task-%d", n)})
}

// fetch takes an instance, which must be there.
func fetch(tb testing.TB, p core.Provider, f *core.CapabilityFilter) *core.FetchedOrchestration {
	got, err := p.FetchOrchestrationItem(context.Background(), core.FetchOrchestrationParams{LockTimeout: time.Hour, Filter: f})
	must(tb, err)
	if got == nil {
		tb.Fatal("nothing to fetch")
	}
	return got
}

func ack(tb testing.TB, p core.Provider, token string, md core.ExecutionMetadata, delta []core.Event, items ...core.WorkItem) {
	must(tb, p.AckOrchestrationItem(context.Background(), core.AckOrchestrationParams{
		LockToken: token, ExecutionID: 1, HistoryDelta: delta, OrchestratorItems: items, Metadata: md}))
}

// ratio runs a and b in turn for b.N rounds of both and reports how much longer
// b took: a time ratio within one run.
func ratio(b *testing.B, few, many func()) {
	b.Helper()
	for range 20 { // warm both up
		few()
		many()
	}
	var tFew, tMany time.Duration
	b.ResetTimer()
	for b.Loop() {
		t0 := time.Now()
		few()
		t1 := time.Now()
		many()
		tFew += t1.Sub(t0)
		tMany += time.Since(t1)
	}
	b.ReportMetric(float64(tMany)/float64(tFew), "ratio")
	b.ReportMetric(float64(tMany.Microseconds())/float64(b.N), "µs/many")
	b.ReportMetric(float64(tFew.Microseconds())/float64(b.N), "µs/few")
}
