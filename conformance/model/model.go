package model

import (
	"strings"
	"sync/atomic"

	"pgregory.net/rapid"

	"github.com/durokit/duro/conformance"
)

// Options change what Check does. The zero value is usable.
type Options struct {
	// Sequences is the most sequences to try, for stores that are slow to make; 0 is
	// as many as the flag -rapid.checks says.
	Sequences int
}

// Check runs sequences of calls on fresh stores and on the reference provider,
// and fails t with the shortest sequence found on which they differ. Without a
// hook that sets the store's clock forward no time passes.
func Check(t rapid.TB, f conformance.Factory, opts ...Options) {
	t.Helper()
	var o Options
	if len(opts) > 0 {
		o = opts[0]
	}
	var begun, failed atomic.Int64
	rapid.Check(quiet{t}, func(t *rapid.T) {
		if o.Sequences > 0 && begun.Add(1) > int64(o.Sequences) && failed.Load() == 0 {
			return // a failure is still repeated and shrunk
		}
		w := newWorld(t, f)
		defer func() {
			if w.wrong != "" {
				failed.Add(1)
			}
		}()
		t.Repeat(w.actions())
		w.finish()
		w.judge(t)
	})
}

// quiet leaves out the log of what rapid draws: the steps say it better.
type quiet struct{ rapid.TB }

// Logf implements rapid.TB.
func (q quiet) Logf(format string, args ...any) {
	if !strings.HasPrefix(format, "[rapid] draw") {
		q.Helper()
		q.TB.Logf(format, args...)
	}
}
