package bench

import (
	"net"
	"slices"
	"sync"
	"syscall"
	"time"
)

// part is something a server said, and when it is passed on.
type part struct {
	data []byte
	due  time.Time
}

// relay passes connections on to a server until l is closed. What the server says is
// held back for a while, as a network would: one answer does not wait for another.
func relay(l net.Listener, server string, by time.Duration) {
	for {
		client, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer client.Close()
			upstream, err := net.Dial("tcp", server)
			if err != nil {
				return
			}
			defer upstream.Close()
			var both sync.WaitGroup
			both.Go(func() { forward(upstream, client, 0) })
			both.Go(func() { forward(client, upstream, by) })
			both.Wait()
		}()
	}
}

// forward copies one direction of a connection until it ends, each part late.
func forward(to, from net.Conn, late time.Duration) {
	parts := make(chan part, 1024)
	go func() {
		defer close(parts)
		data := make([]byte, 64<<10)
		for {
			n, err := from.Read(data)
			if n > 0 {
				parts <- part{slices.Clone(data[:n]), time.Now().Add(late)}
			}
			if err != nil {
				return
			}
		}
	}()
	for p := range parts {
		if wait := time.Until(p.due); wait > 0 {
			// A timer of Go's would be late by up to a millisecond in a process that is idle.
			rest := syscall.NsecToTimespec(wait.Nanoseconds())
			_ = syscall.Nanosleep(&rest, nil) // too early after a signal, and no harm
		}
		if _, err := to.Write(p.data); err != nil {
			break
		}
	}
	_ = to.Close()   // so that the other direction ends
	_ = from.Close() // and the reader here
	for range parts {
		// What was still to be passed on is dropped.
	}
}
