package middleware_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/durokit/duro/conformance/reference"
	"github.com/durokit/duro/core"
	"github.com/durokit/duro/middleware"
)

// every are all middlewares, alone and together.
var every = map[string]middleware.Middleware{
	"tracing":   middleware.Tracing(nil),
	"metrics":   middleware.Metrics(nil, middleware.MetricsOptions{QueueDepths: true}),
	"logging":   middleware.Logging(slog.New(slog.DiscardHandler)),
	"redaction": middleware.Redaction(middleware.Secrets{}),
	"all":       all,
}

// changing is a provider whose admin half comes and goes, as that of one out of tree
// could after a restart.
type changing struct {
	core.Provider
	admin bool
}

func (c *changing) ProviderAdmin() (core.ProviderAdmin, bool) {
	if !c.admin {
		return nil, false
	}
	return core.Admin(c.Provider)
}

// headless has no way to ask for an admin half.
type headless struct{ core.Provider }

func TestTheAdminHalfIsThereWhenItIsThereInside(t *testing.T) {
	t.Parallel()
	for name, m := range every {
		inner := &changing{Provider: reference.New(reference.Options{})}
		wrapped := m(inner)
		for _, there := range []bool{false, true, false} {
			inner.admin = there
			if a, ok := core.Admin(wrapped); ok != there || (a != nil) != there {
				t.Errorf("%s: an admin half: %v, want %v", name, ok, there)
			}
		}
		if _, ok := core.Admin(m(headless{inner})); ok {
			t.Errorf("%s: made up an admin half", name)
		}
	}
}

func TestUnwrapReturnsTheProviderInside(t *testing.T) {
	t.Parallel()
	inner := reference.New(reference.Options{})
	for name, m := range every {
		w, ok := m(m(inner)).(interface{ Unwrap() core.Provider })
		if !ok || w.Unwrap() != core.Provider(inner) {
			t.Errorf("%s: no way to the provider inside", name)
		}
	}
}

func TestWhatNamesAProviderIsItsOwn(t *testing.T) {
	t.Parallel()
	inner := reference.New(reference.Options{})
	for name, m := range every {
		if p := m(inner); p.Name() != inner.Name() || p.Version() != inner.Version() {
			t.Errorf("%s: %s %s", name, p.Name(), p.Version())
		}
	}
}

// Wrapping again leaves what was wrapped before as it is.
func TestAProviderCanBeWrappedTwice(t *testing.T) {
	t.Parallel()
	inner := failsWith(core.Errorf("AckWorkItem", core.ErrConflict, "one two"))
	for range 2 { // so many layers that a list of them has room for another
		inner = middleware.Tracing(nil)(inner)
	}
	shared, before := record(inner, middleware.MetricsOptions{})
	masking := func(secret string) core.Provider {
		return middleware.Redaction(middleware.Secrets{Values: []string{secret}})(shared)
	}
	one, two := masking("one"), masking("two")
	words := core.ErrConflict.Error() + ": "
	for want, p := range map[string]core.Provider{"one two": shared, "[redacted] two": one, "one [redacted]": two} {
		if got := p.AckWorkItem(t.Context(), "", nil).Error(); got != "AckWorkItem: "+words+want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := len(before.spans.GetSpans()); got != 3 {
		t.Errorf("%d spans of 3 calls", got)
	}
}

func TestErrorsStayTheValuesTheyAre(t *testing.T) {
	t.Parallel()
	want := core.Wrap("AckWorkItem", core.ErrUnavailable, errors.New("refused"), "reach the store")
	want.MayHaveHappened = true
	for name, m := range every {
		if name == "redaction" || name == "all" { // which are there to change them
			continue
		}
		if got := m(failsWith(want)).AckWorkItem(t.Context(), "", nil); got != error(want) { //nolint:errorlint // the very value
			t.Errorf("%s: %#v", name, got)
		}
	}
}

// contextual does what it likes when it is read from.
type contextual struct {
	core.Provider
	called func(context.Context)
}

func (c contextual) Read(ctx context.Context, _ string) ([]core.Event, error) {
	c.called(ctx)
	return nil, nil
}

// noting is a middleware of somebody else's.
func noting(name string, order *[]string) middleware.Middleware {
	return func(p core.Provider) core.Provider {
		return contextual{Provider: p, called: func(ctx context.Context) {
			*order = append(*order, name)
			_, _ = p.Read(ctx, "")
		}}
	}
}

func TestTheFirstOfAChainSeesACallFirst(t *testing.T) {
	t.Parallel()
	var order []string
	p := middleware.Chain(reference.New(reference.Options{}), noting("first", &order), all, noting("last", &order))
	if _, err := p.Read(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"first", "last"}, order); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// What a panicking provider leaves behind is an ended span and no call under way.
func TestACallThatPanicsIsOver(t *testing.T) {
	t.Parallel()
	p, r := record(contextual{reference.New(reference.Options{}), func(context.Context) { panic("broken") }}, middleware.MetricsOptions{})
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic is gone")
			}
		}()
		_, _ = p.Read(t.Context(), instance)
	}()
	if spans := r.spans.GetSpans(); len(spans) != 1 || spans[0].EndTime.IsZero() {
		t.Errorf("%+v, want one span that has ended", spans)
	}
	active := r.metrics(t)["duro.call.active"].(metricdata.Sum[int64]).DataPoints
	if len(active) != 1 || active[0].Value != 0 {
		t.Errorf("%+v, want no call under way", active)
	}
}

