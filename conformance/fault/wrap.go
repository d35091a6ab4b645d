package fault

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/durokit/duro/core"
)

//go:generate go run ../../internal/wrapgen

// Wrap returns a provider whose calls go as in says, those of its admin half as well.
// Name, Version and Close are p's own. Optional interfaces of p that the contract does
// not know are not passed on.
func Wrap(p core.Provider, in Injector) core.Provider {
	return &provider{p: p, faults: &faults{decide: in, calls: map[string]uint64{}}}
}

// provider is a provider under faults; its methods are generated from the interface.
type provider struct {
	p core.Provider
	*faults
}

// admin is the admin half of one.
type admin struct {
	p core.ProviderAdmin
	*faults
}

// ProviderAdmin implements core.AdminDiscoverer, if the wrapped provider has one.
func (w *provider) ProviderAdmin() (core.ProviderAdmin, bool) {
	a, ok := core.Admin(w.p)
	if !ok {
		return nil, false
	}
	return &admin{p: a, faults: w.faults}, true
}

// faults is what both halves of a provider share.
type faults struct {
	decide Injector

	mu    sync.Mutex
	calls map[string]uint64
}

// next counts a call.
func (f *faults) next(op string) Call {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls[op]++
	return Call{Op: op, N: f.calls[op]}
}

// call0 makes a call of a method that returns only an error, as the injector says.
func call0(ctx context.Context, f *faults, op string, run func(context.Context) error) error {
	fault := f.decide(f.next(op))
	switch fault.Kind {
	case FailBefore:
		return core.Errorf(op, core.ErrUnavailable, "a fault was injected before the call")
	case Delay:
		wait(ctx, fault.After)
	case Cancel:
		var cancel context.CancelFunc
		ctx, cancel = context.WithCancel(ctx)
		defer cancel()
		defer time.AfterFunc(fault.After, cancel).Stop()
	case Pass, FailAfter:
	}
	err := run(ctx)
	if err == nil && fault.Kind == FailAfter {
		lost := core.Errorf(op, core.ErrUnavailable, "a fault was injected after the call")
		lost.MayHaveHappened = !reads(op)
		return lost
	}
	return err
}

// call1 makes a call of a method that returns a value, which does not survive a fault.
func call1[T any](ctx context.Context, f *faults, op string, run func(context.Context) (T, error)) (T, error) {
	var result, none T
	err := call0(ctx, f, op, func(ctx context.Context) (err error) {
		result, err = run(ctx)
		return err
	})
	if err != nil {
		return none, err
	}
	return result, nil
}

// call2 makes a call of a method that returns a value and whether there is one.
func call2[T any](ctx context.Context, f *faults, op string, run func(context.Context) (T, bool, error)) (T, bool, error) {
	var found bool
	result, err := call1(ctx, f, op, func(ctx context.Context) (result T, err error) {
		result, found, err = run(ctx)
		return result, err
	})
	return result, found && err == nil, err
}

// reads reports whether a method changes nothing, so that its fate does not matter.
func reads(op string) bool {
	for _, verb := range []string{"Get", "List", "Read", "Latest"} {
		if strings.HasPrefix(op, verb) {
			return true
		}
	}
	return false
}

// wait returns after a while, or when the context ends.
func wait(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
