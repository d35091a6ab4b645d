package miniruntime

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/durokit/duro/client"
	"github.com/durokit/duro/conformance/reference"
	"github.com/durokit/duro/core"
)

// faulty is a store whose calls a test may refuse. A hook returns nil to let the
// call through.
type faulty struct {
	*reference.Provider
	mu        sync.Mutex
	fetch     func() error
	ack       func(core.AckOrchestrationParams) error
	ackWork   func() error
	renewWork func() error
	// fetchedWork is called after every fetch that found an activity.
	fetchedWork func()
	abandons    []core.AbandonParams
	renewals    atomic.Int32
}

func (p *faulty) FetchOrchestrationItem(ctx context.Context, q core.FetchOrchestrationParams) (*core.FetchedOrchestration, error) {
	if p.fetch != nil {
		if err := p.fetch(); err != nil {
			return nil, err
		}
	}
	return p.Provider.FetchOrchestrationItem(ctx, q)
}

func (p *faulty) AckOrchestrationItem(ctx context.Context, q core.AckOrchestrationParams) error {
	if p.ack != nil {
		if err := p.ack(q); err != nil {
			return err
		}
	}
	return p.Provider.AckOrchestrationItem(ctx, q)
}

func (p *faulty) FetchWorkItem(ctx context.Context, q core.FetchWorkParams) (*core.FetchedWork, error) {
	f, err := p.Provider.FetchWorkItem(ctx, q)
	if f != nil && p.fetchedWork != nil {
		p.fetchedWork()
	}
	return f, err
}

func (p *faulty) AckWorkItem(ctx context.Context, token string, c *core.WorkItem) error {
	if p.ackWork != nil {
		if err := p.ackWork(); err != nil {
			return err
		}
	}
	return p.Provider.AckWorkItem(ctx, token, c)
}

func (p *faulty) RenewWorkItemLock(ctx context.Context, token string, d time.Duration) error {
	p.renewals.Add(1)
	if p.renewWork != nil {
		if err := p.renewWork(); err != nil {
			return err
		}
	}
	return p.Provider.RenewWorkItemLock(ctx, token, d)
}

func (p *faulty) RenewOrchestrationItemLock(ctx context.Context, token string, d time.Duration) error {
	p.renewals.Add(1)
	return p.Provider.RenewOrchestrationItemLock(ctx, token, d)
}

func (p *faulty) abandoned(q core.AbandonParams) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.abandons = append(p.abandons, core.AbandonParams{Delay: q.Delay, IgnoreAttempt: q.IgnoreAttempt})
}

func (p *faulty) AbandonOrchestrationItem(ctx context.Context, q core.AbandonParams) error {
	p.abandoned(q)
	return p.Provider.AbandonOrchestrationItem(ctx, q)
}

func (p *faulty) AbandonWorkItem(ctx context.Context, q core.AbandonParams) error {
	p.abandoned(q)
	return p.Provider.AbandonWorkItem(ctx, q)
}

// bubble is what such a test works with.
type bubble struct {
	t *testing.T
	p *faulty
	c *client.Client
	r *Runtime
}

// inBubble runs a test on virtual time with a faulty store and a runtime's loops.
func inBubble(t *testing.T, opts Options, register func(*Registry), test func(bubble)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		p := &faulty{Provider: reference.New(reference.Options{})}
		opts.Logger = slog.New(slog.DiscardHandler)
		r, err := New(p, register, opts)
		if err != nil {
			t.Fatal(err)
		}
		test(bubble{t, p, client.New(p, client.Options{}), r})
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		if err := r.Shutdown(ctx); err != nil {
			t.Error(err)
		}
	})
}

