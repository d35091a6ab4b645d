package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	exporter "go.opentelemetry.io/otel/exporters/prometheus"
	"go.opentelemetry.io/otel/sdk/metric"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/middleware"
	"github.com/durokit/duro/plugin/address"
)

// metricsPath is where the metrics are had, in Prometheus's format.
const metricsPath = "/metrics"

// metricsEndpoint measures the calls on a served store, and tells about them.
type metricsEndpoint struct {
	listener net.Listener
	server   *http.Server
	provider *metric.MeterProvider
}

// newMetricsEndpoint listens at an address.
func newMetricsEndpoint(at string) (*metricsEndpoint, error) {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	reader, err := exporter.New(exporter.WithRegisterer(registry))
	if err != nil {
		return nil, err
	}
	l, err := address.Listen(at)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("GET "+metricsPath, promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	return &metricsEndpoint{
		listener: l,
		server:   &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second},
		provider: metric.NewMeterProvider(metric.WithReader(reader)),
	}, nil
}

// measured is a provider whose calls are measured, and its queues at every collection.
func (m *metricsEndpoint) measured(p core.Provider) core.Provider {
	return middleware.Chain(p, middleware.Metrics(m.provider, middleware.MetricsOptions{QueueDepths: true}))
}

// serve answers until close.
func (m *metricsEndpoint) serve() error {
	if err := m.server.Serve(m.listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func (m *metricsEndpoint) close(ctx context.Context) error {
	return errors.Join(m.server.Shutdown(ctx), m.provider.Shutdown(ctx))
}
