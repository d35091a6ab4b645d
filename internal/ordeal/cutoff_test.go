package ordeal

import (
	"context"
	"errors"
	"io"
	"net"
	"net/url"
	"regexp"
	"sync"
	"testing"
	"time"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/internal/testservers"
)

// cutter stands between a store and its server. Once it is armed it cuts the
// connection of the next COMMIT: before the server hears of it, or when the server
// has carried it out and its answer is under way.
type cutter struct {
	server string
	mu     sync.Mutex
	armed  bool
	before bool
	cuts   int
}

// cutting leads a place's URL by way of a cutter.
func (a *arena) cutting() (*cutter, *testservers.Place) {
	a.Helper()
	u, err := url.Parse(a.place.URL)
	if err != nil {
		a.Fatal(err)
	}
	l, err := (&net.ListenConfig{}).Listen(a.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		a.Fatal(err)
	}
	c := &cutter{server: u.Host}
	ctx, cancel := context.WithCancel(context.Background()) // longer than the test's: stores close after it
	var all sync.WaitGroup
	all.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() { c.serve(ctx, client) })
		}
	})
	a.Cleanup(func() {
		_ = l.Close()
		cancel()
		all.Wait()
	})
	u.Host = l.Addr().String()
	through := *a.place
	through.URL = u.String()
	return c, &through
}

func (c *cutter) arm(before bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.armed, c.before, c.cuts = true, before, 0
}

// commit is the statement: connections are set to READ-COMMITTED, which is none.
var commit = regexp.MustCompile(`\bCOMMIT\b`)

// strikes says whether a message is the COMMIT that is waited for.
func (c *cutter) strikes(message []byte) (strikes, before bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.armed || !commit.Match(message) {
		return false, false
	}
	c.armed = false
	c.cuts++
	return true, c.before
}

func (c *cutter) struck() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cuts
}

func (c *cutter) serve(ctx context.Context, client net.Conn) {
	defer client.Close()
	server, err := (&net.Dialer{}).DialContext(ctx, "tcp", c.server)
	if err != nil {
		return
	}
	defer server.Close()
	defer context.AfterFunc(ctx, func() { client.Close(); server.Close() })()
	var deaf sync.WaitGroup
	answers := &gag{to: client}
	deaf.Go(func() {
		_, _ = io.Copy(answers, server)
		client.Close()
	})
	buffer := make([]byte, 1<<16)
	for {
		n, err := client.Read(buffer)
		strikes, before := c.strikes(buffer[:n])
		if strikes && before {
			break
		}
		if strikes {
			answers.silence()
		}
		if _, werr := server.Write(buffer[:n]); err != nil || werr != nil {
			break
		}
		if strikes {
			answers.settled() // it has been carried out when nothing more comes
			break
		}
	}
	client.Close()
	if t, ok := server.(*net.TCPConn); ok {
		_ = t.CloseWrite()
	}
	deaf.Wait()
}

// gag passes a server's answers on until it is silenced.
type gag struct {
	to     io.Writer
	mu     sync.Mutex
	silent bool
	heard  chan struct{}
}

func (g *gag) silence() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.silent, g.heard = true, make(chan struct{}, 1)
}

// settled waits until the server has said something and then nothing for a while.
func (g *gag) settled() {
	<-g.heard
	for quiet := time.NewTimer(100 * time.Millisecond); ; {
		select {
		case <-g.heard:
		case <-quiet.C:
			return
		}
	}
}

// Write implements io.Writer.
func (g *gag) Write(b []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.silent {
		return g.to.Write(b)
	}
	select {
	case g.heard <- struct{}{}:
	default:
	}
	return len(b), nil
}

// subject is an instance and an activity in a store, to cut operations on.
type subject struct {
	*arena
	e        *engine.Engine
	instance string
}

func (s *subject) fetch() *core.FetchedOrchestration {
	s.Helper()
	s.enqueue(s.e, startOf(s.instance))
	return s.arena.fetch(s.e, lock)
}

func (s *subject) activity() core.WorkItem {
	return core.NewWorkItem(core.ActivityExecute{Instance: s.instance, ExecutionID: 1, ID: 1, Name: "a", Input: "{}"})
}

func (s *subject) fetchWork() *core.FetchedWork {
	s.Helper()
	if err := s.e.EnqueueForWorker(s.Context(), s.activity()); err != nil {
		s.Fatal(err)
	}
	w, err := s.e.FetchWorkItem(s.Context(), core.FetchWorkParams{LockTimeout: lock, PollTimeout: patience})
	if err != nil || w == nil {
		s.Fatalf("fetch work: %v, %v", w, err)
	}
	return w
}

// operation is made ready, cut, and looked at.
type operation struct {
	// prepare returns the call whose COMMIT is cut off.
	prepare func(s *subject) func() error
	// unsure operations cannot be asked about: the caller is told so.
	unsure bool
	// left is how many rows each table has for it afterwards.
	left map[string]int
}

