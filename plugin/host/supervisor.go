package host

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/connectivity"

	"github.com/durokit/duro/core"
)

// State is what a child is doing.
type State string

// The states of a child.
const (
	StateStarting State = "starting"
	StateReady    State = "ready"
	StateWaiting  State = "waiting" // before it is started again
	StateFailed   State = "failed"  // it ended too often; it is not started again
	StateEnded    State = "ended"   // by the host
)

// How a child that ends on its own is started again.
const (
	firstPause   = 100 * time.Millisecond
	longestPause = 10 * time.Second
	maxRestarts  = 10              // in a row
	healthyAfter = time.Minute     // it has then not ended in a row
	noticeWithin = 2 * time.Second // how soon the end of a process is noticed after its connection's
	missesKill   = 3               // health checks in a row
)

// supervisor keeps one child running.
type supervisor struct {
	config ChildConfig
	users  int // guarded by the registry

	stop context.CancelFunc
	done chan struct{} // closed when nothing runs any more

	mu      sync.Mutex
	state   State
	child   *child
	err     error         // why there is no child
	changed chan struct{} // closed with the next change
}

func supervise(c ChildConfig) *supervisor {
	ctx, stop := context.WithCancel(context.Background())
	s := &supervisor{
		config: c, stop: stop, done: make(chan struct{}), state: StateStarting, changed: make(chan struct{}),
	}
	go s.run(ctx)
	return s
}

// run starts the child, and again whenever it has ended, until it is stopped or the
// child has ended too often. A first start that fails is not repeated: there is
// something wrong that somebody has to mend.
func (s *supervisor) run(ctx context.Context) {
	defer close(s.done)
	for restarts := 0; ; {
		s.enter(StateStarting, nil, nil)
		began := time.Now()
		k, err := start(ctx, s.config)
		switch {
		case err == nil:
			s.enter(StateReady, k, nil)
			err = s.watch(ctx, k)
			if time.Since(began) > healthyAfter {
				restarts = 0
			}
		case restarts == 0:
			s.enter(StateFailed, nil, err)
			return
		}
		if ctx.Err() != nil {
			s.enter(StateEnded, nil, s.config.unavailable("was ended"))
			return
		}
		restarts++
		if restarts > maxRestarts {
			s.config.Log.Error("a plugin ends too often, and is not started again",
				slog.String("plugin", s.config.Name), slog.String("error", said(err)))
			s.enter(StateFailed, nil, s.config.unavailable("ended %d times in a row, and is not started again: %s", restarts, said(err)))
			return
		}
		s.enter(StateWaiting, nil, err)
		s.config.Log.Warn("a plugin has ended and will be started again", slog.String("plugin", s.config.Name),
			slog.Int("restarts", restarts), slog.String("error", said(err)))
		pause(ctx, s.config.pause, restarts)
	}
}

// pause waits before a restart, longer each time.
func pause(ctx context.Context, first time.Duration, restarts int) {
	long := min(first<<(restarts-1), longestPause)
	select {
	case <-time.After(long/2 + rand.N(long/2)):
	case <-ctx.Done():
	}
}

// watch returns when the child has ended: on its own, because it was not well, or
// because it was stopped. It says why.
func (s *supervisor) watch(ctx context.Context, k *child) error {
	misses := 0
	for {
		select {
		case <-k.process.exited:
			k.kill() // what there is of it besides the process
			return s.config.unavailable("%s", k.why(errExited))
		case <-ctx.Done():
			k.end()
			return ctx.Err()
		case <-time.After(s.config.HealthEvery/2 + rand.N(s.config.HealthEvery)):
		}
		if k.healthy(ctx) {
			misses = 0
			continue
		}
		misses++
		if misses >= missesKill && ctx.Err() == nil {
			_ = k.process.Kill(ctx)
			<-k.process.exited
			k.kill()
			return s.config.unavailable("did not answer %d health checks, and was killed", misses)
		}
	}
}

func (s *supervisor) enter(state State, k *child, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state, s.child, s.err = state, k, err
	close(s.changed)
	s.changed = make(chan struct{})
}

// situation is what there is to know at a moment.
type situation struct {
	state   State
	child   *child          // when it is ready
	err     error           // why there is none
	changed <-chan struct{} // closed when this is over
}

func (s *supervisor) now() situation {
	s.mu.Lock()
	defer s.mu.Unlock()
	return situation{s.state, s.child, s.err, s.changed}
}

// said is an error without the name of the operation.
func said(err error) string { return core.AsProviderError("", err).Message }

// connect returns the connection to the child, and waits for one that is being started.
func (s *supervisor) connect(ctx context.Context) (grpc.ClientConnInterface, error) {
	for {
		now := s.now()
		switch {
		case now.state == StateFailed || now.state == StateEnded:
			return nil, now.err
		case now.state == StateReady && (now.child.conn.GetState() == connectivity.Ready || !now.child.leaves(ctx, now.changed)):
			return now.child.conn, nil
		}
		select {
		case <-now.changed:
		case <-ctx.Done():
			return nil, s.config.unavailable("is %s; %v", now.state, ctx.Err())
		}
	}
}

// leaves reports whether a child whose connection is not ready is about to be noticed as
// ended: it waits for that a little.
func (k *child) leaves(ctx context.Context, changed <-chan struct{}) bool {
	k.conn.Connect()
	ctx, cancel := context.WithTimeout(ctx, noticeWithin)
	defer cancel()
	ready := make(chan struct{})
	go func() {
		defer close(ready)
		for state := k.conn.GetState(); state != connectivity.Ready; state = k.conn.GetState() {
			if !k.conn.WaitForStateChange(ctx, state) {
				return
			}
		}
	}()
	select {
	case <-ready:
		select {
		case <-changed:
			return true
		default:
			return false
		}
	case <-changed:
		return true
	}
}

// explain says what became of the child whose connection broke.
func (s *supervisor) explain(broken grpc.ClientConnInterface) string {
	notice := time.NewTimer(noticeWithin)
	defer notice.Stop()
	for {
		now := s.now()
		if now.child == nil && now.err != nil {
			return said(now.err)
		}
		if now.child != nil && grpc.ClientConnInterface(now.child.conn) != broken {
			return ""
		}
		select {
		case <-now.changed:
		case <-notice.C:
			return ""
		}
	}
}
