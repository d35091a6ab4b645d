package wire

import (
	"context"
	"errors"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/durokit/duro/core"
	providerv1 "github.com/durokit/duro/plugin/proto/duro/provider/v1"
)

// statusCodes are the status codes that clients without the detail see.
var statusCodes = map[core.Code]codes.Code{
	core.ErrInternal:         codes.Internal,
	core.ErrLockLost:         codes.FailedPrecondition,
	core.ErrDuplicateEvent:   codes.AlreadyExists,
	core.ErrNotFound:         codes.NotFound,
	core.ErrStillRunning:     codes.FailedPrecondition,
	core.ErrSubOrchestration: codes.FailedPrecondition,
	core.ErrWouldOrphan:      codes.FailedPrecondition,
	core.ErrInvalidArgument:  codes.InvalidArgument,
	core.ErrCorrupt:          codes.DataLoss,
	core.ErrSchemaMismatch:   codes.FailedPrecondition,
	core.ErrUnavailable:      codes.Unavailable,
	core.ErrConflict:         codes.Aborted,
	core.ErrExhausted:        codes.ResourceExhausted,
	core.ErrUnsupported:      codes.Unimplemented,
	core.ErrCanceled:         codes.Canceled,
}

// Status turns the error of an operation into a status with an ErrorDetail. It
// returns nil for nil.
func Status(op string, err error) error {
	if err == nil {
		return nil
	}
	pe := core.AsProviderError(op, err)
	d := &providerv1.ErrorDetail{
		Op: pe.Op, Code: pe.Code.String(), Retryable: pe.Retryable, Message: cut(pe.Message),
		MayHaveHappened: pe.MayHaveHappened, ContextError: contextError(err),
	}
	code := statusCodes[pe.Code]
	if d.GetContextError() == providerv1.ContextError_CONTEXT_ERROR_DEADLINE_EXCEEDED {
		code = codes.DeadlineExceeded
	}
	return detailed(code, d)
}

// UnknownHandle is the status of a call whose handle names no open store.
func UnknownHandle(op string) error {
	return detailed(codes.FailedPrecondition, &providerv1.ErrorDetail{
		Op: op, Code: core.ErrUnavailable.String(), Retryable: true, UnknownHandle: true,
		Message: core.ErrUnavailable.Error() + ": the handle names no open store; open it again and repeat the call",
	})
}

// cut bounds a text. It is valid UTF-8 afterwards, as a message's texts must be.
func cut(text string) string {
	if len(text) > MaxMessage {
		text = text[:MaxMessage] + "…"
	}
	return strings.ToValidUTF8(text, "�")
}

func detailed(code codes.Code, d *providerv1.ErrorDetail) error {
	s := status.New(code, d.GetOp()+": "+d.GetMessage())
	if with, err := s.WithDetails(d); err == nil { // it fails only for what cannot be encoded
		s = with
	}
	return s.Err()
}

func contextError(err error) providerv1.ContextError {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return providerv1.ContextError_CONTEXT_ERROR_DEADLINE_EXCEEDED
	case errors.Is(err, context.Canceled):
		return providerv1.ContextError_CONTEXT_ERROR_CANCELED
	}
	return providerv1.ContextError_CONTEXT_ERROR_UNSPECIFIED
}

// Detail returns the ErrorDetail of a failed call, nil when the transport failed it.
func Detail(err error) *providerv1.ErrorDetail {
	for _, detail := range status.Convert(err).Details() {
		if d, ok := detail.(*providerv1.ErrorDetail); ok {
			return d
		}
	}
	return nil
}

// Error turns a detail into the error that the provider returned at the other end.
func Error(d *providerv1.ErrorDetail) *core.ProviderError {
	code, _ := core.ParseCode(d.GetCode()) // a code of a later version is internal
	pe := &core.ProviderError{
		Op: d.GetOp(), Code: code, Retryable: d.GetRetryable(), Message: d.GetMessage(), MayHaveHappened: d.GetMayHaveHappened(),
	}
	switch d.GetContextError() {
	case providerv1.ContextError_CONTEXT_ERROR_CANCELED:
		pe.Err = context.Canceled
	case providerv1.ContextError_CONTEXT_ERROR_DEADLINE_EXCEEDED:
		pe.Err = context.DeadlineExceeded
	}
	return pe
}
