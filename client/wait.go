package client

import (
	"context"
	"time"

	"github.com/durokit/duro/core"
)

// Wait returns the status of an instance once it is Completed or Failed, and
// ErrTimeout when that takes longer than timeout. An instance that does not exist
// yet is waited for. Errors of the provider are returned at once. A timeout of
// zero checks once (docs/contract.md A7.3).
func (c *Client) Wait(ctx context.Context, instance string, timeout time.Duration) (*Status, error) {
	w := c.newWaiter("Wait", instance, timeout)
	defer w.stop()
	for {
		st, err := c.terminalStatus(ctx, w.op, instance)
		if st != nil || err != nil {
			return st, err
		}
		if err := w.pause(ctx); err != nil {
			return nil, err
		}
	}
}

// terminalStatus returns the status if it is final, else nil.
func (c *Client) terminalStatus(ctx context.Context, op, instance string) (*Status, error) {
	if maybe, err := c.maybeTerminal(ctx, op, instance); err != nil || !maybe {
		return nil, err
	}
	st, err := c.getStatus(ctx, op, instance)
	if err != nil || !st.State.Terminal() {
		return nil, err
	}
	return st, nil
}

// maybeTerminal asks for one row where that answers "not yet", instead of the
// whole history that upstream's client reads each time.
func (c *Client) maybeTerminal(ctx context.Context, op, instance string) (bool, error) {
	if c.admin == nil || c.opts.UpstreamPolling {
		return true, nil
	}
	info, err := c.admin.GetInstanceInfo(ctx, instance)
	if err != nil {
		if core.CodeOf(err) == core.ErrNotFound {
			return false, nil
		}
		return false, fromProvider(op, instance, err)
	}
	return info.Status == core.StatusCompleted || info.Status == core.StatusFailed, nil
}

// WaitForStatusChange returns the full status once the custom status is newer
// than lastSeen, or the instance has ended. Start with 0 and pass the last
// version received; values in between may be skipped. It asks every pollInterval,
// sooner where the provider is a Watcher. A timeout of zero is ErrTimeout without
// any check (docs/contract.md A7.3).
func (c *Client) WaitForStatusChange(
	ctx context.Context, instance string, lastSeen uint64, pollInterval, timeout time.Duration,
) (*Status, error) {
	const op = "WaitForStatusChange"
	w := c.newWaiter(op, instance, timeout)
	w.fixed = max(pollInterval, time.Millisecond)
	defer w.stop()
	for !w.expired() {
		custom, err := c.p.GetCustomStatus(ctx, instance, lastSeen)
		if err != nil {
			return nil, fromProvider(op, instance, err)
		}
		if custom != nil {
			return c.getStatus(ctx, op, instance)
		}
		st, err := c.terminalStatus(ctx, op, instance)
		if st != nil || err != nil {
			return st, err
		}
		if err := w.pause(ctx); err != nil {
			return nil, err
		}
	}
	return nil, w.timedOut()
}

// WaitForKV returns the value of a key once there is one, else ErrTimeout.
func (c *Client) WaitForKV(ctx context.Context, instance, key string, timeout time.Duration) (string, error) {
	const op = "WaitForKV"
	w := c.newWaiter(op, instance, timeout)
	defer w.stop()
	for {
		value, found, err := c.p.GetKVValue(ctx, instance, key)
		if found || err != nil {
			return value, fromProvider(op, instance, err)
		}
		if err := w.pause(ctx); err != nil {
			return "", err
		}
	}
}
