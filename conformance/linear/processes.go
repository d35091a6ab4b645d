package linear

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"

	"github.com/durokit/duro/core"
)

// planEnv tells a copy of a test's program what its clients do.
const planEnv = "DURO_TEST_LINEAR"

// Planned is the plan of a copy of a test's program, which must Perform it instead of
// testing.
func Planned() (plan Plan, ok bool) {
	given, ok := os.LookupEnv(planEnv)
	if ok {
		ok = json.Unmarshal([]byte(given), &plan) == nil
	}
	return plan, ok
}

// Perform says that it is ready, waits until its input ends, so that all processes
// begin at once, and writes what the clients then see.
func Perform(ctx context.Context, p core.Provider, plan Plan) error {
	fmt.Fprintln(os.Stdout, "ready")
	_, _ = io.Copy(io.Discard, os.Stdin)
	history, err := Record(ctx, p, plan)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(history)
}

// The processes of a check, and the clients in each.
const (
	processes = 2
	clients   = 3
)

// CheckProcesses has clients in two copies of the test's program work on an empty store
// at once, some 1,000 operations or as many times more, and checks what they saw. env
// tells the copies where the store is.
func CheckProcesses(t *testing.T, q Queue, times int, env ...string) {
	t.Helper()
	var running [processes]*process
	for i := range running {
		running[i] = spawn(t, Plan{Queue: q, First: i * clients, Clients: clients, Operations: 170 * times, Seed: uint64(i + 1)}, env)
	}
	for _, p := range running {
		if err := p.begin(); err != nil {
			t.Fatal(err)
		}
	}
	var history []Operation
	for _, p := range running {
		seen, err := p.end()
		if err != nil {
			t.Fatal(err)
		}
		history = append(history, seen...)
	}
	Check(t, q, history)
	t.Logf("%d operations, %d locks expired", len(history), Expired(history))
	if Expired(history) == 0 {
		t.Error("no lock expired: the history says nothing of that")
	}
}

// process is a copy of the test's program.
type process struct {
	cmd   *exec.Cmd
	input io.Closer
	out   *bufio.Reader
}

// spawn starts a process and waits until it is ready.
func spawn(t *testing.T, plan Plan, env []string) *process {
	t.Helper()
	given, err := json.Marshal(plan)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0]) //nolint:gosec // the test runs itself
	cmd.Env = append(append(os.Environ(), env...), planEnv+"="+string(given))
	cmd.Stderr = t.Output()
	input, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &process{cmd, input, bufio.NewReader(out)}
	if word, err := p.out.ReadString('\n'); err != nil || word != "ready\n" {
		t.Errorf("the process said %q, %v", word, err)
	}
	return p
}

func (p *process) begin() error { return p.input.Close() }

// end reads what the process saw, and waits for its end.
func (p *process) end() (history []Operation, err error) {
	err = json.NewDecoder(p.out).Decode(&history)
	if ended := p.cmd.Wait(); ended != nil {
		return nil, fmt.Errorf("a process failed: %w", ended)
	}
	return history, err
}
