package middleware_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	api "go.opentelemetry.io/otel/trace"

	"github.com/durokit/duro/conformance/reference"
	"github.com/durokit/duro/core"
	"github.com/durokit/duro/middleware"
)

// traced puts traces around a provider.
func traced(p core.Provider) (core.Provider, *tracetest.InMemoryExporter, *trace.TracerProvider) {
	spans := tracetest.NewInMemoryExporter()
	tp := trace.NewTracerProvider(trace.WithSyncer(spans))
	return middleware.Tracing(tp)(p), spans, tp
}

// attributes are those of a span.
func attributes(s tracetest.SpanStub) map[string]any {
	all := map[string]any{}
	for _, a := range s.Attributes {
		all[string(a.Key)] = a.Value.AsInterface()
	}
	return all
}

func start(instance string) core.WorkItem {
	return core.NewWorkItem(core.StartOrchestration{Instance: instance, Orchestration: "Order", Input: hidden, ExecutionID: 1})
}

func TestASpanSaysWhatWasFetched(t *testing.T) {
	t.Parallel()
	p, spans, _ := traced(reference.New(reference.Options{}))
	for range 2 {
		if err := p.EnqueueForOrchestrator(t.Context(), start(instance), 0); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if _, err := p.FetchOrchestrationItem(t.Context(), core.FetchOrchestrationParams{LockTimeout: time.Hour}); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.EnqueueForWorker(t.Context(), core.NewWorkItem(core.ActivityExecute{Instance: instance, ExecutionID: 1, ID: 2, Name: "Charge"})); err != nil {
		t.Fatal(err)
	}
	if _, err := p.FetchWorkItem(t.Context(), core.FetchWorkParams{LockTimeout: time.Hour}); err != nil {
		t.Fatal(err)
	}
	got := spans.GetSpans()
	name := p.Name()
	for i, want := range []map[string]any{
		1: {"duro.provider": name, "duro.method": "EnqueueForOrchestrator", "duro.instance": instance},
		2: {"duro.provider": name, "duro.method": "FetchOrchestrationItem", "duro.instance": instance, "duro.found": true,
			"duro.messages": int64(2), "duro.attempt": int64(1)},
		3: {"duro.provider": name, "duro.method": "FetchOrchestrationItem", "duro.found": false},
		4: {"duro.provider": name, "duro.method": "EnqueueForWorker", "duro.instance": instance},
		5: {"duro.provider": name, "duro.method": "FetchWorkItem", "duro.instance": instance, "duro.found": true,
			"duro.messages": int64(1), "duro.attempt": int64(1)},
	} {
		if want == nil {
			continue
		}
		if diff := cmp.Diff(want, attributes(got[i])); diff != "" {
			t.Errorf("span %d (-want +got):\n%s", i, diff)
		}
		if got[i].Status.Code != codes.Unset || got[i].SpanKind != api.SpanKindClient || got[i].Name != "duro."+want["duro.method"].(string) {
			t.Errorf("span %d: %+v", i, got[i])
		}
	}
}

func TestSpansFailWhenTheStoreDoes(t *testing.T) {
	t.Parallel()
	for _, f := range failures {
		p, spans, _ := traced(failsWith(f.err))
		_ = p.AckWorkItem(t.Context(), "", nil)
		span := spans.GetSpans()[0]
		if failed := span.Status.Code == codes.Error; failed != f.fails {
			t.Errorf("%s: the span failed: %v", f.what, failed)
		}
		if described := span.Status.Description != ""; described != f.fails {
			t.Errorf("%s: the span is described as %q", f.what, span.Status.Description)
		}
		got, want := attributes(span), core.AsProviderError("", f.err)
		if got["error.type"] != want.Code.String() || got["duro.retryable"] != want.Retryable {
			t.Errorf("%s: %v", f.what, got)
		}
	}
}

func TestASpanSaysThatAWriteMayHaveHappened(t *testing.T) {
	t.Parallel()
	err := core.Errorf("AckWorkItem", core.ErrUnavailable, "")
	err.MayHaveHappened = true
	p, spans, _ := traced(failsWith(err))
	_ = p.AckWorkItem(t.Context(), "", nil)
	if got := attributes(spans.GetSpans()[0]); got["duro.may_have_happened"] != true {
		t.Errorf("%v", got)
	}
}

func TestACallerThatGivesUpFailsNoSpan(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	p, spans, _ := traced(failsWith(core.AsProviderError("AckWorkItem", context.Canceled)))
	_ = p.AckWorkItem(ctx, "", nil)
	if got := spans.GetSpans()[0].Status.Code; got != codes.Unset {
		t.Errorf("status %v", got)
	}
}

func TestSpansLieInThoseOfTheCallerAndAroundTheProvider(t *testing.T) {
	t.Parallel()
	var inside api.SpanContext
	p, spans, tp := traced(contextual{reference.New(reference.Options{}), func(ctx context.Context) {
		inside = api.SpanContextFromContext(ctx)
	}})
	ctx, outer := tp.Tracer("test").Start(t.Context(), "turn")
	if _, err := p.Read(ctx, instance); err != nil {
		t.Fatal(err)
	}
	span := spans.GetSpans()[0]
	if span.Parent.SpanID() != outer.SpanContext().SpanID() || inside.SpanID() != span.SpanContext.SpanID() {
		t.Errorf("parent %v, provider in %v: want %v and %v",
			span.Parent.SpanID(), inside.SpanID(), outer.SpanContext().SpanID(), span.SpanContext.SpanID())
	}
}

func TestInstancesAreRecordedAsTextOfBoundedLength(t *testing.T) {
	t.Parallel()
	p, spans, _ := traced(reference.New(reference.Options{}))
	for _, id := range []string{strings.Repeat("é", core.MaxIDBytes), "a\xffb"} {
		_, _ = p.Read(t.Context(), id)
	}
	var got []string
	for _, s := range spans.GetSpans() {
		got = append(got, attributes(s)["duro.instance"].(string))
	}
	if diff := cmp.Diff([]string{strings.Repeat("é", core.MaxIDBytes/2), "a\uFFFDb"}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
