package testservers

import (
	"context"
	"errors"
	"os"
	"slices"
	"syscall"
	"testing"
	"time"
)

// runnerProgramEnv names the program that supervises the servers of a test's own.
const runnerProgramEnv = "DURO_TESTSERVERS_RUNNER"

// RunnerEnviron returns the variable by which the tests below this runner start
// servers of their own.
func RunnerEnviron() []string {
	self, err := os.Executable()
	if err != nil {
		return nil
	}
	return []string{runnerProgramEnv + "=" + self}
}

// Private is a server of one test's own, for what cannot be done to a server that
// others use: ending it, starting it again, letting it run out of something.
type Private struct {
	Server

	tb         testing.TB
	supervisor *Supervisor
}

// StartPrivate starts a server with more options than usual, which override the
// usual ones. It is gone when the test ends. Without a runner above, or programs
// to start, the test is skipped, or fails where DURO_TEST_REQUIRE names the kind.
func StartPrivate(tb testing.TB, name string, options ...string) *Private {
	tb.Helper()
	return startPrivate(tb, ofRun(tb, name), options)
}

func startPrivate(tb testing.TB, kind Kind, options []string) *Private {
	tb.Helper()
	if os.Getenv(runnerProgramEnv) == "" {
		lacking(tb, kind, "run the test below with-servers")
	}
	f := &finder{log: tb.Output(), options: options}
	srv, err := f.find(tb.Context(), kind, restartable())
	if f.started != nil {
		tb.Cleanup(func() {
			if err := f.started.Close(); err != nil {
				tb.Errorf("end the private %s: %v", kind.Title, err)
			}
		})
	}
	switch {
	case errors.Is(err, errNone):
		lacking(tb, kind, err.Error())
	case err != nil:
		tb.Fatal(err)
	}
	return &Private{Server: srv, tb: tb, supervisor: f.started}
}

// restartable are the sources whose servers are processes of this machine.
func restartable() []source {
	return slices.DeleteFunc(sources(), func(s source) bool { return s.name == "env" || s.name == "docker" })
}

// Signal sends the server's process a signal.
func (p *Private) Signal(signal os.Signal) {
	p.tb.Helper()
	process, err := os.FindProcess(p.PID)
	if err == nil {
		err = process.Signal(signal)
	}
	if err != nil {
		p.tb.Fatalf("signal the private %s: %v", p.Kind.Title, err)
	}
}

// Stop asks the server to end in order, and waits for that.
func (p *Private) Stop() { p.end(p.Kind.Stop) }

// Kill ends the server in the middle of whatever it does.
func (p *Private) Kill() { p.end(syscall.SIGKILL) }

func (p *Private) end(signal os.Signal) {
	p.tb.Helper()
	p.Signal(signal)
	if _, err := p.supervisor.nextEvent(func(e event) bool { return e.Exited && e.PID == p.PID }); err != nil {
		p.tb.Fatal(err)
	}
}

// Start starts the server again after its end, with the data it had.
func (p *Private) Start() {
	p.tb.Helper()
	p.launch.Init, p.launch.Files = nil, nil
	ctx, cancel := context.WithTimeout(p.tb.Context(), readyTimeout)
	defer cancel()
	again := time.NewTicker(100 * time.Millisecond)
	defer again.Stop()
	for {
		srv, err := p.supervisor.launch(ctx, p.Server)
		if err == nil {
			p.Server = srv
			return
		}
		select {
		case <-again.C: // the processes of one that was killed may still be on their way out
		case <-ctx.Done():
			p.tb.Fatalf("start the private %s again: %v", p.Kind.Title, err)
		}
	}
}

// lacking ends a test for which there is no server.
func lacking(tb TB, kind Kind, why string) {
	tb.Helper()
	end := tb.Skipf
	if kind.named(splitList(os.Getenv(RequireEnv))) {
		end = tb.Fatalf
	}
	end("no %s: %s", kind.Title, why)
}
