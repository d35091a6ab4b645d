package wire

import (
	"context"
	"runtime"
	"sync"

	"google.golang.org/protobuf/proto"
)

// Outbox gathers messages that are sent together. One goroutine takes them, any number
// puts them in.
type Outbox[M proto.Message] struct {
	mu      sync.Mutex
	waiting []M
	wake    chan struct{}
}

// NewOutbox makes an empty outbox.
func NewOutbox[M proto.Message]() *Outbox[M] { return &Outbox[M]{wake: make(chan struct{}, 1)} }

// Put adds a message.
func (o *Outbox[M]) Put(m M) {
	o.mu.Lock()
	o.waiting = append(o.waiting, m)
	first := len(o.waiting) == 1
	o.mu.Unlock()
	if first {
		select {
		case o.wake <- struct{}{}:
		default:
		}
	}
}

// Take waits until there is a message, and returns those that fit into one frame. It
// returns none when ctx has ended.
func (o *Outbox[M]) Take(ctx context.Context) []M {
	for {
		// Others are about to put something: what a batch of the engine answers, and what
		// the answers cause, comes at once. Their turn first makes one frame of it all.
		runtime.Gosched()
		if frame := o.frame(); frame != nil {
			return frame
		}
		select {
		case <-o.wake:
		case <-ctx.Done():
			return o.frame()
		}
	}
}

// frame removes what fits into one frame: at most MaxInline, or one message.
func (o *Outbox[M]) frame() []M {
	o.mu.Lock()
	defer o.mu.Unlock()
	size, n := 0, 0
	for n < len(o.waiting) {
		size += proto.Size(o.waiting[n])
		if n > 0 && size > MaxInline {
			break
		}
		n++
	}
	frame := o.waiting[:n:n]
	if o.waiting = o.waiting[n:]; len(o.waiting) == 0 {
		o.waiting = nil
	}
	if n == 0 {
		return nil
	}
	return frame
}
