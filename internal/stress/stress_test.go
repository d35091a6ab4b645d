package stress

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/durokit/duro/client"
	"github.com/durokit/duro/conformance/reference"
	"github.com/durokit/duro/core"
	"github.com/durokit/duro/internal/miniruntime"
)

func quiet(c Config) Config {
	c.Logger = slog.New(slog.DiscardHandler)
	return c
}

func expectOK(t *testing.T, r *Result, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if !r.OK() {
		t.Errorf("%+v, check %+v", r, r.Check)
	}
}

func TestFanoutCompletesWithBothDrivers(t *testing.T) {
	t.Parallel()
	for _, d := range []Driver{Upstream, Closed} {
		t.Run(string(d), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				cfg := quiet(DefaultConfig(Fanout))
				cfg.Driver, cfg.Duration = d, 4*time.Second
				r, err := Run(t.Context(), reference.New(reference.Options{}), cfg, nil)
				expectOK(t, r, err)
				// 2 workers of 10 ms do at most 200 activities a second.
				if r.Completed < 120 || r.Completed > 180 || r.Launched != r.Completed {
					t.Errorf("%d launched, %d completed", r.Launched, r.Completed)
				}
				if r.Check.Instances != r.Completed || len(r.Check.Skipped) != 0 {
					t.Errorf("%+v", r.Check)
				}
				if got := r.Operations["AckWorkItem"].Calls; got != uint64(5*r.Completed) {
					t.Errorf("%d activities acked", got)
				}
				if w := r.Window; w != 4*time.Second || r.CompletedInWindow > r.Completed {
					t.Errorf("window %v with %d", w, r.CompletedInWindow)
				}
				expectFormulas(t, r)
			})
		})
	}
}

func expectFormulas(t *testing.T, r *Result) {
	t.Helper()
	seconds, n := r.TotalTime.Seconds(), float64(r.Completed)
	for name, c := range map[string]struct{ got, want float64 }{
		"orch":    {r.OrchThroughput, n / seconds},
		"act":     {r.ActivityThroughput, 5 * n / seconds},
		"avg":     {r.AvgLatencyMS, seconds * 1000 / n},
		"success": {r.SuccessRate, 100},
		"window":  {r.WindowThroughput, float64(r.CompletedInWindow) / 4},
	} {
		if diff := c.got - c.want; diff > 1e-6 || diff < -1e-6 {
			t.Errorf("%s: %v, want %v", name, c.got, c.want)
		}
	}
	l := r.Latency
	if l.P50MS <= 0 || l.P50MS > l.P95MS || l.P95MS > l.P99MS || l.P99MS > l.MaxMS {
		t.Errorf("%+v", l)
	}
}

func TestLargePayloadHasItsEvents(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cfg := quiet(DefaultConfig(LargePayload))
		cfg.Count = 3
		p := reference.New(reference.Options{})
		r, err := Run(t.Context(), p, cfg, nil)
		expectOK(t, r, err)
		if r.Completed != 3 || r.Check.Instances != 3*6 {
			t.Errorf("%d completed, %d looked at", r.Completed, r.Check.Instances)
		}
		instance := "stress-" + r.RunID + "-1"
		events, err := p.Read(t.Context(), instance)
		if err != nil || len(events) != 72 {
			t.Fatalf("%d events, %v", len(events), err)
		}
		var out parentResult
		last := events[71].Payload().(core.OrchestrationCompletedEvent)
		if err := json.Unmarshal([]byte(last.Output), &out); err != nil {
			t.Fatal(err)
		}
		if out.ActivitiesCompleted != 30 || out.SubOrchestrationsRun != 5 || out.EstimatedEventCount != 80 ||
			out.ResultSizeKB != 100 || len(out.ResultPayload) != 100<<10 {
			t.Errorf("%d %d %d %d %d", out.ActivitiesCompleted, out.SubOrchestrationsRun, out.EstimatedEventCount,
				out.ResultSizeKB, len(out.ResultPayload))
		}
		child, err := p.Read(t.Context(), instance+"::sub::42")
		if err != nil || len(child) != 6 {
			t.Errorf("%d events of a child, %v", len(child), err)
		}
	})
}

func TestPayloadIsUpstreams(t *testing.T) {
	t.Parallel()
	p := payload(3)
	if len(p) != 3072 || !strings.HasPrefix(p, "0123456789abc") || p[71] != ')' || p[72] != '0' || payload(0) != "" {
		t.Errorf("%d %q", len(p), p[:80])
	}
}