var operations = map[string]operation{
	"EnqueueForOrchestrator": {unsure: true, left: map[string]int{"messages": 1}, prepare: func(s *subject) func() error {
		return func() error { return s.e.EnqueueForOrchestrator(s.Context(), startOf(s.instance), 0) }
	}},
	"EnqueueForWorker": {unsure: true, left: map[string]int{"work": 1}, prepare: func(s *subject) func() error {
		return func() error { return s.e.EnqueueForWorker(s.Context(), s.activity()) }
	}},
	"FetchOrchestrationItem": {left: map[string]int{"messages": 1}, prepare: func(s *subject) func() error {
		s.enqueue(s.e, startOf(s.instance))
		return func() error {
			f, err := s.e.FetchOrchestrationItem(s.Context(), core.FetchOrchestrationParams{LockTimeout: lock, PollTimeout: patience})
			if err == nil && f == nil {
				err = errors.New("nothing was fetched")
			}
			return err
		}
	}},
	"AckOrchestrationItem": {left: map[string]int{"messages": 0, "history": 1}, prepare: func(s *subject) func() error {
		f := s.fetch()
		return func() error { return s.e.AckOrchestrationItem(s.Context(), turnOf(f)) }
	}},
	"AbandonOrchestrationItem": {left: map[string]int{"messages": 1}, prepare: func(s *subject) func() error {
		f := s.fetch()
		return func() error {
			return s.e.AbandonOrchestrationItem(s.Context(), core.AbandonParams{LockToken: f.LockToken})
		}
	}},
	"RenewOrchestrationItemLock": {left: map[string]int{"messages": 1}, prepare: func(s *subject) func() error {
		f := s.fetch()
		return func() error { return s.e.RenewOrchestrationItemLock(s.Context(), f.LockToken, lock) }
	}},
	"FetchWorkItem": {left: map[string]int{"work": 1}, prepare: func(s *subject) func() error {
		if err := s.e.EnqueueForWorker(s.Context(), s.activity()); err != nil {
			s.Fatal(err)
		}
		return func() error {
			w, err := s.e.FetchWorkItem(s.Context(), core.FetchWorkParams{LockTimeout: lock, PollTimeout: patience})
			if err == nil && w == nil {
				err = errors.New("nothing was fetched")
			}
			return err
		}
	}},
	"AckWorkItem": {left: map[string]int{"work": 0, "messages": 1}, prepare: func(s *subject) func() error {
		w := s.fetchWork()
		done := core.NewWorkItem(core.ActivityCompleted{Instance: s.instance, ExecutionID: 1, ID: 1, Result: "ok"})
		return func() error { return s.e.AckWorkItem(s.Context(), w.LockToken, &done) }
	}},
	"AbandonWorkItem": {left: map[string]int{"work": 1}, prepare: func(s *subject) func() error {
		w := s.fetchWork()
		return func() error { return s.e.AbandonWorkItem(s.Context(), core.AbandonParams{LockToken: w.LockToken}) }
	}},
	"RenewWorkItemLock": {left: map[string]int{"work": 1}, prepare: func(s *subject) func() error {
		w := s.fetchWork()
		return func() error { return s.e.RenewWorkItemLock(s.Context(), w.LockToken, lock) }
	}},
}

// A COMMIT whose answer is cut off has happened or not: the caller is told which, or
// that it is unknown where the store cannot tell.
func TestACommitThatIsCutOffIsResolved(t *testing.T) {
	onServers(t, func(a *arena) {
		for name, before := range map[string]bool{"BeforeTheServerHears": true, "BeforeItsAnswerArrives": false} {
			for op, o := range operations {
				a.Run(op+name, func(t *testing.T) { a.on(t).resolves(o, before) })
			}
		}
	})
}

// on is the arena for a subtest, with a place of its own.
func (a *arena) on(t *testing.T) *arena {
	t.Helper()
	return newArena(t, a.kind, testservers.URL(t, a.name))
}

func (a *arena) resolves(o operation, before bool) {
	a.Helper()
	direct := a.place
	cutter, through := a.cutting()
	a.place = through
	s := &subject{arena: a, e: a.open(a.plain, nil), instance: "i"}
	a.place = direct
	call := o.prepare(s)
	cutter.arm(before)
	err := call()
	if cutter.struck() != 1 {
		a.Fatalf("no COMMIT was cut off; %v", err)
	}
	pe, _ := errors.AsType[*core.ProviderError](err)
	switch {
	case o.unsure && pe != nil && pe.Code == core.ErrUnavailable && pe.MayHaveHappened:
	case o.unsure:
		a.Errorf("the call: %v, want that it may have happened", err)
	case err != nil:
		a.Errorf("the call: %v", err)
	}
	for table, want := range o.left {
		if o.unsure && before {
			want = 0
		}
		if got := a.count(table); got != want {
			a.Errorf("%d rows in %s, want %d", got, table, want)
		}
	}
}
