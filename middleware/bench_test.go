package middleware_test

import (
	"context"
	"log/slog"
	"testing"

	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/middleware"
)

// idle does nothing, at once.
type idle struct{ core.Unsupported }

func (idle) Name() string                { return "idle" }
func (idle) Version() string             { return "0.0.0" }
func (idle) Close(context.Context) error { return nil }

func (idle) AckOrchestrationItem(context.Context, core.AckOrchestrationParams) error { return nil }

// BenchmarkOverhead measures what each middleware adds to a call, with the recording of
// OpenTelemetry's SDK in it.
func BenchmarkOverhead(b *testing.B) {
	sampled := sdktrace.NewTracerProvider(sdktrace.WithSampler(sdktrace.AlwaysSample()))
	unsampled := sdktrace.NewTracerProvider(sdktrace.WithSampler(sdktrace.NeverSample()))
	meters := sdkmetric.NewMeterProvider(sdkmetric.WithReader(sdkmetric.NewManualReader()))
	metrics := middleware.Metrics(meters, middleware.MetricsOptions{})
	logging := middleware.Logging(slog.New(slog.NewTextHandler(discard{}, nil)))
	redaction := middleware.Redaction(middleware.Secrets{Values: []string{"hunter2"}})
	for _, bench := range []struct {
		name string
		with []middleware.Middleware
	}{
		{"none", nil},
		{"tracing, sampled", []middleware.Middleware{middleware.Tracing(sampled)}},
		{"tracing, not sampled", []middleware.Middleware{middleware.Tracing(unsampled)}},
		{"metrics", []middleware.Middleware{metrics}},
		{"metrics without upstream's", []middleware.Middleware{
			middleware.Metrics(meters, middleware.MetricsOptions{WithoutUpstream: true}),
		}},
		{"logging", []middleware.Middleware{logging}},
		{"redaction", []middleware.Middleware{redaction}},
		{"all", []middleware.Middleware{middleware.Tracing(sampled), metrics, logging, redaction}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			p := middleware.Chain(idle{}, bench.with...)
			ctx := b.Context()
			b.ReportAllocs()
			for b.Loop() {
				if err := p.AckOrchestrationItem(ctx, core.AckOrchestrationParams{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// discard is an io.Discard that slog does not see through: lines are written for it.
type discard struct{}

func (discard) Write(b []byte) (int, error) { return len(b), nil }
