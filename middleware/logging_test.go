package middleware_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/durokit/duro/conformance/reference"
	"github.com/durokit/duro/core"
	"github.com/durokit/duro/middleware"
)

// logged puts a log of a level around a provider.
func logged(p core.Provider, level slog.Level) (core.Provider, *bytes.Buffer) {
	var b bytes.Buffer
	return middleware.Logging(slog.New(slog.NewJSONHandler(&b, &slog.HandlerOptions{Level: level})))(p), &b
}

// line reads the one line of a log.
func line(t *testing.T, b *bytes.Buffer) map[string]any {
	t.Helper()
	var one map[string]any
	if err := json.Unmarshal(b.Bytes(), &one); err != nil {
		t.Fatalf("%v: %q", err, b)
	}
	delete(one, slog.TimeKey)
	return one
}

func TestLevelsFollowFromWhatAnErrorMeans(t *testing.T) {
	t.Parallel()
	for _, f := range failures {
		p, b := logged(failsWith(f.err), slog.LevelDebug)
		_ = p.AckWorkItem(t.Context(), "", nil)
		if got := line(t, b); got["level"] != f.level.String() {
			t.Errorf("%s: %v, want it at level %v", f.what, got, f.level)
		}
	}
}

func TestALineSaysWhatHappened(t *testing.T) {
	t.Parallel()
	err := core.Wrap("AckWorkItem", core.ErrUnavailable, errors.New("refused"), "reach the store")
	err.MayHaveHappened = true
	p, b := logged(failsWith(err), slog.LevelWarn)
	completion := core.NewWorkItem(core.ActivityCompleted{Instance: instance, ExecutionID: 1, ID: 2, Result: hidden})
	_ = p.AckWorkItem(t.Context(), hidden, &completion)
	got := line(t, b)
	delete(got, "duro.duration")
	want := map[string]any{
		"level": "WARN", "msg": "a provider failed", "duro.provider": p.Name(), "duro.method": "AckWorkItem", "duro.instance": instance,
		"error.type": "unavailable", "duro.retryable": true, "duro.may_have_happened": true,
		"error": "unavailable: reach the store: refused",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestSuccessIsLoggedForThoseWhoDebug(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, b := logged(reference.New(reference.Options{}), slog.LevelDebug)
		if _, err := p.FetchWorkItem(t.Context(), core.FetchWorkParams{PollTimeout: time.Second}); err != nil {
			t.Fatal(err)
		}
		want := map[string]any{
			"level": "DEBUG", "msg": "a provider was called", "duro.provider": p.Name(), "duro.method": "FetchWorkItem",
			"duro.duration": float64(time.Second), "duro.found": false,
		}
		if diff := cmp.Diff(want, line(t, b)); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	})
	p, b := logged(reference.New(reference.Options{}), slog.LevelInfo)
	if _, err := p.Read(t.Context(), instance); err != nil || b.Len() > 0 {
		t.Errorf("%v, %q: want nothing", err, b)
	}
}

// Everybody who stops a runtime cancels all its fetches.
func TestACallerThatGivesUpIsNoNews(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	p, b := logged(reference.New(reference.Options{}), slog.LevelInfo)
	_, err := p.FetchWorkItem(ctx, core.FetchWorkParams{PollTimeout: time.Hour})
	if !errors.Is(err, core.ErrCanceled) || b.Len() > 0 {
		t.Errorf("%v, logged %q: want it canceled and nothing logged", err, b)
	}
}
