package harness

import (
	"context"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/durokit/duro/conformance"
	"github.com/durokit/duro/core"
	"github.com/durokit/duro/plugin/wire"

	providerv1 "github.com/durokit/duro/plugin/proto/duro/provider/v1"
)

// hooks reach behind a store on the other side.
type hooks struct {
	client providerv1.HarnessServiceClient
	store  string
	// life ends when the store is dropped.
	life context.Context //nolint:containedctx // the store's, not a call's
}

var _ conformance.Hooks = hooks{}

// failure is the error that a call of the harness returned on the other side.
func failure(op string, err error) error {
	if d := wire.Detail(err); d != nil {
		return wire.Error(d)
	}
	if err != nil {
		return core.AsProviderError(op, err)
	}
	return nil
}

// AdvanceClock implements conformance.Hooks.
func (h hooks) AdvanceClock(ctx context.Context, by time.Duration) error {
	_, err := h.client.AdvanceClock(ctx, &providerv1.AdvanceClockRequest{Store: h.store, By: durationpb.New(by)})
	return failure("AdvanceClock", err)
}

// CorruptHistory implements conformance.Hooks.
func (h hooks) CorruptHistory(ctx context.Context, instance string) error {
	_, err := h.client.CorruptHistory(ctx, &providerv1.CorruptHistoryRequest{Store: h.store, Instance: instance})
	return failure("CorruptHistory", err)
}

// CorruptEvent implements conformance.Hooks.
func (h hooks) CorruptEvent(ctx context.Context, instance string, event uint64) error {
	_, err := h.client.CorruptEvent(ctx, &providerv1.CorruptEventRequest{Store: h.store, Instance: instance, EventId: event})
	return failure("CorruptEvent", err)
}

// InsertRawMessage implements conformance.Hooks.
func (h hooks) InsertRawMessage(ctx context.Context, instance string, raw []byte) error {
	_, err := h.client.InsertRawMessage(ctx, &providerv1.InsertRawMessageRequest{Store: h.store, Instance: instance, Raw: raw})
	return failure("InsertRawMessage", err)
}

// InsertRawWork implements conformance.Hooks.
func (h hooks) InsertRawWork(ctx context.Context, raw []byte) error {
	_, err := h.client.InsertRawWork(ctx, &providerv1.InsertRawWorkRequest{Store: h.store, Raw: raw})
	return failure("InsertRawWork", err)
}

// InsertExecution implements conformance.Hooks.
func (h hooks) InsertExecution(ctx context.Context, instance string, execution uint64) error {
	_, err := h.client.InsertExecution(ctx, &providerv1.InsertExecutionRequest{Store: h.store, Instance: instance, ExecutionId: execution})
	return failure("InsertExecution", err)
}

// RemoveExecution implements conformance.Hooks.
func (h hooks) RemoveExecution(ctx context.Context, instance string, execution uint64) error {
	_, err := h.client.RemoveExecution(ctx, &providerv1.RemoveExecutionRequest{Store: h.store, Instance: instance, ExecutionId: execution})
	return failure("RemoveExecution", err)
}

// MaxAttemptCount implements conformance.Hooks.
func (h hooks) MaxAttemptCount(ctx context.Context, instance string) (uint32, error) {
	answer, err := h.client.MaxAttemptCount(ctx, &providerv1.MaxAttemptCountRequest{Store: h.store, Instance: instance})
	return answer.GetCount(), failure("MaxAttemptCount", err)
}

// CheckInvariants implements conformance.Hooks.
func (h hooks) CheckInvariants(ctx context.Context) ([]string, error) {
	answer, err := h.client.CheckInvariants(ctx, &providerv1.CheckInvariantsRequest{Store: h.store})
	return answer.GetViolations(), failure("CheckInvariants", err)
}

// OnSelection implements conformance.Hooks.
func (h hooks) OnSelection(_ context.Context, f func()) error {
	stream, err := h.client.OnSelection(h.life)
	if err == nil {
		err = stream.Send(&providerv1.OnSelectionRequest{Store: h.store})
	}
	if err == nil {
		_, err = stream.Recv()
	}
	if err != nil {
		return failure("OnSelection", err)
	}
	go func() {
		if held, err := stream.Recv(); err != nil || !held.GetHeld() {
			return // the store was dropped
		}
		f()
		_ = stream.CloseSend() // it fails when the other side has gone on already
	}()
	return nil
}
