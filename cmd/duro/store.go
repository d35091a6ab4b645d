package main

import (
	"context"
	"time"

	"github.com/durokit/duro"
	"github.com/durokit/duro/core"
)

// closeTimeout bounds how long a command waits for a store to close.
const closeTimeout = 10 * time.Second

// store is an open backend.
type store struct {
	core.Provider
	// admin is nil when the backend has no admin half.
	admin core.ProviderAdmin
}

// onStore makes an action of one that needs a store which exists already.
func (c *cli) onStore(f func(ctx context.Context, s *store, args []string) error) action {
	return func(ctx context.Context, args []string) error {
		s, err := c.open(ctx)
		if err != nil {
			return err
		}
		defer s.close(ctx)
		return f(ctx, s, args)
	}
}

// onAdmin is onStore for actions that work through the admin half.
func (c *cli) onAdmin(f func(ctx context.Context, s *store, args []string) error) action {
	return c.onStore(func(ctx context.Context, s *store, args []string) error {
		if s.admin == nil {
			return wrongf("the backend %s has no management half", s.Name())
		}
		return f(ctx, s, args)
	})
}

// open opens the chosen backend without creating or migrating anything.
func (c *cli) open(ctx context.Context) (*store, error) {
	return c.openTarget(ctx, c.existing)
}

// openOrCreate opens the chosen backend as its URL says.
func (c *cli) openOrCreate(ctx context.Context) (*store, error) {
	return c.openTarget(ctx, c.target)
}

func (c *cli) openTarget(ctx context.Context, read func() (*target, bool, error)) (*store, error) {
	if err := c.choose(ctx); err != nil {
		return nil, err
	}
	t, known, err := read()
	if err != nil {
		return nil, err
	}
	var p core.Provider
	switch {
	case known:
		p, err = t.Open(ctx)
	case c.choice.Target.Plugin != nil:
		p, err = opener().Open(ctx, c.choice.Target)
	default:
		p, err = duro.Open(ctx, c.url())
	}
	if err != nil {
		return nil, notOpened(c.url(), known, err)
	}
	return newStore(p), nil
}

func newStore(p core.Provider) *store {
	s := &store{Provider: p}
	if admin, ok := core.Admin(p); ok {
		s.admin = admin
	}
	return s
}

// close gives calls under way a moment also when the command was interrupted. Its
// error is dropped: all that was to be done has been done and reported.
func (s *store) close(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTimeout)
	defer cancel()
	_ = s.Close(ctx)
}

// capability finds an optional interface of a provider, also behind wrappers that
// can say what they wrap.
func capability[T any](p core.Provider) (T, bool) {
	for p != nil {
		if t, ok := p.(T); ok {
			return t, true
		}
		w, ok := p.(interface{ Unwrap() core.Provider })
		if !ok {
			break
		}
		p = w.Unwrap()
	}
	var none T
	return none, false
}
