package server

import (
	"context"
	"errors"
	"io"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/durokit/duro/plugin/wire"

	providerv1 "github.com/durokit/duro/plugin/proto/duro/provider/v1"
)

// frameService carries calls in frames: each is dispatched as gRPC would have done.
type frameService struct {
	providerv1.UnimplementedFrameServiceServer
	methods   map[string]method
	intercept grpc.UnaryServerInterceptor
	transfers *transfers
	ending    chan struct{} // closed when every exchange should end
	end       func()        // closes it
}

// method is one that can be called in a frame.
type method struct {
	service any
	desc    grpc.MethodDesc
}

func newFrameService(t *transfers, intercept grpc.UnaryServerInterceptor) *frameService {
	ending := make(chan struct{})
	return &frameService{
		methods: map[string]method{}, intercept: intercept, transfers: t,
		ending: ending, end: sync.OnceFunc(func() { close(ending) }),
	}
}

// offer makes the methods of a service callable.
func (f *frameService) offer(desc *grpc.ServiceDesc, service any) {
	for _, d := range desc.Methods {
		f.methods[d.MethodName] = method{service, d}
	}
}

// Exchange implements FrameService.
func (f *frameService) Exchange(stream grpc.BidiStreamingServer[providerv1.ExchangeRequest, providerv1.ExchangeResponse]) error {
	ctx, cancel := context.WithCancel(stream.Context())
	defer cancel()
	e := &exchange{
		service: f, answers: wire.NewOutbox[*providerv1.FrameAnswer](), idle: make(chan task),
		under: map[uint64]context.CancelFunc{},
	}
	sending, stopSending := context.WithCancel(ctx)
	defer stopSending()
	var sender sync.WaitGroup
	sender.Go(func() {
		if e.send(sending, stream) != nil {
			cancel() // nobody gets the answers
		}
	})
	received := make(chan error, 1)
	go func() { received <- e.receive(ctx, stream) }()
	var err error
	select {
	case err = <-received:
		cancel() // nobody waits for the answers
	case <-f.ending:
	}
	e.end()
	stopSending() // but for what is there already
	sender.Wait()
	if errors.Is(err, io.EOF) {
		return nil // the client has closed it
	}
	return err
}

// exchange is one client's stream.
type exchange struct {
	service *frameService
	answers *wire.Outbox[*providerv1.FrameAnswer]
	idle    chan task // taken by workers that wait

	mu    sync.Mutex
	ended bool
	under map[uint64]context.CancelFunc // calls under way
	calls sync.WaitGroup
}

// receive starts the calls that arrive.
func (e *exchange) receive(ctx context.Context, stream interface {
	Recv() (*providerv1.ExchangeRequest, error)
},
) error {
	for {
		frame, err := stream.Recv()
		if err != nil {
			return err
		}
		for _, call := range frame.GetCalls() {
			if call.GetMethod() == "" {
				e.cancel(call.GetId())
			} else {
				e.start(ctx, call)
			}
		}
	}
}

// send sends answers until ctx ends, and then those that are there.
func (e *exchange) send(ctx context.Context, stream interface {
	Send(*providerv1.ExchangeResponse) error
},
) error {
	for {
		frame := e.answers.Take(ctx)
		if frame == nil {
			return nil
		}
		if err := stream.Send(&providerv1.ExchangeResponse{Answers: frame}); err != nil {
			return err
		}
	}
}

// start begins a call, unless the exchange has ended.
func (e *exchange) start(stream context.Context, call *providerv1.FrameCall) {
	next, cancel := newTask(stream, call)
	e.mu.Lock()
	ended := e.ended
	if !ended {
		e.under[call.GetId()] = cancel
		e.calls.Add(1)
	}
	e.mu.Unlock()
	if ended {
		cancel()
		return
	}
	select {
	case e.idle <- next:
	default:
		go e.work(stream, next)
	}
}

// task is a call for a worker.
type task struct {
	ctx  context.Context
	call *providerv1.FrameCall
}

func newTask(ctx context.Context, call *providerv1.FrameCall) (t task, cancel context.CancelFunc) {
	t.call = call
	if timeout := call.GetTimeout(); timeout != nil {
		t.ctx, cancel = context.WithTimeout(ctx, timeout.AsDuration())
	} else {
		t.ctx, cancel = context.WithCancel(ctx)
	}
	return t, cancel
}

// work makes a call, and others while the stream lasts: a goroutine that has made one
// has the stack for it.
func (e *exchange) work(stream context.Context, t task) {
	for {
		e.answers.Put(e.service.answer(t.ctx, t.call))
		e.cancel(t.call.GetId())
		e.calls.Done()
		select {
		case t = <-e.idle:
		case <-stream.Done():
			return
		}
	}
}

// cancel ends a call's context.
func (e *exchange) cancel(id uint64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if cancel := e.under[id]; cancel != nil {
		cancel()
		delete(e.under, id)
	}
}

// end lets no call begin any more, and waits for those under way.
func (e *exchange) end() {
	e.mu.Lock()
	e.ended = true
	e.mu.Unlock()
	e.calls.Wait()
}

// answer makes one call.
func (f *frameService) answer(ctx context.Context, call *providerv1.FrameCall) *providerv1.FrameAnswer {
	m, known := f.methods[call.GetMethod()]
	if !known {
		return &providerv1.FrameAnswer{
			Id: call.GetId(), Status: uint32(codes.Unimplemented), Message: "there is no call " + call.GetMethod(),
		}
	}
	response, err := m.desc.Handler(m.service, ctx, func(q any) error {
		return proto.Unmarshal(call.GetRequest(), q.(proto.Message))
	}, f.intercept)
	if err != nil {
		return failed(call, err)
	}
	data, err := proto.Marshal(response.(proto.Message))
	if err == nil && len(data) <= wire.MaxInline {
		return &providerv1.FrameAnswer{Id: call.GetId(), Response: data}
	}
	transfer := ""
	if err == nil {
		transfer, err = f.transfers.put(data)
	}
	if err != nil {
		return failed(call, wire.Status(call.GetMethod(), err))
	}
	return &providerv1.FrameAnswer{Id: call.GetId(), Transfer: transfer}
}

// failed is the answer to a call that failed.
func failed(call *providerv1.FrameCall, err error) *providerv1.FrameAnswer {
	s := status.Convert(err)
	return &providerv1.FrameAnswer{
		Id: call.GetId(), Status: uint32(s.Code()), Message: s.Message(), Error: wire.Detail(err),
	}
}
