package linear_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/durokit/duro/conformance/linear"
	"github.com/durokit/duro/conformance/reference"
	"github.com/durokit/duro/core"
)

// record has four clients make a history on a store of the reference provider.
func record(t *testing.T, q linear.Queue, p core.Provider, operations int) []linear.Operation {
	t.Helper()
	history, err := linear.Record(t.Context(), p, linear.Plan{Queue: q, Clients: 4, Operations: operations / 4, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	return history
}

func TestTheReferenceIsLinear(t *testing.T) {
	t.Parallel()
	for _, q := range linear.Queues {
		t.Run(string(q), func(t *testing.T) {
			t.Parallel()
			history := record(t, q, reference.New(reference.Options{}), 1000)
			linear.Check(t, q, history)
			if linear.Expired(history) == 0 {
				t.Error("no lock expired: the history says nothing of that")
			}
		})
	}
}

// A check is only worth what it rejects. Each of these providers is the reference
// with one fault of its locks.
func TestLockMutantsAreRejected(t *testing.T) {
	t.Parallel()
	for _, m := range []struct {
		fault string
		wrap  func(core.Provider) core.Provider
	}{
		{"locks end early", func(p core.Provider) core.Provider { return early{p} }},
		{"a fetch takes no lock", func(p core.Provider) core.Provider { return unlocked{p} }},
		{"acks do not check the token", func(p core.Provider) core.Provider { return uncheckedAck{p} }},
		{"a renewal revives a lost lock", func(p core.Provider) core.Provider { return reviving{p} }},
		{"an abandon does not check the token", func(p core.Provider) core.Provider { return &uncheckedAbandon{Provider: p} }},
		{"a renewal ends the lock", func(p core.Provider) core.Provider { return idle{p} }},
		{"an ack keeps what it was for", func(p core.Provider) core.Provider { return keeping{p} }},
	} {
		for _, q := range linear.Queues {
			t.Run(m.fault+"/"+string(q), func(t *testing.T) {
				t.Parallel()
				if linear.Explain(q, record(t, q, m.wrap(reference.New(reference.Options{})), 500)) == "" {
					t.Error("the history was accepted")
				}
			})
		}
	}
}

type early struct{ core.Provider }

func (p early) FetchOrchestrationItem(ctx context.Context, q core.FetchOrchestrationParams) (*core.FetchedOrchestration, error) {
	q.LockTimeout /= 20
	return p.Provider.FetchOrchestrationItem(ctx, q)
}

func (p early) FetchWorkItem(ctx context.Context, q core.FetchWorkParams) (*core.FetchedWork, error) {
	q.LockTimeout /= 20
	return p.Provider.FetchWorkItem(ctx, q)
}

type unlocked struct{ core.Provider }

func (p unlocked) FetchOrchestrationItem(ctx context.Context, q core.FetchOrchestrationParams) (*core.FetchedOrchestration, error) {
	f, err := p.Provider.FetchOrchestrationItem(ctx, q)
	if f != nil {
		err = p.AbandonOrchestrationItem(ctx, core.AbandonParams{LockToken: f.LockToken})
	}
	return f, err
}

func (p unlocked) FetchWorkItem(ctx context.Context, q core.FetchWorkParams) (*core.FetchedWork, error) {
	f, err := p.Provider.FetchWorkItem(ctx, q)
	if f != nil {
		err = p.AbandonWorkItem(ctx, core.AbandonParams{LockToken: f.LockToken})
	}
	return f, err
}

// heedless takes a lost lock for none of its business.
func heedless(err error) error {
	if core.CodeOf(err) == core.ErrLockLost {
		return nil
	}
	return err
}

type uncheckedAck struct{ core.Provider }

func (p uncheckedAck) AckOrchestrationItem(ctx context.Context, q core.AckOrchestrationParams) error {
	return heedless(p.Provider.AckOrchestrationItem(ctx, q))
}

func (p uncheckedAck) AckWorkItem(ctx context.Context, token string, completion *core.WorkItem) error {
	return heedless(p.Provider.AckWorkItem(ctx, token, completion))
}

type reviving struct{ core.Provider }

func (p reviving) RenewOrchestrationItemLock(ctx context.Context, token string, d time.Duration) error {
	return heedless(p.Provider.RenewOrchestrationItemLock(ctx, token, d))
}

func (p reviving) RenewWorkItemLock(ctx context.Context, token string, d time.Duration) error {
	return heedless(p.Provider.RenewWorkItemLock(ctx, token, d))
}

// uncheckedAbandon gives back whatever was fetched last.
type uncheckedAbandon struct {
	core.Provider

	mu   sync.Mutex
	turn string
	work string
}

func (p *uncheckedAbandon) FetchOrchestrationItem(
	ctx context.Context, q core.FetchOrchestrationParams,
) (*core.FetchedOrchestration, error) {
	f, err := p.Provider.FetchOrchestrationItem(ctx, q)
	if f != nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.turn = f.LockToken
	}
	return f, err
}

func (p *uncheckedAbandon) FetchWorkItem(ctx context.Context, q core.FetchWorkParams) (*core.FetchedWork, error) {
	f, err := p.Provider.FetchWorkItem(ctx, q)
	if f != nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.work = f.LockToken
	}
	return f, err
}

func (p *uncheckedAbandon) AbandonOrchestrationItem(ctx context.Context, q core.AbandonParams) error {
	p.mu.Lock()
	q.LockToken = p.turn
	p.mu.Unlock()
	return heedless(p.Provider.AbandonOrchestrationItem(ctx, q))
}

func (p *uncheckedAbandon) AbandonWorkItem(ctx context.Context, q core.AbandonParams) error {
	p.mu.Lock()
	q.LockToken = p.work
	p.mu.Unlock()
	return heedless(p.Provider.AbandonWorkItem(ctx, q))
}

// idle says that it renewed, and ended the lock.
type idle struct{ core.Provider }

func (p idle) RenewOrchestrationItemLock(ctx context.Context, token string, _ time.Duration) error {
	return p.Provider.RenewOrchestrationItemLock(ctx, token, 0)
}

func (p idle) RenewWorkItemLock(ctx context.Context, token string, _ time.Duration) error {
	return p.Provider.RenewWorkItemLock(ctx, token, 0)
}

// keeping says that it acked, and gives everything back.
type keeping struct{ core.Provider }

func (p keeping) AckOrchestrationItem(ctx context.Context, q core.AckOrchestrationParams) error {
	return p.AbandonOrchestrationItem(ctx, core.AbandonParams{LockToken: q.LockToken})
}

func (p keeping) AckWorkItem(ctx context.Context, token string, _ *core.WorkItem) error {
	return p.AbandonWorkItem(ctx, core.AbandonParams{LockToken: token})
}
