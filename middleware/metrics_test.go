package middleware_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/durokit/duro/conformance/reference"
	"github.com/durokit/duro/core"
	"github.com/durokit/duro/middleware"
)

func TestDurationsAreMeasuredByMethodAndOutcome(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, r := record(reference.New(reference.Options{}), middleware.MetricsOptions{})
		if _, err := p.FetchWorkItem(t.Context(), core.FetchWorkParams{PollTimeout: 3 * time.Second}); err != nil {
			t.Fatal(err)
		}
		if err := p.AckWorkItem(t.Context(), "none", nil); !errors.Is(err, core.ErrLockLost) {
			t.Fatal(err)
		}
		if _, err := p.Read(t.Context(), instance); err != nil {
			t.Fatal(err)
		}
		measured := r.metrics(t)
		type sum struct {
			Count uint64
			Sum   float64
		}
		got := map[string]sum{}
		for _, point := range measured["duro.call.duration"].(metricdata.Histogram[float64]).DataPoints {
			if provider := valueOf(point.Attributes, "duro.provider"); provider != p.Name() {
				t.Errorf("provider %q", provider)
			}
			got[valueOf(point.Attributes, "duro.method")+" "+valueOf(point.Attributes, "duro.outcome")] = sum{point.Count, point.Sum}
		}
		want := map[string]sum{"FetchWorkItem none": {1, 3}, "AckWorkItem lock_lost": {1, 0}, "Read ok": {1, 0}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}

		got = map[string]sum{}
		for _, point := range measured["duroxide_provider_operation_duration_seconds"].(metricdata.Histogram[float64]).DataPoints {
			got[valueOf(point.Attributes, "operation")+" "+valueOf(point.Attributes, "status")] = sum{point.Count, point.Sum}
		}
		want = map[string]sum{"fetch_work_item success": {1, 3}, "ack_work_item error": {1, 0}, "read success": {1, 0}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("under upstream's name (-want +got):\n%s", diff)
		}
	})
}

// sums are the values of a counter by the values of some attributes.
func sums(of metricdata.Aggregation, by ...attribute.Key) map[string]int64 {
	all := map[string]int64{}
	if counted, ok := of.(metricdata.Sum[int64]); ok {
		for _, point := range counted.DataPoints {
			var key []string
			for _, k := range by {
				key = append(key, valueOf(point.Attributes, k))
			}
			all[strings.Join(key, " ")] = point.Value
		}
	}
	return all
}

