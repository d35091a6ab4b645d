package testservers

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"time"
)

// readyTimeout bounds the wait for a server that has been started.
const readyTimeout = time.Minute

// Supervisor is the runner's end of the process that owns the servers. Its
// methods are for one goroutine.
type Supervisor struct {
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	orders *json.Encoder
	events chan event
	dirs   []string
	close  func() error
}

// Server is a server that answered.
type Server struct {
	Kind    Kind
	URL     string
	Version string
	// Source says where it came from.
	Source string
	// PID is the server's process, 0 for one that was found running.
	PID int

	launch Launch
}

// StartSupervisor starts this same program again as a supervisor: main must call
// [Supervising] first. Below a runner the supervisor's program is the runner's.
func StartSupervisor() (*Supervisor, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(cmp.Or(os.Getenv(runnerProgramEnv), program)) //nolint:noctx // it ends when the pipe closes, and not before
	cmd.Env = append(os.Environ(), superviseEnv+"=1")
	cmd.Stderr = os.Stderr
	ownGroup(cmd)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	err = cmd.Start()
	if err != nil {
		return nil, fmt.Errorf("start the supervisor: %w", err)
	}
	s := &Supervisor{cmd: cmd, stdin: stdin, orders: json.NewEncoder(stdin), events: make(chan event, 1)}
	read := make(chan struct{})
	go func() {
		defer close(read)
		defer close(s.events)
		for decoder := json.NewDecoder(stdout); ; {
			var e event
			if decoder.Decode(&e) != nil {
				return
			}
			s.events <- e
		}
	}()
	s.close = sync.OnceValue(func() error { return s.end(read) })
	return s, nil
}

// Close stops the servers and waits for the supervisor's end.
func (s *Supervisor) Close() error { return s.close() }

func (s *Supervisor) end(read <-chan struct{}) error {
	errs := []error{s.stdin.Close()}
	for range s.events { // servers report their end; who asked for it need not know
	}
	<-read
	err := s.cmd.Wait()
	if err != nil {
		errs = append(errs, fmt.Errorf("supervisor: %w", err))
	}
	// The supervisor removed them, unless it was killed.
	for _, dir := range s.dirs {
		errs = append(errs, os.RemoveAll(dir))
	}
	return errors.Join(errs...)
}

// Guard has the process group killed should this process die first.
func (s *Supervisor) Guard(group int) error { return s.orders.Encode(order{Guard: &group}) }

// Release ends what [Supervisor.Guard] began.
func (s *Supervisor) Release() error { return s.Guard(0) }

// start runs one server and waits until it answers.
func (s *Supervisor) start(ctx context.Context, kind Kind, in Instance, l Launch) (Server, error) {
	l.Dir, l.Stop = in.Dir, kind.Stop
	s.dirs = append(s.dirs, in.Dir)
	return s.launch(ctx, Server{Kind: kind, URL: kind.URL(in), launch: l})
}

// launch runs what srv.launch says and waits until the server answers.
func (s *Supervisor) launch(ctx context.Context, srv Server) (Server, error) {
	err := s.orders.Encode(order{Launch: &srv.launch})
	if err != nil {
		return Server{}, fmt.Errorf("tell the supervisor: %w", err)
	}
	started, err := s.nextEvent(func(e event) bool { return !e.Exited })
	if err == nil && started.Error != "" {
		err = errors.New(started.Error)
	}
	if err != nil {
		return Server{}, err
	}
	srv.PID = started.PID
	srv.Version, err = s.await(ctx, srv)
	return srv, err
}

// nextEvent waits for an event of the wanted sort and drops the others.
func (s *Supervisor) nextEvent(wanted func(event) bool) (event, error) {
	for e := range s.events {
		if wanted(e) {
			return e, nil
		}
	}
	return event{}, errors.New("the supervisor has ended")
}

// await asks the server for its version until it answers.
func (s *Supervisor) await(ctx context.Context, srv Server) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		version, err := srv.Kind.Version(ctx, srv.URL)
		if err == nil {
			return version, nil
		}
		select {
		case e, ok := <-s.events:
			switch {
			case !ok:
				return "", errors.New("the supervisor has ended")
			case e.PID == srv.PID:
				return "", fmt.Errorf("the server ended: %s", e.Error)
			}
		case <-ctx.Done():
			return "", fmt.Errorf("no answer: %w", err)
		case <-again.C:
		}
	}
}
