package middleware

import (
	"context"
	"log/slog"

	"github.com/durokit/duro/core"
)

// Logging logs each call: at level debug when it succeeds or its caller gave up, as
// information when it was told what a runtime counts on, as a warning when it failed
// and may succeed later, and as an error when it will not. A nil log stands for
// slog.Default.
func Logging(log *slog.Logger) Middleware {
	return func(p core.Provider) core.Provider {
		to := log
		if to == nil {
			to = slog.Default()
		}
		return outermost(p, (&logging{log: to, provider: slog.String(keyProvider, p.Name())}).around)
	}
}

type logging struct {
	log      *slog.Logger
	provider slog.Attr
}

// levels are those of failed calls.
var levels = [...]slog.Level{ended: slog.LevelDebug, answered: slog.LevelInfo, passing: slog.LevelWarn, broken: slog.LevelError}

func (l *logging) around(ctx context.Context, c *call) error {
	err := c.next(ctx)
	level, text := slog.LevelDebug, "a provider was called"
	if err != nil {
		level, text = levels[fateOf(ctx, err)], "a provider refused a call"
		if level > slog.LevelInfo {
			text = "a provider failed"
		}
	}
	if l.log.Enabled(ctx, level) {
		l.log.LogAttrs(ctx, level, text, l.attributes(c, err)...) //nolint:sloglint // one of the three above
	}
	return err
}

// attributes are those of a call that has returned.
func (l *logging) attributes(c *call, err error) []slog.Attr {
	all := []slog.Attr{l.provider, slog.String(keyMethod, c.method), slog.Duration(keyDuration, c.took())}
	if c.instance != "" {
		all = append(all, slog.String(keyInstance, recorded(c.instance)))
	}
	if c.finds && err == nil {
		all = append(all, slog.Bool(keyFound, c.found))
	}
	if c.fetches && c.found {
		all = append(all, slog.Int(keyMessages, c.fetched.messages), slog.Uint64(keyAttempt, uint64(c.fetched.attempt)))
	}
	if err == nil {
		return all
	}
	e := describe(err)
	all = append(all, slog.String(keyCode, e.Code.String()), slog.Bool(keyRetryable, e.Retryable))
	if e.MayHaveHappened {
		all = append(all, slog.Bool(keyHappened, true))
	}
	// The text alone: a handler that took the error apart would find its causes.
	return append(all, slog.String(keyError, e.Message))
}
