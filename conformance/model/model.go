package model

import (
	"strings"

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
	var begun, failed int
	rapid.Check(quiet{t}, func(t *rapid.T) {
		if o.Sequences > 0 && begun == o.Sequences && failed == 0 {
			return // a failure is still repeated and shrunk
		}
		begun++
		w := newWorld(t, f)
		defer func() {
			if w.wrong != "" {
				failed++
			}
		}()
		t.Repeat(w.actions())
		w.finish()
		w.judge(t)
	})
	t.Logf("model: %d sequences", begun)
}

// quiet leaves out rapid's log of what it draws, which the steps say better, and of
// how many sequences it believes to have tried.
type quiet struct{ rapid.TB }

// Logf implements rapid.TB.
func (q quiet) Logf(format string, args ...any) {
	if !strings.HasPrefix(format, "[rapid] draw") && !strings.HasPrefix(format, "[rapid] OK") {
		q.Helper()
		q.TB.Logf(format, args...)
	}
}
