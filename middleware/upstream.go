package middleware

import (
	"context"
	"errors"
	"strings"
	"unicode"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/durokit/duro/core"
)

// upstream are the two metrics of upstream's providers (contract 2.20).
type upstream struct {
	duration metric.Float64Histogram
	statuses combinations
	errors   metric.Int64Counter
	types    combinations
}

func newUpstream(meter metric.Meter) *upstream {
	duration, err1 := meter.Float64Histogram("duroxide_provider_operation_duration_seconds", metric.WithUnit("s"),
		metric.WithDescription("How long calls of the provider took, under upstream's name."),
		metric.WithExplicitBucketBoundaries(0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 2, 5))
	failures, err2 := meter.Int64Counter("duroxide_provider_errors_total",
		metric.WithDescription("Calls of the provider that failed, under upstream's name."))
	report(err1, err2)
	return &upstream{
		duration: duration, statuses: combinations{attributes: attributesOf("status")},
		errors: failures, types: combinations{attributes: attributesOf("error_type")},
	}
}

// attributesOf names a method as upstream does, and one thing besides.
func attributesOf(key string) func(method, value string) []attribute.KeyValue {
	return func(method, value string) []attribute.KeyValue {
		return []attribute.KeyValue{attribute.String("operation", operation(method)), attribute.String(key, value)}
	}
}

func (u *upstream) record(ctx context.Context, method string, seconds float64, err error) {
	if err == nil {
		u.duration.Record(ctx, seconds, u.statuses.of(method, "success").record...)
		return
	}
	u.duration.Record(ctx, seconds, u.statuses.of(method, "error").record...)
	u.errors.Add(ctx, 1, u.types.of(method, errorType(err)).add...)
}

// errorType is upstream's class of an error. Upstream looks for words in the message;
// the code says the same without guessing.
func errorType(err error) string {
	switch code := describe(err).Code; {
	case code == core.ErrConflict:
		return "deadlock"
	case code == core.ErrUnavailable:
		return "connection"
	case errors.Is(err, context.DeadlineExceeded):
		return "timeout"
	default:
		return "other"
	}
}

// operation is upstream's name of a method.
func operation(method string) string {
	if method == "EnqueueForOrchestrator" {
		return "enqueue_orchestrator" // the one that is not named as the method is
	}
	method = strings.ReplaceAll(strings.ReplaceAll(method, "KV", "Kv"), "ID", "Id")
	var b strings.Builder
	for i, r := range method {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
