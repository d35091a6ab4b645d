package middleware

import (
	"context"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/durokit/duro/core"
)

// Tracing makes a span of each call, named "duro." and the method. A nil tp stands for
// OpenTelemetry's global one.
//
// Its attributes are duro.provider, duro.instance where the call names one or fetches
// one, duro.found for calls that can find nothing, duro.messages and duro.attempt of
// what was fetched, and of errors error.type (the code), duro.retryable and
// duro.may_have_happened. A call that found nothing has not failed, and neither has
// one that was told what a runtime counts on, as that its lock is lost.
func Tracing(tp trace.TracerProvider) Middleware {
	return func(p core.Provider) core.Provider {
		from := tp
		if from == nil {
			from = otel.GetTracerProvider()
		}
		t := &tracing{tracer: from.Tracer(scope), provider: attribute.String(keyProvider, p.Name())}
		return outermost(p, t.around)
	}
}

type tracing struct {
	tracer   trace.Tracer
	provider attribute.KeyValue
}

func (t *tracing) around(ctx context.Context, c *call) error {
	inside, span := t.tracer.Start(ctx, "duro."+c.method, trace.WithSpanKind(trace.SpanKindClient))
	defer span.End()
	err := c.next(inside)
	if !span.IsRecording() {
		return err
	}
	span.SetAttributes(t.attributes(c)...)
	if err != nil {
		failed(ctx, span, err)
	}
	return err
}

// attributes are those of a call that has returned.
func (t *tracing) attributes(c *call) []attribute.KeyValue {
	all := append(make([]attribute.KeyValue, 0, 6), t.provider, attribute.String(keyMethod, c.method))
	if c.instance != "" {
		all = append(all, attribute.String(keyInstance, recorded(c.instance)))
	}
	if c.finds {
		all = append(all, attribute.Bool(keyFound, c.found))
	}
	if c.fetches && c.found {
		all = append(all, attribute.Int(keyMessages, c.fetched.messages), attribute.Int64(keyAttempt, int64(c.fetched.attempt)))
	}
	return all
}

// failed records an error.
func failed(ctx context.Context, span trace.Span, err error) {
	e := describe(err)
	span.SetAttributes(attribute.String(keyCode, e.Code.String()), attribute.Bool(keyRetryable, e.Retryable))
	if e.MayHaveHappened {
		span.SetAttributes(attribute.Bool(keyHappened, true))
	}
	if f := fateOf(ctx, err); f == passing || f == broken {
		span.SetStatus(codes.Error, e.Message)
	}
}
