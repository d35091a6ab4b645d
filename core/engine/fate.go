package engine

import (
	"bytes"
	"slices"

	"github.com/durokit/duro/core"
)

// A COMMIT whose answer never came may have happened. The engine does not guess
// and does not repeat blindly: it asks the store, by the tokens it made itself
// (rule 8).

// verdict is what the store says about one member.
type verdict uint8

const (
	// fateDone: the member took effect.
	fateDone verdict = iota
	// fateNot: it did not; it goes again.
	fateNot
	// fateLost: it did not, and its lock is somebody else's by now.
	fateLost
)

// accountable is a member whose fate the store can tell.
type accountable interface {
	lock() token
	// fate decides from what the store holds about the member's lock.
	fate(f findings) verdict
}

// findings is what the store holds about a lock.
type findings struct {
	held  bool // the token is still there
	acked bool // a turn was committed under it
}

func (m *turn) lock() token { return m.token }
func (m *turn) fate(f findings) verdict {
	switch {
	case f.acked:
		return fateDone
	case f.held:
		return fateNot
	}
	return fateLost
}

func (m *abandonInstance) lock() token             { return m.token }
func (m *abandonInstance) fate(f findings) verdict { return goneMeansDone(f) }
func (m *renewInstance) lock() token               { return m.token }
func (m *renewInstance) fate(f findings) verdict   { return goneMeansLost(f) }
func (m *ackWork) lock() token                     { return m.token }
func (m *ackWork) fate(f findings) verdict         { return goneMeansDone(f) }
func (m *abandonWork) lock() token                 { return m.token }
func (m *abandonWork) fate(f findings) verdict     { return goneMeansDone(f) }
func (m *renewWork) lock() token                   { return m.token }
func (m *renewWork) fate(f findings) verdict       { return goneMeansLost(f) }

// goneMeansDone: the member's own commit takes the token away. Somebody else may
// have done so before; askFate knows that, unless the batch's results never came.
func goneMeansDone(f findings) verdict {
	if f.held {
		return fateNot
	}
	return fateDone
}

// goneMeansLost: doing it again is harmless while the token is there.
func goneMeansLost(f findings) verdict {
	if f.held {
		return fateNot
	}
	return fateLost
}

// askFate resolves a batch whose commit was ambiguous. A member whose lock was not
// there when the batch looked has changed nothing, whatever became of the commit.
func (e *Engine) askFate(b *batch, jobs []*job, cause *Failure) {
	if len(cause.Results) >= len(b.order) {
		b.read(cause.Results[:len(b.order)])
		jobs = slices.DeleteFunc(jobs, func(j *job) bool {
			dead := j.doubts == 0 && !j.alive(b)
			if dead {
				j.done <- lockLost(j.op())
			}
			return dead
		})
	}
	found, err := e.findings(jobs)
	var again []*job
	for _, j := range jobs {
		j.doubts++
		a, ok := j.member.(accountable)
		if !ok || err != nil || j.doubts > replays {
			j.done <- answerLost(j.op(), cause)
			continue
		}
		switch a.fate(found[j]) {
		case fateDone:
			j.done <- nil
		case fateLost:
			j.done <- lockLost(j.op())
		default:
			again = append(again, j)
		}
	}
	e.carryAgain(again)
}

// askLate resolves members that went again and found their lock gone: an answer
// that is lost may belong to a commit that was only late.
func (e *Engine) askLate(jobs []*job) {
	if len(jobs) == 0 {
		return
	}
	found, err := e.findings(jobs)
	for _, j := range jobs {
		switch a, ok := j.member.(accountable); {
		case err != nil || !ok:
			j.done <- answerLost(j.op(), err)
		case a.fate(found[j]) == fateDone:
			j.done <- nil
		default:
			j.done <- lockLost(j.op())
		}
	}
}

// answerLost is what the caller of a write is told whose fate stays unknown.
func answerLost(op string, cause error) error {
	pe := core.Wrap(op, core.ErrUnavailable, cause, "commit a batch; the answer was lost")
	pe.MayHaveHappened = true
	return pe
}

// findings reads what the store holds about the locks of all accountable jobs.
func (e *Engine) findings(jobs []*job) (map[*job]findings, error) {
	var instances, works [][]any
	for _, j := range jobs {
		if a, ok := j.member.(accountable); ok {
			if t := a.lock(); t.instance != "" {
				instances = append(instances, []any{t.instance})
			} else {
				works = append(works, []any{t.id})
			}
		}
	}
	var calls []Call
	if len(instances) > 0 {
		calls = append(calls, Call{Stmt: &e.s.ClaimsTokens, Rows: instances})
	}
	if len(works) > 0 {
		calls = append(calls, Call{Stmt: &e.s.WorkTokens, Rows: works})
	}
	if len(calls) == 0 {
		return map[*job]findings{}, nil
	}
	results, err := e.read(e.run, calls...)
	if err != nil {
		return nil, err
	}
	byInstance, byWork := map[string]Row{}, map[int64]Row{}
	if len(instances) > 0 {
		for _, r := range results[0].Rows {
			byInstance[r.Text(0)] = r
		}
	}
	if len(works) > 0 {
		for _, r := range results[len(results)-1].Rows {
			byWork[r.Int(0)] = r
		}
	}
	return assign(jobs, byInstance, byWork), nil
}

func assign(jobs []*job, byInstance map[string]Row, byWork map[int64]Row) map[*job]findings {
	found := make(map[*job]findings, len(jobs))
	for _, j := range jobs {
		a, ok := j.member.(accountable)
		if !ok {
			continue
		}
		t := a.lock()
		if r := byWork[t.id]; r != nil && t.instance == "" {
			found[j] = findings{held: bytes.Equal(r.Bytes(1), t.nonce)}
		}
		if r := byInstance[t.instance]; r != nil {
			found[j] = findings{held: bytes.Equal(r.Bytes(1), t.nonce), acked: bytes.Equal(r.Bytes(2), t.nonce)}
		}
	}
	return found
}

// askClaim resolves a round whose commit was ambiguous: its rows are read again
// by its nonce. Where there are none it did not happen, or found nothing.
func (e *Engine) askClaim(r round, cause error) {
	now := e.clock.now()
	calls := r.calls(now, 0)
	reads := make([]Call, 0, len(calls))
	index := make([]int, 0, len(calls))
	for i, c := range calls {
		if len(c.Stmt.Output) > 0 {
			c.IfChanged = 0
			reads, index = append(reads, c), append(index, i)
		}
	}
	results, err := e.read(e.run, reads...)
	if err != nil {
		r.fail(err)
		return
	}
	all := make([]Result, len(calls))
	for i, at := range index {
		all[at] = results[i]
	}
	if r.found(all) > 0 {
		r.finish(now, all)
		return
	}
	g, taken := r.members()
	if g.tries == replays {
		r.fail(cause)
		return
	}
	e.waiting.settle(g, taken, claimed{now: now, due: now, more: true})
}
