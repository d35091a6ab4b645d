package client_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/durokit/duro/client"
	"github.com/durokit/duro/conformance/reference"
	"github.com/durokit/duro/core"
)

// counting notes when the client looks.
type counting struct {
	*reference.Provider
	mu           sync.Mutex
	began        time.Time
	reads, infos []time.Duration
	customs      int
}

func newCounting() *counting {
	return &counting{Provider: reference.New(reference.Options{}), began: time.Now()}
}

func (p *counting) ProviderAdmin() (core.ProviderAdmin, bool) {
	return countingAdmin{p.Provider, p}, true
}

func (p *counting) Read(ctx context.Context, instance string) ([]core.Event, error) {
	p.mu.Lock()
	p.reads = append(p.reads, time.Since(p.began)/time.Millisecond)
	p.mu.Unlock()
	return p.Provider.Read(ctx, instance)
}

func (p *counting) GetCustomStatus(ctx context.Context, instance string, seen uint64) (*core.CustomStatus, error) {
	p.mu.Lock()
	p.customs++
	p.mu.Unlock()
	return p.Provider.GetCustomStatus(ctx, instance, seen)
}

type countingAdmin struct {
	core.ProviderAdmin
	p *counting
}

func (a countingAdmin) GetInstanceInfo(ctx context.Context, instance string) (*core.InstanceInfo, error) {
	a.p.mu.Lock()
	a.p.infos = append(a.p.infos, time.Since(a.p.began)/time.Millisecond)
	a.p.mu.Unlock()
	return a.ProviderAdmin.GetInstanceInfo(ctx, instance)
}

func TestUpstreamPollingIsUpstreams(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newCounting()
		c := client.New(p, client.Options{UpstreamPolling: true})
		_, err := c.Wait(t.Context(), "i", 400*time.Millisecond)
		if !errors.Is(err, client.ErrTimeout) {
			t.Fatal(err)
		}
		want := []time.Duration{0, 0, 5, 15, 35, 75, 155, 255, 355}
		if !slices.Equal(p.reads, want) || p.customs != len(want) || len(p.infos) != 0 {
			t.Errorf("reads at %v, %d custom statuses, %d infos", p.reads, p.customs, len(p.infos))
		}
		if d := time.Since(p.began); d != 455*time.Millisecond {
			t.Errorf("took %v", d) // it overshoots, as upstream
		}
		p.reads = nil
		if _, err := c.Wait(t.Context(), "i", 0); !errors.Is(err, client.ErrTimeout) || len(p.reads) != 1 {
			t.Errorf("%v, %d reads", err, len(p.reads))
		}
	})
}

func TestDefaultWaitAsksRarelyAndForOneRow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newCounting()
		c := client.New(p, client.Options{})
		must(t, c.Start(t.Context(), "i", "O", ""))
		commit(t, p, created, started)
		go func() {
			<-time.After(10 * time.Second)
			_ = c.RaiseEvent(t.Context(), "i", "e", "")
			commit(t, p, ended(core.StatusCompleted, "out"), core.OrchestrationCompletedEvent{Output: "out"})
		}()
		st, err := c.Wait(t.Context(), "i", time.Minute)
		if err != nil || st.Output != "out" {
			t.Fatalf("%+v %v", st, err)
		}
		if d := time.Since(p.began); d > 10500*time.Millisecond {
			t.Errorf("seen after %v", d)
		}
		if len(p.infos) > 70 || len(p.reads) != 1 {
			t.Errorf("%d infos, %d reads", len(p.infos), len(p.reads))
		}
		_, err = c.Wait(t.Context(), "other", 3*time.Second)
		if d := time.Since(p.began); !errors.Is(err, client.ErrTimeout) || d > 13500*time.Millisecond {
			t.Errorf("%v after %v", err, d)
		}
	})
}

func TestDefaultWaitLooksAtTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newCounting()
		c := client.New(p, client.Options{})
		if _, err := c.Wait(t.Context(), "i", 100*time.Millisecond); !errors.Is(err, client.ErrTimeout) {
			t.Fatal(err)
		}
		if last := p.infos[len(p.infos)-1]; last != 100 || time.Since(p.began) != 100*time.Millisecond {
			t.Errorf("last look at %d ms, over after %v", last, time.Since(p.began))
		}
		if _, err := c.Wait(t.Context(), "i", 0); !errors.Is(err, client.ErrTimeout) {
			t.Fatal(err)
		}
	})
}

func TestWaitEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := client.New(reference.New(reference.Options{}), client.Options{})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := c.Wait(ctx, "i", time.Hour)
		if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, core.ErrCanceled) || errors.Is(err, client.ErrTimeout) {
			t.Errorf("%v", err)
		}
	})
}

// watched tells of every enqueue, which stands for any change here.
type watched struct {
	*counting
	changed chan struct{}
	watches int
}

func (p *watched) WatchInstance(string) (<-chan struct{}, func()) {
	p.watches++
	return p.changed, func() { p.watches-- }
}

func TestWatcherWakesTheWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &watched{counting: newCounting(), changed: make(chan struct{}, 1)}
		c := client.New(p, client.Options{})
		must(t, c.Start(t.Context(), "i", "O", ""))
		go func() {
			<-time.After(1234 * time.Millisecond)
			meta := created
			meta.Status, meta.Output = new(core.StatusCompleted), new("out")
			commit(t, p, meta, started, core.OrchestrationCompletedEvent{Output: "out"})
			p.changed <- struct{}{}
		}()
		st, err := c.Wait(t.Context(), "i", time.Minute)
		if err != nil || st.Output != "out" || time.Since(p.began) != 1234*time.Millisecond {
			t.Errorf("%+v %v after %v", st, err, time.Since(p.began))
		}
		if len(p.infos) != 2 || p.watches != 0 {
			t.Errorf("looked at %v, %d watches left", p.infos, p.watches)
		}
		// A change nobody told of is found by the slow poll.
		must(t, c.Start(t.Context(), "j", "O", ""))
		go func() {
			<-time.After(time.Second)
			meta := created
			meta.Status = new(core.StatusCompleted)
			commit(t, p, meta, started, core.OrchestrationCompletedEvent{})
		}()
		before := time.Now()
		if _, err := c.Wait(t.Context(), "j", time.Minute); err != nil || time.Since(before) != 2*time.Second {
			t.Errorf("%v after %v", err, time.Since(before))
		}
	})
}

func TestWaitForStatusChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newCounting()
		c := client.New(p, client.Options{})
		must(t, c.Start(t.Context(), "i", "O", ""))
		step := func(after time.Duration, meta core.ExecutionMetadata, e ...core.EventPayload) {
			<-time.After(after)
			_ = c.RaiseEvent(t.Context(), "i", "e", "")
			commit(t, p, meta, e...)
		}
		go func() {
			step(time.Second, created, started, core.CustomStatusUpdatedEvent{Status: new("one")})
			step(time.Second, core.ExecutionMetadata{}, core.CustomStatusUpdatedEvent{})
			step(time.Second, ended(core.StatusCompleted, "out"), core.OrchestrationCompletedEvent{Output: "out"})
		}()
		const poll = 300 * time.Millisecond
		st, err := c.WaitForStatusChange(t.Context(), "i", 0, poll, time.Minute)
		if err != nil || *st.CustomStatus != "one" || st.CustomStatusVersion != 1 || st.State != client.Running {
			t.Fatalf("%+v %v", st, err)
		}
		st, err = c.WaitForStatusChange(t.Context(), "i", 1, poll, time.Minute)
		if err != nil || st.CustomStatus != nil || st.CustomStatusVersion != 2 {
			t.Fatalf("%+v %v", st, err)
		}
		st, err = c.WaitForStatusChange(t.Context(), "i", 2, poll, time.Minute)
		if err != nil || st.State != client.Completed {
			t.Fatalf("%+v %v", st, err)
		}
		before, looked := time.Now(), p.customs
		if _, err := c.WaitForStatusChange(t.Context(), "none", 0, poll, time.Second); !errors.Is(err, client.ErrTimeout) {
			t.Fatal(err)
		}
		if time.Since(before) != time.Second || p.customs-looked != 4 {
			t.Errorf("%v, %d looks", time.Since(before), p.customs-looked)
		}
		looked = p.customs
		if _, err := c.WaitForStatusChange(t.Context(), "i", 0, poll, 0); !errors.Is(err, client.ErrTimeout) || p.customs != looked {
			t.Errorf("%v, looked %d times", err, p.customs-looked)
		}
	})
}

func TestKV(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newCounting()
		c := client.New(p, client.Options{})
		ctx := t.Context()
		must(t, c.Start(ctx, "i", "O", ""))
		go func() {
			<-time.After(time.Second)
			commit(t, p, created, started,
				core.KeyValueSetEvent{Key: "n", Value: "42"}, core.KeyValueSetEvent{Key: "raw", Value: "text"})
		}()
		if v, err := c.WaitForKV(ctx, "i", "n", time.Minute); err != nil || v != "42" {
			t.Errorf("%q %v", v, err)
		}
		if n, err := client.WaitForKVTyped[int](ctx, c, "i", "n", 0); err != nil || n != 42 {
			t.Errorf("%d %v", n, err)
		}
		if n, found, err := client.GetKVTyped[int](ctx, c, "i", "n"); err != nil || !found || n != 42 {
			t.Errorf("%d %v %v", n, found, err)
		}
		if _, _, err := client.GetKVTyped[string](ctx, c, "i", "raw"); !errors.Is(err, client.ErrInvalidInput) {
			t.Errorf("%v", err) // no fallback to strings for KV
		}
		if _, found, err := client.GetKVTyped[int](ctx, c, "i", "none"); err != nil || found {
			t.Errorf("%v %v", found, err)
		}
		if all, err := c.GetKVAllValues(ctx, "i"); err != nil || len(all) != 2 {
			t.Errorf("%v %v", all, err)
		}
		if _, err := c.WaitForKV(ctx, "i", "none", time.Second); !errors.Is(err, client.ErrTimeout) {
			t.Errorf("%v", err)
		}
	})
}
