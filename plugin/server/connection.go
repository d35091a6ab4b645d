package server

import (
	"context"
	"net"
	"sync"
	"time"

	"google.golang.org/grpc/peer"
)

// closeTimeout bounds the closing of a store whose client has gone.
const closeTimeout = 30 * time.Second

// Listen wraps a listener so that stores are closed when the connection ends that
// they were opened on. A child needs no such thing: it ends with its host.
func Listen(l net.Listener) net.Listener { return listener{l} }

type listener struct{ net.Listener }

func (l listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &connection{Conn: c}, nil
}

// connection is a client's. It is its own remote address as well, which is the one
// way from a call to the connection that it came on.
type connection struct {
	net.Conn
	mu      sync.Mutex
	closed  bool
	atClose []func()
}

// RemoteAddr implements net.Conn.
func (c *connection) RemoteAddr() net.Addr { return address{c.Conn.RemoteAddr(), c} }

type address struct {
	net.Addr
	of *connection
}

// Close implements net.Conn.
func (c *connection) Close() error {
	c.mu.Lock()
	first, todo := !c.closed, c.atClose
	c.closed, c.atClose = true, nil
	c.mu.Unlock()
	if first {
		for _, f := range todo {
			go f() // each ends by its own timeout
		}
	}
	return c.Conn.Close()
}

// onDisconnect has f run when the call's connection ends.
func onDisconnect(ctx context.Context, f func()) {
	p, ok := peer.FromContext(ctx)
	if !ok {
		return
	}
	a, ok := p.Addr.(address)
	if !ok {
		return
	}
	a.of.mu.Lock()
	gone := a.of.closed
	if !gone {
		a.of.atClose = append(a.of.atClose, f)
	}
	a.of.mu.Unlock()
	if gone {
		go f()
	}
}
