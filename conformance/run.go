package conformance

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/durokit/duro/core"
)

// Options choose and limit cases. The zero value runs everything.
type Options struct {
	// Match, when not nil, selects cases by id.
	Match *regexp.Regexp
	// Only, when not nil, selects cases by being in it: MigrationCases, for one.
	Only []string
	// MaxLevel is the highest level run, LevelDuro if nil. At LevelContract the
	// codes of errors are not checked, only their class and words.
	MaxLevel *Level
	// SkipSlow leaves slow cases out.
	SkipSlow bool
	// Seed makes random choices repeatable; 0 draws one.
	Seed uint64
	// Repeat runs every case this many times, once if 0, each time on a new store.
	// Round n, counted from 0, has Seed+n for its seed: what fails in it is
	// repeated by that seed alone.
	Repeat int
	// Shuffle starts the cases in an order drawn from Seed, all rounds mixed. With
	// one at a time it is the order in which they run.
	Shuffle bool
	// Limit is how long a case may take before it fails: 1 minute, 4 for a slow case.
	Limit time.Duration
	// Parallel is how many cases run at once in Run: four for each processor, for
	// stores make them wait. Under go test the flag -parallel decides.
	Parallel int
	// KeepGoroutines turns off the check that no goroutine outlives the run, for
	// programs in which other goroutines come and go meanwhile.
	KeepGoroutines bool
	// Observe, when not nil, gets each result of Run as soon as it is there, one
	// call at a time.
	Observe func(Result)
}

func (o Options) withDefaults() Options {
	if o.MaxLevel == nil {
		l := LevelDuro
		o.MaxLevel = &l
	}
	if o.Seed == 0 {
		o.Seed = rand.Uint64()
	}
	if o.Parallel == 0 {
		o.Parallel = 4 * runtime.GOMAXPROCS(0)
	}
	return o
}

func (o Options) limit(c Case) time.Duration {
	switch {
	case o.Limit > 0:
		return o.Limit
	case c.Slow:
		return 4 * time.Minute
	}
	return time.Minute
}

// Selected lists the cases these options choose, in the order of Cases.
func (o Options) Selected() []Case {
	o = o.withDefaults()
	var out []Case
	for _, c := range Cases() {
		if o.selects(c) {
			out = append(out, c)
		}
	}
	return out
}

func (o Options) selects(c Case) bool {
	return c.Level <= *o.MaxLevel && (!o.SkipSlow || !c.Slow) &&
		(o.Match == nil || o.Match.MatchString(c.ID)) && (o.Only == nil || slices.Contains(o.Only, c.ID))
}

// Report is what a run found.
type Report struct {
	// Provider and Version are what the provider calls itself.
	Provider, Version string
	Seed              uint64
	Started           time.Time
	Duration          time.Duration
	// Results are in the order of Cases, round after round.
	Results []Result
	// Interrupted: the context ended first. The cases that it cut off or that were
	// not begun are among the results as skipped.
	Interrupted bool
	// Leaks are goroutines that outlived the run, as stack traces.
	Leaks []string
}

// Count returns how many results have the status.
func (r *Report) Count(s Status) int {
	n := 0
	for _, res := range r.Results {
		if res.Status == s {
			n++
		}
	}
	return n
}

// OK reports whether all cases were judged and nothing failed.
func (r *Report) OK() bool {
	return !r.Interrupted && r.Count(StatusFail) == 0 && r.Count(StatusError) == 0 && len(r.Leaks) == 0
}

// Run judges the factory's provider by the selected cases. When the context ends
// it begins no further case and reports what it has.
func Run(ctx context.Context, f Factory, o Options) *Report {
	o = o.withDefaults()
	jobs := o.jobs()
	rep := &Report{Seed: o.Seed, Started: now(), Results: make([]Result, len(jobs))}
	before := goroutines()
	slots := make(chan struct{}, o.Parallel)
	var all sync.WaitGroup
	var observing sync.Mutex
	for _, i := range o.order(len(jobs)) {
		slots <- struct{}{} // here and not in the goroutine, which would lose the order
		all.Go(func() {
			defer func() { <-slots }()
			res := jobs[i].runUnlessOver(ctx, f, o)
			rep.Results[i] = res
			if o.Observe != nil {
				observing.Lock()
				defer observing.Unlock()
				o.Observe(res)
			}
		})
	}
	all.Wait()
	for _, res := range rep.Results {
		if res.provider != "" && rep.Provider == "" {
			rep.Provider, rep.Version = res.provider, res.version
		}
		rep.Interrupted = rep.Interrupted || res.cut
	}
	if !o.KeepGoroutines && !rep.Interrupted {
		rep.Leaks = leaked(before)
	}
	rep.Duration = since(rep.Started)
	return rep
}

