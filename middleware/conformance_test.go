package middleware_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/durokit/duro/conformance"
	"github.com/durokit/duro/conformance/reference"
	"github.com/durokit/duro/core"
	"github.com/durokit/duro/middleware"
)

// all puts every middleware around a provider, with nothing left out.
func all(p core.Provider) core.Provider {
	return middleware.Chain(p,
		middleware.Tracing(trace.NewTracerProvider(trace.WithSyncer(tracetest.NewNoopExporter()))),
		middleware.Metrics(metric.NewMeterProvider(metric.WithReader(metric.NewManualReader())), middleware.MetricsOptions{QueueDepths: true}),
		middleware.Logging(slog.New(slog.NewTextHandler(discard{}, &slog.HandlerOptions{Level: slog.LevelDebug}))),
		middleware.Redaction(middleware.Secrets{Values: []string{"hunter2"}}))
}

func TestAWrappedProviderPassesTheSuite(t *testing.T) {
	t.Parallel()
	conformance.Test(t, conformance.FactoryFunc(func(context.Context, string) (*conformance.Harness, error) {
		p := reference.New(reference.Options{StoppedAt: time.Now()})
		return &conformance.Harness{
			Provider: all(p),
			Open:     func(context.Context) (core.Provider, error) { return all(p.Open()), nil },
			Hooks:    p.Hooks(),
			Unopened: func(context.Context) (*conformance.Harness, error) {
				fresh := reference.New(reference.Options{})
				return &conformance.Harness{Open: func(context.Context) (core.Provider, error) { return all(fresh.Open()), nil }}, nil
			},
			Timing: conformance.Timing{ClockStandsStill: true},
		}, nil
	}), conformance.Options{KeepGoroutines: true})
}