func await(t *testing.T, c *client.Client, instance string) *client.Status {
	t.Helper()
	st, err := c.Wait(t.Context(), instance, patience)
	if err != nil {
		t.Fatal(err)
	}
	return st
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func quickAndEcho(r *Registry) {
	r.Orchestration("Quick", func(_ *Context, in string) (string, error) { return in, nil })
	r.Orchestration("Run", func(ctx *Context, in string) (string, error) { return ctx.Activity(in, in).Await() })
	r.Activity("Echo", echo)
}

func TestRetryableAckIsTriedFiveTimesMore(t *testing.T) {
	inBubble(t, Options{}, quickAndEcho, func(b bubble) {
		t, p, c, r := b.t, b.p, b.c, b.r
		var at []time.Duration
		began := time.Now()
		p.ack = func(core.AckOrchestrationParams) error {
			at = append(at, time.Since(began))
			if len(at) <= 5 {
				return core.Errorf("AckOrchestrationItem", core.ErrConflict, "")
			}
			return nil
		}
		must(t, c.Start(t.Context(), "i", "Quick", "out"))
		if _, err := r.RunTurn(t.Context()); err != nil {
			t.Fatal(err)
		}
		ms := time.Millisecond
		if want := []time.Duration{0, 10 * ms, 30 * ms, 70 * ms, 150 * ms, 310 * ms}; !slices.Equal(at, want) {
			t.Errorf("acks at %v, want %v", at, want)
		}
		if st := await(t, c, "i"); st.Output != "out" {
			t.Errorf("%+v", st)
		}
	})
}

func TestExhaustedAckGivesTheItemBack(t *testing.T) {
	inBubble(t, Options{}, quickAndEcho, func(b bubble) {
		t, p, c, r := b.t, b.p, b.c, b.r
		n := 0
		p.ack = func(core.AckOrchestrationParams) error {
			n++
			if n <= 6 {
				return core.Errorf("AckOrchestrationItem", core.ErrUnavailable, "")
			}
			return nil
		}
		must(t, c.Start(t.Context(), "i", "Quick", "out"))
		r.Start()
		if st := await(t, c, "i"); st.Output != "out" {
			t.Errorf("%+v", st)
		}
		if want := []core.AbandonParams{{Delay: 50 * time.Millisecond}}; !slices.Equal(p.abandons, want) {
			t.Errorf("abandons %+v", p.abandons)
		}
	})
}

func TestPermanentAckFailsTheOrchestrationWithTheSameToken(t *testing.T) {
	inBubble(t, Options{}, quickAndEcho, func(b bubble) {
		t, p, c, r := b.t, b.p, b.c, b.r
		var tokens []string
		p.ack = func(q core.AckOrchestrationParams) error {
			if tokens = append(tokens, q.LockToken); len(tokens) == 1 {
				return core.Errorf("AckOrchestrationItem", core.ErrInvalidArgument, "too large")
			}
			return nil
		}
		must(t, c.Start(t.Context(), "i", "Quick", "out"))
		r.Start()
		st := await(t, c, "i")
		if st.State != client.Failed || st.Error.Display() != "infrastructure:AckOrchestrationItem: invalid argument: too large" {
			t.Errorf("%+v", st)
		}
		if len(tokens) != 2 || tokens[0] != tokens[1] {
			t.Errorf("tokens %v", tokens)
		}
		if info, err := c.GetInstanceInfo(t.Context(), "i"); err != nil || info.Status != core.StatusFailed || info.OrchestrationName != "Quick" {
			t.Errorf("%+v %v", info, err)
		}
	})
}

func TestPermanentAckTwiceGivesTheItemBack(t *testing.T) {
	inBubble(t, Options{}, quickAndEcho, func(b bubble) {
		t, p, c, r := b.t, b.p, b.c, b.r
		n := 0
		p.ack = func(core.AckOrchestrationParams) error {
			n++
			if n <= 2 {
				return core.Errorf("AckOrchestrationItem", core.ErrCorrupt, "")
			}
			return nil
		}
		must(t, c.Start(t.Context(), "i", "Quick", "out"))
		r.Start()
		if st := await(t, c, "i"); st.Output != "out" || n != 3 {
			t.Errorf("%+v after %d acks", st, n)
		}
	})
}

func TestLostLockIsNobodysFault(t *testing.T) {
	inBubble(t, Options{}, quickAndEcho, func(b bubble) {
		t, p, c, r := b.t, b.p, b.c, b.r
		n := 0
		p.ack = func(core.AckOrchestrationParams) error {
			n++
			if n == 1 {
				return core.Errorf("AckOrchestrationItem", core.ErrLockLost, "")
			}
			return nil
		}
		must(t, c.Start(t.Context(), "i", "Quick", "out"))
		r.Start()
		if st := await(t, c, "i"); st.Output != "out" || len(p.abandons) != 0 {
			t.Errorf("%+v, abandons %v", st, p.abandons)
		}
	})
}

func TestFetchErrorsBackOff(t *testing.T) {
	for name, c := range map[string]struct {
		code core.Code
		want []time.Duration
	}{
		"retryable": {core.ErrUnavailable, []time.Duration{0, 200, 600, 1400, 3000, 6000, 9000}},
		"permanent": {core.ErrSchemaMismatch, []time.Duration{0, 100, 200, 300, 400, 500, 600}},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, Options{OrchestrationConcurrency: 1}, quickAndEcho, func(b bubble) {
				t, p, cl, r := b.t, b.p, b.c, b.r
				began := time.Now()
				var at []time.Duration
				p.fetch = func() error {
					if len(at) == len(c.want) {
						return nil
					}
					at = append(at, time.Since(began)/time.Millisecond)
					return core.Errorf("FetchOrchestrationItem", c.code, "")
				}
				r.Start()
				must(t, cl.Start(t.Context(), "i", "Quick", ""))
				await(t, cl, "i")
				if !slices.Equal(at, c.want) {
					t.Errorf("fetches at %v ms, want %v", at, c.want)
				}
			})
		})
	}
}

