package conformance

import (
	"context"
	"errors"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/durokit/duro/conformance/reference"
	"github.com/durokit/duro/core"
)

// runOne judges one made-up case on a fresh reference store.
func runOne(t *testing.T, run func(*T), change func(*Harness)) Result {
	t.Helper()
	f := FactoryFunc(func(context.Context, string) (*Harness, error) {
		p := reference.New(reference.Options{StoppedAt: time.Now()})
		h := &Harness{Provider: p, Hooks: p.Hooks(), Timing: Timing{Prompt: 50 * time.Millisecond}}
		if change != nil {
			change(h)
		}
		return h, nil
	})
	c := Case{ID: "made/Up", Rule: "one is two", Why: "it would be nice", Section: "1.0", Run: run}
	return runCase(t.Context(), f, c, Options{Seed: 42, Limit: 100 * time.Millisecond}.withDefaults())
}

func wantResult(t *testing.T, r Result, s Status, says ...string) {
	t.Helper()
	if r.Status != s {
		t.Errorf("status: got %s, want %s\n%s", r.Status, s, r.Explain())
	}
	for _, want := range says {
		if !strings.Contains(r.Explain(), want) {
			t.Errorf("the explanation lacks %q:\n%s", want, r.Explain())
		}
	}
}

func TestFailureExplainsItself(t *testing.T) {
	t.Parallel()
	r := runOne(t, func(t *T) {
		t.enqueue(start("a"))
		f := t.fetch()
		equal(t, "the attempt count", f.AttemptCount, 2)
		t.lost(t.tryAck(f, 1), "an ack that should fail")
		t.none("this is the last step", lock(time.Second))
	}, nil)
	wantResult(t, r, StatusFail, "rule: one is two (docs/contract.md 1.0)", "why:  it would be nice", "the attempt count differs (-want +got)",
		"an ack that should fail succeeded: want an error of code lock_lost", `1. enqueue StartOrchestration for "a"`, "fetch (lock 1s): none", "seed: 42")
	if len(r.Failures) != 2 {
		t.Errorf("failures: got %d, want both", len(r.Failures))
	}
}

func TestRunnerSurvivesItsCases(t *testing.T) {
	t.Parallel()
	wantResult(t, runOne(t, func(*T) { panic("oh no") }, nil), StatusFail, "panic: oh no", "run_test.go")
	wantResult(t, runOne(t, func(t *T) { t.Together(3, func(i int) { t.Fatalf("goroutine %d", i) }); t.Errorf("went on") }, nil), StatusFail, "goroutine 0")
	wantResult(t, runOne(t, func(t *T) { t.fetch(poll(time.Hour)) }, nil), StatusFail, "canceled")
	forever := make(chan struct{})
	defer close(forever)
	wantResult(t, runOne(t, func(*T) { <-forever }, nil), StatusFail, "not finished after", "all goroutines")
}

func TestMissingMeansSkipAndSayWhy(t *testing.T) {
	t.Parallel()
	none := func(h *Harness) { h.Hooks = nil }
	wantResult(t, runOne(t, func(t *T) { t.corrupt("a") }, none), StatusSkip, "needs hooks")
	some := func(h *Harness) { h.Hooks = NoHooks{} }
	wantResult(t, runOne(t, func(t *T) { t.corrupt("a") }, some), StatusSkip, "the hook is not offered: CorruptHistory")
	wantResult(t, runOne(t, func(t *T) { t.insertWork("junk") }, some), StatusSkip, "InsertRawWork")
	wantResult(t, runOne(t, func(t *T) { t.insertMessage("a", "junk") }, some), StatusSkip, "InsertRawMessage")
	wantResult(t, runOne(t, func(t *T) { t.attempts("a") }, some), StatusSkip, "MaxAttemptCount")
	wantResult(t, runOne(t, func(t *T) { t.hooked(t.Hooks().CorruptEvent(t.ctx, "a", 1), "CorruptEvent") }, some), StatusSkip, "CorruptEvent")
	wantResult(t, runOne(t, func(t *T) { t.OpenHandle() }, some), StatusSkip, "needs a second handle")
	plain := func(h *Harness) { h.Provider = struct{ core.Provider }{h.Provider} }
	wantResult(t, runOne(t, func(t *T) { t.Admin() }, plain), StatusSkip, "needs core.ProviderAdmin")
}

