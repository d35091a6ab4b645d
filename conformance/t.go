package conformance

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"time"

	"github.com/durokit/duro/core"
)

// T is what a case talks to. It works under go test and outside of it. Its
// methods may be called from any goroutine that Together started; Fatalf and
// Skipf end the calling goroutine.
type T struct {
	*record
	p core.Provider
}

// record is what all views of a case share: see On.
type record struct {
	ctx     context.Context
	c       Case
	h       *Harness
	factory Factory
	timing  Timing
	strict  bool // check error codes, not only class and words
	virtual bool // AdvanceClock works

	mu       sync.Mutex
	rand     *rand.Rand
	steps    []string // the latest, up to twice stepsShown
	forgot   int      // how many came before those
	failures []string
	skipped  string
	// inapplicable says which other kind of provider the case is about.
	inapplicable string
	cleanups     []func(context.Context) error
	advanced     time.Duration
	held         []*core.FetchedOrchestration // locks that busyLife took
}

// Name returns the case's id.
func (t *T) Name() string { return t.c.ID }

// Context ends when the case's time is up.
func (t *T) Context() context.Context { return t.ctx }

// Provider returns the handle under test.
func (t *T) Provider() core.Provider { return t.p }

// Timing returns the durations to use.
func (t *T) Timing() Timing { return t.timing }

// Admin returns the admin half, and skips the case when there is none.
func (t *T) Admin() core.ProviderAdmin {
	a, ok := core.Admin(t.p)
	if !ok {
		t.Skipf("needs %s", NeedAdmin)
	}
	return a
}

// Hooks returns the store's hooks, and skips the case when there are none.
func (t *T) Hooks() Hooks {
	if t.h.Hooks == nil {
		t.Skipf("needs hooks, and the harness has none")
	}
	return t.h.Hooks
}

// hooked ends the case when a hook failed: skipped when it is not offered.
func (t *T) hooked(err error, what string) {
	if errors.Is(err, core.ErrUnsupported) {
		t.Skipf("the hook is not offered: %s", what)
	}
	t.must(err, what)
}

// On returns the same case on another handle.
func (t *T) On(p core.Provider) *T { return &T{record: t.record, p: p} }

// OpenHandle opens another handle on the same store, closed with the case, and
// skips the case when that cannot be done.
func (t *T) OpenHandle() *T {
	if t.h.Open == nil {
		t.Skipf("needs %s", NeedSecondHandle)
	}
	p, err := t.h.Open(t.ctx)
	t.must(err, "open another handle")
	t.Cleanup(p.Close)
	t.Stepf("open another handle on the store")
	return t.On(p)
}

// Another makes another store, isolated from this one, for the same case.
func (t *T) Another() *T {
	h, err := t.factory.New(t.ctx, t.c.ID)
	t.must(err, "make another store")
	if h.Close != nil {
		t.Cleanup(h.Close)
	}
	t.Cleanup(h.Provider.Close)
	t.Stepf("make another store")
	return t.On(h.Provider)
}

// Cleanup has f run after the case, the last one first.
func (t *T) Cleanup(f func(context.Context) error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.cleanups = append(t.cleanups, f)
}

// Stepf records what the case does; a failure report lists the steps.
func (t *T) Stepf(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.addStep(fmt.Sprintf(format, args...))
}

// addStep keeps the latest steps; a case that loops has no end of them.
func (r *record) addStep(s string) {
	if len(r.steps) >= 2*stepsShown {
		r.forgot += stepsShown
		r.steps = append(r.steps[:0], r.steps[stepsShown:]...)
	}
	r.steps = append(r.steps, s)
}

// Logf is Stepf, by the name go test uses.
func (t *T) Logf(format string, args ...any) { t.Stepf(format, args...) }

// Errorf records a failure and goes on.
func (t *T) Errorf(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	msg := fmt.Sprintf(format, args...)
	t.failures = append(t.failures, msg)
	t.addStep("FAILED: " + msg)
}

// Fatalf records a failure and ends the case.
func (t *T) Fatalf(format string, args ...any) {
	t.Errorf(format, args...)
	runtime.Goexit()
}

// Skipf ends the case without a verdict, for the reason given.
func (t *T) Skipf(format string, args ...any) {
	t.mu.Lock()
	t.skipped = fmt.Sprintf(format, args...)
	t.mu.Unlock()
	runtime.Goexit()
}

// Failed reports whether the case has failed.
func (t *T) Failed() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.failures) > 0
}

// ended reports whether the case has failed or was skipped.
func (t *T) ended() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.failures) > 0 || t.skipped != ""
}

// IntN returns a number below n, from the case's seed.
func (t *T) IntN(n int) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.rand.IntN(n)
}

// Together calls f n times at once, with 0 to n-1, and waits for all. When one
// of them ends the case, it ends.
func (t *T) Together(n int, f func(i int)) {
	ready := make(chan struct{})
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			<-ready
			f(i)
		})
	}
	close(ready)
	all.Wait()
	if t.ended() {
		runtime.Goexit()
	}
}

// Wait lets d pass by the store's clock: through the clock hook where there is
// one, else by sleeping.
func (t *T) Wait(d time.Duration) {
	d += t.timing.Slack
	if t.virtual {
		t.advance(d)
		return
	}
	t.Stepf("wait %v", d)
	t.Pause(d)
}

// advance sets the store's clock forward by exactly d.
func (t *T) advance(d time.Duration) {
	t.must(t.h.Hooks.AdvanceClock(t.ctx, d), "advance the clock")
	t.Stepf("%v pass by the store's clock", d)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.advanced += d
}

// Pause lets d pass in real time, for cases about real waiting.
func (t *T) Pause(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-t.ctx.Done():
		t.Fatalf("the case's time was up while it waited")
	}
}

// NowMS is about what the store's clock shows, in Unix milliseconds.
func (t *T) NowMS() uint64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return uint64(now().Add(t.advanced).UnixMilli())
}
