package remote

import (
	"context"
	"time"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/plugin/wire"

	providerv1 "github.com/durokit/duro/plugin/proto/duro/provider/v1"
)

// fetch runs a fetch. When it fails, for whatever reason, the other end is told that its
// answer is not wanted, because it may be on its way already.
func fetch[A any](ctx context.Context, p *Provider, op string, poll time.Duration,
	run func(ctx context.Context, s *session, id uint64) (A, error),
) (A, error) {
	id := p.callIDs.Add(1)
	var last *session
	answer, err := call(ctx, p, op, lock, max(poll, 0)+answerWithin, func(ctx context.Context, s *session) (A, error) {
		last = s
		return run(ctx, s, id)
	})
	if err != nil && last != nil && p.enter("Discard") == nil {
		go func() {
			defer p.calls.Done()
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), discardWithin)
			defer cancel()
			// If it does not arrive, the lock runs out.
			_, _ = last.provider.Discard(ctx, &providerv1.DiscardRequest{Handle: last.handle(), CallId: id})
		}()
	}
	return answer, err
}

// discardWithin bounds telling the other end that an answer is not wanted.
const discardWithin = 5 * time.Second

// FetchOrchestrationItem implements core.Provider.
func (p *Provider) FetchOrchestrationItem(
	ctx context.Context, q core.FetchOrchestrationParams,
) (*core.FetchedOrchestration, error) {
	const op = "FetchOrchestrationItem"
	answer, err := fetch(ctx, p, op, q.PollTimeout,
		func(ctx context.Context, s *session, id uint64) (*providerv1.FetchOrchestrationItemResponse, error) {
			return s.provider.FetchOrchestrationItem(ctx, &providerv1.FetchOrchestrationItemRequest{
				Handle: s.handle(), CallId: id, LockTimeout: wire.Duration(q.LockTimeout),
				PollTimeout: wire.Duration(q.PollTimeout), Filter: wire.Filter(q.Filter),
			})
		})
	if err != nil {
		return nil, err
	}
	f, err := wire.ParseFetched(answer)
	if err != nil {
		return nil, p.garbled(op, err)
	}
	return f, nil
}

// FetchWorkItem implements core.Provider.
func (p *Provider) FetchWorkItem(ctx context.Context, q core.FetchWorkParams) (*core.FetchedWork, error) {
	const op = "FetchWorkItem"
	answer, err := fetch(ctx, p, op, q.PollTimeout,
		func(ctx context.Context, s *session, id uint64) (*providerv1.FetchWorkItemResponse, error) {
			wanted := wire.FetchWork(q)
			wanted.Handle, wanted.CallId = s.handle(), id
			return s.provider.FetchWorkItem(ctx, wanted)
		})
	if err != nil || len(answer.GetItem()) == 0 {
		return nil, err
	}
	item, err := core.DecodeWorkItem(answer.GetItem())
	if err != nil {
		return nil, p.garbled(op, err)
	}
	return &core.FetchedWork{Item: item, LockToken: string(answer.GetLockToken()), AttemptCount: answer.GetAttemptCount()}, nil
}
