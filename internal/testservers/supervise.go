package testservers

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// superviseEnv turns a program that calls [Supervising] into a supervisor.
const superviseEnv = "DURO_TESTSERVERS_SUPERVISE"

// stopGrace is how long a server may take to end in order before it is killed.
const stopGrace = 15 * time.Second

// order is one line of what the runner tells its supervisor. When the orders
// end, so does everything the supervisor started.
type order struct {
	// Launch starts a server. The supervisor answers with an event.
	Launch *Launch `json:",omitempty"`
	// Guard names a process group to be killed should the runner die; 0 releases
	// it.
	Guard *int `json:",omitempty"`
}

// event is one line of what a supervisor says: that a server runs, that it could
// not be started, or (with Exited) that it ended unasked.
type event struct {
	PID    int    `json:",omitempty"`
	Exited bool   `json:",omitempty"`
	Error  string `json:",omitempty"`
}

// Supervising reports whether this process was started as a supervisor. A
// program that uses [StartSupervisor] on itself asks first thing in main, and
// then calls [Supervise] and nothing else.
func Supervising() bool { return os.Getenv(superviseEnv) != "" }

// Supervise is the supervisor's main function: it follows the orders on standard
// input until they end or it is asked to terminate, then stops what it started.
// It returns the process's exit code.
func Supervise() int {
	// The kernel ties the servers' lives to this thread's.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()

	// Only the end of the orders and SIGTERM end it. Its outputs may well be broken
	// pipes, when the runner was killed: that is when there is work to do.
	signal.Ignore(syscall.SIGINT, syscall.SIGHUP, syscall.SIGPIPE)
	terminate := make(chan os.Signal, 1)
	signal.Notify(terminate, syscall.SIGTERM)

	s := supervision{out: json.NewEncoder(os.Stdout)}
	orders := readOrders(os.Stdin)
	for {
		select {
		case o, ok := <-orders:
			if !ok {
				return s.end()
			}
			s.follow(o)
		case <-terminate:
			return s.end()
		}
	}
}

// readOrders decodes orders until the pipe closes. What cannot be decoded counts
// as the end: a runner that talks nonsense is not one to keep servers for.
func readOrders(r io.Reader) <-chan order {
	orders := make(chan order)
	go func() {
		defer close(orders)
		for decoder := json.NewDecoder(r); ; {
			var o order
			if decoder.Decode(&o) != nil {
				return
			}
			orders <- o
		}
	}()
	return orders
}

// supervision is what a supervisor has under it.
type supervision struct {
	mu      sync.Mutex // guards out, which servers' waiters share
	out     *json.Encoder
	servers []*server
	group   int
}

func (s *supervision) follow(o order) {
	switch {
	case o.Guard != nil:
		s.group = *o.Guard
	case o.Launch != nil:
		srv, err := launch(*o.Launch)
		if err != nil {
			s.say(event{Error: errors.Join(err, os.RemoveAll(o.Launch.Dir)).Error()})
			return
		}
		s.servers = append(s.servers, srv)
		s.say(event{PID: srv.cmd.Process.Pid})
		go func() {
			<-srv.gone
			s.say(event{PID: srv.cmd.Process.Pid, Exited: true, Error: srv.lastWords()})
		}()
	}
}

// say tells the runner, who may be gone: then nobody is left to be told.
func (s *supervision) say(e event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = s.out.Encode(e)
}

func (s *supervision) end() int {
	if s.group != 0 {
		_ = signalGroup(s.group, syscall.SIGKILL) // gone already is as good
	}
	code := 0
	for _, srv := range slices.Backward(s.servers) { // one started again shares its folder with its forerunner
		err := srv.stop()
		if err != nil {
			fmt.Fprintln(os.Stderr, "testservers:", err)
			code = 1
		}
	}
	return code
}

// server is one running server.
type server struct {
	launch Launch
	cmd    *exec.Cmd
	gone   chan struct{} // closed when the process has ended and been waited for
}

// launch makes and starts a server. On the supervisor's main goroutine only: see
// asServer.
func launch(l Launch) (*server, error) {
	err := prepare(l)
	if err != nil {
		return nil, err
	}
	for _, argv := range l.Init {
		cmd := l.command(argv)
		out, err := cmd.CombinedOutput()
		if err != nil {
			return nil, fmt.Errorf("%s: %w\n%s", argv[0], err, tail(out))
		}
	}
	log, err := os.Create(l.log())
	if err != nil {
		return nil, err
	}
	defer log.Close()
	srv := &server{launch: l, cmd: l.command(l.Argv), gone: make(chan struct{})}
	srv.cmd.Stdout, srv.cmd.Stderr = log, log
	err = srv.cmd.Start()
	if err != nil {
		return nil, err
	}
	go func() {
		defer close(srv.gone)
		_ = srv.cmd.Wait() // how it ended is told by its log
	}()
	return srv, nil
}

// prepare writes the server's files and gives them to its user.
func prepare(l Launch) error {
	for path, content := range l.Files {
		err := os.WriteFile(path, []byte(content), 0o600)
		if err != nil {
			return err
		}
	}
	if !l.drops() {
		return nil
	}
	return filepath.WalkDir(l.Dir, func(path string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, nobody, nobody)
	})
}

func (l Launch) drops() bool { return dropsPrivileges() && !l.AsCaller }

func (l Launch) log() string { return filepath.Join(l.Dir, "log") }

func (l Launch) command(argv []string) *exec.Cmd {
	cmd := exec.Command(argv[0], argv[1:]...) //nolint:noctx // the kinds name the programs; stop ends them
	cmd.Dir = l.Dir
	if l.AsCaller {
		cmd.Env = os.Environ()
	} else {
		cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + l.Dir, "TMPDIR=" + l.Dir, "LC_ALL=C"}
	}
	cmd.Env = append(cmd.Env, l.Env...)
	asServer(cmd, l.Stop, l.drops())
	return cmd
}

// stop ends the server, in order if it can, and removes its folder.
func (s *server) stop() error {
	_ = s.cmd.Process.Signal(s.launch.Stop) // ended already is as good
	late := time.NewTimer(stopGrace)
	defer late.Stop()
	select {
	case <-s.gone:
	case <-late.C:
		_ = s.cmd.Process.Kill()
		<-s.gone
	}
	return os.RemoveAll(s.launch.Dir)
}

// lastWords returns the end of the server's log.
func (s *server) lastWords() string {
	content, err := os.ReadFile(s.launch.log())
	if err != nil {
		return "no log: " + err.Error()
	}
	return tail(content)
}

// tail returns the last lines of a program's output.
func tail(out []byte) string {
	const keep = 10
	lines := strings.Split(string(bytes.TrimSpace(out)), "\n")
	return strings.Join(lines[max(0, len(lines)-keep):], "\n")
}