// shortPoller returns at once when there is nothing, as upstream's stores do.
type shortPoller struct {
	core.Provider
	fetches atomic.Int32
}

func (p *shortPoller) FetchOrchestrationItem(ctx context.Context, q core.FetchOrchestrationParams) (*core.FetchedOrchestration, error) {
	p.fetches.Add(1)
	q.PollTimeout = 0
	return p.Provider.FetchOrchestrationItem(ctx, q)
}

func TestShortPollersAreNotAskedAllTheTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &shortPoller{Provider: reference.New(reference.Options{})}
		r, err := New(p, quickAndEcho, Options{OrchestrationConcurrency: 1, WorkerConcurrency: -1})
		must(t, err)
		r.Start()
		<-time.After(1050 * time.Millisecond) // virtual
		if n := p.fetches.Load(); n != 11 {
			t.Errorf("%d fetches in 1.05 s", n)
		}
		must(t, r.Shutdown(t.Context()))
	})
}

func TestLongTurnsAndActivitiesKeepTheirLocks(t *testing.T) {
	var turns, runs atomic.Int32
	register := func(r *Registry) {
		r.Orchestration("Slow", func(ctx *Context, _ string) (string, error) {
			turns.Add(1)
			<-time.After(20 * time.Second) // virtual, and longer than the lock
			return ctx.Activity("Slow", "").Await()
		})
		r.Activity("Slow", func(context.Context, string) (string, error) {
			runs.Add(1)
			<-time.After(100 * time.Second)
			return "done", nil
		})
	}
	inBubble(t, Options{}, register, func(b bubble) {
		t, p, c, r := b.t, b.p, b.c, b.r
		other, err := New(p, register, Options{})
		must(t, err)
		r.Start()
		other.Start()
		must(t, c.Start(t.Context(), "i", "Slow", ""))
		if st := await(t, c, "i"); st.Output != "done" {
			t.Errorf("%+v", st)
		}
		if turns.Load() != 2 || runs.Load() != 1 {
			t.Errorf("%d turns, %d runs", turns.Load(), runs.Load())
		}
		if n := p.renewals.Load(); n < 6+6+4 {
			t.Errorf("%d renewals", n)
		}
		must(t, other.Shutdown(t.Context()))
	})
}

func TestFailedRenewalCancelsButDoesNotLoseTheActivity(t *testing.T) {
	var runs atomic.Int32
	inBubble(t, Options{WorkerLockTimeout: 4 * time.Second}, func(r *Registry) {
		quickAndEcho(r)
		r.Activity("Nap", func(ctx context.Context, _ string) (string, error) {
			if runs.Add(1) > 1 {
				return fmt.Sprint("attempt ", InfoFrom(ctx).Attempt), nil
			}
			<-ctx.Done()
			return "", ctx.Err()
		})
	}, func(b bubble) {
		t, p, c, r := b.t, b.p, b.c, b.r
		p.renewWork = func() error { return core.Errorf("RenewWorkItemLock", core.ErrUnavailable, "") }
		r.Start()
		must(t, c.Start(t.Context(), "i", "Run", "Nap"))
		if st := await(t, c, "i"); st.Output != "attempt 2" {
			t.Errorf("%+v", st)
		}
	})
}

