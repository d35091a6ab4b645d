package conformance

import (
	"runtime"
	"strings"
	"time"
)

// goroutines returns the stacks of all goroutines by their "goroutine N" line.
func goroutines() map[string]string {
	buf := make([]byte, 1<<20)
	for {
		n := runtime.Stack(buf, true)
		if n < len(buf) {
			buf = buf[:n]
			break
		}
		buf = make([]byte, 2*len(buf))
	}
	out := map[string]string{}
	for stack := range strings.SplitSeq(string(buf), "\n\n") {
		id, _, _ := strings.Cut(stack, " [")
		out[id] = stack
	}
	return out
}

// leakPatience is how long goroutines have to end after the last case: closing a
// connection takes a moment.
const leakPatience = 5 * time.Second

// leaked returns the stacks of goroutines that were not there before and do not
// end. Those of the testing package are not ours to judge.
func leaked(before map[string]string) []string {
	deadline := now().Add(leakPatience)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		var out []string
		for id, stack := range goroutines() {
			if before[id] == "" && !strings.Contains(stack, "testing.") && !strings.Contains(stack, "conformance.leaked") {
				out = append(out, stack)
			}
		}
		if len(out) == 0 || now().After(deadline) {
			return out
		}
		<-tick.C
	}
}
