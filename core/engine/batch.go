package engine

import (
	"bytes"
	"maps"
	"slices"
)

// member is one caller's operation on its way through a lane. It contributes
// rows to the statements of the batch's plan and reads its own result back.
type member interface {
	// op is the name of the caller's method.
	op() string
	// key names the lock the member presents, "" when it presents none. A batch
	// holds a key once; the second user waits for the next batch.
	key() string
	// size is about how many bytes the member sends.
	size() int
	// add puts the member's rows into b.
	add(b *batch)
	// alive reports whether the lock it presents was there, by what the batch's
	// calls returned; true when it presents none.
	alive(b *batch) bool
}

// committer is a member that does something when it has taken effect.
type committer interface{ committed() }

// batch is the plan of one write transaction: the rows of all its members by
// statement, and afterwards the results.
type batch struct {
	e       *Engine
	now     int64
	members []member
	adding  int // index of the member that is adding

	parts   map[*Statement]*part
	ensured map[string]struct{}
	touched map[string]any // instance -> seq to give it, nil keeps
	works   map[int64]struct{}

	order  []*Statement // of the calls
	result map[*Statement]Result

	// Who held what when the batch had locked it.
	lockedInstances map[string]locked
	lockedWork      map[int64]locked

	// madeMessages and madeWork say what the batch may make claimable, renewed that
	// it moves the deadline of an instance's lock, perhaps to an earlier time.
	madeMessages, madeWork, renewed bool
}

// part is what a batch holds for one statement.
type part struct {
	rows   [][]any
	owners []int // who added each row; none for those the batch adds itself
}

func (e *Engine) newBatch(members []member) *batch {
	b := &batch{
		e: e, now: e.clock.now(), members: members,
		parts:   map[*Statement]*part{},
		ensured: map[string]struct{}{},
		touched: map[string]any{},
		works:   map[int64]struct{}{},
	}
	for i, m := range members {
		b.adding = i
		m.add(b)
	}
	return b
}

// row adds one row to a statement.
func (b *batch) row(s *Statement, values ...any) {
	p := b.part(s)
	p.rows = append(p.rows, values)
	p.owners = append(p.owners, b.adding)
}

func (b *batch) part(s *Statement) *part {
	p := b.parts[s]
	if p == nil {
		p = &part{}
		b.parts[s] = p
	}
	return p
}

// target notes that a message goes to the instance: its claim row is made if
// missing, locked, and settled with a new sequence.
func (b *batch) target(instance string) {
	b.ensured[instance] = struct{}{}
	b.touch(instance, b.e.nextSeq(b.now))
	b.madeMessages = true
}

// touch notes that the instance's claim row is locked and settled. seq orders it
// among instances due in the same millisecond; nil keeps its place.
func (b *batch) touch(instance string, seq any) {
	if old, ok := b.touched[instance]; !ok || old == nil {
		b.touched[instance] = seq
	}
}

// touchWork notes that a row of the worker queue is locked before anybody asks who
// holds it.
func (b *batch) touchWork(id int64) { b.works[id] = struct{}{} }

// calls returns the plan: claim rows first, then rows of the worker queue, each in
// ascending order, then what the members ask for, then the settling of every
// touched claim row.
func (b *batch) calls() []Call {
	s := b.e.s
	ensure, lock, settle := b.part(&s.ClaimsEnsure), b.part(&s.ClaimsLock), b.part(&s.ClaimsSettle)
	for _, id := range slices.Sorted(maps.Keys(b.ensured)) {
		ensure.rows = append(ensure.rows, []any{id, newIncarnation()})
	}
	for _, id := range slices.Sorted(maps.Keys(b.touched)) {
		lock.rows = append(lock.rows, []any{id})
		settle.rows = append(settle.rows, []any{id, b.touched[id]})
	}
	if len(b.works) > 0 {
		works := b.part(&s.WorkLock)
		for _, id := range slices.Sorted(maps.Keys(b.works)) {
			works.rows = append(works.rows, []any{id})
		}
	}
	calls := make([]Call, 0, len(b.parts))
	for _, st := range b.e.plan {
		p := b.parts[st]
		if p == nil || len(p.rows) == 0 {
			continue
		}
		c := Call{Stmt: st, Rows: p.rows, Counted: counted(s, st)}
		if len(st.Scalars) > 0 { // the plan's only scalar is now
			c.Scalars = []any{b.now}
		}
		calls = append(calls, c)
		b.order = append(b.order, st)
	}
	return calls
}

