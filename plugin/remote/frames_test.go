package remote_test

import (
	"context"
	"errors"
	"io"
	"net"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/connectivity"

	"github.com/durokit/duro/conformance/reference"
	"github.com/durokit/duro/core"
	"github.com/durokit/duro/plugin/address"
	"github.com/durokit/duro/plugin/remote"
	"github.com/durokit/duro/plugin/server"

	providerv1 "github.com/durokit/duro/plugin/proto/duro/provider/v1"
)

// gated is a provider whose acks of work wait until they are let through.
type gated struct {
	core.Provider
	arrived chan struct{}
	through chan struct{}
	ended   chan error
}

func (g *gated) AckWorkItem(ctx context.Context, token string, completion *core.WorkItem) error {
	g.arrived <- struct{}{}
	select {
	case <-g.through:
		return g.Provider.AckWorkItem(ctx, token, completion)
	case <-ctx.Done():
		g.ended <- context.Cause(ctx)
		return ctx.Err()
	}
}

func newGated() *gated {
	return &gated{
		Provider: reference.New(reference.Options{}),
		arrived:  make(chan struct{}), through: make(chan struct{}), ended: make(chan error, 1),
	}
}

// served serves a provider at a socket until the test ends, or stop is called, which
// ends it without a word to anybody.
func served(t *testing.T, at string, p core.Provider, o ...grpc.ServerOption) (stop func()) {
	t.Helper()
	l, err := address.Listen(at)
	if err != nil {
		t.Fatal(err)
	}
	side := server.New(server.Options{
		Describe: &providerv1.DescribeResponse{Name: "test", Version: "1.0.0"},
		Open:     func(context.Context, []byte) (core.Provider, error) { return unclosed{p}, nil },
	})
	g := grpc.NewServer(append(o, side.GRPCOptions()...)...)
	side.Register(g)
	ended := make(chan struct{})
	go func() {
		_ = g.Serve(server.Listen(l))
		close(ended)
	}()
	stop = sync.OnceFunc(func() {
		g.Stop()
		<-ended
	})
	t.Cleanup(stop)
	return stop
}

// unclosed outlives the stores that are made of it.
type unclosed struct{ core.Provider }

func (unclosed) Close(context.Context) error { return nil }

func opened(t *testing.T, at string) (*remote.Provider, *grpc.ClientConn) {
	t.Helper()
	conn, err := address.Dial(at, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	p, err := remote.Open(t.Context(), remote.Options{
		Where: at, Connect: func(context.Context) (grpc.ClientConnInterface, error) { return conn, nil },
		Release: func(context.Context) error { return conn.Close() },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return p, conn
}

func socket(t *testing.T) string {
	t.Helper()
	return "unix:" + filepath.Join(t.TempDir(), "s")
}

// asks counts streams and single calls.
type asks struct{ streams, calls atomic.Int64 }

func (a *asks) options() []grpc.ServerOption {
	return []grpc.ServerOption{
		grpc.StreamInterceptor(func(s any, stream grpc.ServerStream, _ *grpc.StreamServerInfo, next grpc.StreamHandler) error {
			a.streams.Add(1)
			return next(s, stream)
		}),
		grpc.UnaryInterceptor(func(ctx context.Context, q any, _ *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
			a.calls.Add(1)
			return next(ctx, q)
		}),
	}
}

func TestCallsShareOneStream(t *testing.T) {
	t.Parallel()
	at, seen := socket(t), &asks{}
	served(t, at, reference.New(reference.Options{}), seen.options()...)
	p, _ := opened(t, at)
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() {
			if status, err := p.GetCustomStatus(t.Context(), "nobody", 0); status != nil || err != nil {
				t.Errorf("%v, %v", status, err)
			}
		})
	}
	wg.Wait()
	if seen.streams.Load() != 1 || seen.calls.Load() != 1 {
		t.Errorf("%d streams, and %d calls beside Open", seen.streams.Load(), seen.calls.Load()-1)
	}
}

func TestAServerWithoutFramesIsCalledByItself(t *testing.T) {
	t.Parallel()
	at, seen := socket(t), &asks{}
	options := append(seen.options(), grpc.ChainUnaryInterceptor(
		func(ctx context.Context, q any, _ *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
			answer, err := next(ctx, q)
			if o, ok := answer.(*providerv1.OpenResponse); ok {
				o.Frames = false
			}
			return answer, err
		}))
	served(t, at, reference.New(reference.Options{}), options...)
	p, _ := opened(t, at)
	if _, err := p.GetCustomStatus(t.Context(), "nobody", 0); err != nil {
		t.Error(err)
	}
	if seen.streams.Load() != 0 || seen.calls.Load() != 2 {
		t.Errorf("%d streams, %d calls", seen.streams.Load(), seen.calls.Load())
	}
}

func TestACallThatIsCancelledEndsAtTheOtherEnd(t *testing.T) {
	t.Parallel()
	at, g := socket(t), newGated()
	served(t, at, g)
	p, _ := opened(t, at)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- p.AckWorkItem(ctx, "token", nil) }()
	<-g.arrived
	cancel()
	err := <-ended
	pe, _ := errors.AsType[*core.ProviderError](err)
	if !errors.Is(err, context.Canceled) || pe == nil || !pe.MayHaveHappened {
		t.Errorf("got %v, want that it was cancelled and may have happened", err)
	}
	if cause := <-g.ended; !errors.Is(cause, context.Canceled) {
		t.Errorf("the provider saw %v", cause)
	}
	if _, err := p.GetCustomStatus(t.Context(), "nobody", 0); err != nil {
		t.Errorf("the next call: %v", err)
	}
}

