package harness

import (
	"context"
	"errors"
	"io"

	"google.golang.org/grpc"

	"github.com/durokit/duro/conformance"
	"github.com/durokit/duro/core"
	"github.com/durokit/duro/plugin/wire"

	providerv1 "github.com/durokit/duro/plugin/proto/duro/provider/v1"
)

// hook runs one call on the hooks of a store, if it has any.
func hook[Q named, A any](s *service, op string, q Q, call func(conformance.Hooks) (A, error)) (A, error) {
	return on(s, op, q, func(h *conformance.Harness) (A, error) {
		if h.Hooks == nil {
			var none A
			return none, core.Errorf(op, core.ErrUnsupported, "the store has no hooks")
		}
		return call(h.Hooks)
	})
}

// AdvanceClock implements HarnessService.
func (s *service) AdvanceClock(ctx context.Context, q *providerv1.AdvanceClockRequest) (*providerv1.AdvanceClockResponse, error) {
	return hook(s, "AdvanceClock", q, func(h conformance.Hooks) (*providerv1.AdvanceClockResponse, error) {
		return &providerv1.AdvanceClockResponse{}, h.AdvanceClock(ctx, q.GetBy().AsDuration())
	})
}

// CorruptHistory implements HarnessService.
func (s *service) CorruptHistory(
	ctx context.Context, q *providerv1.CorruptHistoryRequest,
) (*providerv1.CorruptHistoryResponse, error) {
	return hook(s, "CorruptHistory", q, func(h conformance.Hooks) (*providerv1.CorruptHistoryResponse, error) {
		return &providerv1.CorruptHistoryResponse{}, h.CorruptHistory(ctx, q.GetInstance())
	})
}

// CorruptEvent implements HarnessService.
func (s *service) CorruptEvent(ctx context.Context, q *providerv1.CorruptEventRequest) (*providerv1.CorruptEventResponse, error) {
	return hook(s, "CorruptEvent", q, func(h conformance.Hooks) (*providerv1.CorruptEventResponse, error) {
		return &providerv1.CorruptEventResponse{}, h.CorruptEvent(ctx, q.GetInstance(), q.GetEventId())
	})
}

// InsertRawMessage implements HarnessService.
func (s *service) InsertRawMessage(
	ctx context.Context, q *providerv1.InsertRawMessageRequest,
) (*providerv1.InsertRawMessageResponse, error) {
	return hook(s, "InsertRawMessage", q, func(h conformance.Hooks) (*providerv1.InsertRawMessageResponse, error) {
		return &providerv1.InsertRawMessageResponse{}, h.InsertRawMessage(ctx, q.GetInstance(), q.GetRaw())
	})
}

// InsertRawWork implements HarnessService.
func (s *service) InsertRawWork(ctx context.Context, q *providerv1.InsertRawWorkRequest) (*providerv1.InsertRawWorkResponse, error) {
	return hook(s, "InsertRawWork", q, func(h conformance.Hooks) (*providerv1.InsertRawWorkResponse, error) {
		return &providerv1.InsertRawWorkResponse{}, h.InsertRawWork(ctx, q.GetRaw())
	})
}

// InsertExecution implements HarnessService.
func (s *service) InsertExecution(
	ctx context.Context, q *providerv1.InsertExecutionRequest,
) (*providerv1.InsertExecutionResponse, error) {
	return hook(s, "InsertExecution", q, func(h conformance.Hooks) (*providerv1.InsertExecutionResponse, error) {
		return &providerv1.InsertExecutionResponse{}, h.InsertExecution(ctx, q.GetInstance(), q.GetExecutionId())
	})
}

// RemoveExecution implements HarnessService.
func (s *service) RemoveExecution(
	ctx context.Context, q *providerv1.RemoveExecutionRequest,
) (*providerv1.RemoveExecutionResponse, error) {
	return hook(s, "RemoveExecution", q, func(h conformance.Hooks) (*providerv1.RemoveExecutionResponse, error) {
		return &providerv1.RemoveExecutionResponse{}, h.RemoveExecution(ctx, q.GetInstance(), q.GetExecutionId())
	})
}

// MaxAttemptCount implements HarnessService.
func (s *service) MaxAttemptCount(
	ctx context.Context, q *providerv1.MaxAttemptCountRequest,
) (*providerv1.MaxAttemptCountResponse, error) {
	return hook(s, "MaxAttemptCount", q, func(h conformance.Hooks) (*providerv1.MaxAttemptCountResponse, error) {
		n, err := h.MaxAttemptCount(ctx, q.GetInstance())
		return &providerv1.MaxAttemptCountResponse{Count: n}, err
	})
}

// CheckInvariants implements HarnessService.
func (s *service) CheckInvariants(
	ctx context.Context, q *providerv1.CheckInvariantsRequest,
) (*providerv1.CheckInvariantsResponse, error) {
	return hook(s, "CheckInvariants", q, func(h conformance.Hooks) (*providerv1.CheckInvariantsResponse, error) {
		found, err := h.CheckInvariants(ctx)
		return &providerv1.CheckInvariantsResponse{Violations: found}, err
	})
}

// OnSelection implements HarnessService.
func (s *service) OnSelection(stream grpc.BidiStreamingServer[providerv1.OnSelectionRequest, providerv1.OnSelectionResponse]) error {
	q, err := stream.Recv()
	if err != nil {
		return err
	}
	held, done := make(chan struct{}), make(chan struct{})
	defer close(done) // also when the client has gone: the deletion goes on
	_, err = hook(s, "OnSelection", q, func(h conformance.Hooks) (struct{}, error) {
		return struct{}{}, h.OnSelection(stream.Context(), func() {
			close(held)
			<-done
		})
	})
	if err != nil {
		return err
	}
	if err := stream.Send(&providerv1.OnSelectionResponse{}); err != nil {
		return err
	}
	select {
	case <-held:
	case <-stream.Context().Done():
		return wire.Status("OnSelection", stream.Context().Err())
	}
	if err := stream.Send(&providerv1.OnSelectionResponse{Held: true}); err != nil {
		return err
	}
	if _, err := stream.Recv(); !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}
