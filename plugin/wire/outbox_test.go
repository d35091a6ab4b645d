package wire

import (
	"bytes"
	"context"
	"testing"

	"google.golang.org/protobuf/proto"

	providerv1 "github.com/durokit/duro/plugin/proto/duro/provider/v1"
)

func TestWhatWaitsIsTakenTogether(t *testing.T) {
	t.Parallel()
	o := NewOutbox[*providerv1.FrameCall]()
	for id := range uint64(100) {
		o.Put(&providerv1.FrameCall{Id: id})
	}
	for i, call := range o.Take(t.Context()) {
		if call.GetId() != uint64(i) {
			t.Fatalf("call %d is at %d", call.GetId(), i)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if left := o.Take(ended); left != nil {
		t.Errorf("%d calls are left", len(left))
	}
}

func TestAFrameHoldsNoMoreThanItMay(t *testing.T) {
	t.Parallel()
	o := NewOutbox[*providerv1.FrameCall]()
	for id := range uint64(5) {
		o.Put(&providerv1.FrameCall{Id: id, Request: bytes.Repeat([]byte{1}, MaxInline/2-100)})
	}
	o.Put(&providerv1.FrameCall{Id: 5, Request: bytes.Repeat([]byte{1}, MaxInline)}) // alone
	o.Put(&providerv1.FrameCall{Id: 6})
	next := uint64(0)
	for _, want := range []int{2, 2, 1, 1, 1} {
		frame := o.Take(t.Context())
		if len(frame) != want {
			t.Fatalf("a frame of %d calls, want %d", len(frame), want)
		}
		if size := proto.Size(&providerv1.ExchangeRequest{Calls: frame}); size > MaxFrame {
			t.Errorf("a frame of %d bytes", size)
		}
		for _, call := range frame {
			if call.GetId() != next {
				t.Errorf("call %d in place of %d", call.GetId(), next)
			}
			next++
		}
	}
}

func TestTakingWaitsForSomethingOrTheEnd(t *testing.T) {
	t.Parallel()
	o := NewOutbox[*providerv1.FrameCall]()
	ctx, cancel := context.WithCancel(t.Context())
	taken := make(chan int)
	go func() {
		defer close(taken)
		for frame := o.Take(ctx); frame != nil; frame = o.Take(ctx) {
			for range frame {
				taken <- 1
			}
		}
	}()
	for range 1000 {
		o.Put(&providerv1.FrameCall{})
		<-taken
	}
	cancel()
	if _, more := <-taken; more {
		t.Error("more was taken than was put")
	}
}
