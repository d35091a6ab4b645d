package engine_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/core/engine"
)

// fault is what happens to one transaction.
type fault uint8

const (
	// conflict: rolled back; the same again may do better.
	conflict fault = iota
	// lost: the connection went before the commit.
	lost
	// refused: the chosen call fails for what it was given.
	refused
	// contended: somebody else holds a row.
	contended
	// unanswered: committed, but the commit's answer never came; that of the calls did.
	unanswered
	// silent: committed, and nothing was ever heard of it.
	silent
	// unheard: the commit got lost on the way.
	unheard
	// late: the commit has no answer, and happens just before the next transaction.
	late
	// stuck: it does not answer until its context ends, and does not commit.
	stuck
)

// faultyDB is a real seam with faults.
type faultyDB struct {
	engine.DB
	mu      sync.Mutex
	faults  []plannedFault
	belated [][]engine.Call
	writes  []written
	gates   []*gate
	chaos   func() (fault, bool) // for transactions without a planned fault

	// history is the statement of a claim that reads events; historyRows counts
	// what it returned, and reads the reading transactions.
	history     *engine.Statement
	historyRows atomic.Int64
	reads       atomic.Int64
}

type plannedFault struct {
	fault
	in *engine.Statement // nil: any transaction
}

// written is one transaction that was asked for.
type written struct {
	calls []engine.Call
}

// rows counts the rows a transaction has for a statement; one without columns
// has one.
func (w written) rows(s *engine.Statement) int {
	for _, c := range w.calls {
		if c.Stmt == s {
			return max(len(c.Rows), 1)
		}
	}
	return 0
}

// gate stops a transaction. It announces itself on reached and goes on when
// open is closed.
type gate struct {
	in      *engine.Statement
	after   bool // stops when committed, before the answer
	reached chan struct{}
	open    chan struct{}
}

// fail plans faults for the next transactions with a statement, one each.
func (d *faultyDB) fail(in *engine.Statement, faults ...fault) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, f := range faults {
		d.faults = append(d.faults, plannedFault{f, in})
	}
}

// heal forgets all faults that did not happen.
func (d *faultyDB) heal() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.faults, d.chaos = nil, nil
}

// gate stops the next transaction with a statement before it begins, or with
// after when it has committed.
func (d *faultyDB) gate(in *engine.Statement, after bool) *gate {
	g := &gate{in: in, after: after, reached: make(chan struct{}), open: make(chan struct{})}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.gates = append(d.gates, g)
	return g
}

// since returns the transactions asked for after the first n.
func (d *faultyDB) since(n int) []written {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]written(nil), d.writes[n:]...)
}

func (d *faultyDB) count() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.writes)
}

// plan takes down a transaction and returns what shall happen to it.
func (d *faultyDB) plan(calls []engine.Call) (f fault, at int, faulty bool, g *gate, belated [][]engine.Call) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.writes = append(d.writes, written{calls})
	belated, d.belated = d.belated, nil
	for i, other := range d.gates {
		if callOf(calls, other.in) >= 0 {
			g = other
			d.gates = append(d.gates[:i:i], d.gates[i+1:]...)
			break
		}
	}
	for i, p := range d.faults {
		if at := callOf(calls, p.in); at >= 0 {
			d.faults = append(d.faults[:i:i], d.faults[i+1:]...)
			return p.fault, at, true, g, belated
		}
	}
	if d.chaos != nil {
		f, faulty = d.chaos()
	}
	return f, 0, faulty, g, belated
}

func callOf(calls []engine.Call, s *engine.Statement) int {
	if s == nil {
		return 0
	}
	for i, c := range calls {
		if c.Stmt == s {
			return i
		}
	}
	return -1
}

// Write implements engine.DB.
func (d *faultyDB) Write(ctx context.Context, calls []engine.Call) ([]engine.Result, error) {
	return d.carry(ctx, d.DB.Write, calls)
}

// Claim implements engine.DB.
func (d *faultyDB) Claim(ctx context.Context, calls []engine.Call) ([]engine.Result, error) {
	return d.carry(ctx, d.DB.Claim, calls)
}

func (d *faultyDB) carry(
	ctx context.Context, run func(context.Context, []engine.Call) ([]engine.Result, error), calls []engine.Call,
) ([]engine.Result, error) {
	f, at, faulty, g, belated := d.plan(calls)
	for _, calls := range belated {
		if _, err := d.DB.Write(ctx, calls); err != nil {
			return nil, err
		}
	}
	if g != nil && !g.after {
		g.stop(ctx)
	}
	if faulty {
		return nil, d.strike(ctx, f, at, calls)
	}
	results, err := run(ctx, calls)
	if at := callOf(calls, d.history); d.history != nil && at >= 0 && err == nil {
		d.historyRows.Add(int64(len(results[at].Rows)))
	}
	if g != nil && g.after {
		g.stop(ctx)
	}
	return results, err
}

// Read implements engine.DB.
func (d *faultyDB) Read(ctx context.Context, calls []engine.Call) ([]engine.Result, error) {
	d.reads.Add(1)
	return d.DB.Read(ctx, calls)
}

func (g *gate) stop(ctx context.Context) {
	close(g.reached)
	select {
	case <-g.open:
	case <-ctx.Done():
	}
}

// Transact implements engine.DB. Only faults of the commit strike it.
func (d *faultyDB) Transact(ctx context.Context, fn func(engine.Runner) error) error {
	d.mu.Lock()
	var struck *fault
	if len(d.faults) > 0 && d.faults[0].in == nil {
		struck = &d.faults[0].fault
		d.faults = d.faults[1:]
	}
	d.mu.Unlock()
	if struck == nil {
		return d.DB.Transact(ctx, fn)
	}
	if *struck == unanswered {
		if err := d.DB.Transact(ctx, fn); err != nil {
			return err
		}
	}
	return struck.failure(ctx, 0)
}

func (d *faultyDB) strike(ctx context.Context, f fault, at int, calls []engine.Call) error {
	failed := f.failure(ctx, at)
	switch f {
	case unanswered, silent:
		results, err := d.DB.Write(ctx, calls)
		if err != nil {
			return err
		}
		if f == unanswered {
			failed.Results = results
		}
	case late:
		d.mu.Lock()
		d.belated = append(d.belated, calls)
		d.mu.Unlock()
	case stuck:
		<-ctx.Done()
		failed = f.failure(ctx, at)
	case conflict, lost, refused, contended, unheard:
	}
	return failed
}

// errInjected is the cause of all faults.
var errInjected = errors.New("injected")

func (f fault) failure(ctx context.Context, at int) *engine.Failure {
	failed := &engine.Failure{Call: -1, Err: errInjected}
	switch f {
	case conflict:
		failed.Class = engine.Class{Outcome: engine.ReplayTransaction, Code: core.ErrConflict}
	case contended:
		failed.Class = engine.Class{Outcome: engine.NextCandidate, Code: core.ErrConflict}
	case lost:
		failed.Class = engine.Class{Outcome: engine.RetryStatement, Code: core.ErrUnavailable}
	case refused:
		failed.Call, failed.Class = at, engine.Class{Outcome: engine.Tell, Code: core.ErrInternal}
	case unanswered, silent, unheard, late:
		failed.Ambiguous, failed.Class = true, engine.Class{Outcome: engine.RetryStatement, Code: core.ErrInternal}
	case stuck:
		failed.Err, failed.Class = ctx.Err(), engine.Class{Outcome: engine.Tell, Code: core.ErrCanceled}
	}
	return failed
}
