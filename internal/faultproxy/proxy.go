package faultproxy

import (
	"context"
	"net"
	"regexp"
	"sync"
)

// Proxy is a proxy that runs. Make one with Start.
type Proxy struct {
	listener net.Listener
	server   string
	strike   Striker
	stop     context.CancelFunc
	running  sync.WaitGroup

	mu      sync.Mutex
	commits uint64
	cuts    [numCuts]int
}

// Start listens on the loopback interface for a server at an address, until Close.
func Start(server string, strike Striker) (*Proxy, error) {
	ctx, stop := context.WithCancel(context.Background())
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		stop()
		return nil, err
	}
	p := &Proxy{listener: l, server: server, strike: strike, stop: stop}
	p.running.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			p.running.Go(func() { p.serve(ctx, client) })
		}
	})
	return p, nil
}

// Addr is where the proxy listens.
func (p *Proxy) Addr() string { return p.listener.Addr().String() }

// Cuts returns how many COMMITs met a cut.
func (p *Proxy) Cuts(c Cut) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cuts[c]
}

// Close ends all connections and waits for that.
func (p *Proxy) Close() error {
	err := p.listener.Close()
	p.stop()
	p.running.Wait()
	return err
}

// commit is the statement: connections are set to READ-COMMITTED, which is none.
var commit = regexp.MustCompile(`\bCOMMIT\b`)

// about says what happens to what a client has sent.
func (p *Proxy) about(message []byte) Strike {
	if !commit.Match(message) {
		return Strike{}
	}
	p.mu.Lock()
	p.commits++
	n := p.commits
	p.mu.Unlock()
	s := p.strike(n)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cuts[s.Cut]++
	return s
}

// serve carries one connection.
func (p *Proxy) serve(ctx context.Context, client net.Conn) {
	defer client.Close()
	server, err := (&net.Dialer{}).DialContext(ctx, "tcp", p.server)
	if err != nil {
		return
	}
	defer server.Close()
	l := &link{
		about: p.about, client: client.(*net.TCPConn), server: server.(*net.TCPConn),
		heard: make(chan struct{}, 1),
	}
	l.carry(ctx)
}
