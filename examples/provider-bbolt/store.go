package main

import (
	"context"
	"sync"
	"time"

	"github.com/durokit/duro/core"
)

// Store is a handle on a file. It implements core.Provider, core.ProviderAdmin and
// core.AdminDiscoverer. Each of its operations is one transaction.
type Store struct {
	file *file

	mu      sync.Mutex
	closed  bool
	calls   sync.WaitGroup // under way
	closing chan struct{}  // closed by Close: ends fetches that wait
	done    chan struct{}  // closed when the file was released, with err
	err     error
}

var (
	_ core.Provider      = (*Store)(nil)
	_ core.ProviderAdmin = (*Store)(nil)
)

// Open opens a store, and makes its file if there is none.
func Open(ctx context.Context, c Config) (*Store, error) {
	if ctx.Err() != nil {
		return nil, core.AsProviderError("Open", ctx.Err())
	}
	f, err := acquire(c)
	if err != nil {
		return nil, err
	}
	return &Store{file: f, closing: make(chan struct{}), done: make(chan struct{})}, nil
}

// Name implements core.Provider.
func (*Store) Name() string { return "bbolt" }

// Version implements core.Provider.
func (*Store) Version() string { return version }

// ProviderAdmin implements core.AdminDiscoverer.
func (s *Store) ProviderAdmin() (core.ProviderAdmin, bool) { return s, true }

// Close implements core.Provider. Fetches that wait are ended; the file is released
// when the last call is over, be it after ctx.
func (s *Store) Close(ctx context.Context) error {
	if s.close() {
		go func() {
			s.calls.Wait()
			s.err = s.file.release()
			close(s.done)
		}()
	}
	select {
	case <-s.done:
	case <-ctx.Done():
		return core.AsProviderError("Close", ctx.Err())
	}
	if s.err != nil {
		return core.AsProviderError("Close", failed("close "+s.file.path, s.err))
	}
	return nil
}

// close lets no further call begin, and reports whether it was the first to do so.
func (s *Store) close() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.closed = true
	close(s.closing)
	return true
}

// begin counts a call, unless the store is closed.
func (s *Store) begin() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return refuse(core.ErrUnavailable, "the store is closed")
	}
	s.calls.Add(1)
	return nil
}

// call runs an operation and gives its error the operation's name.
func (s *Store) call(ctx context.Context, op string, run func() error) error {
	err := ctx.Err()
	if err == nil {
		err = s.begin()
	}
	if err == nil {
		defer s.calls.Done()
		err = run()
	}
	if err != nil {
		return core.AsProviderError(op, err)
	}
	return nil
}

// update runs an operation that changes something.
func (s *Store) update(ctx context.Context, op string, change func(*tx) error) error {
	return s.call(ctx, op, func() error {
		_, err := s.file.update(ctx, change)
		return err
	})
}

// view runs an operation that only reads.
func (s *Store) view(ctx context.Context, op string, read func(*tx) error) error {
	return s.call(ctx, op, func() error { return s.file.view(read) })
}

// poll looks until something is found or timeout has passed. Nothing is held between two
// looks: it sleeps until something changes or the earliest instant comes that the look
// asked about.
func (s *Store) poll(ctx context.Context, op string, timeout time.Duration, look func(*tx) (found bool, err error)) error {
	return s.call(ctx, op, func() error {
		if why := core.CheckDuration("the poll timeout", timeout); why != "" {
			return refuse(core.ErrInvalidArgument, "%s", why)
		}
		patience := time.NewTimer(timeout)
		defer patience.Stop()
		for last := timeout == 0; ; {
			changed, found := s.file.change(), false
			t, err := s.file.update(ctx, func(t *tx) (err error) {
				found, err = look(t)
				return err
			})
			if err != nil || found || last {
				return err
			}
			if last, err = s.sleep(ctx, changed, patience.C, t.untilNext()); err != nil {
				return err
			}
		}
	})
}

// sleep returns when it is time for another look, and whether it is the last.
func (s *Store) sleep(ctx context.Context, changed <-chan struct{}, patience <-chan time.Time, next time.Duration) (last bool, err error) {
	alarm := time.NewTimer(next)
	defer alarm.Stop()
	select {
	case <-changed:
	case <-alarm.C:
	case <-patience:
		return true, nil
	case <-ctx.Done():
		return false, ctx.Err()
	case <-s.closing:
		return false, refuse(core.ErrUnavailable, "the store is closed")
	}
	return false, nil
}

// refuse makes the error of a broken rule; call adds the operation.
func refuse(code core.Code, format string, args ...any) error {
	return core.Errorf("", code, format, args...)
}

// valid refuses an argument for a reason, if there is one.
func valid(reasons ...string) error {
	for _, why := range reasons {
		if why != "" {
			return refuse(core.ErrInvalidArgument, "%s", why)
		}
	}
	return nil
}

// validID refuses what is no instance id.
func validID(id string) error { return valid(core.CheckText("instance id", id, 1, core.MaxIDBytes)) }
