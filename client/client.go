package client

import (
	"log/slog"
	"time"

	"github.com/durokit/duro/core"
)

// Options changes how a Client behaves. The zero value is the default.
type Options struct {
	// UpstreamPolling makes every wait read the history and the custom status
	// after 5, 10, 20, 40, 80, 100, 100 ... ms, as Duroxide's client does. It
	// exists for comparable measurements. The default asks for less: one row per
	// check, less often the longer the wait lasts, and no polling to speak of
	// where the provider is a Watcher.
	UpstreamPolling bool
	// Clock is the time the waits go by; nil is the system's.
	Clock Clock
	// Logger hears of every deletion and pruning; nil is slog.Default.
	Logger *slog.Logger
}

// Clock is the time a Client sees. Tests replace it.
type Clock interface {
	Now() time.Time
	// AfterFunc calls f once after d, in its own goroutine. The returned function
	// stops it and reports whether f was prevented from running.
	AfterFunc(d time.Duration, f func()) (stop func() bool)
}

// Watcher is implemented by a provider that can tell, without polling, that an
// instance may have changed. It is an optimisation: a Client keeps polling,
// slowly, for changes that another process made.
type Watcher interface {
	// WatchInstance returns a channel that receives a value whenever something
	// was committed for the instance after the call. Values may be merged and
	// may come for no reason. stop ends the watch.
	WatchInstance(instance string) (changed <-chan struct{}, stop func())
}

// Client starts, signals, watches and manages orchestrations. Make one with New.
type Client struct {
	p     core.Provider
	admin core.ProviderAdmin // nil without the capability
	opts  Options
	clock Clock
	log   *slog.Logger
}

// New returns a client of a provider. It does not own the provider: closing that
// is the caller's business.
func New(p core.Provider, opts Options) *Client {
	c := &Client{p: p, opts: opts, clock: opts.Clock, log: opts.Logger}
	if a, ok := core.Admin(p); ok {
		c.admin = a
	}
	if c.clock == nil {
		c.clock = systemClock{}
	}
	if c.log == nil {
		c.log = slog.Default()
	}
	return c
}

type systemClock struct{}

func (systemClock) Now() time.Time {
	return time.Now() //nolint:forbidigo // this is the implementation of the clock
}

func (systemClock) AfterFunc(d time.Duration, f func()) func() bool {
	return time.AfterFunc(d, f).Stop
}
