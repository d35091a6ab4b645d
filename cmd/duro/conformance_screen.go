package main

import (
	"fmt"
	"io"
	"sync"

	"github.com/schollz/progressbar/v3"

	"github.com/durokit/duro/conformance"
)

// caseScreen tells on a terminal how far a conformance run is.
type caseScreen struct {
	w      io.Writer
	mu     sync.Mutex
	bar    *progressbar.ProgressBar // nil where there is no terminal
	total  int
	counts map[conformance.Status]int
}

func (c *cli) newCaseScreen(total int) *caseScreen {
	return &caseScreen{w: c.stderr, bar: c.newBar(int64(total)), total: total, counts: map[conformance.Status]int{}}
}

// show is a conformance.Options.Observe.
func (s *caseScreen) show(r conformance.Result) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts[r.Status]++
	if s.bar == nil {
		return
	}
	done := 0
	for _, n := range s.counts {
		done += n
	}
	s.bar.Describe(fmt.Sprintf("%d of %d, %d failed, %d skipped", done, s.total,
		s.counts[conformance.StatusFail]+s.counts[conformance.StatusError], s.counts[conformance.StatusSkip]))
	_ = s.bar.Set(min(done, s.total-1)) // a full bar ends itself; and drawing is not worth failing for
}

// sayf prints a line between two drawings of the bar.
func (s *caseScreen) sayf(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clear()
	fmt.Fprintf(s.w, format+"\n", args...)
}

// close takes the bar away.
func (s *caseScreen) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clear()
}

func (s *caseScreen) clear() {
	if s.bar != nil {
		_ = s.bar.Clear()
	}
}
