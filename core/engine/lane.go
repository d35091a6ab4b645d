package engine

import (
	"context"
	"slices"
	"sync"

	"github.com/durokit/duro/core"
)

// job is a member with the caller who waits for it.
type job struct {
	member
	done chan error // holds one
}

// lane runs one write transaction at a time. Everything that arrives while one
// is in flight travels together in the next (rule 1).
type lane struct {
	e              *Engine
	writes, claims bool
	wake           chan struct{} // holds one

	mu     sync.Mutex
	queue  []*job
	closed bool
}

func newLane(e *Engine, writes, claims bool) *lane {
	return &lane{e: e, writes: writes, claims: claims, wake: make(chan struct{}, 1)}
}

// kick makes the lane look for something to do.
func (l *lane) kick() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// kickClaims makes the lane that claims look at the waiting fetches.
func (e *Engine) kickClaims() { e.lanes[len(e.lanes)-1].kick() }

// do carries m through the write lane and returns its outcome. A caller whose
// context ends before the batch was sent leaves without effect; afterwards he
// returns at once, and his operation may have happened.
func (e *Engine) do(ctx context.Context, m member) error {
	if err := ctx.Err(); err != nil {
		return core.AsProviderError(m.op(), err)
	}
	l := e.lanes[0]
	j := &job{member: m, done: make(chan error, 1)}
	l.push(j)
	select {
	case err := <-j.done:
		return err
	case <-ctx.Done():
		pe := core.AsProviderError(m.op(), ctx.Err())
		pe.MayHaveHappened = !l.withdraw(j)
		return pe
	}
}

func (l *lane) push(j *job) {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		j.done <- core.Errorf(j.op(), core.ErrUnavailable, "the provider is closed")
		return
	}
	l.queue = append(l.queue, j)
	l.mu.Unlock()
	l.kick()
}

// withdraw takes a job back that no batch has taken yet.
func (l *lane) withdraw(j *job) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.Index(l.queue, j)
	if i >= 0 {
		l.queue = slices.Delete(l.queue, i, i+1)
	}
	return i >= 0
}

// take cuts the next batch: oldest first, up to the caps, each key once, a large
// member alone.
func (l *lane) take() []*job {
	l.mu.Lock()
	defer l.mu.Unlock()
	var taken, left []*job
	keys := map[string]struct{}{}
	bytes := 0
	large := l.e.opts.BatchBytes / 4
	for i, j := range l.queue {
		size := j.size()
		full := len(taken) == l.e.opts.BatchMembers ||
			len(taken) > 0 && (bytes+size > l.e.opts.BatchBytes || size > large)
		if full {
			left = append(left, l.queue[i:]...)
			break
		}
		if k := j.key(); k != "" {
			if has(keys, k) {
				left = append(left, j)
				continue
			}
			keys[k] = struct{}{}
		}
		taken = append(taken, j)
		if bytes += size; size > large {
			left = append(left, l.queue[i+1:]...)
			break
		}
	}
	l.queue = left
	return taken
}

// loop runs batches until the engine stops, then refuses what is left.
func (l *lane) loop() {
	for {
		select {
		case <-l.wake:
			for l.turn() && l.e.run.Err() == nil {
			}
		case <-l.e.run.Done():
			l.refuse()
			return
		}
	}
}

// turn runs one batch and reports whether there was anything to do.
func (l *lane) turn() bool {
	var jobs []*job
	if l.writes {
		jobs = l.take()
	}
	b := l.e.newBatch(members(jobs))
	var rounds []round
	if l.claims {
		rounds = l.e.waiting.rounds(b.now, b.madeMessages, b.madeWork)
	}
	if len(jobs) == 0 && len(rounds) == 0 {
		return false
	}
	l.e.carry(b, jobs, rounds)
	return true
}

func (l *lane) refuse() {
	l.mu.Lock()
	queue := l.queue
	l.queue, l.closed = nil, true
	l.mu.Unlock()
	for _, j := range queue {
		j.done <- core.Errorf(j.op(), core.ErrUnavailable, "the provider is closed")
	}
}

func members(jobs []*job) []member {
	ms := make([]member, len(jobs))
	for i, j := range jobs {
		ms[i] = j.member
	}
	return ms
}

// carry runs one transaction: the batch's writes, then the claims, which see
// them. Nobody is told anything before the commit.
func (e *Engine) carry(b *batch, jobs []*job, rounds []round) {
	calls := b.calls()
	writes := len(calls)
	starts := make([]int, len(rounds))
	for i, r := range rounds {
		starts[i] = len(calls)
		calls = append(calls, r.calls(b.now, len(calls))...)
	}
	results, err := e.write(calls)
	if err != nil {
		e.failed(b, jobs, rounds, err, writes)
		return
	}
	b.read(results[:writes])
	for _, j := range jobs {
		j.done <- j.outcome(b)
	}
	if !e.d.SingleWriter {
		e.waiting.signal(b.madeMessages, b.madeWork)
	}
	for i, r := range rounds {
		r.finish(b.now, results[starts[i]:])
	}
}

// write runs calls under the engine's own context, so that no single caller's
// end stops the others in the batch.
func (e *Engine) write(calls []Call) (results []Result, err error) {
	ctx, cancel := context.WithTimeout(e.run, e.opts.StatementTimeout)
	defer cancel()
	err = e.retrying(ctx, func() error {
		results, err = e.db.Write(ctx, calls)
		return err
	})
	return results, err
}

// failed sorts a failure out: a commit without an answer is asked about; a
// claim's failure is told to its waiters and the
// writes go again alone; a semantic failure is narrowed down to the guilty
// member; anything else is told to everybody.
func (e *Engine) failed(b *batch, jobs []*job, rounds []round, err error, writes int) {
	f := asFailure(err)
	if f.Ambiguous {
		e.askFate(jobs, err)
		for _, r := range rounds {
			e.askClaim(r)
		}
		return
	}
	if len(jobs) == 0 {
		for _, r := range rounds {
			r.fail(err)
		}
		return
	}
	e.waiting.putBack(rounds)
	switch suspects := b.suspects(f.Call); {
	case f.Class.Outcome == Tell && f.Call >= writes:
		e.carryAgain(jobs)
	case f.Class.Outcome == Tell && len(suspects) > 0:
		e.isolate(jobs, suspects, err)
	default:
		for _, j := range jobs {
			j.done <- e.told(j.op(), err, "commit a batch")
		}
	}
}

// isolate runs the innocent members as one batch and bisects the suspects.
func (e *Engine) isolate(jobs []*job, suspects []int, err error) {
	var innocent, suspected []*job
	for i, j := range jobs {
		if _, guilty := slices.BinarySearch(suspects, i); guilty {
			suspected = append(suspected, j)
		} else {
			innocent = append(innocent, j)
		}
	}
	if len(suspected) == 1 {
		suspected[0].done <- e.told(suspected[0].op(), err, "commit")
	} else {
		half := len(suspected) / 2
		e.carryAgain(suspected[:half])
		e.carryAgain(suspected[half:])
	}
	e.carryAgain(innocent)
}

func (e *Engine) carryAgain(jobs []*job) {
	if len(jobs) > 0 {
		e.carry(e.newBatch(members(jobs)), jobs, nil)
	}
}