// failures are errors of each kind with what becomes of them: the level of the log and
// whether the span fails.
var failures = []struct {
	what  string
	err   error
	level slog.Level
	fails bool
}{
	{"lock lost", core.Errorf("AckWorkItem", core.ErrLockLost, ""), slog.LevelInfo, false},
	{"not found", core.Errorf("AckWorkItem", core.ErrNotFound, ""), slog.LevelInfo, false},
	{"duplicate", core.Errorf("AckWorkItem", core.ErrDuplicateEvent, ""), slog.LevelInfo, false},
	{"still running", core.Errorf("AckWorkItem", core.ErrStillRunning, ""), slog.LevelInfo, false},
	{"child", core.Errorf("AckWorkItem", core.ErrSubOrchestration, ""), slog.LevelInfo, false},
	{"would orphan", core.Errorf("AckWorkItem", core.ErrWouldOrphan, ""), slog.LevelInfo, false},
	{"invalid", core.Errorf("AckWorkItem", core.ErrInvalidArgument, ""), slog.LevelInfo, false},
	{"unsupported", core.Errorf("AckWorkItem", core.ErrUnsupported, ""), slog.LevelInfo, false},
	{"unavailable", core.Errorf("AckWorkItem", core.ErrUnavailable, "refused"), slog.LevelWarn, true},
	{"conflict", core.Errorf("AckWorkItem", core.ErrConflict, ""), slog.LevelWarn, true},
	{"exhausted", core.Errorf("AckWorkItem", core.ErrExhausted, ""), slog.LevelWarn, true},
	{"unclassified", core.Errorf("AckWorkItem", core.ErrInternal, ""), slog.LevelWarn, true},
	{"no provider's error", errors.New("anything"), slog.LevelWarn, true},
	{"too late", core.Wrap("AckWorkItem", core.ErrCanceled, context.DeadlineExceeded, "wait"), slog.LevelWarn, true},
	{"internal for good", &core.ProviderError{Op: "AckWorkItem", Code: core.ErrInternal, Message: "broken"}, slog.LevelError, true},
	{"corrupt", core.Errorf("AckWorkItem", core.ErrCorrupt, ""), slog.LevelError, true},
	{"schema mismatch", core.Errorf("AckWorkItem", core.ErrSchemaMismatch, ""), slog.LevelError, true},
}

func TestEveryCodeHasAFate(t *testing.T) {
	t.Parallel()
	var tried []core.Code
	for _, f := range failures {
		tried = append(tried, core.CodeOf(f.err))
	}
	for _, code := range core.Codes() {
		if !slices.Contains(tried, code) {
			t.Errorf("no test says what %v is to operators", code)
		}
	}
}
