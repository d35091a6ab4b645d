package middleware_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/durokit/duro/conformance/reference"
	"github.com/durokit/duro/core"
	"github.com/durokit/duro/middleware"
)

// All four around one provider, whichever way it was loaded.
func ExampleChain() {
	var p core.Provider = reference.New(reference.Options{})
	p = middleware.Chain(p,
		middleware.Tracing(nil), // OpenTelemetry's global providers
		middleware.Metrics(nil, middleware.MetricsOptions{}),
		middleware.Logging(slog.Default()),
		middleware.Redaction(middleware.Secrets{Values: []string{os.Getenv("DB_PASSWORD")}}))
	_, isThere := core.Admin(p)
	fmt.Println(p.Name(), isThere)
	// Output: reference true
}

// A span for each call, with what it was about.
func ExampleTracing() {
	ctx := context.Background()
	spans := tracetest.NewInMemoryExporter()
	p := middleware.Tracing(trace.NewTracerProvider(trace.WithSyncer(spans)))(reference.New(reference.Options{}))

	_, _ = p.Read(ctx, "order-42")
	_, _ = p.FetchWorkItem(ctx, core.FetchWorkParams{})
	for _, s := range spans.GetSpans() {
		fmt.Print(s.Name)
		for _, a := range s.Attributes {
			fmt.Printf(" %s=%s", a.Key, a.Value.String())
		}
		fmt.Println()
	}
	// Output:
	// duro.Read duro.provider=reference duro.method=Read duro.instance=order-42
	// duro.FetchWorkItem duro.provider=reference duro.method=FetchWorkItem duro.found=false
}

// How long calls take, by method and outcome.
func ExampleMetrics() {
	ctx := context.Background()
	reader := metric.NewManualReader() // an exporter, elsewhere
	p := middleware.Metrics(metric.NewMeterProvider(metric.WithReader(reader)), middleware.MetricsOptions{})(reference.New(reference.Options{}))

	_ = p.AckWorkItem(ctx, "stale", nil)
	var collected metricdata.ResourceMetrics
	if err := reader.Collect(ctx, &collected); err != nil {
		fmt.Println(err)
		return
	}
	for _, m := range collected.ScopeMetrics[0].Metrics {
		if durations, ok := m.Data.(metricdata.Histogram[float64]); ok && m.Name == "duro.call.duration" {
			outcome, _ := durations.DataPoints[0].Attributes.Value("duro.outcome")
			fmt.Println(m.Name, durations.DataPoints[0].Count, outcome.AsString())
		}
	}
	// Output: duro.call.duration 1 lock_lost
}

// A lost lock is an answer, not a failure of the store.
func ExampleLogging() {
	untimed := func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey || a.Key == "duro.duration" {
			return slog.Attr{}
		}
		return a
	}
	log := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: untimed}))
	p := middleware.Logging(log)(reference.New(reference.Options{}))

	_ = p.RenewWorkItemLock(context.Background(), "stale", 0)
	// Output: level=INFO msg="a provider refused a call" duro.provider=reference duro.method=RenewWorkItemLock error.type=lock_lost duro.retryable=false error="Invalid lock token: nothing is locked with this token"
}

// unreachable stands for a driver that shows how it was configured.
type unreachable struct{ core.Provider }

func (unreachable) Read(context.Context, string) ([]core.Event, error) {
	driver := errors.New("cannot connect to postgres://duro:hunter2@db/duro as app-7f3a")
	return nil, core.Wrap("Read", core.ErrUnavailable, driver, "read the history of order-42")
}

// Passwords in URLs are known by their place, other secrets must be given.
func ExampleRedaction() {
	p := middleware.Redaction(middleware.Secrets{Values: []string{"app-7f3a"}})(unreachable{})

	_, err := p.Read(context.Background(), "order-42")
	fmt.Println(err)
	fmt.Println(errors.Is(err, core.ErrUnavailable))
	// Output:
	// Read: unavailable: read the history of order-42: cannot connect to postgres://duro:[redacted]@db/duro as [redacted]
	// true
}
