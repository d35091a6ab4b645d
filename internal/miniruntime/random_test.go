package miniruntime

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"hash/fnv"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/durokit/duro/backends/sqlite"
	"github.com/durokit/duro/client"
	"github.com/durokit/duro/conformance/reference"
	"github.com/durokit/duro/core"
)

var (
	seedFlag  = flag.Uint64("seed", 0, "first seed of the random orchestrations; 0 is a fixed one")
	countFlag = flag.Int("programs", 60, "how many random orchestrations per mode")
)

// plan is a random program: what to do next follows from Seed, what happened so
// far is in Acc. It travels as the orchestration's input.
type plan struct {
	Seed  uint64
	Acc   string
	Depth int
	Left  int  // how often it may still continue as new
	Safe  bool // nothing that a second run of an activity would change
}

// env is what a program does things with: a Context, or a model of one.
type env interface {
	activity(name, input string) (string, error)
	fan(inputs []string) []string
	timer(d time.Duration)
	event(name, data string, waitFirst bool) string
	enqueue(queue, data string)
	dequeue(queue string) string
	child(p plan) string
	race(input string)
	status(s string)
	kvSet(k, v string)
	kvGet(k string) string
	kvClear(k string)
}

func digest(parts ...any) string {
	h := fnv.New64a()
	fmt.Fprintln(h, parts...)
	return strconv.FormatUint(h.Sum64(), 36)
}

// execute runs one execution of the program. It returns the next plan when the
// program continues as new, else nil.
func (p plan) execute(e env) (*plan, error) {
	rnd := rand.New(rand.NewPCG(p.Seed, 7))
	queued := 0
	for range 1 + rnd.IntN(6) {
		switch rnd.IntN(12) {
		case 0, 1:
			out, _ := e.activity("Hash", p.Acc)
			p.Acc = digest(p.Acc, out)
		case 2:
			inputs := make([]string, 1+rnd.IntN(6))
			for i := range inputs {
				inputs[i] = fmt.Sprint(p.Acc, i)
			}
			p.Acc = digest(p.Acc, e.fan(inputs))
		case 3:
			e.timer(time.Duration(rnd.IntN(3000)) * time.Millisecond)
		case 4:
			if !p.Safe {
				p.Acc = digest(p.Acc, e.event("e", p.Acc, rnd.IntN(2) == 0))
			}
		case 5:
			if !p.Safe {
				queued++
				e.enqueue("q", fmt.Sprint(queued, p.Acc))
			}
		case 6:
			if queued > 0 {
				queued--
				p.Acc = digest(p.Acc, e.dequeue("q"))
			}
		case 7:
			if p.Depth > 0 {
				c := plan{Seed: rnd.Uint64(), Acc: p.Acc, Depth: p.Depth - 1, Left: rnd.IntN(2), Safe: p.Safe}
				p.Acc = digest(p.Acc, e.child(c))
			}
		case 8:
			e.race(p.Acc)
		case 9:
			e.status(p.Acc)
			e.kvSet("k"+strconv.Itoa(rnd.IntN(3)), p.Acc)
		case 10:
			k := "k" + strconv.Itoa(rnd.IntN(3))
			p.Acc = digest(p.Acc, e.kvGet(k))
			if rnd.IntN(2) == 0 {
				e.kvClear(k)
			}
		case 11:
			_, err := e.activity("Fail", p.Acc)
			p.Acc = digest(p.Acc, err)
			if rnd.IntN(20) == 0 {
				return nil, err
			}
		}
	}
	if p.Left > 0 {
		p.Left--
		p.Seed++
		return &p, nil
	}
	for range queued {
		p.Acc = digest(p.Acc, e.dequeue("q"))
	}
	return nil, errors.New(p.Acc) // the result, see outcomeOf
}

// model is an env without a runtime.
type model struct {
	queue []string
	kv    map[string]string
}

func (p plan) expected() string {
	m := &model{kv: map[string]string{}}
	for {
		next, err := p.execute(m)
		if next == nil {
			return err.Error()
		}
		p = *next
	}
}

func (m *model) activity(name, input string) (string, error) {
	if name == "Fail" {
		return "", errors.New("failed " + input)
	}
	return digest(input), nil
}

func (m *model) fan(inputs []string) []string {
	out := make([]string, len(inputs))
	for i, in := range inputs {
		out[i] = digest(in)
	}
	return out
}

func (m *model) timer(time.Duration)                 {}
func (m *model) event(_, data string, _ bool) string { return data }
func (m *model) enqueue(_, data string)              { m.queue = append(m.queue, data) }
func (m *model) child(p plan) string                 { return p.expected() }
func (m *model) race(string)                         {}
func (m *model) status(string)                       {}
func (m *model) kvSet(k, v string)                   { m.kv[k] = v }
func (m *model) kvGet(k string) string               { return m.kv[k] }
func (m *model) kvClear(k string)                    { delete(m.kv, k) }
func (m *model) dequeue(string) (out string)         { out, m.queue = m.queue[0], m.queue[1:]; return out }

