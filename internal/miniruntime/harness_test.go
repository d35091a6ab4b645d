package miniruntime

import (
	"context"
	"log/slog"
	"reflect"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/durokit/duro/client"
	"github.com/durokit/duro/conformance/reference"
	"github.com/durokit/duro/core"
)

// mode is a way to run the same scenario. The outcome must not depend on it.
type mode string

const (
	modeLoops   mode = "loops"   // an ordinary runtime
	modeRebuild mode = "rebuild" // registry and runtime rebuilt for every turn
	modeRestart mode = "restart" // another runtime for every single turn and activity
	modeTwo     mode = "two"     // two runtimes over one store
)

var modes = []mode{modeLoops, modeRebuild, modeRestart, modeTwo}

// world is a store, a client, and something that runs orchestrations. Time is
// virtual: everything happens in a synctest bubble.
type world struct {
	*client.Client
	t     *testing.T
	store *reference.Provider
	p     *recorder
	opts  Options
	mode  mode
}

const patience = time.Hour // of virtual time

// inModes runs a scenario in all modes, and afterwards repeats every turn it took.
func inModes(t *testing.T, register func(*Registry), scenario func(*world)) {
	t.Helper()
	for _, m := range modes {
		t.Run(string(m), func(t *testing.T) {
			inWorld(t, m, Options{}, register, scenario)
		})
	}
}

func inWorld(t *testing.T, m mode, opts Options, register func(*Registry), scenario func(*world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		store := reference.New(reference.Options{})
		p := &recorder{Provider: store}
		opts.Logger = slog.New(slog.DiscardHandler)
		opts.RebuildEachTurn = m == modeRebuild
		w := &world{Client: client.New(p, client.Options{}), t: t, store: store, p: p, opts: opts, mode: m}
		stop := w.run(register)
		scenario(w)
		stop()
		w.repeatTurns(register)
		w.checkStore()
	})
}

// run starts the runtimes and returns how to stop them.
func (w *world) run(register func(*Registry)) (stop func()) {
	switch w.mode {
	case modeRestart:
		return w.runRestarting(register)
	case modeTwo:
		a, b := w.runLoops(register), w.runLoops(register)
		return func() { a(); b() }
	default:
		return w.runLoops(register)
	}
}

func (w *world) runLoops(register func(*Registry)) (stop func()) {
	r := w.runtime(register)
	r.Start()
	return func() {
		ctx, cancel := context.WithTimeout(w.t.Context(), patience)
		defer cancel()
		if err := r.Shutdown(ctx); err != nil {
			w.t.Error(err)
		}
	}
}

// runRestarting makes a new runtime, lets it do one thing, and drops it.
func (w *world) runRestarting(register func(*Registry)) (stop func()) {
	ctx, cancel := context.WithCancel(w.t.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		for ctx.Err() == nil {
			turn, err := w.runtime(register).RunTurn(ctx)
			if err != nil && ctx.Err() == nil {
				w.t.Error(err)
			}
			activity, err := w.runtime(register).RunActivity(ctx)
			if err != nil && ctx.Err() == nil {
				w.t.Error(err)
			}
			if !turn && !activity {
				sleep(ctx, systemClock{}, 10*time.Millisecond)
			}
		}
	})
	return func() { cancel(); wg.Wait() }
}

