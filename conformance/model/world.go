package model

import (
	"context"
	"fmt"
	"strings"
	"time"

	"pgregory.net/rapid"

	"github.com/durokit/duro/conformance"
	"github.com/durokit/duro/conformance/reference"
	"github.com/durokit/duro/core"
)

// tick is how much time passes at the least. Every deadline lies whole ticks away,
// so that the time a sequence takes does not matter.
const tick = time.Hour

// moment passes for the provider after every step, because the clocks of its handles
// may be a little apart. The moments of a sequence are far less than half a tick.
const moment = time.Second

// The two stores that a sequence runs on.
const (
	tested = iota
	modelled
)

// side is one of the two stores, by the handle of the caller whose turn it is.
type side struct {
	core.Provider
	i int // tested or modelled
}

// world is both stores, and what the callers know of them.
type world struct {
	t     *rapid.T
	h     *conformance.Harness
	ref   *reference.Provider
	clock time.Time // of the reference

	timeless bool            // the store's clock cannot be set forward
	handles  []core.Provider // of the callers, opened when they first call
	turns    queue
	work     queue

	names      names
	activities []core.ScheduledActivityID // that there were

	away    map[uint64]bool // activities that were fetched
	parted  bool            // the reference could not follow without a trace: the sequence is over
	unheard bool            // the answer to the call under way is lost
	steps   []string
	wrong   string // how the stores differ
}

// instances are those that sequences are about.
var instances = []string{"i1", "i2", "i3"}

func newWorld(t *rapid.T, f conformance.Factory) *world {
	h, err := f.New(t.Context(), "model")
	if err != nil {
		t.Fatalf("make a store: %v", err)
	}
	clock := time.Now() //nolint:forbidigo // the stores' clocks begin together
	w := &world{
		t: t, h: h, clock: clock, ref: reference.New(reference.Options{StoppedAt: clock}),
		handles: []core.Provider{h.Provider}, turns: queue{name: "turn"}, work: queue{name: "work"},
		names: names{of: map[string]string{}}, away: map[uint64]bool{},
	}
	if h.Open != nil {
		w.handles = append(w.handles, nil, nil)
	}
	w.timeless = h.Hooks == nil || h.Hooks.AdvanceClock(t.Context(), 0) != nil
	t.Cleanup(w.close)
	return w
}

// close ends the handles and the store. The context of a sequence has ended then.
func (w *world) close() {
	ctx := context.Background()
	for _, p := range w.handles {
		if p != nil {
			_ = p.Close(ctx)
		}
	}
	if w.h.Close != nil {
		_ = w.h.Close(ctx)
	}
}

// handle is a caller's, open.
func (w *world) handle(caller int) core.Provider {
	if w.handles[caller] == nil {
		p, err := w.h.Open(w.t.Context())
		if err != nil {
			w.t.Fatalf("open a handle: %v", err)
		}
		w.handles[caller] = p
	}
	return w.handles[caller]
}

// answer is what a call says, as text without tokens and instants.
type answer func(ctx context.Context, s side) (string, error)

// The ways in which a call can go wrong for its caller.
const (
	nothing   = "nothing"
	cancelled = "the caller gives up before"
	lost      = "the answer is lost, and the caller asks again"
)

// call has a caller make a call, which may go wrong, on both stores.
func (w *world) call(what string, f answer) {
	caller := rapid.IntRange(0, len(w.handles)-1).Draw(w.t, "caller")
	who := string(rune('A' + caller))
	stores := [2]side{{w.handle(caller), tested}, {w.ref, modelled}}
	switch trouble := pick(w, "trouble", nothing, nothing, nothing, nothing, nothing, nothing, cancelled, lost); trouble {
	case cancelled:
		ctx, cancel := context.WithCancel(w.t.Context())
		cancel()
		got, err := f(ctx, stores[tested])
		w.stepf("%s: %s (%s) -> %s", who, what, trouble, said(got, err))
		if err == nil {
			w.compare(got, func() (string, error) { return f(w.t.Context(), stores[modelled]) })
		}
	case lost:
		w.unheard = true
		w.both(fmt.Sprintf("%s: %s (%s)", who, what, trouble), stores, f)
		w.unheard = false
		w.both(fmt.Sprintf("%s: %s", who, what), stores, f)
	default:
		w.both(fmt.Sprintf("%s: %s", who, what), stores, f)
	}
}

// both makes a call on both stores.
func (w *world) both(what string, stores [2]side, f answer) {
	got := said(f(w.t.Context(), stores[tested]))
	w.stepf("%s -> %s", what, got)
	w.compare(got, func() (string, error) { return f(w.t.Context(), stores[modelled]) })
}

// compare demands that the reference answers the same.
func (w *world) compare(got string, f func() (string, error)) {
	if want := said(f()); got != want {
		w.differ("the answer to the last step", got, want)
	}
}

// said is an answer or an error by its code: its words are the provider's own.
func said(text string, err error) string {
	if err != nil {
		return "error " + core.CodeOf(err).String()
	}
	return text
}

// differ notes the first difference of a sequence.
func (w *world) differ(what, got, want string) {
	if w.wrong == "" {
		w.wrong = fmt.Sprintf("%s:\n   got  %s\n   want %s", what, got, want)
	}
}

// stepf notes what was done.
func (w *world) stepf(format string, args ...any) {
	w.steps = append(w.steps, fmt.Sprintf("%d. "+format, append([]any{len(w.steps) + 1}, args...)...))
}

// judge ends a sequence that went wrong. All sequences end here, so that rapid
// takes them for failures of one kind and finds the shortest of all.
func (w *world) judge(t *rapid.T) {
	if w.wrong != "" {
		t.Fatalf("the provider and the reference differ\n%s\nafter these steps:\n%s", w.wrong, strings.Join(w.steps, "\n"))
	}
}

// finish looks at what must be true of the store by itself.
func (w *world) finish() {
	if w.h.Hooks == nil || w.wrong != "" {
		return
	}
	broken, err := w.h.Hooks.CheckInvariants(w.t.Context())
	if err != nil || len(broken) > 0 {
		w.differ("the invariants of the store", said(strings.Join(broken, "; "), err), "none broken")
	}
}

// actions are the steps that a sequence is made of.
func (w *world) actions() map[string]func(*rapid.T) {
	steps := map[string]func(){
		"enqueue": w.enqueue, "fetch": w.fetch, "ack": w.ack, "abandon": w.abandon, "renew": w.renew,
		"enqueueWork": w.enqueueWork, "fetchWork": w.fetchWork, "ackWork": w.ackWork, "abandonWork": w.abandonWork,
		"renewWork": w.renewWork, "renewSession": w.renewSession, "cleanupSessions": w.cleanupSessions,
		"delete": w.delete, "prune": w.prune,
	}
	if !w.timeless {
		steps["pass"] = w.pass
	}
	if w.h.Open != nil {
		steps["restart"] = w.restart
	}
	actions := map[string]func(*rapid.T){}
	for name, step := range steps {
		actions[name] = func(*rapid.T) {
			if !w.parted {
				step()
				w.advance(moment)
			}
			if !w.parted {
				w.observe()
			}
		}
	}
	actions[""] = w.judge
	return actions
}

// pick draws one of the values; what fails is shrunk towards the first.
func pick[V any](w *world, what string, values ...V) V {
	return rapid.SampledFrom(values).Draw(w.t, what)
}

// some draws up to most values.
func some[V any](w *world, what string, most int, draw func() V) []V {
	out := make([]V, rapid.IntRange(0, most).Draw(w.t, what))
	for i := range out {
		out[i] = draw()
	}
	return out
}
