package linear

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"time"

	"github.com/durokit/duro/core"
)

// Plan is what the clients of one process do.
type Plan struct {
	Queue Queue
	// First is the number of the first client, Clients how many there are.
	First, Clients int
	// Operations is how many each of them does.
	Operations int
	Seed       uint64
}

// Record has clients do as planned, all at once, and returns what they saw. An error
// that is neither a lost lock nor a collision ends it.
func Record(ctx context.Context, p core.Provider, plan Plan) ([]Operation, error) {
	clients := make([]*client, plan.Clients)
	var all sync.WaitGroup
	for i := range clients {
		n := plan.First + i
		c := &client{calls: turns{p}, enqueues: 15, number: n, rand: rand.New(rand.NewPCG(plan.Seed, uint64(n)))}
		if plan.Queue == Work {
			c.calls, c.enqueues = work{p}, 5 // so that there are fewer activities than clients
		}
		clients[i] = c
		all.Go(func() { c.work(ctx, plan.Operations) })
	}
	all.Wait()
	var history []Operation
	for _, c := range clients {
		if c.err != nil {
			return nil, fmt.Errorf("client %d: %w", c.number, c.err)
		}
		history = append(history, c.history...)
	}
	return history, nil
}

// client is one who works on a queue.
type client struct {
	calls
	enqueues   int // of a hundred operations
	number     int
	rand       *rand.Rand
	tokens     []string // the latest last
	items      uint64   // that it enqueued
	collisions int
	history    []Operation
	err        error
}

func (c *client) work(ctx context.Context, operations int) {
	for len(c.history) < operations && c.err == nil {
		c.next(ctx)
	}
}

// locks are short: the first expires while others work, the others, which are longer
// than clocks are apart, while somebody waits for them.
var locks = []time.Duration{5 * time.Millisecond, 60 * time.Millisecond, 100 * time.Millisecond}

// poll is how long a fetch waits.
const poll = 80 * time.Millisecond

// next does what chance says. Who never held anything fetches; much more is fetched
// than enqueued, so that the queue stays short.
func (c *client) next(ctx context.Context) {
	o := Operation{Kind: Fetch, For: locks[c.rand.IntN(len(locks))]}
	if at := c.rand.IntN(100); at < c.enqueues {
		o.Kind = Enqueue
	} else if len(c.tokens) > 0 {
		o.Kind = []Kind{Ack, Ack, Renew, Abandon, Fetch, Fetch}[at%6]
	}
	switch o.Kind {
	case Enqueue:
		c.items++
		o.Items = []uint64{uint64(c.number)<<32 | c.items}
	case Ack, Renew, Abandon:
		o.Token = c.token()
	}
	c.call(ctx, o)
}

// token is mostly the latest, sometimes one of before.
func (c *client) token() string {
	back := 0
	if c.rand.IntN(4) == 0 {
		back = c.rand.IntN(min(4, len(c.tokens)))
	}
	return c.tokens[len(c.tokens)-1-back]
}

// call makes a call and records it.
func (c *client) call(ctx context.Context, o Operation) {
	o.Client = c.number
	o.Call = micros()
	var err error
	switch o.Kind {
	case Enqueue:
		err = c.enqueue(ctx, o.Items[0])
	case Fetch:
		o.Token, o.Items, err = c.fetch(ctx, o.For)
	case Ack:
		err = c.ack(ctx, o.Token)
	case Abandon:
		err = c.abandon(ctx, o.Token)
	case Renew:
		err = c.renew(ctx, o.Token, o.For)
	}
	o.Return = micros()
	switch {
	case err != nil && core.CodeOf(err) == core.ErrLockLost:
		o.Lost = true
	case collided(err) && c.collisions < mostCollisions:
		c.collisions++
		return // nothing happened
	case err != nil:
		c.err = err
	case o.Kind == Fetch && o.Token != "":
		c.tokens = append(c.tokens, o.Token)
	}
	c.history = append(c.history, o)
}

// mostCollisions is how often a client may be told that it collided with others.
const mostCollisions = 20

// collided says whether a call failed without a trace because of others, and may be
// made again.
func collided(err error) bool {
	pe, ok := errors.AsType[*core.ProviderError](err)
	return ok && pe.Code == core.ErrConflict && !pe.MayHaveHappened
}

// micros is the machine's clock, which all processes share.
func micros() int64 {
	return time.Now().UnixMicro() //nolint:forbidigo // histories are of real time
}

// calls are what clients do with a queue.
type calls interface {
	enqueue(ctx context.Context, n uint64) error
	fetch(ctx context.Context, lock time.Duration) (token string, items []uint64, err error)
	ack(ctx context.Context, token string) error
	abandon(ctx context.Context, token string) error
	renew(ctx context.Context, token string, d time.Duration) error
}

// name is the instance that everything is about.
const name = "linear"

// turns are the calls of the orchestrator queue. Every message is a start, so that
// none waits for another.
type turns struct{ p core.Provider }

func (q turns) enqueue(ctx context.Context, n uint64) error {
	return q.p.EnqueueForOrchestrator(ctx, core.NewWorkItem(core.StartOrchestration{
		Instance: name, Orchestration: name, Input: strconv.FormatUint(n, 10), ExecutionID: 1,
	}), 0)
}

func (q turns) fetch(ctx context.Context, lock time.Duration) (string, []uint64, error) {
	f, err := q.p.FetchOrchestrationItem(ctx, core.FetchOrchestrationParams{LockTimeout: lock, PollTimeout: poll})
	if f == nil {
		return "", nil, err
	}
	var items []uint64
	for _, m := range f.Item.Messages {
		start, _ := m.Payload().(core.StartOrchestration)
		n, err := strconv.ParseUint(start.Input, 10, 64)
		if err != nil {
			return "", nil, err
		}
		items = append(items, n)
	}
	return f.LockToken, items, nil
}

func (q turns) ack(ctx context.Context, token string) error {
	return q.p.AckOrchestrationItem(ctx, core.AckOrchestrationParams{LockToken: token, ExecutionID: 1})
}

func (q turns) abandon(ctx context.Context, token string) error {
	return q.p.AbandonOrchestrationItem(ctx, core.AbandonParams{LockToken: token})
}

func (q turns) renew(ctx context.Context, token string, d time.Duration) error {
	return q.p.RenewOrchestrationItemLock(ctx, token, d)
}

// work are the calls of the worker queue.
type work struct{ p core.Provider }

func (q work) enqueue(ctx context.Context, n uint64) error {
	return q.p.EnqueueForWorker(ctx, core.NewWorkItem(core.ActivityExecute{Instance: name, ExecutionID: 1, ID: n, Name: name}))
}

func (q work) fetch(ctx context.Context, lock time.Duration) (string, []uint64, error) {
	f, err := q.p.FetchWorkItem(ctx, core.FetchWorkParams{LockTimeout: lock, PollTimeout: poll})
	if f == nil {
		return "", nil, err
	}
	a, _ := f.Item.Payload().(core.ActivityExecute)
	return f.LockToken, []uint64{a.ID}, nil
}

func (q work) ack(ctx context.Context, token string) error { return q.p.AckWorkItem(ctx, token, nil) }

func (q work) abandon(ctx context.Context, token string) error {
	return q.p.AbandonWorkItem(ctx, core.AbandonParams{LockToken: token})
}

func (q work) renew(ctx context.Context, token string, d time.Duration) error {
	return q.p.RenewWorkItemLock(ctx, token, d)
}
