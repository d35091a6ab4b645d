package testservers

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"syscall"
)

// Launch says how a supervisor makes and runs one server.
type Launch struct {
	// Dir is the server's folder and working directory, removed at the end.
	Dir string
	// Files are written before anything runs, readable by the server's user only.
	Files map[string]string
	// Init commands run one after the other, each to its end.
	Init [][]string
	// Argv is the server itself, which stays in the foreground.
	Argv []string
	// Env is added to the small environment every server gets.
	Env []string
	// Stop is the signal that asks for an orderly end.
	Stop syscall.Signal
	// AsCaller keeps the caller's user even for root: for clients of an engine
	// that runs the server elsewhere.
	AsCaller bool
}

// nobody is the user that servers get when root runs the tests.
const nobody = 65534

// newInstance makes the folder and picks the port of a throw-away server.
func newInstance(kind Kind) (Instance, error) {
	dir, err := os.MkdirTemp(scratchDir(), "duro-"+kind.Name+"-")
	if err != nil {
		return Instance{}, err
	}
	port, err := freePort()
	if err != nil {
		return Instance{}, errors.Join(err, os.Remove(dir))
	}
	return Instance{Dir: dir, Port: port, Password: rand.Text()}, nil
}

// freePort returns a loopback port that nobody listens on right now. Another
// process may take it before the server does; starting is tried again then.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // binding to loopback neither blocks nor resolves
	if err != nil {
		return 0, err
	}
	defer l.Close()
	addr, ok := l.Addr().(*net.TCPAddr)
	if !ok {
		return 0, fmt.Errorf("listening on %v gave no TCP port", l.Addr())
	}
	return addr.Port, nil
}

// scratchDir is where servers' folders are made: the usual temporary folder,
// unless the user that servers get cannot reach it.
func scratchDir() string {
	if dir := os.TempDir(); !dropsPrivileges() || reachable(dir) {
		return dir
	}
	return "/tmp"
}

// reachable reports whether every user may pass through dir and its parents.
func reachable(dir string) bool {
	for {
		info, err := os.Stat(dir)
		if err == nil && info.Mode().Perm()&0o001 == 0 {
			return false
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return true
		}
		dir = parent
	}
}

// dropsPrivileges reports whether servers run as another user than the caller.
func dropsPrivileges() bool { return os.Geteuid() == 0 }