func TestFanoutReportsWhatSucceeded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := reference.New(reference.Options{})
		failing := func(r *miniruntime.Registry) {
			cfg := DefaultConfig(Fanout)
			cfg.plan().register(r)
			r.Activity("ProcessTask", func(_ context.Context, in string) (string, error) {
				if in == "task-1" {
					return "", errors.New("no")
				}
				return in, nil
			})
		}
		rt, err := miniruntime.New(p, failing, miniruntime.Options{})
		if err != nil {
			t.Fatal(err)
		}
		c := client.New(p, client.Options{})
		for input, want := range map[string]string{
			`{"task_count":3}`: "Completed 3 tasks (2 succeeded)",
			`nonsense`:         "Completed 5 tasks (4 succeeded)",
			`{"task_count":0}`: "Completed 0 tasks (0 succeeded)",
		} {
			if err := c.Start(t.Context(), input, "FanoutOrchestration", input); err != nil {
				t.Fatal(err)
			}
			if err := rt.Drain(t.Context()); err != nil {
				t.Fatal(err)
			}
			if st, err := c.GetStatus(t.Context(), input); err != nil || st.Output != want {
				t.Errorf("%s: %+v %v", input, st, err)
			}
		}
	})
}

func TestInterruptedRunsReportAndCanBeResumed(t *testing.T) {
	t.Parallel()
	for _, d := range []Driver{Upstream, Closed} {
		for _, grace := range []time.Duration{0, time.Minute} {
			t.Run(fmt.Sprint(d, " ", grace), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) { interruptAndResume(t, d, grace) })
			})
		}
	}
}

func interruptAndResume(t *testing.T, d Driver, grace time.Duration) {
	t.Helper()
	p := reference.New(reference.Options{})
	cfg := quiet(DefaultConfig(Fanout))
	cfg.Driver, cfg.Count, cfg.Duration, cfg.RunID, cfg.Grace = d, 120, 0, "r1", grace
	ctx, cancel := context.WithTimeout(t.Context(), 1200*time.Millisecond)
	defer cancel()
	r, err := Run(ctx, p, cfg, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !r.Interrupted || r.OK() || r.Completed == 0 || r.Completed >= 120 || r.Failed != 0 {
		t.Errorf("%+v", r)
	}
	if (grace == 0) != (r.Unfinished > 0) || r.Launched != r.Completed+r.Unfinished {
		t.Errorf("%d unfinished of %d", r.Unfinished, r.Launched)
	}
	if len(r.Check.Problems) != 0 || (grace == 0) != (len(r.Check.Skipped) > 0) {
		t.Errorf("%+v", r.Check)
	}
	again, err := Resume(t.Context(), p, cfg, nil)
	expectOK(t, again, err)
	if again.FinishedEarlier < r.Completed || again.FinishedEarlier+again.Completed != 120 || again.Check.Instances != 120 {
		t.Errorf("%+v after %+v", again, r)
	}
	// There is nothing left to do for a third.
	cfg.Count = 0
	third, err := Resume(t.Context(), p, cfg, nil)
	expectOK(t, third, err)
	if third.Launched != 0 || third.FinishedEarlier != 120 {
		t.Errorf("%+v", third)
	}
}

func TestResumeNeedsARunAndAnAdmin(t *testing.T) {
	t.Parallel()
	cfg := quiet(DefaultConfig(Fanout))
	if _, err := Resume(t.Context(), reference.New(reference.Options{}), cfg, nil); err == nil {
		t.Error("resumed without a run id")
	}
	cfg.RunID = "x"
	if _, err := Resume(t.Context(), newMemory(), cfg, nil); !errors.Is(err, core.ErrUnsupported) {
		t.Errorf("%v", err)
	}
}

// silent commits acks and says it did not, now and then: the runtime is not told
// that its instance has ended.
type silent struct {
	*reference.Provider
	acks int
}

func (p *silent) AckOrchestrationItem(ctx context.Context, q core.AckOrchestrationParams) error {
	err := p.Provider.AckOrchestrationItem(ctx, q)
	p.acks++
	if err == nil && p.acks%5 == 0 {
		return core.Errorf("AckOrchestrationItem", core.ErrUnavailable, "the connection broke")
	}
	return err
}

func TestClosedDriverDoesNotDependOnTheCallback(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cfg := quiet(DefaultConfig(Fanout))
		cfg.Count, cfg.Duration, cfg.OrchestrationConcurrency = 60, 0, 1
		r, err := Run(t.Context(), &silent{Provider: reference.New(reference.Options{})}, cfg, nil)
		expectOK(t, r, err)
		if r.Completed != 60 || r.Operations["AckOrchestrationItem"].Errors == 0 {
			t.Errorf("%+v", r)
		}
	})
}