func TestFetchedItemsAreCounted(t *testing.T) {
	t.Parallel()
	p, r := record(reference.New(reference.Options{}), middleware.MetricsOptions{})
	for _, id := range []string{"a", "b"} {
		if err := p.EnqueueForOrchestrator(t.Context(), start(id), 0); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 {
		if _, err := p.FetchOrchestrationItem(t.Context(), core.FetchOrchestrationParams{LockTimeout: time.Hour}); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(map[string]int64{"FetchOrchestrationItem": 2}, sums(r.metrics(t)["duro.fetch.items"], "duro.method")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestCallsUnderWayAreCounted(t *testing.T) {
	t.Parallel()
	var during map[string]int64
	var r *recorder
	p, r := record(contextual{reference.New(reference.Options{}), func(context.Context) {
		during = sums(r.metrics(t)["duro.call.active"], "duro.method")
	}}, middleware.MetricsOptions{})
	if _, err := p.Read(t.Context(), instance); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]int64{"Read": 1}, during); diff != "" {
		t.Errorf("during the call (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]int64{"Read": 0}, sums(r.metrics(t)["duro.call.active"], "duro.method")); diff != "" {
		t.Errorf("after it (-want +got):\n%s", diff)
	}
}

func TestErrorsHaveUpstreamsTypes(t *testing.T) {
	t.Parallel()
	for err, want := range map[error]string{
		core.Errorf("", core.ErrConflict, ""):                                         "deadlock",
		core.Errorf("", core.ErrUnavailable, ""):                                      "connection",
		core.AsProviderError("", context.DeadlineExceeded):                            "timeout",
		core.AsProviderError("", context.Canceled):                                    "other",
		core.Errorf("", core.ErrLockLost, ""):                                         "other",
		core.Errorf("", core.ErrInternal, "the connection had a timeout in deadlock"): "other",
	} {
		p, r := record(failsWith(err), middleware.MetricsOptions{})
		_ = p.AckWorkItem(t.Context(), "", nil)
		got := sums(r.metrics(t)["duroxide_provider_errors_total"], "operation", "error_type")
		if diff := cmp.Diff(map[string]int64{"ack_work_item " + want: 1}, got); diff != "" {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	}
}

func TestUpstreamsNamesCanBeLeftOut(t *testing.T) {
	t.Parallel()
	p, r := record(failsWith(core.ErrConflict), middleware.MetricsOptions{WithoutUpstream: true})
	_ = p.AckWorkItem(t.Context(), "", nil)
	var names []string
	for name := range r.metrics(t) {
		names = append(names, name)
	}
	if diff := cmp.Diff([]string{"duro.call.active", "duro.call.duration"}, names, sorted); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// depthsOf collects the queue depths, nil when none are observed.
func depthsOf(t *testing.T, r *recorder) map[string]int64 {
	t.Helper()
	gauge, ok := r.metrics(t)["duro.queue.depth"].(metricdata.Gauge[int64])
	if !ok {
		return nil
	}
	all := map[string]int64{}
	for _, point := range gauge.DataPoints {
		all[valueOf(point.Attributes, "duro.queue")+" "+valueOf(point.Attributes, "duro.state")] = point.Value
	}
	return all
}

// deep has messages everywhere.
type deep struct{ *reference.Provider }

func (d deep) ProviderAdmin() (core.ProviderAdmin, bool) { return d, true }

func (deep) GetQueueDepths(context.Context) (*core.QueueDepths, error) {
	return &core.QueueDepths{
		OrchestratorQueue: 1, OrchestratorDelayed: 2, OrchestratorLocked: 3, Parked: 4,
		WorkerQueue: 5, WorkerDelayed: 6, WorkerLocked: 7, SetAside: 8,
	}, nil
}

func TestQueueDepthsAreObservedUntilTheProviderIsClosed(t *testing.T) {
	t.Parallel()
	r := &recorder{reader: metric.NewManualReader()}
	measure := middleware.Metrics(metric.NewMeterProvider(metric.WithReader(r.reader)), middleware.MetricsOptions{QueueDepths: true})
	p := middleware.Chain(deep{reference.New(reference.Options{})}, measure, middleware.Logging(slog.New(
		slog.NewJSONHandler(&r.log, &slog.HandlerOptions{Level: slog.LevelDebug}))))
	want := map[string]int64{
		"orchestrator ready": 1, "orchestrator delayed": 2, "orchestrator locked": 3, "orchestrator parked": 4,
		"worker ready": 5, "worker delayed": 6, "worker locked": 7, "both set_aside": 8,
	}
	if diff := cmp.Diff(want, depthsOf(t, r)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if len(r.lines(t)) > 0 {
		t.Errorf("it was logged as if somebody had called: %s", r.log.String())
	}
	if err := p.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := depthsOf(t, r); got != nil {
		t.Errorf("after the provider was closed: %v", got)
	}
}

func TestQueueDepthsAreObservedOnlyIfAskedForAndThere(t *testing.T) {
	t.Parallel()
	_, r := record(deep{reference.New(reference.Options{})}, middleware.MetricsOptions{})
	if got := depthsOf(t, r); got != nil {
		t.Errorf("without being asked for: %v", got)
	}
	_, r = record(headless{reference.New(reference.Options{})}, middleware.MetricsOptions{QueueDepths: true})
	if got := depthsOf(t, r); got != nil {
		t.Errorf("without an admin half: %v", got)
	}
}

// uncountable cannot say how deep its queues are, and says too much instead.
type uncountable struct{ *reference.Provider }

func (u uncountable) ProviderAdmin() (core.ProviderAdmin, bool) { return u, true }

func (uncountable) GetQueueDepths(context.Context) (*core.QueueDepths, error) {
	return nil, core.Errorf("GetQueueDepths", core.ErrUnavailable, "dial postgres://duro:hunter2@db/duro")
}

func TestWhatCannotBeCountedTellsNoSecret(t *testing.T) {
	t.Parallel()
	reader := metric.NewManualReader()
	middleware.Metrics(metric.NewMeterProvider(metric.WithReader(reader)),
		middleware.MetricsOptions{QueueDepths: true})(uncountable{reference.New(reference.Options{})})
	err := reader.Collect(t.Context(), &metricdata.ResourceMetrics{})
	if !errors.Is(err, core.ErrUnavailable) || tells(err, "hunter2") {
		t.Errorf("%v, want the code alone", err)
	}
}
