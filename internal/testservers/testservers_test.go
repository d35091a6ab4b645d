//go:build unix

package testservers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// runnerEnv turns the test binary into a runner that holds a server until its
// standard input ends.
const runnerEnv = "DURO_TESTSERVERS_TEST_RUNNER"

func TestMain(m *testing.M) {
	switch {
	case Supervising():
		os.Exit(Supervise())
	case os.Getenv(runnerEnv) != "":
		os.Exit(holdServer())
	}
	os.Exit(m.Run())
}

// held is what a runner tells the test about its server.
type held struct {
	URL string
	PID int
	Dir string
}

func holdServer() int {
	set, err := Start(context.Background(), os.Stderr, Kinds())
	defer func() { _ = set.Close() }()
	if err != nil || len(set.Servers) == 0 {
		fmt.Fprintln(os.Stderr, "no server to hold:", err, set.Missing)
		return 1
	}
	srv := set.Servers[0]
	_ = json.NewEncoder(os.Stdout).Encode(held{URL: srv.URL, PID: srv.PID, Dir: set.finder.started.dirs[0]})
	_, _ = io.Copy(io.Discard, os.Stdin)
	return 0
}

// startThrowAway starts a PostgreSQL of the test's own, though the run as a whole
// may have one already.
func startThrowAway(t *testing.T) (*Set, Server) {
	t.Helper()
	ownServersOnly(t)
	set, err := Start(t.Context(), t.Output(), []Kind{postgresKind()})
	t.Cleanup(func() { _ = set.Close() })
	if err != nil {
		t.Fatal(err)
	}
	if len(set.Servers) == 0 {
		t.Skipf("no PostgreSQL to start: %v", set.Missing[Postgres])
	}
	return set, set.Servers[0]
}

func ownServersOnly(t *testing.T) {
	t.Helper()
	sources := os.Getenv(SourcesEnv)
	if sources == "" || strings.Contains(sources, "env") {
		sources = "local,docker,debian"
	}
	t.Setenv(SourcesEnv, sources)
	t.Setenv(ServersEnv, "")
}

func TestAServerAnswersAndIsGoneAfterClose(t *testing.T) {
	set, srv := startThrowAway(t)
	if !regexp.MustCompile(`^\d+`).MatchString(srv.Version) {
		t.Errorf("version %q does not begin with a number", srv.Version)
	}
	if got, want := set.Environ(), []string{"DURO_TEST_POSTGRES=" + srv.URL}; len(got) != 1 || got[0] != want[0] {
		t.Errorf("environment %q, want %q", got, want)
	}
	dir := set.finder.started.dirs[0]
	err := set.Close()
	if err != nil {
		t.Errorf("close: %v", err)
	}
	wantGone(t, srv.URL, srv.PID)
	wantRemoved(t, dir)
}

func TestAServerGoesWithItsKilledSupervisor(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux ends children with their parent")
	}
	set, srv := startThrowAway(t)
	ping(t, srv.URL)
	dir := set.finder.started.dirs[0]
	err := set.finder.started.cmd.Process.Kill()
	if err != nil {
		t.Fatal(err)
	}
	wantGone(t, srv.URL, srv.PID)
	if set.Close() == nil {
		t.Error("close does not tell that the supervisor was killed")
	}
	wantRemoved(t, dir)
}

func TestAServerGoesWithItsKilledRunner(t *testing.T) {
	ownServersOnly(t)
	runner := exec.CommandContext(t.Context(), os.Args[0])
	runner.Env = append(os.Environ(), runnerEnv+"=1")
	runner.Stderr = t.Output()
	stdin, err := runner.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	stdout, err := runner.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	err = runner.Start()
	if err != nil {
		t.Fatal(err)
	}
	var h held
	err = json.NewDecoder(stdout).Decode(&h)
	if err != nil {
		_ = runner.Wait()
		t.Skipf("the runner has no server (%v); its messages say why", err)
	}
	ping(t, h.URL)
	err = runner.Process.Kill()
	if err != nil {
		t.Fatal(err)
	}
	_ = runner.Wait() // killed, as intended
	wantGone(t, h.URL, h.PID)
	wantRemoved(t, h.Dir)
}

func TestRunReturnsTheExitCodeAndLeavesNoProcess(t *testing.T) {
	supervisor := startSupervisor(t)
	note := filepath.Join(t.TempDir(), "pid")
	code, err := supervisor.Run(t.Context(), exec.Command("sh", "-c", `sleep 1000 & echo $! >"$0"; exit 3`, note))
	if code != 3 || err != nil {
		t.Errorf("exit code %d, error %v; want 3 and none", code, err)
	}
	content, err := os.ReadFile(note)
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(content)))
	if err != nil {
		t.Fatal(err)
	}
	waitUntil(t, "the process left behind has ended", func() bool { return !alive(pid) })
}