// broken fails things in the ways the report tells apart.
type broken struct {
	*reference.Provider
	ack, enqueue error
}

func (p *broken) AckOrchestrationItem(ctx context.Context, q core.AckOrchestrationParams) error {
	if p.ack != nil && len(q.WorkerItems) > 0 {
		return p.ack
	}
	return p.Provider.AckOrchestrationItem(ctx, q)
}

func (p *broken) EnqueueForOrchestrator(ctx context.Context, item core.WorkItem, d time.Duration) error {
	if p.enqueue != nil {
		return p.enqueue
	}
	return p.Provider.EnqueueForOrchestrator(ctx, item, d)
}

func TestFailuresAreCountedByCategory(t *testing.T) {
	t.Parallel()
	for _, d := range []Driver{Upstream, Closed} {
		t.Run(string(d), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				cfg := quiet(DefaultConfig(Fanout))
				cfg.Driver, cfg.Count = d, 7
				p := &broken{Provider: reference.New(reference.Options{}), ack: core.Errorf("", core.ErrInvalidArgument, "")}
				r, err := Run(t.Context(), p, cfg, nil)
				if err != nil || r.Failed != 7 || r.FailedInfrastructure != 7 || r.SuccessRate != 0 || r.OK() {
					t.Errorf("%+v %v", r, err)
				}
				p = &broken{Provider: reference.New(reference.Options{}), enqueue: core.Errorf("", core.ErrUnavailable, "")}
				r, err = Run(t.Context(), p, cfg, nil)
				if err != nil || r.Failed != 7 || r.FailedInfrastructure+r.FailedConfiguration+r.FailedApplication != 0 {
					t.Errorf("%+v %v", r, err)
				}
				// Instances that hang are given up after the wait timeout, without a category.
				p = &broken{Provider: reference.New(reference.Options{}), ack: core.Errorf("", core.ErrUnavailable, "")}
				cfg.WaitTimeout = 3 * time.Second
				r, err = Run(t.Context(), p, cfg, nil)
				if err != nil || r.Failed != 7 || r.FailedInfrastructure != 0 || r.Unfinished != 0 {
					t.Errorf("%+v %v", r, err)
				}
			})
		})
	}
}

func TestCheckFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := reference.New(reference.Options{})
		cfg := quiet(DefaultConfig(Fanout))
		cfg.Count, cfg.Duration = 4, 0
		r, err := newRun(p, withRun(cfg, "r"))
		if err != nil {
			t.Fatal(err)
		}
		if res, err := r.do(t.Context(), r.fresh(), nil); err != nil || !res.OK() {
			t.Fatalf("%+v %v", res, err)
		}
		ctx := t.Context()
		extra := []core.Event{
			core.NewEvent(core.EventHeader{EventID: 13, InstanceID: "i", ExecutionID: 1, SourceEventID: new(uint64(3))}, core.ActivityCompletedEvent{}),
			core.NewEvent(core.EventHeader{EventID: 15, InstanceID: "i", ExecutionID: 1}, core.OrchestrationCompletedEvent{}),
		}
		if err := p.AppendWithExecution(ctx, "stress-r-1", 1, extra); err != nil {
			t.Fatal(err)
		}
		if _, err := p.DeleteInstance(ctx, "stress-r-2", true); err != nil {
			t.Fatal(err)
		}
		if err := p.Hooks().CorruptEvent(ctx, "stress-r-3", 5); err != nil {
			t.Fatal(err)
		}
		if err := client.New(p, client.Options{}).RaiseEvent(ctx, "stress-r-4", "e", ""); err != nil {
			t.Fatal(err)
		}
		got := strings.Join(r.check(ctx, false).Problems, "\n")
		for _, want := range []string{
			"stress-r-1: 14 events, want 12", "stress-r-1: event 14 has the id 15", "stress-r-1: 1 starts and 2 completions",
			"stress-r-1: event 3 has two answers",
			"stress-r-2: 0 events, want 12", "stress-r-3: ", "queues are not empty: {OrchestratorQueue:1",
		} {
			if !strings.Contains(got, want) {
				t.Errorf("not found: %s\n%s", want, got)
			}
		}
		if strings.Contains(got, "stress-r-4:") {
			t.Errorf("%s", got)
		}
	})
}

func withRun(c Config, id string) Config {
	c.RunID = id
	return c
}

