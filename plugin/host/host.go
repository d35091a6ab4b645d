package host

import (
	"context"
	"errors"
	"sync"

	"google.golang.org/grpc"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/plugin/address"
	"github.com/durokit/duro/plugin/remote"
)

var errExited = errors.New("has ended")

// running are the children of this process, by what makes them the same.
var running = struct {
	sync.Mutex
	children map[string]*supervisor
}{children: map[string]*supervisor{}}

// OpenChild opens a store in a child process, which is started unless one like it runs
// already. The child ends when the last of its stores is closed. A plugin that runs
// under a debugger already is used where it is, see address.ReattachKey.
func OpenChild(ctx context.Context, c ChildConfig) (core.Provider, error) {
	if at, ok := address.Reattached(c.Name); ok {
		return OpenAddress(ctx, AddressConfig{Address: at, Config: c.Config})
	}
	s := acquire(c.withDefaults())
	p, err := remote.Open(ctx, remote.Options{
		Where:   "the plugin " + c.Name,
		Connect: s.connect,
		Explain: s.explain,
		Config:  c.Config,
		Release: func(ctx context.Context) error { return giveBack(ctx, s) },
	})
	if err != nil {
		_ = giveBack(ctx, s)
		return nil, err
	}
	return p, nil
}

// acquire returns the child of a configuration, one more time in use.
func acquire(c ChildConfig) *supervisor {
	running.Lock()
	defer running.Unlock()
	s := running.children[c.key()]
	if s != nil {
		if state := s.now().state; state == StateFailed || state == StateEnded {
			s = nil // its users keep it; another one gets a new chance
		}
	}
	if s == nil {
		s = supervise(c)
		running.children[c.key()] = s
	}
	s.users++
	return s
}

// giveBack ends one use of a child. The last user ends it, and waits for that until ctx ends.
func giveBack(ctx context.Context, s *supervisor) error {
	running.Lock()
	s.users--
	last := s.users == 0
	if key := s.config.key(); last && running.children[key] == s {
		delete(running.children, key)
	}
	running.Unlock()
	if !last {
		return nil
	}
	s.stop()
	select {
	case <-s.done:
		return nil
	case <-ctx.Done():
		return core.AsProviderError("Close", ctx.Err())
	}
}

// Running is a child of this process.
type Running struct {
	Name    string
	Version string
	State   State
	PID     string
	Stores  int
}

// Children lists the children of this process.
func Children() []Running {
	running.Lock()
	defer running.Unlock()
	var out []Running
	for _, s := range running.children {
		now := s.now()
		r := Running{Name: s.config.Name, State: now.state, Stores: s.users}
		if k := now.child; k != nil {
			r.Version, r.PID = k.about.GetVersion(), k.process.ID()
		}
		out = append(out, r)
	}
	return out
}

// DialChild starts a child, as OpenChild does, and returns a connection to it instead of
// a store. release gives the child back.
func DialChild(ctx context.Context, c ChildConfig) (conn grpc.ClientConnInterface, release func(context.Context) error, err error) {
	if at, ok := address.Reattached(c.Name); ok {
		conn, err := address.Dial(at, nil, "")
		return conn, func(context.Context) error { return conn.Close() }, err
	}
	s := acquire(c.withDefaults())
	conn, err = s.connect(ctx)
	if err != nil {
		_ = giveBack(ctx, s)
		return nil, nil, err
	}
	return conn, func(ctx context.Context) error { return giveBack(ctx, s) }, nil
}
