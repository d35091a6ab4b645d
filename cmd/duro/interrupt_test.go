//go:build unix

package main

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// started is a duro in a process of its own, which a signal can be sent to.
type started struct {
	*exec.Cmd
	out    *bufio.Reader
	stderr *lockedBuffer
}

// lockedBuffer is read while the process still writes to it.
type lockedBuffer struct {
	mu   sync.Mutex
	text strings.Builder
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// start runs duro in the background. testscript.Main has put it into the PATH.
func start(t *testing.T, args ...string) *started {
	t.Helper()
	s := &started{Cmd: exec.CommandContext(t.Context(), "duro", args...), stderr: &lockedBuffer{}}
	stdout, err := s.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	s.out = bufio.NewReader(stdout)
	s.Stderr = s.stderr
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Process.Kill() }) // fails when it has ended, as it should
	return s
}

// reads waits for a line of the process's output.
func (s *started) reads(t *testing.T, want string) {
	t.Helper()
	line, err := s.out.ReadString('\n')
	if strings.TrimSpace(line) != want {
		t.Fatalf("duro printed %q (%v), want %q; stderr: %s", line, err, want, s.stderr.String())
	}
}

// says waits until what the process wrote to standard error matches.
func (s *started) says(t *testing.T, pattern string) []string {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); <-tick.C {
		if m := regexp.MustCompile(pattern).FindStringSubmatch(s.stderr.String()); m != nil {
			return m
		}
	}
	t.Fatalf("duro never said %s: %s", pattern, s.stderr.String())
	return nil
}

func (s *started) interrupt(t *testing.T) {
	t.Helper()
	if err := s.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
}

// isInterrupted waits for the process and checks its status and its last words.
func (s *started) isInterrupted(t *testing.T, stderr string) {
	t.Helper()
	_, err := io.Copy(io.Discard, s.out)
	if err != nil {
		t.Error(err)
	}
	_ = s.Wait() // the status is looked at below
	if got := s.ProcessState.ExitCode(); got != exitInterrupted {
		t.Errorf("status %d, want %d", got, exitInterrupted)
	}
	if got := s.stderr.String(); !strings.HasSuffix(got, stderr) {
		t.Errorf("stderr %q, want %q", got, stderr)
	}
}

func TestInterruptEndsACommand(t *testing.T) {
	t.Parallel()
	s := start(t, "instances", "list", "--backend", "fixture:hanging")
	s.reads(t, "hanging")
	s.interrupt(t)
	s.isInterrupted(t, "duro: interrupted\n")
}

func TestSecondInterruptEndsTheProcess(t *testing.T) {
	t.Parallel()
	s := start(t, "doctor", "--backend", "fixture:hanging")
	s.reads(t, "hanging")
	// Two signals at once may arrive as one, so they keep coming.
	ended := make(chan struct{})
	var sender sync.WaitGroup
	sender.Go(func() {
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				_ = s.Process.Signal(os.Interrupt) // fails when it has just ended
			case <-ended:
				return
			}
		}
	})
	s.isInterrupted(t, "duro: interrupted twice, stopped at once\n")
	close(ended)
	sender.Wait()
}
