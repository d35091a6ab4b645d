package bench

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"
)

// wire stands between a store and its server, and counts what passes. An announcement
// is not counted: no operation waits for it.
type wire struct {
	split             splitter
	trips, statements atomic.Int64
}

// traffic is what has passed.
type traffic struct{ trips, statements int64 }

func (w *wire) traffic() traffic { return traffic{w.trips.Load(), w.statements.Load()} }

func (t traffic) since(before traffic) traffic {
	return traffic{t.trips - before.trips, t.statements - before.statements}
}

// splitter takes the whole messages at the beginning of what a client has sent, and
// says how many bytes and how many statements they are.
type splitter func(sent []byte) (size, statements int)

// postgresStatements counts what is executed, be it prepared or a text.
func postgresStatements(sent []byte) (size, statements int) {
	for {
		rest, kind := sent[size:], byte(0)
		if len(rest) > 0 && rest[0] != 0 { // the first message of a connection has no kind
			kind, rest = rest[0], rest[1:]
		}
		if len(rest) < 4 {
			return size, statements
		}
		length := int(binary.BigEndian.Uint32(rest))
		if len(rest) < length {
			return size, statements
		}
		if kind == 'E' || kind == 'Q' {
			statements++
		}
		size += len(sent[size:]) - len(rest) + length
	}
}

// mysqlStatements counts the statements of each text, as the seam joins them.
func mysqlStatements(sent []byte) (size, statements int) {
	const header, query = 4, 3
	for {
		rest := sent[size:]
		if len(rest) < header {
			return size, statements
		}
		length := int(rest[0]) | int(rest[1])<<8 | int(rest[2])<<16
		first := rest[3] == 0 // what follows is an answer to the server
		if len(rest) < header+length {
			return size, statements
		}
		if packet := rest[header : header+length]; first && length > 0 && packet[0] == query {
			statements += 1 + bytes.Count(packet, []byte(";\n"))
		}
		size += header + length
	}
}

// listen makes the way to a server and returns where it begins.
func (w *wire) listen(t *testing.T, server string) (address string) {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	var all sync.WaitGroup
	all.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() { w.serve(client, server) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		all.Wait()
	})
	return l.Addr().String()
}

func (w *wire) serve(client net.Conn, address string) {
	defer client.Close()
	server, err := new(net.Dialer).DialContext(context.Background(), "tcp", address)
	if err != nil {
		return
	}
	defer server.Close()
	var answered atomic.Bool
	answered.Store(true)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = io.Copy(writes{client, func([]byte) { answered.Store(true) }}, server)
		_ = client.Close()
	}()
	var sent []byte
	_, _ = io.Copy(writes{server, func(b []byte) {
		trip := answered.Swap(false)
		sent = append(sent, b...)
		size, statements := w.split(sent)
		announces := bytes.Contains(sent[:size], []byte("pg_notify"))
		sent = sent[size:]
		if announces {
			return
		}
		w.statements.Add(int64(statements))
		if trip {
			w.trips.Add(1)
		}
	}}, client)
	_ = server.Close()
	<-done
}

// writes shows what is written before it is.
type writes struct {
	io.Writer
	show func([]byte)
}

func (w writes) Write(b []byte) (int, error) {
	w.show(b)
	return w.Writer.Write(b)
}