func TestProgressIsReported(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var seen []Progress
		cfg := quiet(DefaultConfig(Fanout))
		cfg.Duration = 3 * time.Second
		r, err := Run(t.Context(), reference.New(reference.Options{}), cfg, func(p Progress) { seen = append(seen, p) })
		expectOK(t, r, err)
		if len(seen) < 2 || seen[0].Elapsed != time.Second || seen[0].Active != 20 || seen[1].Completed <= seen[0].Completed {
			t.Errorf("%+v", seen)
		}
	})
}

func TestCeilingRunsBothWorkloads(t *testing.T) {
	t.Parallel()
	for _, w := range []Workload{Fanout, LargePayload} {
		t.Run(string(w), func(t *testing.T) {
			t.Parallel()
			cfg := quiet(DefaultConfig(w))
			cfg.Count, cfg.Duration, cfg.ActivityDelay = 5, 0, 0
			r, err := Ceiling(t.Context(), cfg, nil)
			expectOK(t, r, err)
			if len(r.Check.Skipped) != 1 || r.PeakRSSBytes < 1<<20 {
				t.Errorf("%+v %d", r.Check, r.PeakRSSBytes)
			}
		})
	}
}

func TestConfigIsChecked(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*Config){
		"workload":  func(c *Config) { c.Workload = "x" },
		"driver":    func(c *Config) { c.Driver = "" },
		"run id":    func(c *Config) { c.RunID = "a::sub::b" },
		"in flight": func(c *Config) { c.MaxConcurrent = 0 },
		"loop":      func(c *Config) { c.WorkerConcurrency = 0 },
		"negative":  func(c *Config) { c.ActivityDelay = -1 },
		"zero":      func(c *Config) { c.WaitTimeout = 0 },
		"a count":   func(c *Config) { c.Duration = 0 },
		"payloads":  func(c *Config) { c.Workload, c.Payloads.Children = LargePayload, -1 },
	} {
		cfg := DefaultConfig(Fanout)
		change(&cfg)
		if _, err := Run(t.Context(), newMemory(), cfg, nil); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	cfg := DefaultConfig(Fanout)
	cfg.Runtime.DuroxideVersion = "x"
	if _, err := Run(t.Context(), newMemory(), cfg, nil); err == nil {
		t.Error("a runtime that cannot be made was run")
	}
}

func TestLatencyTakesTheNearestRank(t *testing.T) {
	t.Parallel()
	var all []time.Duration
	for i := 200; i > 0; i-- {
		all = append(all, time.Duration(i)*time.Millisecond)
	}
	if got, want := latencyOf(all), (Latency{100, 190, 198, 200}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := latencyOf(all[:1]); got != (Latency{1, 1, 1, 1}) {
		t.Errorf("%+v", got)
	}
	if got := latencyOf(nil); got != (Latency{}) {
		t.Errorf("%+v", got)
	}
}

func TestReport(t *testing.T) {
	t.Parallel()
	r := &Result{
		Provider: "sqlite", Loops: "2:2", Launched: 10, Completed: 9, Failed: 1, FailedApplication: 1,
		SuccessRate: 90, OrchThroughput: 27.953, ActivityThroughput: 139.765, AvgLatencyMS: 35.77,
		Operations: map[string]OperationStats{"Read": {Calls: 4, Empty: 2, Time: 3 * time.Millisecond}},
	}
	var b strings.Builder
	if err := WriteTable(&b, r); err != nil {
		t.Fatal(err)
	}
	want := `Provider  Config  Completed  Failed  Infra  Config  App  Success %  Orch/sec  Activity/sec  Avg Latency
sqlite    2:2     9          1       0      0       1    90.00      27.95     139.76        35.77ms
`
	if b.String() != want {
		t.Errorf("\n%s\nwant\n%s", b.String(), want)
	}
	raw, err := json.Marshal(r)
	if err != nil || !strings.Contains(string(raw), `"Read":{"calls":4,"errors":0,"empty":2,"mean_us":1500}`) {
		t.Errorf("%s %v", raw, err)
	}
}

func TestStatusLines(t *testing.T) {
	t.Parallel()
	status := []byte("Name:\tx\nVmPeak:\t  9 kB\nVmHWM:\t  1234 kB\n")
	if n, ok := statusKiB(status, "VmHWM:"); !ok || n != 1234 {
		t.Errorf("%d %v", n, ok)
	}
	if _, ok := statusKiB(status, "VmSwap:"); ok {
		t.Error("found what is not there")
	}
}