// runCase gives the case a store, runs it, checks the invariants and cleans up.
func runCase(ctx context.Context, f Factory, c Case, o Options) (res Result) {
	begin := now()
	res = Result{Case: c, Seed: o.Seed}
	defer func() { res.Duration = since(begin) }()
	ctx, cancel := context.WithTimeout(ctx, o.limit(c))
	defer cancel()

	h, err := f.New(ctx, c.ID)
	if err != nil {
		return res.ended(StatusError, "the factory made no store: "+err.Error())
	}
	if h.Provider == nil {
		return res.ended(StatusError, "the factory's harness has no provider")
	}
	r := &record{
		ctx: ctx, c: c, h: h, factory: f, strict: *o.MaxLevel >= LevelDuro,
		rand: rand.New(rand.NewPCG(caseSeed(o.Seed, c.ID), 0)), // repeatable on purpose
	}
	r.virtual = h.Hooks != nil && h.Hooks.AdvanceClock(ctx, 0) == nil
	r.timing = h.Timing.withDefaults(r.virtual)
	t := &T{record: r, p: h.Provider}
	res.provider, res.version = h.Provider.Name(), h.Provider.Version()

	switch need := t.unmet(); {
	case need == "":
		t.execute(o.limit(c) + t.timing.Prompt)
	case t.another(need):
		r.inapplicable = "is about " + string(need)
	default:
		r.skipped = "needs " + string(need)
	}
	t.checkInvariants()
	t.close()
	return res.judge(r, since(begin))
}

// unmet returns the first need that is not met.
func (t *T) unmet() Need {
	for _, n := range t.c.Needs {
		met := true
		switch n {
		case NeedAdmin:
			_, met = core.Admin(t.p)
		case NeedSecondHandle:
			met = t.h.Open != nil
		case NeedLongPolling:
			met = !t.timing.ShortPolling
		case NeedShortPolling:
			met = t.timing.ShortPolling
		case NeedUnopened:
			met = t.h.Unopened != nil
		case NeedSkew:
			met = t.h.Skewed != nil
		case NeedCorruption, NeedRawRows, NeedAttempts, NeedExecutions, NeedSelection:
			met = t.h.Hooks != nil // a hook that is not offered skips the case itself
		}
		if !met {
			return n
		}
	}
	return ""
}

// another reports whether a need is what another kind of provider has.
func (t *T) another(n Need) bool {
	switch n {
	case NeedLongPolling, NeedShortPolling:
		return true
	case NeedSkew:
		return t.timing.OneClock
	default:
		return false
	}
}

// execute runs the case in a goroutine of its own, so that Fatalf can end it,
// and gives up on one that does not end although its context has.
func (t *T) execute(limit time.Duration) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			if p := recover(); p != nil {
				t.Errorf("panic: %v\n%s", p, debug.Stack())
			}
		}()
		t.c.Run(t)
	}()
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
		buf := make([]byte, 1<<20)
		t.Errorf("not finished after %v; all goroutines:\n%s", limit, buf[:runtime.Stack(buf, true)])
	}
}

// checkInvariants asks the store whether it is still sound.
func (t *T) checkInvariants() {
	if t.h.Hooks == nil || t.ctx.Err() != nil {
		return
	}
	wrong, err := t.h.Hooks.CheckInvariants(t.ctx)
	if err != nil && !errors.Is(err, core.ErrUnsupported) {
		t.Errorf("the store's invariants could not be checked: %v", err)
	}
	for _, w := range wrong {
		t.Errorf("the case left the store with a broken invariant: %s", w)
	}
}

// close ends everything the case has opened.
func (t *T) close() {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.ctx), 10*time.Second)
	defer cancel()
	closers := append([]func(context.Context) error{t.h.Provider.Close}, t.cleanups...)
	for _, closer := range slices.Backward(closers) {
		if err := closer(ctx); err != nil {
			t.Errorf("after the case: %v", err)
		}
	}
	t.checkConnections(ctx)
	if t.h.Close != nil {
		if err := t.h.Close(ctx); err != nil {
			t.Errorf("drop the store: %v", err)
		}
	}
}

// checkConnections asks the server whether the closed handles have left something.
func (t *T) checkConnections(ctx context.Context) {
	if t.h.Connections == nil {
		return
	}
	left, err := patiently(func() ([]string, error) { return t.h.Connections(ctx) })
	if err != nil {
		t.Errorf("the store's connections could not be listed: %v", err)
	}
	for _, c := range left {
		t.Errorf("the closed handles left a connection: %s", c)
	}
}

// caseSeed derives a case's seed, so that a case run alone makes the same choices.
func caseSeed(seed uint64, id string) uint64 {
	h := fnv.New64a()
	fmt.Fprintf(h, "%d/%s", seed, id)
	return h.Sum64()
}
