package middleware_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/durokit/duro/conformance/reference"
	"github.com/durokit/duro/core"
	"github.com/durokit/duro/middleware"
)

// recorder keeps all that is recorded of a provider's calls.
type recorder struct {
	spans  *tracetest.InMemoryExporter
	reader *metric.ManualReader
	log    bytes.Buffer
}

// record puts everything that records around a provider.
func record(p core.Provider, opts middleware.MetricsOptions) (core.Provider, *recorder) {
	r := &recorder{spans: tracetest.NewInMemoryExporter(), reader: metric.NewManualReader()}
	p = middleware.Chain(p,
		middleware.Tracing(trace.NewTracerProvider(trace.WithSyncer(r.spans))),
		middleware.Metrics(metric.NewMeterProvider(metric.WithReader(r.reader)), opts),
		middleware.Logging(slog.New(slog.NewJSONHandler(&r.log, &slog.HandlerOptions{Level: slog.LevelDebug}))))
	return p, r
}

// metrics collects what was measured, by the name of the instrument.
func (r *recorder) metrics(t *testing.T) map[string]metricdata.Aggregation {
	t.Helper()
	var collected metricdata.ResourceMetrics
	if err := r.reader.Collect(t.Context(), &collected); err != nil {
		t.Fatal(err)
	}
	all := map[string]metricdata.Aggregation{}
	for _, scope := range collected.ScopeMetrics {
		for _, m := range scope.Metrics {
			all[m.Name] = m.Data
		}
	}
	return all
}

// lines are what was logged.
func (r *recorder) lines(t *testing.T) (all []map[string]any) {
	t.Helper()
	for line := range strings.Lines(r.log.String()) {
		var one map[string]any
		if err := json.Unmarshal([]byte(line), &one); err != nil {
			t.Fatal(err)
		}
		all = append(all, one)
	}
	return all
}

func TestEveryMethodIsRecorded(t *testing.T) {
	t.Parallel()
	p, r := record(reference.New(reference.Options{}), middleware.MetricsOptions{})
	everything(t, p)

	var traced, logged []string
	for _, s := range r.spans.GetSpans() {
		traced = append(traced, strings.TrimPrefix(s.Name, "duro."))
	}
	for _, line := range r.lines(t) {
		logged = append(logged, line["duro.method"].(string))
	}
	measured := map[string][]string{}
	for name, data := range r.metrics(t) {
		switch data := data.(type) {
		case metricdata.Histogram[float64]:
			for _, point := range data.DataPoints {
				measured[name] = append(measured[name], valueOf(point.Attributes, "duro.method", "operation"))
			}
		case metricdata.Sum[int64]:
			for _, point := range data.DataPoints {
				measured[name] = append(measured[name], valueOf(point.Attributes, "duro.method", "operation"))
			}
		}
	}
	for what, got := range map[string][]string{
		"spans": traced, "log": logged, "durations": measured["duro.call.duration"], "calls under way": measured["duro.call.active"],
	} {
		slices.Sort(got)
		if diff := cmp.Diff(methods(), slices.Compact(got)); diff != "" {
			t.Errorf("%s: methods that were recorded (-want +got):\n%s", what, diff)
		}
	}
	if got := measured["duroxide_provider_operation_duration_seconds"]; len(got) < len(methods()) {
		t.Errorf("under upstream's names: %q, want a name for each method", got)
	}
}

// valueOf returns the value of the first of some keys that there is.
func valueOf(of attribute.Set, keys ...attribute.Key) string {
	for _, key := range keys {
		if v, ok := of.Value(key); ok {
			return v.AsString()
		}
	}
	return ""
}

func TestNothingHiddenIsRecorded(t *testing.T) {
	t.Parallel()
	p, r := record(reference.New(reference.Options{}), middleware.MetricsOptions{})
	secret := append(everything(t, p), hidden)
	metrics, err := json.Marshal(r.metrics(t))
	if err != nil {
		t.Fatal(err)
	}
	spans, err := json.Marshal(r.spans.GetSpans())
	if err != nil {
		t.Fatal(err)
	}
	for what, recorded := range map[string]string{"spans": string(spans), "metrics": string(metrics), "log": r.log.String()} {
		if !strings.Contains(recorded, "FetchWorkItem") {
			t.Errorf("%s: nothing was recorded", what)
		}
		for _, s := range secret {
			if at := strings.Index(recorded, s); at >= 0 {
				t.Errorf("%s: %q was recorded: …%s…", what, s, recorded[max(0, at-200):min(len(recorded), at+50)])
			}
		}
		if named := strings.Contains(recorded, instance); named == (what == "metrics") {
			t.Errorf("%s: the instance was recorded: %v", what, named)
		}
	}
}