func TestAStreamThatBreaksEndsItsCallsAndIsReplaced(t *testing.T) {
	t.Parallel()
	at, g := socket(t), newGated()
	stop := served(t, at, g)
	p, _ := opened(t, at)
	ended := make(chan error)
	go func() { ended <- p.AckWorkItem(t.Context(), "token", nil) }()
	<-g.arrived
	stop()
	err := <-ended
	pe, _ := errors.AsType[*core.ProviderError](err)
	if !errors.Is(err, core.ErrUnavailable) || pe == nil || !pe.MayHaveHappened {
		t.Errorf("got %v, want unavailable, and that it may have happened", err)
	}
	served(t, at, reference.New(reference.Options{}))
	// The connection is made again after a pause of gRPC's.
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for {
		_, err := p.GetCustomStatus(ctx, "nobody", 0)
		if err == nil {
			return
		}
		if !errors.Is(err, core.ErrUnavailable) || ctx.Err() != nil {
			t.Fatal(err)
		}
	}
}

func TestWhatWasNeverSentHasNotHappened(t *testing.T) {
	t.Parallel()
	at := socket(t)
	stop := served(t, at, reference.New(reference.Options{}))
	p, conn := opened(t, at)
	stop()
	for state := conn.GetState(); state == connectivity.Ready; state = conn.GetState() {
		conn.WaitForStateChange(t.Context(), state)
	}
	err := p.EnqueueForWorker(t.Context(), core.NewWorkItem(core.ActivityExecute{Instance: "a", ExecutionID: 1, ID: 1, Name: "A"}))
	if pe, ok := errors.AsType[*core.ProviderError](err); !ok || pe.Code != core.ErrUnavailable || pe.MayHaveHappened {
		t.Errorf("got %v, want unavailable, and that it has not happened", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := p.AckWorkItem(ctx, "token", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestAnUnknownCallIsRefusedAndTheOthersGoOn(t *testing.T) {
	t.Parallel()
	at := socket(t)
	served(t, at, reference.New(reference.Options{}))
	_, conn := opened(t, at)
	stream, err := providerv1.NewFrameServiceClient(conn).Exchange(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	err = stream.Send(&providerv1.ExchangeRequest{Calls: []*providerv1.FrameCall{
		{Id: 9}, // the end of a call that is unknown
		{Id: 1, Method: "MakeCoffee"},
		{Id: 2, Method: "Read", Request: []byte("no message")},
		{Id: 3, Method: "Read"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	got := map[uint64]*providerv1.FrameAnswer{}
	for len(got) < 3 {
		frame, err := stream.Recv()
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range frame.GetAnswers() {
			got[a.GetId()] = a
		}
	}
	if a := got[1]; codes.Code(a.GetStatus()) != codes.Unimplemented || a.GetError() != nil {
		t.Errorf("an unknown call: %v", a)
	}
	if a := got[2]; a.GetStatus() == 0 || a.GetResponse() != nil {
		t.Errorf("a request that is none: %v", a)
	}
	if a := got[3]; !a.GetError().GetUnknownHandle() {
		t.Errorf("a call without a handle: %v", a)
	}
	if err := stream.CloseSend(); err != nil {
		t.Fatal(err)
	}
	if _, err := stream.Recv(); !errors.Is(err, io.EOF) {
		t.Errorf("the exchange ends with %v", err)
	}
}

// A server that ends answers what is under way, and does not wait for clients to go.
func TestAServerThatEndsAnswersFirst(t *testing.T) {
	t.Parallel()
	at, g := socket(t), newGated()
	l, err := address.Listen(at)
	if err != nil {
		t.Fatal(err)
	}
	side := server.New(server.Options{
		Describe: &providerv1.DescribeResponse{Name: "test", Version: "1.0.0"},
		Open:     func(context.Context, []byte) (core.Provider, error) { return &closing{Provider: g, gate: g}, nil },
	})
	s := grpc.NewServer(side.GRPCOptions()...)
	side.Register(s)
	ctx, end := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- server.ServeAt(ctx, l, s, side, time.Hour) }()
	p, _ := opened(t, at)
	acked := make(chan error)
	go func() { acked <- p.AckWorkItem(t.Context(), "token", nil) }()
	<-g.arrived
	end()
	if err := <-acked; !errors.Is(err, core.ErrLockLost) {
		t.Errorf("the call under way: %v", err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if _, err := net.Dial("unix", at[len("unix:"):]); err == nil {
		t.Error("the socket is still there")
	}
}

// closing lets the calls under way through when it is closed, as a store does that
// waits for them.
type closing struct {
	core.Provider
	gate *gated
}

func (c *closing) Close(context.Context) error {
	close(c.gate.through)
	return nil
}