// counted are the statements that may fail for one member's rows, and the one that
// tells whether anything became due.
func counted(s *Statements, st *Statement) bool {
	return st == &s.AckInsertHistory || st == &s.AppendHistory || st == &s.ClaimsSettle
}

// writePlan is the order of a write batch's statements. The locks, which report who
// holds what, come before the first change; within a turn's commit activities are
// inserted before they are cancelled (contract 2.2 steps 12 and 13).
func writePlan(s *Statements) []*Statement {
	return []*Statement{
		&s.ClaimsEnsure, &s.ClaimsLock, &s.WorkLock,
		&s.AckMessages, &s.AckCreateInstance, &s.AckTouchInstance, &s.AckCreateExecution, &s.AckSetStatus, &s.AckPin,
		&s.AckInsertHistory, &s.AppendHistory, &s.AckCustomStatus,
		&s.AckClearKV, &s.AckPutKV, &s.AckMergeKVDrop, &s.AckMergeKVKeep,
		&s.AckInsertWork, &s.AckCancelSessions, &s.AckCancelWork,
		&s.AckInsertMessages, &s.AckRelease,
		&s.AbandonMessages, &s.AbandonRelease, &s.ClaimsExtend,
		&s.MessagesInsert,
		&s.WorkTouchSession, &s.WorkComplete, &s.WorkDelete, &s.WorkExtend,
		&s.WorkDirtySession, &s.WorkAbandon, &s.AsidePut, &s.WorkDrop,
		&s.WorkInsert, &s.SessionsDirty,
		&s.ClaimsSettle,
	}
}

// read takes the results of the calls, in their order.
func (b *batch) read(results []Result) {
	b.result = make(map[*Statement]Result, len(b.order))
	for i, st := range b.order {
		b.result[st] = results[i]
	}
	// A message for an instance that is held, or a turn that leaves none, has made
	// nothing claimable.
	b.madeMessages = b.renewed || b.result[&b.e.s.ClaimsSettle].Affected > 0
	b.lockedInstances, b.lockedWork = map[string]locked{}, map[int64]locked{}
	for _, r := range b.result[&b.e.s.ClaimsLock].Rows {
		b.lockedInstances[r.Text(0)] = locked{token: r.Bytes(1), due: r.Int(2)}
	}
	for _, r := range b.result[&b.e.s.WorkLock].Rows {
		b.lockedWork[r.Int(0)] = locked{token: r.Bytes(1), due: r.Int(2)}
	}
}

// locked is what a batch found when it had locked an instance or a row of the worker
// queue: who holds it, and until when.
type locked struct {
	token []byte
	due   int64
}

func (b *batch) locked(t token) locked {
	if t.instance != "" {
		return b.lockedInstances[t.instance]
	}
	return b.lockedWork[t.id]
}

// held reports whether t was held, expired or not, by what the calls returned.
func (b *batch) held(t token) bool { return bytes.Equal(b.locked(t).token, t.nonce) }

// active reports whether t was held and had not expired.
func (b *batch) active(t token) bool { return b.held(t) && b.locked(t).due > b.now }

// suspects returns the indexes of the members with a row in call i, in order;
// all of them for rows that the batch added itself.
func (b *batch) suspects(i int) []int {
	owners := slices.Compact(slices.Sorted(slices.Values(b.parts[b.order[i]].owners)))
	if len(owners) > 0 {
		return owners
	}
	all := make([]int, len(b.members))
	for i := range all {
		all[i] = i
	}
	return all
}

func texts(r Result) map[string]struct{} {
	set := make(map[string]struct{}, len(r.Rows))
	for _, row := range r.Rows {
		set[row.Text(0)] = struct{}{}
	}
	return set
}

func has[K comparable](set map[K]struct{}, k K) bool {
	_, ok := set[k]
	return ok
}