func TestFailedActivityAckGivesTheItemBack(t *testing.T) {
	inBubble(t, Options{}, quickAndEcho, func(b bubble) {
		t, p, c, r := b.t, b.p, b.c, b.r
		n := 0
		p.ackWork = func() error {
			n++
			if n == 1 {
				return core.Errorf("AckWorkItem", core.ErrUnavailable, "")
			}
			return nil
		}
		r.Start()
		must(t, c.Start(t.Context(), "i", "Run", "Echo"))
		await(t, c, "i")
		if want := []core.AbandonParams{{Delay: 100 * time.Millisecond}}; !slices.Equal(p.abandons, want) {
			t.Errorf("abandons %+v", p.abandons)
		}
	})
}

func TestUnknownActivityBecomesPoison(t *testing.T) {
	inBubble(t, Options{MaxAttempts: 3}, quickAndEcho, func(b bubble) {
		t, p, c, r := b.t, b.p, b.c, b.r
		r.Start()
		must(t, c.Start(t.Context(), "i", "Run", "Unknown"))
		st := await(t, c, "i")
		if st.State != client.Failed || st.Error.Display() != "poison: activity Unknown#2 exceeded 4 attempts (max 3)" {
			t.Errorf("%+v", st)
		}
		s := time.Second
		if want := []core.AbandonParams{{Delay: s}, {Delay: 2 * s}, {Delay: 4 * s}}; !slices.Equal(p.abandons, want) {
			t.Errorf("abandons %+v", p.abandons)
		}
	})
}

func TestUnknownOrchestrationBecomesPoison(t *testing.T) {
	inBubble(t, Options{}, quickAndEcho, func(b bubble) {
		t, p, c, r := b.t, b.p, b.c, b.r
		r.Start()
		must(t, c.Start(t.Context(), "i", "Unknown", ""))
		st := await(t, c, "i")
		if st.State != client.Failed || st.Error.Display() != "poison: orchestration i exceeded 11 attempts (max 10)" {
			t.Errorf("%+v", st)
		}
		if len(p.abandons) != 10 {
			t.Errorf("abandons %+v", p.abandons)
		}
	})
}

func TestCorruptHistoryEndsAsPoison(t *testing.T) {
	inBubble(t, Options{}, func(r *Registry) {
		r.Orchestration("Wait", func(ctx *Context, _ string) (string, error) { return ctx.WaitForEvent("e").Await() })
	}, func(b bubble) {
		t, p, c, r := b.t, b.p, b.c, b.r
		must(t, c.Start(t.Context(), "i", "Wait", ""))
		must(t, r.Drain(t.Context()))
		must(t, p.Hooks().CorruptHistory(t.Context(), "i"))
		must(t, c.RaiseEvent(t.Context(), "i", "e", ""))
		r.Start()
		<-time.After(time.Minute) // virtual
		info, err := c.GetInstanceInfo(t.Context(), "i")
		must(t, err)
		if info.Status != core.StatusFailed || !strings.Contains(*info.Output, "deserialization failed after 11 attempts") {
			t.Errorf("%+v", info)
		}
	})
}

func TestVersionsOutsideTheRangeAreLeftToOthers(t *testing.T) {
	register := func(r *Registry) {
		r.Orchestration("Wait", func(ctx *Context, _ string) (string, error) { return ctx.WaitForEvent("e").Await() })
	}
	inBubble(t, Options{}, register, func(b bubble) {
		t, p, c, r := b.t, b.p, b.c, b.r
		newer, err := New(p, register, Options{DuroxideVersion: "0.2.0"})
		must(t, err)
		must(t, c.Start(t.Context(), "i", "Wait", ""))
		must(t, newer.Drain(t.Context()))
		must(t, c.RaiseEvent(t.Context(), "i", "e", "x"))
		r.Start()
		<-time.After(time.Minute) // virtual
		if st, _ := c.GetStatus(t.Context(), "i"); st.State != client.Running {
			t.Errorf("%+v", st)
		}
		must(t, newer.Drain(t.Context()))
		if st := await(t, c, "i"); st.Output != "x" {
			t.Errorf("%+v", st)
		}
	})
}