// onContext is an env on a Context. Its timers run that much faster.
type onContext struct {
	*Context
	haste time.Duration
}

func (r onContext) activity(name, input string) (string, error) {
	return r.Activity(name, input).Await()
}

func (r onContext) fan(inputs []string) []string {
	fs := make([]*Future, len(inputs))
	for i, in := range inputs {
		fs[i] = r.Activity("Hash", in)
	}
	out, _ := WaitAll(fs...)
	return out
}

func (r onContext) timer(d time.Duration) { _, _ = r.Timer(d / r.haste).Await() }

func (r onContext) event(name, data string, waitFirst bool) string {
	input, _ := json.Marshal([]string{r.Instance(), name, data})
	var wait *Future
	if waitFirst {
		wait = r.WaitForEvent(name)
	}
	_, _ = r.Activity("Raise", string(input)).Await()
	if !waitFirst {
		wait = r.WaitForEvent(name)
	}
	got, _ := wait.Await()
	return got
}

func (r onContext) enqueue(queue, data string) {
	input, _ := json.Marshal([]string{r.Instance(), queue, data})
	_, _ = r.Activity("Enqueue", string(input)).Await()
}

func (r onContext) dequeue(queue string) string {
	m, _ := r.Dequeue(queue).Await()
	return m
}

func (r onContext) child(p plan) string {
	input, _ := json.Marshal(p)
	out, err := r.SubOrchestration("Random", string(input)).Await()
	if err != nil {
		return err.Error()
	}
	return out
}

func (r onContext) race(input string) {
	a, t := r.Activity("Hash", input), r.Timer(time.Millisecond)
	if WaitAny(a, t) == 0 {
		t.Cancel()
	} else {
		a.Cancel()
	}
}

func (r onContext) status(s string)       { r.SetCustomStatus(s) }
func (r onContext) kvSet(k, v string)     { r.KVSet(k, v) }
func (r onContext) kvClear(k string)      { r.KVClear(k) }
func (r onContext) kvGet(k string) string { v, _ := r.KVGet(k); return v }

func runPlan(ctx *Context, haste time.Duration, input string) (string, error) {
	var p plan
	if err := json.Unmarshal([]byte(input), &p); err != nil {
		return "", err
	}
	next, err := p.execute(onContext{ctx, haste})
	if next != nil {
		input, _ := json.Marshal(next)
		return ctx.ContinueAsNew(string(input))
	}
	return "", err
}

func randomRegistry(haste time.Duration, c func() *client.Client) func(*Registry) {
	return func(r *Registry) {
		r.Orchestration("Random", func(ctx *Context, input string) (string, error) { return runPlan(ctx, haste, input) })
		r.Activity("Hash", func(ctx context.Context, in string) (string, error) {
			// Results arrive in another order than they were asked for.
			sleep(ctx, systemClock{}, time.Duration(len(in)*7919%13)*time.Millisecond)
			return digest(in), nil
		})
		r.Activity("Fail", func(_ context.Context, in string) (string, error) { return "", errors.New("failed " + in) })
		r.Activity("Raise", func(ctx context.Context, in string) (string, error) {
			var a [3]string
			_ = json.Unmarshal([]byte(in), &a)
			return "", c().RaiseEvent(ctx, a[0], a[1], a[2])
		})
		r.Activity("Enqueue", func(ctx context.Context, in string) (string, error) {
			var a [3]string
			_ = json.Unmarshal([]byte(in), &a)
			return "", c().EnqueueEvent(ctx, a[0], a[1], a[2])
		})
	}
}

// plans returns the random programs of a run, and says how to get them again.
func plans(t *testing.T, n int, safe bool) map[string]plan {
	t.Helper()
	first := *seedFlag
	if first == 0 {
		first = 20240229
	}
	t.Logf("-seed %d -programs %d", first, n)
	out := map[string]plan{}
	for i := range n {
		out[fmt.Sprint("r", i)] = plan{Seed: first + uint64(i), Depth: 2, Left: i % 4, Safe: safe}
	}
	return out
}

func startPlans(t *testing.T, c *client.Client, all map[string]plan) {
	t.Helper()
	for instance, p := range all {
		input, err := json.Marshal(p)
		must(t, err)
		must(t, c.Start(t.Context(), instance, "Random", string(input)))
	}
}

// checkPlans compares every program with its model. Programs report their result
// as their failure, so that children and roots are told apart from accidents.
func checkPlans(t *testing.T, c *client.Client, all map[string]plan) {
	t.Helper()
	for instance, p := range all {
		st := await(t, c, instance)
		if st.State != client.Failed || st.Error.Display() != p.expected() {
			t.Errorf("%s: %+v %v, want %s", instance, st, st.Error, p.expected())
		}
	}
}

