//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
)

// tempStore is a store of its own for a test.
func tempStore(t *testing.T) string {
	t.Helper()
	return "sqlite:" + filepath.Join(t.TempDir(), "stress.db")
}

// startStress starts a run that is not going to end by itself, and waits until it
// has announced itself. It returns the run's id.
func startStress(t *testing.T, args ...string) (*started, string) {
	t.Helper()
	s := start(t, append([]string{"stress", "--count", "1000000", "--ceiling=false"}, args...)...)
	return s, s.says(t, `^run ([a-z0-9]+); `)[1]
}

// here runs a command line in this process.
func here(t *testing.T, status int, args ...string) (stdout string) {
	t.Helper()
	var out, errs bytes.Buffer
	if got := run(args, strings.NewReader(""), &out, &errs); got != status {
		t.Fatalf("%v: status %d, want %d: %s", args, got, status, errs.String())
	}
	return out.String()
}

// resumed finishes a run and returns what its report says of the earlier one.
func resumed(t *testing.T, backend, id string) (finishedEarlier, resumed int) {
	t.Helper()
	var report struct {
		Result struct {
			Resumed         int `json:"resumed"`
			FinishedEarlier int `json:"finished_earlier"`
			Launched        int `json:"launched"`
			Completed       int `json:"completed"`
			Check           struct{ Instances int }
		}
	}
	out := here(t, exitOK, "stress", "--backend", backend, "--resume", id, "--delay", "1ms", "--json")
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Fatal(err)
	}
	r := report.Result
	if r.Launched != r.Completed || r.Check.Instances != r.FinishedEarlier+r.Completed {
		t.Errorf("%+v: not everything was finished and checked", r)
	}
	return r.FinishedEarlier, r.Resumed
}

func TestInterruptedStressFinishesWhatIsInFlight(t *testing.T) {
	t.Parallel()
	url := tempStore(t)
	s, id := startStress(t, "--backend", url, "--delay", "1ms", "--keep")
	s.interrupt(t)
	s.isInterrupted(t, "duro: interrupted; all of run "+id+" that was started is finished\n")
	if !strings.Contains(s.stderr.String(), "\ninterrupted: finishing what is in flight, for 10s at most; again to stop at once\n") {
		t.Errorf("stderr: %s", s.stderr.String())
	}
	if out := here(t, exitOK, "instances", "list", "--backend", url, "--status", "running"); strings.Contains(out, id) {
		t.Errorf("still running:\n%s", out)
	}
	if earlier, left := resumed(t, url, id); earlier == 0 || left != 0 {
		t.Errorf("%d finished earlier, %d resumed", earlier, left)
	}
	if out := here(t, exitOK, "instances", "list", "--backend", url); strings.Contains(out, id) {
		t.Errorf("the resumed run was not cleaned up:\n%s", out)
	}
}

func TestInterruptedStressGivesUpAfterTheGrace(t *testing.T) {
	t.Parallel()
	url := tempStore(t)
	s, id := startStress(t, "--backend", url, "--delay", "1h", "--grace", "100ms", "--in-flight", "3")
	s.interrupt(t)
	s.isInterrupted(t, "duro: interrupted with 3 instances unfinished; to go on: duro stress --resume "+id+", with the same flags\n")
}

func TestSecondInterruptEndsAStressRun(t *testing.T) {
	t.Parallel()
	s, _ := startStress(t, "--backend", tempStore(t), "--delay", "1h")
	s.interrupt(t)
	s.says(t, "again to stop")
	s.interrupt(t)
	s.isInterrupted(t, "duro: interrupted twice, stopped at once\n")
}

func TestKilledStressIsResumed(t *testing.T) {
	if testing.Short() {
		t.Skip("the killed workers' locks expire after 30 s")
	}
	t.Parallel()
	url := tempStore(t)
	s, id := startStress(t, "--backend", url, "--delay", "1ms")
	if err := s.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = s.Wait() // it was killed
	if earlier, left := resumed(t, url, id); earlier+left == 0 {
		t.Error("nothing was found of the earlier run")
	}
}