func TestMaxSessions(t *testing.T) {
	var running, most atomic.Int32
	inBubble(t, Options{MaxSessions: 2, WorkerConcurrency: 6}, func(r *Registry) {
		r.Orchestration("S", func(ctx *Context, _ string) (string, error) {
			var fs []*Future
			for i := range 6 {
				fs = append(fs, ctx.Activity("A", "", WithSession(strconv.Itoa(i))))
			}
			_, err := WaitAll(fs...)
			return "", err
		})
		r.Activity("A", func(context.Context, string) (string, error) {
			n := running.Add(1)
			for m := most.Load(); n > m; m = most.Load() {
				most.CompareAndSwap(m, n)
			}
			<-time.After(time.Second) // virtual
			running.Add(-1)
			return "", nil
		})
	}, func(b bubble) {
		t, p, c, r := b.t, b.p, b.c, b.r
		r.Start()
		must(t, c.Start(t.Context(), "i", "S", ""))
		if st := await(t, c, "i"); st.State != client.Completed {
			t.Errorf("%+v", st)
		}
		if most.Load() != 2 {
			t.Errorf("%d sessions at once", most.Load())
		}
		for _, a := range p.abandons {
			if !a.IgnoreAttempt || a.Delay != 100*time.Millisecond {
				t.Errorf("%+v", a)
			}
		}
	})
}

// Two loops may both find room for a session; the second gives its item back.
func TestSessionTooManyIsNotTheItemsFault(t *testing.T) {
	inBubble(t, Options{MaxSessions: 1}, func(r *Registry) {
		r.Orchestration("S", func(ctx *Context, _ string) (string, error) {
			return ctx.Activity("Attempt", "", WithSession("mine")).Await()
		})
		r.Activity("Attempt", func(ctx context.Context, _ string) (string, error) {
			return strconv.FormatUint(uint64(InfoFrom(ctx).Attempt), 10), nil
		})
	}, func(b bubble) {
		b.p.fetchedWork = func() {
			b.p.fetchedWork = nil
			b.r.sessions.enter("other", 1)
		}
		must(b.t, b.c.Start(b.t.Context(), "i", "S", ""))
		must(b.t, b.r.Drain(b.t.Context()))
		b.r.sessions.leave("other")
		b.r.Start()
		if st := await(b.t, b.c, "i"); st.Output != "1" {
			b.t.Errorf("%+v", st)
		}
		want := []core.AbandonParams{{Delay: 100 * time.Millisecond, IgnoreAttempt: true}}
		if !slices.Equal(b.p.abandons, want) {
			b.t.Errorf("abandons %+v", b.p.abandons)
		}
	})
}

func TestCancelledActivityIsNeitherAckedNorGivenBack(t *testing.T) {
	inBubble(t, Options{WorkerLockTimeout: 4 * time.Second}, func(r *Registry) {
		quickAndEcho(r)
		r.Activity("Nap", func(ctx context.Context, _ string) (string, error) {
			<-ctx.Done()
			return "", ctx.Err()
		})
	}, func(b bubble) {
		acks := 0
		b.p.ackWork = func() error { acks++; return nil }
		b.r.Start()
		must(b.t, b.c.Start(b.t.Context(), "i", "Run", "Nap"))
		<-time.After(time.Second) // virtual
		must(b.t, b.c.Cancel(b.t.Context(), "i", "stop"))
		await(b.t, b.c, "i")
		<-time.After(5 * time.Second)
		if len(b.p.abandons) != 0 || acks != 0 {
			b.t.Errorf("%d acks, abandons %+v", acks, b.p.abandons)
		}
	})
}

