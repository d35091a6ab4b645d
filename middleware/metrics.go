package middleware

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/durokit/duro/core"
)

// MetricsOptions say what is measured besides calls. The zero value is usable.
type MetricsOptions struct {
	// QueueDepths observes how many messages are where, as duro.queue.depth. It asks
	// the admin half at every collection, which costs the store a query, so it is for
	// one process among those that share a store. Without an admin half nothing is
	// observed. It ends when the provider is closed.
	QueueDepths bool
	// WithoutUpstream leaves out the metrics that have upstream's names.
	WithoutUpstream bool
}

// Metrics measures calls. A nil mp stands for OpenTelemetry's global one.
//
//   - duro.call.duration is a histogram of seconds by duro.provider, duro.method and
//     duro.outcome: "ok", "none" for a call that found nothing, or the error's code.
//   - duro.call.active is how many calls are under way, by provider and method.
//   - duro.fetch.items counts what was locked, by provider and method.
//   - duro.queue.depth, if asked for, is where messages are, by provider, duro.queue and
//     duro.state.
//
// Beside them go upstream's two under the names they have there, so that dashboards
// carry over (contract 2.20).
func Metrics(mp metric.MeterProvider, opts MetricsOptions) Middleware {
	return func(p core.Provider) core.Provider {
		from := mp
		if from == nil {
			from = otel.GetMeterProvider()
		}
		m := newMetrics(from.Meter(scope), p.Name(), !opts.WithoutUpstream)
		if opts.QueueDepths {
			inner, _ := inside(p)
			m.depths = observeDepths(m.meter, inner)
		}
		return outermost(p, m.around)
	}
}

type metrics struct {
	meter    metric.Meter
	duration metric.Float64Histogram
	active   metric.Int64UpDownCounter
	items    metric.Int64Counter
	upstream *upstream // nil without
	depths   metric.Registration
	sets     combinations
}

// buckets are the bounds of durations in seconds: from what an embedded database needs
// to what a fetch may wait.
var buckets = []float64{
	0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
}

func newMetrics(meter metric.Meter, name string, withUpstream bool) *metrics {
	duration, err1 := meter.Float64Histogram("duro.call.duration", metric.WithUnit("s"),
		metric.WithDescription("How long calls of the provider took."), metric.WithExplicitBucketBoundaries(buckets...))
	active, err2 := meter.Int64UpDownCounter("duro.call.active", metric.WithUnit("{call}"),
		metric.WithDescription("Calls of the provider that are under way."))
	items, err3 := meter.Int64Counter("duro.fetch.items", metric.WithUnit("{item}"),
		metric.WithDescription("Turns and activities that were fetched."))
	report(err1, err2, err3)
	m := &metrics{meter: meter, duration: duration, active: active, items: items}
	m.sets.attributes = func(method, outcome string) []attribute.KeyValue {
		all := []attribute.KeyValue{attribute.String(keyProvider, name), attribute.String(keyMethod, method)}
		if outcome != "" {
			all = append(all, attribute.String(keyOutcome, outcome))
		}
		return all
	}
	if withUpstream {
		m.upstream = newUpstream(meter)
	}
	return m
}

// report tells OpenTelemetry's error handler of instruments that could not be made.
// What comes instead of them measures nothing: a store must work without being
// measured.
func report(errs ...error) {
	if err := errors.Join(errs...); err != nil {
		otel.Handle(err)
	}
}

func (m *metrics) around(ctx context.Context, c *call) error {
	of := m.sets.of(c.method, "")
	m.active.Add(ctx, 1, of.add...)
	defer m.active.Add(ctx, -1, of.add...)
	err := c.next(ctx)
	seconds := c.took().Seconds()
	m.duration.Record(ctx, seconds, m.sets.of(c.method, c.outcome(err)).record...)
	if c.fetches && c.found && err == nil {
		m.items.Add(ctx, 1, of.add...)
	}
	if m.upstream != nil {
		m.upstream.record(ctx, c.method, seconds, err)
	}
	if c.ends && m.depths != nil {
		report(m.depths.Unregister())
	}
	return err
}