func TestWhatAnotherKindOfProviderHasIsInapplicable(t *testing.T) {
	t.Parallel()
	status := func(id string, timing Timing) (Status, string) {
		f := FactoryFunc(func(context.Context, string) (*Harness, error) {
			return &Harness{Provider: reference.New(reference.Options{}), Timing: timing}, nil
		})
		rep := Run(t.Context(), f, Options{Match: regexp.MustCompile("^" + id + "$"), KeepGoroutines: true})
		return rep.Results[0].Status, rep.Results[0].Reason
	}
	for _, c := range []struct {
		id     string
		timing Timing
		want   Status
		reason string
	}{
		{"polling/ShortPollReturnsImmediately", Timing{}, StatusInapplicable, "is about a short-polling provider"},
		{"polling/LongPollWaits", Timing{ShortPolling: true}, StatusInapplicable, "is about a long-polling provider"},
		{"robustness/ClockConsistency", Timing{OneClock: true}, StatusInapplicable, "is about handles with clocks of their own (Harness.Skewed)"},
		{"robustness/ClockConsistency", Timing{}, StatusSkip, "needs handles with clocks of their own (Harness.Skewed)"},
	} {
		if got, reason := status(c.id, c.timing); got != c.want || reason != c.reason {
			t.Errorf("%s with %+v: %s, %q", c.id, c.timing, got, reason)
		}
	}
}

func TestHarnessFaultsAreErrors(t *testing.T) {
	t.Parallel()
	c := Case{ID: "made/Up", Run: func(*T) {}}
	o := Options{}.withDefaults()
	broken := FactoryFunc(func(context.Context, string) (*Harness, error) { return nil, errors.New("no server") })
	wantResult(t, runCase(t.Context(), broken, c, o), StatusError, "no server")
	empty := FactoryFunc(func(context.Context, string) (*Harness, error) { return &Harness{}, nil })
	wantResult(t, runCase(t.Context(), empty, c, o), StatusError, "no provider")
}

// suspicious finds the store broken after every case.
type suspicious struct{ NoHooks }

func (suspicious) CheckInvariants(context.Context) ([]string, error) {
	return []string{"an instance is locked by nobody"}, nil
}

func TestWhatIsLeftBehindFails(t *testing.T) {
	t.Parallel()
	pass := func(*T) {}
	wantResult(t, runOne(t, pass, nil), StatusPass)
	wantResult(t, runOne(t, pass, func(h *Harness) { h.Hooks = suspicious{} }), StatusFail, "an instance is locked by nobody")
	wantResult(t, runOne(t, pass, func(h *Harness) {
		h.Close = func(context.Context) error { return errors.New("the schema could not be dropped") }
	}), StatusFail, "the schema could not be dropped")
}

func TestCleanupRunsLastFirst(t *testing.T) {
	t.Parallel()
	var order []string
	note := func(s string) func(context.Context) error {
		return func(context.Context) error { order = append(order, s); return nil }
	}
	runOne(t, func(t *T) { t.Cleanup(note("first")); t.Cleanup(note("second")); t.Fatalf("x") }, func(h *Harness) { h.Close = note("store") })
	if got := strings.Join(order, " "); got != "second first store" {
		t.Errorf("got the order %q, want the last cleanup first and the store at the end", got)
	}
}

func TestLeaksAreFound(t *testing.T) {
	t.Parallel()
	before := goroutines()
	if len(before) == 0 {
		t.Fatal("no goroutines at all: the stack's form has changed")
	}
	stop := make(chan struct{})
	go leaky(stop)
	defer close(stop)
	found := false
	for range 10_000 { // it may not have started
		for id, stack := range goroutines() {
			found = found || before[id] == "" && strings.Contains(stack, "leaky")
		}
		if found {
			return
		}
		runtime.Gosched()
	}
	t.Error("a goroutine that was not there before was not found")
}

func TestConnectionsThatAreLeftFailTheCase(t *testing.T) {
	t.Parallel()
	looks := 0
	r := runOne(t, func(*T) {}, func(h *Harness) {
		h.Connections = func(context.Context) ([]string, error) {
			looks++
			return slices.Repeat([]string{"closing"}, max(0, 3-looks)), nil
		}
	})
	wantResult(t, r, StatusPass)
	r = runOne(t, func(*T) {}, func(h *Harness) {
		h.Connections = func(context.Context) ([]string, error) { return []string{"idle in transaction"}, nil }
	})
	wantResult(t, r, StatusFail, "the closed handles left a connection: idle in transaction")
}

func leaky(stop chan struct{}) { <-stop }

