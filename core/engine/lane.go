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
	// doubts counts its commits whose answer never came.
	doubts int
}

// lane runs one write transaction at a time. Everything that arrives while one
// is in flight travels together in the next (rule 1).
type lane struct {
	e              *Engine
	writes, claims bool
	wake           chan struct{} // holds one
	ending, ended  chan struct{}

	mu     sync.Mutex
	queue  []*job
	closed bool
}

func newLane(e *Engine, writes, claims bool) *lane {
	return &lane{
		e: e, writes: writes, claims: claims, wake: make(chan struct{}, 1),
		ending: make(chan struct{}), ended: make(chan struct{}),
	}
}

// end lets the lane do what it has to do already, and waits for that.
func (l *lane) end() {
	close(l.ending)
	<-l.ended
}

// ring wakes whoever waits for c, which holds one: who is not waiting yet finds it
// later, and once is enough.
func ring(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// kick makes the lane look for something to do.
func (l *lane) kick() { ring(l.wake) }

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
	}
	pe := core.AsProviderError(m.op(), ctx.Err())
	if l.withdraw(j) {
		return pe
	}
	select {
	case err := <-j.done: // both at once: the answer says more
		return err
	default:
		pe.MayHaveHappened = true
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
	if len(l.queue) == 0 {
		return nil
	}
	taken := make([]*job, 0, min(len(l.queue), l.e.opts.BatchMembers))
	var waits []*job // for a lock that somebody before them presents
	keys := map[string]struct{}{}
	bytes, seen, alone := 0, 0, false
	large := l.e.opts.BatchBytes / 4
	for _, j := range l.queue {
		size := j.size()
		full := len(taken) == l.e.opts.BatchMembers || bytes+size > l.e.opts.BatchBytes || size > large
		if alone || full && len(taken) > 0 {
			break
		}
		seen++
		if k := j.key(); k != "" {
			if has(keys, k) {
				waits = append(waits, j)
				continue
			}
			keys[k] = struct{}{}
		}
		taken = append(taken, j)
		bytes += size
		alone = size > large
	}
	clear(l.queue[:seen]) // the queue's memory outlives them
	if l.queue = l.queue[seen:]; len(waits) > 0 {
		l.queue = append(waits, l.queue...)
	}
	return taken
}

// loop runs batches until the engine stops, then refuses what is left.
func (l *lane) loop() {
	defer close(l.ended)
	defer l.refuse()
	for ending := false; !ending; {
		select {
		case <-l.wake:
		case <-l.ending:
			ending = true
		case <-l.e.run.Done():
		}
		for more := true; more && l.e.run.Err() == nil; {
			more = l.turn()
		}
		ending = ending || l.e.run.Err() != nil
	}
}

// turn runs what there is to do and reports whether there was anything. Where one
// lane writes and claims, what is claimable already is claimed first: that waits
// for no disk, and its callers work while the writes do. What the writes make is
// claimed in their own transaction.
func (l *lane) turn() bool {
	var jobs []*job
	if l.writes {
		jobs = l.take()
	}
	claimed := l.claims && l.claim(len(jobs) > 0)
	if len(jobs) == 0 {
		return claimed
	}
	b := l.e.newBatch(members(jobs))
	var rounds []round
	if l.claims {
		rounds = l.e.waiting.rounds(claims{now: b.now, messages: b.madeMessages, work: b.madeWork})
	}
	l.e.carry(b, jobs, rounds)
	return true
}

// claim runs the claims that may find something, and reports whether there were
// any. They are early when writes follow at once.
func (l *lane) claim(early bool) bool {
	b := l.e.newBatch(nil)
	rounds := l.e.waiting.rounds(claims{now: b.now, early: early})
	if len(rounds) > 0 {
		l.e.carry(b, nil, rounds)
	}
	return len(rounds) > 0
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
	run := e.db.Write
	if writes == 0 {
		run = e.db.Claim
	}
	results, err := e.runPlan(run, calls)
	if err != nil {
		e.failed(b, jobs, rounds, starts, err)
		return
	}
	b.read(results[:writes])
	e.voice.made(b.madeMessages, b.madeWork)
	e.tell(b, jobs)
	if len(rounds) == 0 || !e.d.SingleWriter { // else the claims have seen it all
		e.waiting.signal(b.madeMessages, b.madeWork)
	}
	for i, r := range rounds {
		r.finish(b.now, results[starts[i]:])
	}
}