func TestRandomOrchestrations(t *testing.T) {
	for _, m := range modes {
		t.Run(string(m), func(t *testing.T) {
			var c *client.Client
			inWorld(t, m, Options{}, randomRegistry(1, func() *client.Client { return c }), func(w *world) {
				c = w.Client
				all := plans(w.t, *countFlag, false)
				startPlans(w.t, c, all)
				checkPlans(w.t, c, all)
				w.noWorkLeft()
			})
		})
	}
}

// The same on a database and in real time, with another runtime taking over in
// the middle.
func TestRandomOrchestrationsOnSQLite(t *testing.T) {
	t.Parallel()
	p, err := sqlite.OpenURL(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "random.db"))
	must(t, err)
	defer func() { _ = p.Close(context.WithoutCancel(t.Context())) }()
	c := client.New(p, client.Options{})
	opts := Options{Logger: slog.New(slog.DiscardHandler), OrchestrationConcurrency: 4, WorkerConcurrency: 4}
	all := plans(t, 12, false)
	startPlans(t, c, all)
	for _, share := range []int{6, 12} {
		r, err := New(p, randomRegistry(100, func() *client.Client { return c }), opts)
		must(t, err)
		r.Start()
		for i := range share {
			await(t, c, fmt.Sprint("r", i))
		}
		must(t, r.Shutdown(t.Context()))
	}
	checkPlans(t, c, all)
}

// chaos fails calls at random, before or after they took effect, and forgets
// items it fetched.
type chaos struct {
	core.Provider
	mu  sync.Mutex
	rnd *rand.Rand
}

func (p *chaos) hit() (before, after bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch p.rnd.IntN(12) {
	case 0:
		return true, false
	case 1:
		return false, true
	}
	return false, false
}

// call runs f, or not, and may deny that it did.
func (p *chaos) call(op string, f func() error) error {
	before, after := p.hit()
	if before {
		return core.Errorf(op, core.ErrUnavailable, "chaos, before")
	}
	if err := f(); err != nil {
		return err
	}
	if after {
		e := core.Errorf(op, core.ErrUnavailable, "chaos, after")
		e.MayHaveHappened = true
		return e
	}
	return nil
}

func (p *chaos) FetchOrchestrationItem(ctx context.Context, q core.FetchOrchestrationParams) (f *core.FetchedOrchestration, err error) {
	err = p.call("FetchOrchestrationItem", func() error { f, err = p.Provider.FetchOrchestrationItem(ctx, q); return err })
	if err != nil {
		f = nil
	}
	return f, err
}

func (p *chaos) AckOrchestrationItem(ctx context.Context, q core.AckOrchestrationParams) error {
	return p.call("AckOrchestrationItem", func() error { return p.Provider.AckOrchestrationItem(ctx, q) })
}

func (p *chaos) AbandonOrchestrationItem(ctx context.Context, q core.AbandonParams) error {
	return p.call("AbandonOrchestrationItem", func() error { return p.Provider.AbandonOrchestrationItem(ctx, q) })
}

func (p *chaos) FetchWorkItem(ctx context.Context, q core.FetchWorkParams) (f *core.FetchedWork, err error) {
	err = p.call("FetchWorkItem", func() error { f, err = p.Provider.FetchWorkItem(ctx, q); return err })
	if err != nil {
		f = nil
	}
	return f, err
}

func (p *chaos) AckWorkItem(ctx context.Context, token string, c *core.WorkItem) error {
	return p.call("AckWorkItem", func() error { return p.Provider.AckWorkItem(ctx, token, c) })
}

func (p *chaos) AbandonWorkItem(ctx context.Context, q core.AbandonParams) error {
	return p.call("AbandonWorkItem", func() error { return p.Provider.AbandonWorkItem(ctx, q) })
}

func (p *chaos) RenewWorkItemLock(ctx context.Context, token string, d time.Duration) error {
	return p.call("RenewWorkItemLock", func() error { return p.Provider.RenewWorkItemLock(ctx, token, d) })
}

func TestRandomOrchestrationsInChaos(t *testing.T) {
	for _, rebuild := range []bool{false, true} {
		t.Run(fmt.Sprint("rebuild=", rebuild), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				store := reference.New(reference.Options{})
				p := &chaos{Provider: store, rnd: rand.New(rand.NewPCG(1, 2))}
				c := client.New(store, client.Options{})
				opts := Options{
					Logger: slog.New(slog.DiscardHandler), RebuildEachTurn: rebuild, MaxAttempts: 1000,
					OrchestrationConcurrency: 4, WorkerConcurrency: 4,
				}
				r, err := New(p, randomRegistry(1, func() *client.Client { return c }), opts)
				must(t, err)
				r.Start()
				all := plans(t, *countFlag, true)
				startPlans(t, c, all)
				checkPlans(t, c, all)
				must(t, r.Shutdown(t.Context()))
			})
		})
	}
}