func TestSeedsRepeatChoices(t *testing.T) {
	t.Parallel()
	choose := func() (n []int) {
		runOne(t, func(t *T) { n = append(n, t.IntN(1000), t.IntN(1000)) }, nil)
		return n
	}
	a, b := choose(), choose()
	if len(a) != 2 || a[0] != b[0] || a[1] != b[1] {
		t.Errorf("one seed gave %v, then %v", a, b)
	}
}

// ids runs a few quick cases one at a time and returns what was begun, in order.
func ids(t *testing.T, o Options) (begun []string, rep *Report) {
	t.Helper()
	f := FactoryFunc(func(_ context.Context, name string) (*Harness, error) {
		begun = append(begun, name)
		return &Harness{Provider: reference.New(reference.Options{})}, nil
	})
	o.Match, o.Parallel, o.KeepGoroutines = regexp.MustCompile("^kv/.*Clear"), 1, true
	return begun, Run(t.Context(), f, o)
}

func TestRepeatedRoundsHaveSeedsOfTheirOwn(t *testing.T) {
	t.Parallel()
	once, _ := ids(t, Options{Seed: 7})
	begun, rep := ids(t, Options{Seed: 7, Repeat: 3})
	n := len(once)
	if n < 2 || !slices.Equal(begun, slices.Repeat(once, 3)) || len(rep.Results) != 3*n {
		t.Fatalf("one round begins %q, three begin %q", once, begun)
	}
	for i, r := range rep.Results {
		if r.Case.ID != once[i%n] || r.Round != i/n || r.Seed != 7+uint64(i/n) {
			t.Errorf("result %d is %s of round %d with seed %d", i, r.Case.ID, r.Round, r.Seed)
		}
	}
}

func TestShuffledOrderIsTheSeeds(t *testing.T) {
	t.Parallel()
	plain, _ := ids(t, Options{Seed: 7, Repeat: 4})
	first, rep := ids(t, Options{Seed: 7, Repeat: 4, Shuffle: true})
	again, _ := ids(t, Options{Seed: 7, Repeat: 4, Shuffle: true})
	other, _ := ids(t, Options{Seed: 8, Repeat: 4, Shuffle: true})
	if !slices.Equal(first, again) || slices.Equal(first, plain) || slices.Equal(first, other) {
		t.Errorf("plain %q, seed 7 %q and again %q, seed 8 %q", plain, first, again, other)
	}
	for i, r := range rep.Results {
		if r.Case.ID != plain[i] {
			t.Errorf("result %d is %s: the report's order was shuffled, too", i, r.Case.ID)
		}
	}
}

func TestInterruptedRunReportsWhatItHas(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	made := 0
	f := FactoryFunc(func(context.Context, string) (*Harness, error) {
		made++
		if made == 3 {
			cancel() // in the middle of a case, which then fails
			return nil, ctx.Err()
		}
		return &Harness{Provider: reference.New(reference.Options{})}, nil
	})
	var observed []Status
	rep := Run(ctx, f, Options{Match: regexp.MustCompile("^kv/"), Parallel: 1, KeepGoroutines: true,
		Observe: func(r Result) { observed = append(observed, r.Status) }})
	if !rep.Interrupted || rep.OK() || made != 3 || rep.Count(StatusPass) != 2 || rep.Count(StatusSkip) != len(rep.Results)-2 {
		t.Errorf("%d stores made, %d of %d passed, %d skipped, interrupted: %v", made, rep.Count(StatusPass),
			len(rep.Results), rep.Count(StatusSkip), rep.Interrupted)
	}
	if last := rep.Results[2]; last.Reason != "the run was interrupted" || len(observed) != len(rep.Results) {
		t.Errorf("%d results observed; the third says %q", len(observed), last.Reason)
	}
}

func TestRunReports(t *testing.T) {
	t.Parallel()
	p := func(context.Context, string) (*Harness, error) {
		return &Harness{Provider: reference.New(reference.Options{})}, nil
	}
	contract := LevelContract
	rep := Run(t.Context(), FactoryFunc(p), Options{MaxLevel: &contract, SkipSlow: true, KeepGoroutines: true, Match: regexp.MustCompile("^(poison|errors)/")})
	if !rep.OK() || rep.Provider != "reference" || rep.Count(StatusPass) == 0 || rep.Seed == 0 {
		t.Errorf("got %d passed of %d, OK %v, provider %q", rep.Count(StatusPass), len(rep.Results), rep.OK(), rep.Provider)
	}
	for _, r := range rep.Results {
		if r.Case.Level != LevelContract || r.Case.Slow {
			t.Errorf("%s ran although it was not selected", r.Case.ID)
		}
	}
}
