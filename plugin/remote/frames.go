package remote

import (
	"context"
	"errors"
	"io"
	"slices"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/durokit/duro/plugin/wire"

	providerv1 "github.com/durokit/duro/plugin/proto/duro/provider/v1"
)

// frames carries calls on one connection, those of many callers in one message.
type frames struct {
	client providerv1.FrameServiceClient
	ctx    context.Context // of its streams
	close  context.CancelFunc

	mu      sync.Mutex
	current *exchange
}

func newFrames(conn grpc.ClientConnInterface) *frames {
	ctx, cancel := context.WithCancel(context.Background())
	return &frames{client: providerv1.NewFrameServiceClient(conn), ctx: ctx, close: cancel}
}

// invoke makes one call. transfer, unless empty, names the answer.
func (f *frames) invoke(ctx context.Context, method string, q, answer proto.Message) (transfer string, err error) {
	call := &providerv1.FrameCall{Method: method}
	if call.Request, err = proto.Marshal(q); err != nil {
		return "", unsent{status.Error(codes.Internal, err.Error())}
	}
	e := f.exchange()
	select {
	case <-e.opened:
	case <-ctx.Done():
		return "", unsent{status.FromContextError(ctx.Err()).Err()}
	}
	a, err := e.do(ctx, call)
	if err != nil {
		return "", err
	}
	if a.GetStatus() != 0 {
		return "", failure(a)
	}
	if a.GetTransfer() != "" {
		return a.GetTransfer(), nil
	}
	return "", proto.Unmarshal(a.GetResponse(), answer)
}

// failure is the status of a call that failed, as it would have been by itself.
func failure(a *providerv1.FrameAnswer) error {
	s := status.New(codes.Code(a.GetStatus()), a.GetMessage())
	if a.GetError() != nil {
		if with, err := s.WithDetails(a.GetError()); err == nil {
			s = with
		}
	}
	return s.Err()
}

// exchange returns the stream of now; a new one where the last has broken.
func (f *frames) exchange() *exchange {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.current == nil || f.current.ended() {
		f.current = &exchange{
			opened: make(chan struct{}),
			calls:  wire.NewOutbox[*providerv1.FrameCall](), waiting: map[uint64]*waiting{},
		}
		go f.current.run(f.ctx, f.client)
	}
	return f.current
}

// exchange is a stream and those who wait for an answer on it.
type exchange struct {
	opened chan struct{} // closed when calls can be sent, or never will
	calls  *wire.Outbox[*providerv1.FrameCall]

	mu      sync.Mutex
	err     error // how the stream has ended
	last    uint64
	waiting map[uint64]*waiting
}

// waiting is somebody who waits for an answer, which is nil when the stream ends first.
type waiting struct {
	answer chan *providerv1.FrameAnswer
	sent   bool // perhaps
}

func (e *exchange) ended() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.err != nil
}

// run opens the stream and passes calls and answers on until it ends.
func (e *exchange) run(ctx context.Context, client providerv1.FrameServiceClient) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := client.Exchange(ctx)
	close(e.opened)
	if err == nil {
		go func() {
			e.send(ctx, stream)
			cancel() // what cannot be sent will not be answered
		}()
		err = e.receive(stream)
	}
	if errors.Is(err, io.EOF) {
		err = status.Error(codes.Unavailable, "the other end is shutting down")
	}
	e.end(err)
}

// end tells all who wait that no answer will come.
func (e *exchange) end(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.err = err
	for _, w := range e.waiting {
		w.answer <- nil
	}
	e.waiting = nil
}

func (e *exchange) send(ctx context.Context, stream interface {
	Send(q *providerv1.ExchangeRequest) error
},
) {
	for {
		frame := e.calls.Take(ctx)
		if frame == nil {
			return
		}
		if stream.Send(&providerv1.ExchangeRequest{Calls: e.wanted(frame)}) != nil {
			return
		}
	}
}

// wanted leaves out the calls that nobody waits for any more, and notes that the others
// are sent.
func (e *exchange) wanted(frame []*providerv1.FrameCall) []*providerv1.FrameCall {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.DeleteFunc(frame, func(call *providerv1.FrameCall) bool {
		w := e.waiting[call.GetId()]
		if w != nil {
			w.sent = true
		}
		return w == nil && call.GetMethod() != ""
	})
}

func (e *exchange) receive(stream interface {
	Recv() (*providerv1.ExchangeResponse, error)
},
) error {
	for {
		frame, err := stream.Recv()
		if err != nil {
			return err
		}
		for _, answer := range frame.GetAnswers() {
			if w := e.leave(answer.GetId()); w != nil {
				w.answer <- answer
			}
		}
	}
}

// do sends a call and waits for its answer.
func (e *exchange) do(ctx context.Context, call *providerv1.FrameCall) (*providerv1.FrameAnswer, error) {
	w, err := e.enter(call)
	if err != nil {
		return nil, unsent{err}
	}
	e.calls.Put(call)
	var answer *providerv1.FrameAnswer
	select {
	case answer = <-w.answer:
	case <-ctx.Done():
		if e.leave(call.GetId()) == nil {
			answer = <-w.answer // it came meanwhile
			break
		}
		e.calls.Put(&providerv1.FrameCall{Id: call.GetId()}) // nobody waits for it any more
		err = status.FromContextError(ctx.Err()).Err()
	}
	if answer != nil {
		return answer, nil
	}
	if err == nil {
		err = e.err // which does not change any more
	}
	if !w.sent {
		err = unsent{err}
	}
	return nil, err
}

// enter gives a call its number, and notes who waits for its answer.
func (e *exchange) enter(call *providerv1.FrameCall) (*waiting, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.err != nil {
		return nil, e.err
	}
	e.last++
	call.Id = e.last
	w := &waiting{answer: make(chan *providerv1.FrameAnswer, 1)}
	e.waiting[call.GetId()] = w
	return w, nil
}

// leave returns who waits for an answer, for whom it is the last.
func (e *exchange) leave(id uint64) *waiting {
	e.mu.Lock()
	defer e.mu.Unlock()
	w := e.waiting[id]
	delete(e.waiting, id)
	return w
}