func TestRunInterruptsTheCommandWhenTheRunnerIsInterrupted(t *testing.T) {
	supervisor := startSupervisor(t)
	ctx, cancel := context.WithCancel(t.Context())
	cmd := exec.Command("sh", "-c", `trap 'exit 7' INT; echo ready; while :; do sleep 0.01; done`)
	cmd.Stdout = writerFunc(func(p []byte) (int, error) { cancel(); return len(p), nil })
	code, err := supervisor.Run(ctx, cmd)
	if code != 7 || err == nil || !strings.Contains(err.Error(), "interrupted") {
		t.Errorf("exit code %d, error %v; want 7 and an interruption", code, err)
	}
}

func TestAKilledRunnerTakesItsCommandAlong(t *testing.T) {
	supervisor := startSupervisor(t)
	cmd := exec.Command("sleep", "1000")
	ownGroup(cmd)
	err := cmd.Start()
	if err != nil {
		t.Fatal(err)
	}
	err = supervisor.Guard(cmd.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	err = supervisor.Close() // what the supervisor sees is the same: the pipe closes
	if err != nil {
		t.Error(err)
	}
	err = cmd.Wait()
	if _, signaled := errors.AsType[*exec.ExitError](err); !signaled {
		t.Errorf("the command ended with %v, want a signal", err)
	}
}

func TestAFailingServerIsReportedWithItsLastWords(t *testing.T) {
	supervisor := startSupervisor(t)
	kind := postgresKind()
	for name, c := range map[string]struct {
		launch Launch
		want   string
	}{
		"init fails":    {Launch{Init: [][]string{{"/bin/sh", "-c", "echo bad init; exit 1"}}, Argv: []string{"true"}}, "bad init"},
		"server ends":   {Launch{Argv: []string{"/bin/sh", "-c", "echo bad start; exit 1"}}, "bad start"},
		"no such thing": {Launch{Argv: []string{"/nonexistent"}}, "/nonexistent"},
	} {
		t.Run(name, func(t *testing.T) {
			in, err := newInstance(kind)
			if err != nil {
				t.Fatal(err)
			}
			_, err = supervisor.start(t.Context(), kind, in, c.launch)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
}

func TestTheImageIsRunOnLoopbackWithItsPasswordOutOfSight(t *testing.T) {
	bin := t.TempDir()
	const fake = `#!/bin/sh
case $1 in
run) echo "$@, $POSTGRES_PASSWORD"; exit 1 ;;
esac
`
	err := os.WriteFile(filepath.Join(bin, "docker"), []byte(fake), 0o700)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	f := &finder{log: t.Output()}
	t.Cleanup(func() {
		if f.started != nil {
			_ = f.started.Close()
		}
	})
	_, err = fromDocker(t.Context(), f, postgresKind())
	want := regexp.MustCompile(`run --rm --publish 127\.0\.0\.1:\d+:5432 --env POSTGRES_PASSWORD postgres:17, [A-Z2-7]{26}$`)
	if err == nil || !want.MatchString(err.Error()) {
		t.Errorf("the client was run as %v, want %v", err, want)
	}
}

func startSupervisor(t *testing.T) *Supervisor {
	t.Helper()
	s, err := StartSupervisor()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func ping(t *testing.T, address string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	var one int
	err = conn.QueryRow(t.Context(), "SELECT 1").Scan(&one)
	if err != nil || one != 1 {
		t.Fatalf("SELECT 1 gave %d, %v", one, err)
	}
}

func wantGone(t *testing.T, address string, pid int) {
	t.Helper()
	waitUntil(t, fmt.Sprintf("process %d has ended", pid), func() bool { return !alive(pid) })
	conn, err := pgx.Connect(t.Context(), address)
	if err == nil {
		_ = conn.Close(t.Context())
		t.Error("the server still answers")
	}
}

func wantRemoved(t *testing.T, dir string) {
	t.Helper()
	waitUntil(t, dir+" is removed", func() bool { return !isDir(dir) })
}

// waitUntil watches what another process does, which gives no signal to wait for.
func waitUntil(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline, tick := time.After(30*time.Second), time.NewTicker(5*time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-deadline:
			t.Fatalf("after 30s still not true: %s", what)
		case <-tick.C:
		}
	}
}

// alive reports whether a process runs. One that nobody has waited for yet has
// ended all the same.
func alive(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	_, state, found := strings.Cut(string(stat), ") ")
	return err != nil || !found || !strings.HasPrefix(state, "Z")
}

func TestAPrivateServerKeepsItsDataWhenItIsKilled(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv(runnerProgramEnv, self)
	p := StartPrivate(t, Postgres, "-c", "synchronous_commit=on")
	ask := func(query string) string {
		t.Helper()
		conn, err := pgx.Connect(t.Context(), p.URL)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(t.Context())
		rows, err := conn.Query(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(answer, " ")
	}
	if got := ask("SHOW synchronous_commit"); got != "on" {
		t.Errorf("the option says %s, want on", got)
	}
	ask("CREATE TABLE kept AS SELECT 'kept' AS word")
	for _, end := range []func(){p.Kill, p.Stop} {
		before := p.PID
		end()
		if alive(before) {
			t.Errorf("process %d goes on", before)
		}
		p.Start()
		if got := ask("SELECT word FROM kept"); got != "kept" {
			t.Errorf("read %q, want what was written before the end", got)
		}
	}
}
