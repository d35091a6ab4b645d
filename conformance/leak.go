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

// leakPatience is how long goroutines and connections have to end: closing a
// connection takes a moment.
const leakPatience = 5 * time.Second

// leaked returns the stacks of goroutines that were not there before and do not
// end. Those of the testing package are not ours to judge.
func leaked(before map[string]string) []string {
	left, _ := patiently(func() (out []string, err error) {
		for id, stack := range goroutines() {
			if before[id] == "" && !strings.Contains(stack, "testing.") && !strings.Contains(stack, "conformance.leaked") {
				out = append(out, stack)
			}
		}
		return out, nil
	})
	return left
}

// patiently looks until nothing is left, or for as long as that may take.
func patiently(look func() ([]string, error)) (left []string, err error) {
	deadline := now().Add(leakPatience)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		left, err = look()
		if err != nil || len(left) == 0 || now().After(deadline) {
			return left, err
		}
		<-tick.C
	}
}