func TestSessionsStayWithTheirRuntime(t *testing.T) {
	var mu sync.Mutex
	where := map[string]string{} // session -> runtime
	register := func(node string) func(*Registry) {
		return func(r *Registry) {
			r.Orchestration("S", func(ctx *Context, in string) (string, error) {
				for range 20 {
					if _, err := ctx.Activity("A", "", WithSession(in)).Await(); err != nil {
						return "", err
					}
					_, _ = ctx.Timer(20 * time.Second).Await() // longer in all than the session's lock
				}
				return "", nil
			})
			r.Activity("A", func(ctx context.Context, _ string) (string, error) {
				mu.Lock()
				defer mu.Unlock()
				session := *InfoFrom(ctx).SessionID
				if w := where[session]; w != "" && w != node {
					return "", errors.New("the session moved")
				}
				where[session] = node
				return "", nil
			})
		}
	}
	inBubble(t, Options{WorkerNodeID: "one"}, register("one"), func(b bubble) {
		t, p, c, r := b.t, b.p, b.c, b.r
		other, err := New(p, register("two"), Options{WorkerNodeID: "two"})
		must(t, err)
		r.Start()
		other.Start()
		for i := range 6 {
			must(t, c.Start(t.Context(), strconv.Itoa(i), "S", fmt.Sprint("session", i)))
		}
		for i := range 6 {
			if st := await(t, c, strconv.Itoa(i)); st.State != client.Completed {
				t.Errorf("%+v", st.Error)
			}
		}
		must(t, other.Shutdown(t.Context()))
	})
}

func TestShutdown(t *testing.T) {
	for name, c := range map[string]struct {
		patience time.Duration
		want     error
	}{"waits": {time.Minute, nil}, "gives up": {time.Second, context.DeadlineExceeded}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := reference.New(reference.Options{})
				r, err := New(p, func(r *Registry) {
					quickAndEcho(r)
					r.Activity("Nap", func(ctx context.Context, _ string) (string, error) {
						select {
						case <-time.After(10 * time.Second):
							return "slept", nil
						case <-ctx.Done():
							return "", ctx.Err()
						}
					})
				}, Options{Logger: slog.New(slog.DiscardHandler)})
				must(t, err)
				cl := client.New(p, client.Options{})
				r.Start()
				must(t, cl.Start(t.Context(), "i", "Run", "Nap"))
				<-time.After(time.Second) // virtual
				ctx, cancel := context.WithTimeout(t.Context(), c.patience)
				defer cancel()
				if err := r.Shutdown(ctx); !errors.Is(err, c.want) {
					t.Errorf("%v", err)
				}
				synctest.Wait()
				next, err := New(p, quickAndEcho, Options{})
				must(t, err)
				must(t, next.Drain(t.Context()))
				st, _ := cl.GetStatus(t.Context(), "i")
				if done := st.State == client.Completed; done != (c.want == nil) {
					t.Errorf("%+v", st)
				}
			})
		})
	}
}

func TestCompletionsAreReported(t *testing.T) {
	var mu sync.Mutex
	got := map[string]Completion{}
	inBubble(t, Options{OnCompletion: func(c Completion) {
		mu.Lock()
		defer mu.Unlock()
		got[c.Instance] = c
	}}, func(r *Registry) {
		quickAndEcho(r)
		r.Orchestration("Can", func(ctx *Context, in string) (string, error) {
			if ctx.ExecutionID() < 3 {
				return ctx.ContinueAsNew(in)
			}
			return in, nil
		})
	}, func(b bubble) {
		t, c, r := b.t, b.c, b.r
		must(t, c.Start(t.Context(), "ok", "Can", "x"))
		must(t, c.Start(t.Context(), "bad", "Run", "Echo"))
		must(t, c.Cancel(t.Context(), "bad", "stop"))
		r.Start()
		await(t, c, "ok")
		await(t, c, "bad")
		synctest.Wait()
		mu.Lock()
		defer mu.Unlock()
		if c := got["ok"]; c.Status != core.StatusCompleted || c.Output != "x" || c.ExecutionID != 3 || c.Error != nil {
			t.Errorf("%+v", c)
		}
		if c := got["bad"]; c.Status != core.StatusFailed || c.Output != "canceled: stop" || c.Error == nil {
			t.Errorf("%+v", c)
		}
	})
}
