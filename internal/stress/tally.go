package stress

import (
	"slices"
	"sync"
	"time"

	"github.com/durokit/duro/core"
)

// tally counts what became of the instances.
type tally struct {
	mu        sync.Mutex
	launched  int
	active    int
	completed []int // numbers of the instances
	failed    int
	byKind    map[string]int // category of the failure -> count
	latencies []time.Duration
	windowEnd time.Time // zero while instances are launched
	inWindow  int
}

func (t *tally) launch() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.launched++
	t.active++
}

func (t *tally) running() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.active
}

// closeWindow marks the end of the launching; the first call counts.
func (t *tally) closeWindow() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.windowEnd.IsZero() {
		t.windowEnd = now()
	}
}

// ending is what became of one instance.
type ending struct {
	completed bool
	// details say why it failed, nil when that is not known: a timeout, or an error
	// of the provider.
	details core.ErrorDetails
	// latency is the time from start call to end seen, 0 if it was started earlier.
	latency time.Duration
	// unfinished instances were given up when the run was interrupted.
	unfinished bool
}

func (t *tally) end(number int, e ending) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.active--
	switch {
	case e.unfinished:
		return
	case !e.completed:
		t.failed++
		if e.details != nil {
			t.byKind[e.details.Category()]++
		}
		return
	}
	t.completed = append(t.completed, number)
	if e.latency > 0 {
		t.latencies = append(t.latencies, e.latency)
	}
	if t.windowEnd.IsZero() {
		t.inWindow++
	}
}

// Progress is how far a run has come.
type Progress struct {
	Elapsed                             time.Duration
	Launched, Active, Completed, Failed int
	// Draining says that nothing is launched any more.
	Draining bool
}

func (t *tally) progress(began time.Time) Progress {
	t.mu.Lock()
	defer t.mu.Unlock()
	return Progress{
		Elapsed: since(began), Launched: t.launched, Active: t.active, Completed: len(t.completed), Failed: t.failed,
		Draining: !t.windowEnd.IsZero(),
	}
}

// Latency is the distribution of the times from the start call to the end seen,
// over completed instances that this run started.
type Latency struct {
	P50MS float64 `json:"p50_ms"`
	P95MS float64 `json:"p95_ms"`
	P99MS float64 `json:"p99_ms"`
	MaxMS float64 `json:"max_ms"`
}

// latencyOf takes the nearest rank of each percentile.
func latencyOf(all []time.Duration) Latency {
	if len(all) == 0 {
		return Latency{}
	}
	slices.Sort(all)
	at := func(percent int) float64 {
		rank := (len(all)*percent + 99) / 100
		return milliseconds(all[max(rank, 1)-1])
	}
	return Latency{P50MS: at(50), P95MS: at(95), P99MS: at(99), MaxMS: at(100)}
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