// tell gives every caller of a committed batch his outcome. A lock that is gone
// after an earlier commit without an answer may have been released by that one.
func (e *Engine) tell(b *batch, jobs []*job) {
	var doubtful []*job
	for _, j := range jobs {
		switch {
		case j.alive(b):
			if c, ok := j.member.(committer); ok {
				c.committed()
			}
			j.done <- nil
		case j.doubts > 0:
			doubtful = append(doubtful, j)
		default:
			j.done <- lockLost(j.op())
		}
	}
	e.askLate(doubtful)
}

// write runs calls in a transaction that lasts.
func (e *Engine) write(calls []Call) ([]Result, error) { return e.runPlan(e.db.Write, calls) }

// runPlan runs calls under the engine's own context, so that no single caller's
// end stops the others in the batch.
func (e *Engine) runPlan(
	run func(context.Context, []Call) ([]Result, error), calls []Call,
) (results []Result, err error) {
	ctx, cancel := context.WithTimeout(e.run, e.opts.StatementTimeout)
	defer cancel()
	err = e.retrying(ctx, func() error {
		results, err = run(ctx, calls)
		return err
	})
	return results, overdue(context.Background(), err)
}

// failed sorts a failure out: a commit without an answer is asked about; what a
// claim's own statement fails for is told to its waiters, and the others go again
// without it; a semantic failure of a write is narrowed down to the guilty
// member; anything else is told to everybody.
func (e *Engine) failed(b *batch, jobs []*job, rounds []round, starts []int, err error) {
	switch f := asFailure(err); {
	case f.Ambiguous:
		e.askFate(b, jobs, f)
		for _, r := range rounds {
			e.askClaim(r, err)
		}
	case !f.semantic():
		for _, j := range jobs {
			j.done <- e.told(j.op(), err, "commit a batch")
		}
		for _, r := range rounds {
			e.unclaimed(r, b.now, f)
		}
	case f.Call < len(b.order):
		e.isolate(jobs, b.suspects(f.Call), err)
		e.claimAgain(rounds)
	default:
		guilty := len(starts) - 1
		for starts[guilty] > f.Call {
			guilty--
		}
		rounds[guilty].fail(err)
		e.carryAgain(jobs)
		e.claimAgain(slices.Delete(rounds, guilty, guilty+1))
	}
}

// unclaimed ends a round that failed. A row that somebody else holds is no
// failure: the round found less than there is.
func (e *Engine) unclaimed(r round, now int64, f *Failure) {
	if f.Class.Outcome != NextCandidate {
		r.fail(f)
		return
	}
	g, taken := r.members()
	e.waiting.settle(g, taken, claimed{now: now, due: now, more: true})
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
	e.carryAgain(innocent)
	if len(suspected) == 1 {
		suspected[0].done <- e.told(suspected[0].op(), err, "commit")
		return
	}
	half := len(suspected) / 2
	e.carryAgain(suspected[:half])
	e.carryAgain(suspected[half:])
}

func (e *Engine) carryAgain(jobs []*job) {
	if len(jobs) > 0 {
		e.carry(e.newBatch(members(jobs)), jobs, nil)
	}
}

// claimAgain runs claims that were rolled back with something else.
func (e *Engine) claimAgain(rounds []round) {
	if len(rounds) == 0 {
		return
	}
	b := e.newBatch(nil)
	for i, r := range rounds {
		g, taken := r.members()
		rounds[i] = g.round(g, taken, b.now)
	}
	e.carry(b, nil, rounds)
}
