package faultproxy

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// server answers every line, and remembers it.
type server struct {
	net.Listener
	running sync.WaitGroup

	mu    sync.Mutex
	heard []string
	ended chan struct{} // receives a value for every connection that ends
}

func newServer(t *testing.T) *server {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &server{Listener: l, ended: make(chan struct{}, 10)}
	s.running.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s.running.Go(func() { s.serve(c) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		s.running.Wait()
	})
	return s
}

func (s *server) serve(c net.Conn) {
	defer c.Close()
	for lines := bufio.NewScanner(c); lines.Scan(); {
		s.mu.Lock()
		s.heard = append(s.heard, lines.Text())
		s.mu.Unlock()
		_, _ = io.WriteString(c, "did "+lines.Text()+"\n")
	}
	s.ended <- struct{}{}
}

// through returns a client of the server that gets there by way of a proxy.
func (s *server) through(t *testing.T, strike Striker) (p *Proxy, say func(line string) (string, error)) {
	t.Helper()
	p, err := Start(s.Addr().String(), strike)
	if err != nil {
		t.Fatal(err)
	}
	c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", p.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Close()
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	answers := bufio.NewReader(c)
	return p, func(line string) (string, error) {
		if _, err := io.WriteString(c, line+"\n"); err != nil {
			return "", err
		}
		answer, err := answers.ReadString('\n')
		return strings.TrimSpace(answer), err
	}
}

// said is what a client heard in answer to a line.
type said struct {
	Line, Answer string
	Cut          bool
}

func TestACommitIsStruck(t *testing.T) {
	t.Parallel()
	begin := said{"SET TRANSACTION READ-COMMITTED", "did SET TRANSACTION READ-COMMITTED", false}
	fine := said{"COMMIT", "did COMMIT", false}
	for name, c := range map[string]struct {
		strike Strike
		want   []said
		heard  int // lines by the server
	}{
		"not":             {Strike{}, []said{begin, fine, begin}, 3},
		"before":          {Strike{Cut: Before}, []said{begin, {Line: "COMMIT", Cut: true}}, 1},
		"before, late":    {Strike{Cut: Before, Delay: time.Millisecond}, []said{begin, {Line: "COMMIT", Cut: true}}, 1},
		"unanswered":      {Strike{Cut: Unanswered}, []said{begin, {Line: "COMMIT", Cut: true}}, 2},
		"unanswered late": {Strike{Cut: Unanswered, Delay: time.Millisecond}, []said{begin, {Line: "COMMIT", Cut: true}}, 2},
		"answered":        {Strike{Cut: Answered}, []said{begin, fine, {Line: "BEGIN", Cut: true}}, 2},
	} {
		for _, reset := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, reset %v", name, reset), func(t *testing.T) {
				t.Parallel()
				s := newServer(t)
				strike := c.strike
				strike.Reset = reset
				p, say := s.through(t, func(uint64) Strike { return strike })
				var got []said
				for _, w := range c.want {
					answer, err := say(w.Line)
					got = append(got, said{w.Line, answer, err != nil})
					if err != nil && errors.Is(err, io.EOF) == reset {
						t.Errorf("%s: %v; reset: %v", w.Line, err, reset)
					}
				}
				if diff := cmp.Diff(c.want, got); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				if c.strike.Cut != None {
					<-s.ended
				}
				s.mu.Lock()
				defer s.mu.Unlock()
				if len(s.heard) != c.heard || p.Cuts(c.strike.Cut) != 1 {
					t.Errorf("the server heard %q, want %d lines; %d cuts, want 1", s.heard, c.heard, p.Cuts(c.strike.Cut))
				}
			})
		}
	}
}

func TestAResetIsOne(t *testing.T) {
	t.Parallel()
	_, say := newServer(t).through(t, func(uint64) Strike { return Strike{Cut: Before, Reset: true} })
	if _, err := say("COMMIT"); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("%v, want a reset", err)
	}
}

func TestADelayHoldsBack(t *testing.T) {
	t.Parallel()
	const delay = 50 * time.Millisecond
	_, say := newServer(t).through(t, func(n uint64) Strike { return Strike{Delay: delay * time.Duration(n)} })
	for n := range 2 {
		began := time.Now()
		if _, err := say("COMMIT"); err != nil || time.Since(began) < delay*time.Duration(n+1) {
			t.Errorf("COMMIT %d: %v after %v", n+1, err, time.Since(began))
		}
	}
}

// A client must not wait for ever for a server that ends without a word.
func TestASilentEndOfTheServerIsPassedOn(t *testing.T) {
	t.Parallel()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var ending sync.WaitGroup
	ending.Go(func() {
		c, err := l.Accept()
		if err == nil {
			_, _ = c.Read(make([]byte, 100))
			c.Close()
		}
	})
	s := &server{Listener: l}
	_, say := s.through(t, func(uint64) Strike { return Strike{Cut: Unanswered} })
	if answer, err := say("COMMIT"); err == nil {
		t.Errorf("%q, want an end", answer)
	}
	ending.Wait()
	l.Close()
}

func TestTheSeedDecides(t *testing.T) {
	t.Parallel()
	const n, every = 10_000, 5
	one, again, other := Seeded(1, every, time.Second), Seeded(1, every, time.Second), Seeded(2, every, time.Second)
	var cuts [numCuts]int
	same, passed := 0, 0
	for i := range uint64(n) {
		s := one(i)
		if got := again(i); got != s {
			t.Fatalf("COMMIT %d: %v and %v from one seed", i, s, got)
		}
		switch {
		case s == (Strike{}):
			passed++
		case other(i) == s:
			same++
		default:
			cuts[s.Cut]++
		}
	}
	if passed < n*3/4 || passed > n*17/20 || same > 0 {
		t.Errorf("%d of %d pass, and another seed does %d times the same", passed, n, same)
	}
	for c, got := range cuts {
		if got < n/every/5 {
			t.Errorf("cut %d: %d times", c, got)
		}
	}
}

func TestCloseEndsWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	p, err := Start(s.Addr().String(), func(uint64) Strike { return Strike{Delay: time.Hour} })
	if err != nil {
		t.Fatal(err)
	}
	c, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", p.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := io.WriteString(c, "BEGIN\n"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Read(make([]byte, 100)); err != nil { // the proxy carries it
		t.Fatal(err)
	}
	if _, err := io.WriteString(c, "COMMIT\n"); err != nil {
		t.Fatal(err)
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	if _, err := c.Read(make([]byte, 100)); err == nil {
		t.Error("the connection is still there")
	}
}
