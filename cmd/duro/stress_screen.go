package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/durokit/duro/internal/stress"
)

// screen tells on standard error how a run goes: with a bar where that is a
// terminal, else only what a log should have.
type screen struct {
	w      io.Writer
	cfg    stress.Config
	resume bool

	mu     sync.Mutex
	begun  bool
	closed bool
	bar    *progressbar.ProgressBar // nil where there is no terminal
}

func (c *cli) newScreen(cfg stress.Config, resume bool) *screen {
	s := &screen{w: c.stderr, cfg: cfg, resume: resume}
	size := int64(-1) // a resumed run does not know how much is left
	switch {
	case resume:
	case cfg.Count > 0:
		size = int64(cfg.Count)
	default:
		size = cfg.Duration.Milliseconds()
	}
	s.bar = c.newBar(size)
	return s
}

// newBar makes a bar on standard error, nil where that is no terminal.
func (c *cli) newBar(size int64) *progressbar.ProgressBar {
	if !isTerminal(c.stderr) {
		return nil
	}
	return progressbar.NewOptions64(size, progressbar.OptionSetWriter(c.stderr), progressbar.OptionClearOnFinish(),
		progressbar.OptionSetPredictTime(false), progressbar.OptionSetElapsedTime(false), progressbar.OptionSetWidth(30))
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// show is a stress.Observer. Its first call announces the run: a wrong
// configuration has been refused by then.
func (s *screen) show(p stress.Progress) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	if !s.begun {
		s.begun = true
		s.clear()
		fmt.Fprintf(s.w, "run %s; if it is cut off: duro stress --resume %s, with the same flags\n", s.cfg.RunID, s.cfg.RunID)
	}
	if s.bar == nil {
		return
	}
	doing := ""
	if p.Draining {
		doing = "finishing, "
	}
	s.bar.Describe(fmt.Sprintf("%s %s%d done, %d in flight, %d failed",
		p.Elapsed.Round(time.Second), doing, p.Completed, p.Active, p.Failed))
	done := p.Elapsed.Milliseconds()
	if s.resume || s.cfg.Count > 0 {
		done = int64(p.Completed + p.Failed)
	}
	if limit := s.bar.GetMax64(); limit > 0 {
		done = min(done, limit-1) // a full bar ends itself, and there may be more to say
	}
	_ = s.bar.Set64(done) // it draws on a terminal, which is not worth failing for
}

// sayf prints a line between two drawings of the bar.
func (s *screen) sayf(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clear()
	fmt.Fprintf(s.w, format+"\n", args...)
}

// close takes the bar away. It may be called twice.
func (s *screen) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clear()
	s.closed = true
}

func (s *screen) clear() {
	if s.bar != nil {
		_ = s.bar.Clear()
	}
}