func (w *world) runtime(register func(*Registry)) *Runtime {
	r, err := New(w.p, register, w.opts)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// repeatTurns decides every recorded item again, with a runtime that has seen
// nothing else, and expects the very same acks.
func (w *world) repeatTurns(register func(*Registry)) {
	for _, turn := range w.p.turns {
		opts := w.opts
		opts.Clock = frozen(turn.at)
		r, err := New(w.p, register, opts)
		if err != nil {
			w.t.Fatal(err)
		}
		again := r.decide(turn.item)
		if again.ack == nil {
			w.t.Errorf("%s: repeated turn gives the item back: %s", turn.item.Item.Instance, again.why)
			continue
		}
		if !reflect.DeepEqual(*again.ack, turn.ack) {
			w.t.Errorf("%s: repeated turn differs:\n%+v\n%+v", turn.item.Item.Instance, *again.ack, turn.ack)
		}
	}
}

// checkStore expects gapless histories.
func (w *world) checkStore() {
	ctx := w.t.Context()
	all, err := w.store.ListInstances(ctx)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, instance := range all {
		executions, _ := w.store.ListExecutions(ctx, instance)
		for _, e := range executions {
			events, err := w.store.ReadWithExecution(ctx, instance, e)
			if err != nil {
				w.t.Fatal(err)
			}
			for i, ev := range events {
				if ev.ID() != uint64(i)+1 {
					w.t.Errorf("%s/%d: event %d has id %d", instance, e, i+1, ev.ID())
				}
			}
		}
	}
}

type frozen time.Time

func (f frozen) Now() time.Time { return time.Time(f) }

func (frozen) AfterFunc(time.Duration, func()) func() bool { return func() bool { return true } }

// recorder keeps what every turn was handed and what it committed.
type recorder struct {
	*reference.Provider
	mu      sync.Mutex
	fetched map[string]turnRecord
	turns   []turnRecord
}

type turnRecord struct {
	item *core.FetchedOrchestration
	at   time.Time
	ack  core.AckOrchestrationParams
}

func (p *recorder) FetchOrchestrationItem(ctx context.Context, q core.FetchOrchestrationParams) (*core.FetchedOrchestration, error) {
	f, err := p.Provider.FetchOrchestrationItem(ctx, q)
	if f != nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.fetched == nil {
			p.fetched = map[string]turnRecord{}
		}
		p.fetched[f.LockToken] = turnRecord{item: f, at: time.Now()}
	}
	return f, err
}

func (p *recorder) AckOrchestrationItem(ctx context.Context, q core.AckOrchestrationParams) error {
	err := p.Provider.AckOrchestrationItem(ctx, q)
	if err == nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		t := p.fetched[q.LockToken]
		t.ack = q
		p.turns = append(p.turns, t)
	}
	return err
}

func (w *world) start(instance, orchestration, input string) {
	w.t.Helper()
	if err := w.Start(w.t.Context(), instance, orchestration, input); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) raise(instance, name, data string) {
	w.t.Helper()
	if err := w.RaiseEvent(w.t.Context(), instance, name, data); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) enqueue(instance, queue, data string) {
	w.t.Helper()
	if err := w.EnqueueEvent(w.t.Context(), instance, queue, data); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) wait(instance string) *client.Status {
	w.t.Helper()
	st, err := w.Wait(w.t.Context(), instance, patience)
	if err != nil {
		w.t.Fatalf("waiting for %s: %v", instance, err)
	}
	return st
}

// output waits for a completion.
func (w *world) output(instance, want string) {
	w.t.Helper()
	st := w.wait(instance)
	if st.State != client.Completed {
		w.t.Fatalf("%s failed: %s", instance, st.Error.Display())
	}
	if st.Output != want {
		w.t.Fatalf("%s: output %q, want %q", instance, st.Output, want)
	}
}

// failure waits for a failure with that display text.
func (w *world) failure(instance, want string) {
	w.t.Helper()
	st := w.wait(instance)
	if st.State != client.Failed {
		w.t.Fatalf("%s: %s with output %q, want failure %q", instance, st.State, st.Output, want)
	}
	if got := st.Error.Display(); got != want {
		w.t.Fatalf("%s: failure %q, want %q", instance, got, want)
	}
}

// settle lets virtual time pass.
func (w *world) settle(d time.Duration) {
	<-time.After(d) // virtual: the bubble's clock
	synctest.Wait()
}

func (w *world) history(instance string, execution uint64) []core.Event {
	w.t.Helper()
	events, err := w.store.ReadWithExecution(w.t.Context(), instance, execution)
	if err != nil {
		w.t.Fatal(err)
	}
	return events
}

func kinds(events []core.Event) []core.EventKind {
	out := make([]core.EventKind, len(events))
	for i, e := range events {
		out[i] = e.Kind()
	}
	return out
}

func count(events []core.Event, kind core.EventKind) (n int) {
	for _, e := range events {
		if e.Kind() == kind {
			n++
		}
	}
	return n
}
