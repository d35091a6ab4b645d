package faultproxy

import (
	"context"
	"io"
	"net"
	"sync"
	"time"
)

// quiet is how long a server that has begun to answer a COMMIT has nothing more to say
// when it waits for the client.
const quiet = 50 * time.Millisecond

// link is one connection of a client and that to the server which it stands for.
type link struct {
	about          func(message []byte) Strike
	client, server *net.TCPConn
	heard          chan struct{} // the server has said something to a client who is cut off

	mu     sync.Mutex
	strike Strike // the one that ends this link, once there is one
	spoken bool   // the server has said something since then
}

// carry passes everything on, in both directions, until the link ends.
func (l *link) carry(ctx context.Context) {
	ctx, ended := context.WithCancel(ctx)
	defer context.AfterFunc(ctx, func() { l.end(false) })()
	var others sync.WaitGroup
	others.Go(func() {
		defer ended()
		_, _ = io.Copy(answers{l}, l.server)
		s, _ := l.struck()
		l.end(s.Reset)
	})
	buffer := make([]byte, 1<<16)
	for {
		n, err := l.client.Read(buffer)
		if err != nil || !l.pass(ctx, buffer[:n], &others) {
			break
		}
	}
	_ = l.server.CloseWrite() // what the server has heard it carries out
	others.Wait()
}

// pass passes a message of the client on, unless the link ends with it.
func (l *link) pass(ctx context.Context, message []byte, others *sync.WaitGroup) bool {
	var strike Strike
	switch last, spoken := l.struck(); {
	case last.Cut == None:
		strike = l.about(message)
	case last.Cut == Answered && spoken:
		l.end(last.Reset)
		return false
	}
	wait(ctx, strike.Delay)
	switch {
	case ctx.Err() != nil:
		return false
	case strike.Cut == Before:
		l.end(strike.Reset)
		return false
	case strike.Cut == Unanswered:
		l.doom(strike)
		others.Go(func() { l.hangUp(ctx) })
	case strike.Cut == Answered:
		l.doom(strike)
	}
	_, err := l.server.Write(message)
	return err == nil
}

// hangUp tells the server, once it has been told all of the COMMIT, that nothing more
// comes. It then ends the connection itself, when it has carried everything out.
func (l *link) hangUp(ctx context.Context) {
	select {
	case <-l.heard:
	case <-ctx.Done():
		return
	}
	for silence := time.NewTimer(quiet); ; silence.Reset(quiet) {
		select {
		case <-l.heard:
		case <-silence.C:
			_ = l.server.CloseWrite()
			return
		}
	}
}

// doom notes the strike that ends this link.
func (l *link) doom(s Strike) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.strike = s
}

// struck returns the strike that ends this link, and whether the server has said
// something since.
func (l *link) struck() (s Strike, spoken bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.strike, l.spoken
}

// end closes both connections.
func (l *link) end(reset bool) {
	if reset {
		_ = l.client.SetLinger(0)
	}
	_ = l.client.Close()
	_ = l.server.Close()
}

// answers is the way of the server's answers to the client.
type answers struct{ *link }

// Write passes an answer on, unless the client is cut off from it.
func (a answers) Write(b []byte) (int, error) {
	a.mu.Lock()
	a.spoken = a.strike.Cut != None
	deaf := a.strike.Cut == Unanswered
	a.mu.Unlock()
	if !deaf {
		return a.client.Write(b)
	}
	select {
	case a.heard <- struct{}{}:
	default:
	}
	return len(b), nil
}

// wait returns after a while, or when the context ends.
func wait(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
